"""Debris in a storm: settled pieces along the road, and a few that tumble past the ego car."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.assets.debris import MAKERS
from synthgen.build.city import City
from synthgen.geometry import Array
from synthgen.motion import Track, standing
from synthgen.network import Lane
from synthgen.physics.bullet import Record, settle, simulate
from synthgen.physics.solid import Solid, State, at_rest, hull_points
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Drive
from synthgen.traffic.repair import MOMENTS, ground, rectangles
from synthgen.world import Body

STORM = 12.0
"""[m/s] From this wind on branches break and boxes fly. Source: Beaufort scale, 6 to 8."""
PER_KILOMETRE = 3.0
"""Pieces per kilometre of lane for each m/s above `STORM`, and at most ten times as many."""
REACH = 90.0
"""[m] of the ego car at a frame within which pieces are strewn."""
IN_LANE = 0.12
"""Share of the pieces that lie in the lane; the others lie at its edge."""
SHARES = {"branch": 0.6, "cardboard": 0.3, "bin": 0.1}
MASS = {"branch": 2.5, "cardboard": 0.45, "bin": 12.0}
"""[kg]"""
FRICTION = {"branch": 0.6, "cardboard": 0.45, "bin": 0.5}
DESIGNS = 3
"""Of each kind in a city."""
EVERY = 0.05
"""[s] Between samples of what tumbles."""
LEAD, TRAIL = 2.0, 0.5
"""[s] Of a tumble's window before and after its frame."""
AHEAD, ASIDE = (9.0, 26.0), (-1.5, 5.0)
"""[m] Where before the ego car, and to the left of it, a tumbling piece is at its frame."""
TRIES = 4


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of debris: its body, track and, if it lies still, footprint (x, y, yaw, l, w)."""

    body: Body
    track: Track
    footprint: Float[Array, "5"]


def solid_of(body: Body) -> Solid:
    """Return what Bullet moves for a piece of debris."""
    size = np.ptp(body.mesh.vertices, axis=0)
    area = float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2]) / 3
    share = 0.35 if body.subtype == "branch" else 0.85
    return Solid(
        hull_points(body.mesh.vertices, 24), MASS[body.subtype], FRICTION[body.subtype], 0.2,
        share * area,
    )  # fmt: skip


def designs(city: City, spec: ClipSpec) -> list[Body]:
    """Return the pieces that this city's storms know."""
    return [
        make("", stream(spec.seed, "city", spec.place.city, "debris", kind, number))
        for kind, make in MAKERS.items()
        for number in range(DESIGNS)
    ]


def strewn(city: City, spec: ClipSpec, driven: Drive, taken: Float[Array, "n 5"]) -> list[Piece]:
    """Return debris at rest near the ego car's way, clear of what is `taken`; none in light wind.

    Each piece is dropped and settled by Bullet, turned at random.
    """
    rng = stream(spec.seed, "clip", spec.clip, "debris")
    spots = _spots(city, spec, driven, rng)
    if not spots:
        return []
    known = designs(city, spec)
    rests = _settled(known, rng)
    kinds = rng.choice(list(SHARES), len(spots), p=list(SHARES.values()))
    pieces = []
    for number, (spot, kind) in enumerate(zip(spots, kinds, strict=True)):
        own = [n for n, body in enumerate(known) if body.subtype == kind]
        which = own[int(rng.integers(len(own)))]
        turn = Rotation.from_euler("z", rng.uniform(-np.pi, np.pi)) * rests[which]
        pieces.append(_lying(replace(known[which], name=f"debris/{number}"), spot, turn))
    inside = [piece for piece in pieces if _on_road(piece, city)]
    return _clear(inside, taken) if inside else []


def _settled(bodies: Sequence[Body], rng: np.random.Generator) -> list[Rotation]:
    """Return how each of `bodies`, dropped on its own, comes to lie: the ground is level."""
    count = len(bodies)
    turns = Rotation.from_euler("zyx", rng.normal(size=(count, 3)) * [3.0, 0.5, 0.8])
    place = np.array([(6.0 * number, 0.0, 1.5) for number in range(count)])
    state = at_rest(place, turns.as_quat())
    _, quaternion = settle([solid_of(body) for body in bodies], state, patience=30.0)
    return list(Rotation.from_quat(quaternion))


def _on_road(piece: Piece, city: City) -> bool:
    return bool(city.place.roads.contains(rectangles(piece.footprint[None], 0.0)[0]))


def _spots(
    city: City, spec: ClipSpec, driven: Drive, rng: np.random.Generator
) -> list[Float[Array, "2"]]:
    wind = spec.environment.wind
    if wind < STORM:
        return []
    eyes = driven.agents[driven.ego].place(np.array(driven.frames))[:2].T
    near = shapely.buffer(shapely.MultiPoint(eyes), REACH)
    density = PER_KILOMETRE * min(wind - STORM + 1, 10.0) / 1000
    found = []
    for lane in outer_lanes(city.network.lanes):
        line = shapely.LineString(lane.shape[:, :2])
        if not near.intersects(line):
            continue
        for along in rng.uniform(0, line.length, rng.poisson(density * line.length)):
            spot = _beside(lane, line, float(along), rng)
            if near.contains(shapely.Point(spot)):
                found.append(spot)
    return found


def outer_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """Return the lane for cars next to the kerb of each street."""
    found: dict[str, Lane] = {}
    for lane in lanes:
        if lane.kind == "drive" and lane.index < getattr(found.get(lane.edge), "index", 99):
            found[lane.edge] = lane
    return list(found.values())


def _beside(
    lane: Lane, line: shapely.LineString, along: float, rng: np.random.Generator
) -> Float[Array, "2"]:
    """Return a spot at the right edge of a lane, or somewhere in it."""
    here, there = (np.array(line.interpolate(along + step).coords[0]) for step in (-0.5, 0.5))
    ahead = (there - here) / max(float(np.linalg.norm(there - here)), 1e-9)
    aside = rng.uniform(-0.3, 0.3) if rng.random() < IN_LANE else rng.uniform(0.36, 0.46)
    return (here + there) / 2 - aside * lane.width * np.array([-ahead[1], ahead[0]])


def _lying(body: Body, spot: Float[Array, "2"], turn: Rotation) -> Piece:
    """Return a piece at rest in pose `turn` with the middle of its footprint at `spot` [m]."""
    points = turn.apply(body.mesh.vertices)
    low, high = points.min(axis=0), points.max(axis=0)
    place = np.array([*spot, 0.0]) - [*(low[:2] + high[:2]) / 2, low[2]]
    footprint = np.array([*spot, 0.0, *(high - low)[:2]])
    return Piece(body, standing(place, turn.as_quat()), footprint)


def _clear(pieces: list[Piece], taken: Float[Array, "n 5"]) -> list[Piece]:
    """Return the pieces that touch neither what is `taken` nor each other."""
    tree = shapely.STRtree(rectangles(taken))
    own = rectangles(np.array([piece.footprint for piece in pieces]).reshape(-1, 5))
    hit = set(tree.query(own, predicate="intersects")[0].tolist())
    one, two = shapely.STRtree(own).query(own, predicate="intersects")
    hit |= {int(b) for a, b in zip(one, two, strict=True) if a < b}
    return [piece for number, piece in enumerate(pieces) if number not in hit]


def tumbling(
    city: City, spec: ClipSpec, driven: Drive, users: Sequence[RoadUser],
    taken: Float[Array, "n 5"],
) -> list[Piece]:  # fmt: skip
    """Return a box or branch that the wind drives along the street, at some of the frames.

    Bullet throws each; it is moved so that it is before the ego car at its frame. Up to `TRIES`
    places are looked at: it must stay on the carriageway and touch nobody at the frame.
    """
    wind = spec.environment.wind
    if wind < STORM:
        return []
    rng = stream(spec.seed, "clip", spec.clip, "tumbling")
    known = [body for body in designs(city, spec) if body.subtype != "bin"]
    found, free = [], -np.inf
    for number, frame in enumerate(driven.frames):
        odds, which = rng.random(), int(rng.integers(len(known)))
        own = stream(spec.seed, "clip", spec.clip, "tumbling", number)
        if odds > min((wind - STORM + 1) / 20, 0.5) or frame - LEAD < free:
            continue
        body = replace(known[which], name=f"blown/{number}")
        place = driven.agents[driven.ego].place(frame)
        thrown = _thrown(body, _along(spec, float(place[2]), own), own)
        for _ in range(TRIES):
            piece = _placed(body, thrown, place, frame, own)
            if _passes(piece, city, driven, users, taken, frame):
                found.append(piece)
                free = frame + TRAIL
                break
    return found


def _along(spec: ClipSpec, yaw: float, rng: np.random.Generator) -> Float[Array, "3"]:
    """Return the wind [m/s] near the ground of a street that runs along `yaw` [rad].

    Houses channel it along the street. Near the ground it is weaker: the log law gives 0.55 of
    that at 10 m for a roughness of 0.3 m.

    Source: T. R. Oke, "Boundary Layer Climates", 2nd ed., 1987, sections 2.3 and 8.2.
    """
    around = spec.environment
    back = np.pi if np.cos(around.wind_azimuth - yaw) < 0 else 0.0
    turn = yaw + back + float(rng.normal(0, 0.06))
    return 0.55 * around.wind * np.array([np.cos(turn), np.sin(turn), 0.0])


def _thrown(body: Body, wind: Float[Array, "3"], rng: np.random.Generator) -> Record:
    """Return the flight of a piece that was torn loose at about the height of a bin or a car."""
    turn = Rotation.from_euler("xyz", rng.uniform(-np.pi, np.pi, 3)).as_quat()
    place = np.array([[0.0, 0.0, float(rng.uniform(0.8, 1.6))]])
    pace = float(rng.uniform(0.3, 0.6)) * wind[None]
    state = State(place, turn[None], pace, rng.normal(size=(1, 3)) * 4.0)
    return simulate([solid_of(body)], state, LEAD + TRAIL, every=EVERY, wind=wind)


def _placed(
    body: Body, thrown: Record, eye: Float[Array, "3"], frame: float, rng: np.random.Generator
) -> Piece:
    """Return a flight moved to where it is before the `eye` (x, y, yaw) at time `frame` [s]."""
    x, y, yaw = eye
    ahead, aside = float(rng.uniform(*AHEAD)), float(rng.uniform(*ASIDE))
    spot = np.array([x + ahead * np.cos(yaw) - aside * np.sin(yaw),
                     y + ahead * np.sin(yaw) + aside * np.cos(yaw)])  # fmt: skip
    position = thrown.position[:, 0].copy()
    position[:, :2] += spot - position[round(LEAD / EVERY), :2]
    quaternion, time = thrown.quaternion[:, 0].copy(), frame - LEAD + thrown.time
    flips = np.where((quaternion[1:] * quaternion[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    quaternion[1:] *= flips.cumprod()[:, None]
    track = Track(
        time, position, quaternion, np.zeros(len(time)), np.zeros((len(time), 0)),
        ((float(time[0]), float(time[-1])),),
    )  # fmt: skip
    size = float(np.linalg.norm(np.ptp(body.mesh.vertices, axis=0)))
    return Piece(body, track, np.array([*spot, 0.0, size, size]))


def _passes(
    piece: Piece, city: City, driven: Drive, users: Sequence[RoadUser],
    taken: Float[Array, "n 5"], frame: float,
) -> bool:  # fmt: skip
    """Return whether a thrown piece stays on the road and, at its frame, touches nobody."""
    way = shapely.LineString(piece.track.position[:, :2])
    if not city.place.roads.contains(way.buffer(piece.footprint[3] / 2)):
        return False
    moments = [frame + offset for offset in MOMENTS]
    rows = [piece.footprint.copy() for _ in moments]
    for row, moment in zip(rows, moments, strict=True):
        row[:2] = piece.track.position_at(moment)[:2]
    own = rectangles(np.array(rows))
    present = [agent for agent in driven.agents if agent.present(frame, 0.06)]
    others = [rectangles(ground(agent, users[agent.user], moments)) for agent in present]
    busy = shapely.union_all([*rectangles(taken), *(shape for each in others for shape in each)])
    return not shapely.intersects(own, busy).any()
