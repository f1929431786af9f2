"""Ghosts: road users seen in the mirror that a guard rail, a wall or a lorry's side is."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.classes import CLASSES
from synthgen.geometry import Array, unit
from synthgen.radar.echoes import MULTIPATH, Echoes, echoes
from synthgen.radar.frame import rate
from synthgen.radar.met import first_hits
from synthgen.radar.sight import OFF, free, from_eye, mirrored
from synthgen.radar.surroundings import Fan
from synthgen.radar.users import FAINT, Crowd, Look, together

MIRRORS = {
    "barrier": (-6.0, 0.4e-3), "fence": (-9.0, 2.0e-3), "building": (-8.0, 1.5e-3),
    "truck": (-3.0, 0.7e-3), "bus": (-3.0, 0.5e-3), "trailer": (-3.0, 0.7e-3),
    "van": (-4.0, 0.7e-3), "fire_engine": (-4.0, 0.7e-3),
}  # fmt: skip
"""Faces that mirror: loss [dB] at one reflection and root mean square height [m] of their relief.
Estimates: ribbed steel, tarpaulins and panels, concrete, brick and glass; losses reported one way
lie between 3 and 10 dB at the low grazing angles of traffic."""

FEWEST = 4
"""Rays that must meet a face for it to be tried as a mirror."""

RIBS = 0.25
"""[m] By which a mirror's face may differ from a plane."""

MOST = 16
"""Faces that are tried, those that fill most of the view."""

_IDS = {CLASSES[name].semantic: known for name, known in MIRRORS.items()}


@dataclass(frozen=True, eq=False)
class Mirror:
    """An upright face.

    Attributes:
        body: body number.
        place: [m] a point of it.
        normal: unit, level, towards the radar.
        loss: [dB] at one reflection.
        height: [m] rms of its relief.
        velocity: [m/s].
    """

    body: int
    place: Float[Array, "3"]
    normal: Float[Array, "3"]
    loss: float
    height: float
    velocity: Float[Array, "3"]

    def share(self, way: Float[Array, "n 3"], wavelength: float) -> Float[Array, "n"]:
        """Return what share of the power along `way`s it mirrors: exp(-(4 pi h sin / lambda)^2).

        Source: W. S. Ament, "Toward a theory of reflection by a rough surface", Proc. IRE 41,
        1953: the coherent part; sin is that of the grazing angle.
        """
        sine = np.abs(unit(way) @ self.normal)
        rough = np.exp(-((4 * np.pi * self.height * sine / wavelength) ** 2))
        return 10 ** (self.loss / 10) * rough


def mirrors(look: Look, fan: Fan) -> list[Mirror]:
    """Return the upright faces that fill most of the view, from what the `fan` met."""
    able = np.isin(fan.surface.semantic, list(_IDS)) & (np.abs(fan.surface.normal[:, 2]) < 0.5)
    rows = np.flatnonzero(able)
    if not len(rows):
        return []
    point = fan.rays.origin[rows] + fan.rays.direction[rows] * fan.hits.distance[rows, None]
    level = fan.surface.normal[rows] * np.array([1.0, 1.0, 0.0])
    level = unit(level)
    heading = np.round(np.arctan2(level[:, 1], level[:, 0]) / np.radians(5.0)).astype(np.int64)
    offset = np.round(np.einsum("ij,ij->i", level, point)).astype(np.int64)
    faces = np.stack([fan.hits.body[rows].astype(np.int64), heading % 72, offset], axis=1)
    _, which, count = np.unique(faces, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    largest = [n for n in np.argsort(-count, kind="stable")[:MOST] if count[n] >= FEWEST]
    return [_mirror(look, fan, rows[which == n], point[which == n], level[which == n])
            for n in largest]  # fmt: skip


def _mirror(look: Look, fan: Fan, rows: Array, point: Array, level: Array) -> Mirror:
    body = int(fan.hits.body[rows[0]])
    thing = look.eye.moment.by_number.get(body)
    velocity = np.zeros(3) if thing is None else thing.track.velocity_at(look.eye.time)
    known = _IDS[int(fan.surface.semantic[rows[0]])]
    return Mirror(body, point.mean(axis=0), unit(level.mean(axis=0)), *known, velocity)


@dataclass(frozen=True, eq=False)
class _Ways:
    """Ways by mirrors, a row for each scatterer in each mirror.

    Attributes:
        users: the scatterers.
        way: [m] from the radar to the scatterer's image.
        other: [m] from the radar's image to the scatterer.
        moves: [m/s] of the radar's image.
        until: [m] along the way to the mirror.
        against: sine of the angle between way and mirror.
        body: of the mirror.
        normal: of the mirror.
        share: of the power that it reflects.
    """

    users: Crowd
    way: Float[Array, "n 3"]
    other: Float[Array, "n 3"]
    moves: Float[Array, "n 3"]
    until: Float[Array, "n"]
    against: Float[Array, "n"]
    body: Int[Array, "n"]
    normal: Float[Array, "n 3"]
    share: Float[Array, "n"]

    def select(self, which: Array) -> "_Ways":
        rest = (getattr(self, name)[which] for name in list(self.__dataclass_fields__)[1:])
        return _Ways(self.users.select(which), *rest)


def ghosts(look: Look, users: Crowd, found: list[Mirror]) -> list[Echoes]:
    """Return echoes by way of each mirror: there and back, and one way only.

    With L the way by the mirror and R the straight one: there and back a ghost stands where the
    mirror shows its body, at L, its power times share^2. One way by the mirror and one straight,
    two ghosts at (L + R) / 2, in the direction of the mirror and in that of the body.
    """
    facing = [m for m in found if (look.antenna.position - m.place) @ m.normal > 0]
    if not facing or not len(users.body):
        return []
    ways = _open(look, _joined([_ways(look, users, mirror) for mirror in facing]))
    seen = np.flatnonzero(from_eye(look.eye, ways.users.points.position, ways.users.body))
    return [_there_and_back(look, ways), *_one_way(look, ways.select(seen))]


def _ways(look: Look, users: Crowd, mirror: Mirror) -> _Ways:
    """Return the ways by one mirror that may be heard."""
    place = users.points.position
    way = mirrored(place, mirror.place, mirror.normal) - look.antenna.position
    side = (place - mirror.place) @ mirror.normal > 0.1
    share = mirror.share(way, look.scan.wavelength)
    power = look.snr(users.points.cross_section, np.linalg.norm(way, axis=1)) * share
    some = np.flatnonzero((power * look.gain(way) > FAINT) & side & (users.body != mirror.body))
    image = mirrored(look.antenna.position[None], mirror.place, mirror.normal)[0]
    own, normal, count = look.antenna.velocity, mirror.normal, len(some)
    moves = own - 2 * normal * ((own - mirror.velocity) @ normal)
    against = -unit(way[some]) @ normal
    until = (look.antenna.position - mirror.place) @ normal / np.maximum(against, 1e-6)
    return _Ways(
        users.select(some), way[some], place[some] - image, np.tile(moves, (count, 1)), until,
        against, np.full(count, mirror.body), np.tile(normal, (count, 1)), share[some],
    )  # fmt: skip


def _joined(parts: list[_Ways]) -> _Ways:
    names = list(_Ways.__dataclass_fields__)[1:]
    rest = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return _Ways(together([part.users for part in parts]), *rest)


def _open(look: Look, ways: _Ways) -> _Ways:
    """Return the ways that meet the mirror's own body at its face and then reach their point."""
    origin = np.tile(look.antenna.position, (len(ways.body), 1))
    rays = look.eye.rays(origin, origin + ways.way)
    hits = first_hits(look.eye.tracer, look.eye.moment, rays)
    close = np.abs(hits.distance - ways.until) * ways.against < RIBS
    some = np.flatnonzero((hits.body == ways.body) & close & (ways.against > 0))
    ways, point = ways.select(some), origin + rays.direction * hits.distance[:, None]
    start = point[some] + (OFF + 0.1) * ways.normal
    return ways.select(
        np.flatnonzero(free(look.eye, start, ways.users.points.position, ways.users.body))
    )


def _there_and_back(look: Look, ways: _Ways) -> Echoes:
    points, length = ways.users.points, np.linalg.norm(ways.way, axis=1)
    power = look.snr(points.seen_along(ways.other), length) * look.gain(ways.way) ** 2
    return _table(look, ways.users, (ways.way, length, _growth(ways)), power * ways.share**2)


def _growth(ways: _Ways) -> Float[Array, "n"]:
    """Return the growth of the way by the mirror: the radar's image moves as a mirror's does."""
    return rate(ways.other, ways.users.points.velocity - ways.moves, np.zeros(3))


def _one_way(look: Look, ways: _Ways) -> list[Echoes]:
    """Echoes that go out by the mirror and come back straight, and the other way round."""
    points, length = ways.users.points, np.linalg.norm(ways.way, axis=1)
    straight = points.position - look.antenna.position
    direct = np.linalg.norm(straight, axis=1)
    half = rate(straight, points.velocity, look.antenna.velocity)
    size = np.sqrt(points.seen_along(ways.other) * points.seen_along(straight))
    gain = look.gain(ways.way) * look.gain(straight)
    power = look.snr(size, np.sqrt(length * direct)) * gain * ways.share
    middle = (length + direct) / 2, (_growth(ways) + half) / 2
    return [_table(look, ways.users, (one, *middle), power) for one in (ways.way, straight)]


def _table(look: Look, users: Crowd, way: tuple[Array, Array, Array], power: Array) -> Echoes:
    vector, distance, growth = way
    return echoes(
        distance, growth, look.antenna.seen(unit(vector)), power,
        shape=users.points.shape, body=users.body, semantic=users.semantic, cause=MULTIPATH,
    )  # fmt: skip
