"""Signals and signs at the approaches of junctions, as traffic rules ask for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, yaw_quaternion
from synthgen.mesh import Mesh, merge
from synthgen.network import Lane, MapSign, Network, SignalHead
from synthgen.street.fixture import Fixture
from synthgen.street.signals import at, mast_arm, signal_head, signal_post
from synthgen.street.signs import sign, sign_post
from synthgen.street.verge import COUNTRY, Station, clear, length, outer_lanes, stations
from synthgen.world import Body

Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
FACES = ("speed_limit", "warning", "parking", "crossing", "street_name")
CITY = (0.3, 0.15, 0.25, 0.15, 0.15)
OPEN_ROAD = (0.55, 0.45, 0.0, 0.0, 0.0)
"""Weights of the signs along a street and along a road in open land."""
HEAD_HEIGHT = 3.0
"""[m] middle of a post-mounted head: its lower edge at 2.3 m (MUTCD 2009, section 4D.15)."""
ARM_HEIGHT = 5.9
"""[m] of an arm that leaves 5.2 m below the heads (MUTCD 2009, section 4D.15: at least 15 ft)."""


_DRIVEN = ("drive", "bicycle")


def control_fixtures(
    network: Network, keep_out: BaseGeometry, height: Height, rng: np.random.Generator
) -> tuple[list[Body], list[Fixture]]:
    """Return poles (stuff) and heads and plates (things) of all approaches."""
    model = signal_head("", "yellow" if rng.random() < 0.5 else "black")
    poles: list[Mesh] = []
    fixtures: list[Fixture] = []
    heads = _heads_by_edge(network)
    rules = {lane.edge: lane.yields for lane in reversed(network.lanes) if lane.kind in _DRIVEN}
    for lane in outer_lanes(network):
        found = heads.get(lane.edge, [])
        spot = _approach(lane, keep_out)
        if spot is None:
            continue
        z = float(height(np.array([[spot.x, spot.y]]))[0])
        if found:
            _signals(found, lane, spot, z, model, poles, fixtures)
        elif rules[lane.edge] in ("stop", "yield"):
            _sign(rules[lane.edge], spot, z, poles, fixtures)
    if network.signs:
        _mapped_signs(network.signs, keep_out, height, poles, fixtures)
    else:
        _roadside_signs(network, keep_out, height, poles, fixtures, rng)
    bodies = [Body("street/poles", "pole", "", merge(poles))] if poles else []
    return bodies, fixtures


def _heads_by_edge(network: Network) -> dict[str, list[SignalHead]]:
    """Return the heads of each edge, one per lane: the link that goes most nearly straight on."""
    edges = {lane.name: lane.edge for lane in network.lanes}
    wheels = {lane.name for lane in network.lanes if lane.kind in ("drive", "bicycle")}
    found: dict[str, dict[str, SignalHead]] = {}
    for head in network.heads:
        if head.lane in wheels:
            found.setdefault(edges[head.lane], {}).setdefault(head.lane, head)
    return {edge: list(lanes.values()) for edge, lanes in found.items()}


def _approach(lane: Lane, keep_out: BaseGeometry) -> Station | None:
    """Return where the pole of an approach stands: near the stop line, right of the lane."""
    end = length(lane)
    tries = [end - back for back in (0.4, 1.2, 2.4, 4.0, 6.0) if end > back]
    for beyond in (0.55, 0.9, 1.4):
        free = clear(stations(lane, tries, beyond), keep_out, np.zeros((0, 2)), 0.0)
        if free:
            return free[0]
    return None


def _signals(
    heads: list[SignalHead], lane: Lane, spot: Station, z: float, model: Body,
    poles: list[Mesh], fixtures: list[Fixture],
) -> None:  # fmt: skip
    """Add a post with a head, or a mast arm with one head per lane for wide approaches."""
    base = (spot.x, spot.y, z)
    facing = spot.yaw + np.pi
    fixtures.append(_head(heads[0], (spot.x, spot.y, z + HEAD_HEIGHT), facing, model, "post"))
    if len(heads) < 2:
        poles.append(at(signal_post(HEAD_HEIGHT + 0.85), base, spot.yaw))
        return
    left = np.array([-np.sin(spot.yaw), np.cos(spot.yaw)])
    inner = heads[-1].position[:2] - np.array([spot.x, spot.y])
    reach = float(inner @ left) + 0.4
    poles.append(at(mast_arm(ARM_HEIGHT, reach), base, spot.yaw))
    for head in heads:
        across = float((head.position[:2] - np.array([spot.x, spot.y])) @ left)
        place = np.array([spot.x, spot.y]) + left * across
        over = (float(place[0]), float(place[1]), z + ARM_HEIGHT - 0.1)
        fixtures.append(_head(head, over, facing, model, "arm"))


def _head(
    head: SignalHead, position: tuple[float, float, float], yaw: float, model: Body, mount: str
) -> Fixture:
    """Return a head whose back hangs 0.28 m before its pole."""
    ahead = np.array([np.cos(yaw), np.sin(yaw), 0.0]) * 0.28
    body = replace(model, name=f"signal/{head.signal}/{head.lane}/{mount}")
    place = tuple((np.array(position) + ahead).tolist())
    return Fixture(body, place, tuple(yaw_quaternion(yaw).tolist()), head.signal, head.link)


def _sign(
    face: str, spot: Station, z: float, poles: list[Mesh], fixtures: list[Fixture],
    number: float = 0.0,
) -> None:  # fmt: skip
    """Add a post with a sign plate for traffic that drives along the station's yaw."""
    poles.append(at(sign_post(2.6), (spot.x, spot.y, z), spot.yaw))
    yaw = spot.yaw + np.pi
    ahead = 0.05 * np.array([np.cos(yaw), np.sin(yaw)])
    place = (spot.x + float(ahead[0]), spot.y + float(ahead[1]), z + 2.25)
    name = f"sign/{face}/{spot.lane}"
    fixtures.append(Fixture(sign(name, face, number), place, tuple(yaw_quaternion(yaw).tolist())))


def _mapped_signs(
    signs: Sequence[MapSign], keep_out: BaseGeometry, height: Height,
    poles: list[Mesh], fixtures: list[Fixture],
) -> None:  # fmt: skip
    """Add the map's signs, each as little to the right of its place as keeps it off the road."""
    for one in signs:
        right = np.array([np.sin(one.yaw), -np.cos(one.yaw)])
        spots = [np.array([one.x, one.y]) + 0.3 * i * right for i in range(7)]
        tries = [Station(float(x), float(y), one.yaw, f"map/{len(fixtures)}") for x, y in spots]
        taken = np.array([f.position[:2] for f in fixtures], float).reshape(-1, 2)
        free = [spot for spot in tries if clear([spot], keep_out, taken, 0.8)]
        for spot in free[:1]:
            z = float(height(np.array([[spot.x, spot.y]]))[0])
            _sign(one.face, spot, z, poles, fixtures)


def _roadside_signs(
    network: Network, keep_out: BaseGeometry, height: Height,
    poles: list[Mesh], fixtures: list[Fixture], rng: np.random.Generator,
) -> None:  # fmt: skip
    """Add speed limits, warnings, parking and crossing signs along some streets."""
    weights, beyond = (OPEN_ROAD, 1.9) if network.kind in COUNTRY else (CITY, 0.6)
    for lane in outer_lanes(network):
        if length(lane) < 40 or rng.random() > 0.6:
            continue
        face = FACES[rng.choice(len(FACES), p=weights)]
        spots = stations(lane, [rng.uniform(10, length(lane) - 20)], beyond)
        taken = np.array([f.position[:2] for f in fixtures], float).reshape(-1, 2)
        for spot in clear(spots, keep_out, taken, 3.0):
            z = float(height(np.array([[spot.x, spot.y]]))[0])
            limit = round(3.6 * lane.speed, -1) if face == "speed_limit" else 0.0
            _sign(face, spot, z, poles, fixtures, limit)
