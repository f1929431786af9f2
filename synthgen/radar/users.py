"""Echoes of road users: straight, over the road (under a car ahead too), and twice off the car."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.classes import CLASSES
from synthgen.geometry import Array, unit
from synthgen.radar.echoes import DIRECT, MULTIPATH, Echoes, echoes
from synthgen.radar.equation import one_way_gain, snr
from synthgen.radar.frame import Antenna, rate
from synthgen.radar.model import Scan
from synthgen.radar.reflectivity import bounce
from synthgen.radar.scatterers import Scatterers, scatterers
from synthgen.radar.sight import Bounced, Eye, seen_and_bounced

FAINT = 0.03
"""Power over noise below which an echo is not followed: it changes nothing."""

ASIDE = 30.0
"""[m] Within which things outside the field count, for mirrors may show them."""

TWICE = 50.0
"""[m] Up to which waves that the car itself throws back to a target are followed."""


@dataclass(frozen=True, eq=False)
class Look:
    """One scan of a radar.

    Attributes:
        scan: what it can do.
        antenna: where it is.
        eye: casts its rays.
        loss: [dB/m] of the air one way.
        horizontal: polarisation.
    """

    scan: Scan
    antenna: Antenna
    eye: Eye
    loss: float
    horizontal: bool

    def gain(self, way: Float[Array, "n 3"]) -> Float[Array, "n"]:
        """Return the antenna's gain one way along world vectors `way`."""
        return one_way_gain(self.scan, self.antenna.seen(unit(way)))

    def snr(
        self, cross_section: Float[Array, "n"], distance: Float[Array, "n"]
    ) -> Float[Array, "n"]:
        """Return power over noise on the axis."""
        return snr(self.scan, cross_section, distance, self.loss)


@dataclass(frozen=True, eq=False)
class Crowd:
    """Scatterers of all road users around, with whose they are."""

    points: Scatterers
    body: Int[Array, "n"]
    semantic: Int[Array, "n"]

    def select(self, which: Array) -> "Crowd":
        """Return those that `which` (mask or indices) picks."""
        points = (getattr(self.points, name)[which] for name in Scatterers.__dataclass_fields__)
        return Crowd(Scatterers(*points), self.body[which], self.semantic[which])


def crowd(look: Look) -> Crowd:
    """Return the scatterers of all road users and animals in the scan's field, or near its car."""
    moment, found = look.eye.moment, []
    for thing in moment.things:
        near = _matters(look, thing.track.position_at(look.eye.time))
        if thing.thing == moment.scene.world.ego or not near:
            continue
        points = scatterers(thing, look.eye.time)
        if points is not None:
            count, semantic = len(points.position), CLASSES[thing.body.kind].semantic
            found.append(Crowd(points, np.full(count, thing.number), np.full(count, semantic)))
    return together(found)


def together(parts: list[Crowd]) -> Crowd:
    """Return all scatterers of `parts` in one crowd."""
    none, zero, whose = np.zeros((0, 3)), np.zeros(0), np.zeros(0, np.int64)
    parts = [Crowd(Scatterers(none, none, zero, none, zero, zero), whose, whose), *parts]
    fields = (
        np.concatenate([getattr(part.points, name) for part in parts])
        for name in Scatterers.__dataclass_fields__
    )
    return Crowd(
        Scatterers(*fields),
        np.concatenate([part.body for part in parts]),
        np.concatenate([part.semantic for part in parts]),
    )


def _matters(look: Look, place: Float[Array, "3"]) -> bool:
    """Return whether a thing at `place` may be heard: in the field, or close enough for a ghost."""
    way = place - look.antenna.position
    distance = float(np.linalg.norm(way))
    ahead = look.antenna.seen(way[None])[0]
    angle = abs(float(np.degrees(np.arctan2(ahead[1], ahead[0]))))
    wide = look.scan.field_deg + 5.0 + np.degrees(np.arctan2(8.0, distance))
    return distance < look.scan.farthest + 20.0 and (angle < wide or distance < ASIDE)


def reflections(look: Look, users: Crowd, ground: tuple[Array, Array]) -> list[Echoes]:
    """Return the echoes of road `users`: seen ones, hidden ones by the road, double ones."""
    way = users.points.position - look.antenna.position
    strength = users.points.seen_along(way)
    best = look.snr(strength, np.linalg.norm(way, axis=1)) * look.gain(way) ** 2
    users = users.select(best > FAINT)
    way, strength = way[best > FAINT], strength[best > FAINT]
    seen, road = seen_and_bounced(look.eye, users.points.position, users.body, ground)
    direct = _straight(look, users, (way, strength, seen), road)
    hidden = _hidden(look, users, strength, (road.open & ~seen, road.point, road.grazing))
    return [direct, hidden]


def _straight(look: Look, users: Crowd, seen: tuple[Array, Array, Array], road: Bounced) -> Echoes:
    """Echoes of points in sight; the road's mirror image of the radar adds to them or takes.

    One way |1 + rho sqrt(g_b / g) exp(-2 pi i (b + c - R) / wavelength)|^2, rho of the road.

    Source: M. Skolnik, "Radar Handbook", 3rd ed., 2008, section 26.2.
    """
    way, strength, clear = seen
    distance, gain = np.linalg.norm(way, axis=1), look.gain(way)
    first = road.point - look.antenna.position
    longer = np.linalg.norm(first, axis=1) - distance
    longer += np.linalg.norm(users.points.position - road.point, axis=1)
    rho = bounce(road.grazing, look.scan.wavelength, look.horizontal) * road.open
    rho *= np.sqrt(look.gain(first) / np.maximum(gain, 1e-12))
    factor = np.abs(1 + rho * np.exp(-2j * np.pi * longer / look.scan.wavelength)) ** 4
    some = np.flatnonzero(clear)
    power = look.snr(strength, distance) * gain**2 * factor
    return _told(look, users.select(some), (way[some], distance[some]), power[some], DIRECT)


def _hidden(look: Look, users: Crowd, strength: Array, road: tuple[Array, Array, Array]) -> Echoes:
    """Echoes of hidden points by way of the road, there and back: under a car ahead, say."""
    some = np.flatnonzero(road[0])
    point, grazing, users = road[1][some], road[2][some], users.select(some)
    first = point - look.antenna.position
    length = np.linalg.norm(first, axis=1)
    length += np.linalg.norm(users.points.position - point, axis=1)
    rho = bounce(grazing, look.scan.wavelength, look.horizontal)
    power = look.snr(strength[some], length) * look.gain(first) ** 2 * rho**4
    # The image in the road is as far as the way over it is long, and comes closer as fast.
    return _told(look, users, (unit(first) * length[:, None], length), power, MULTIPATH)


def _told(look: Look, users: Crowd, way: tuple[Array, Array], power: Array, cause: int) -> Echoes:
    vector, distance = way
    growth = rate(vector, users.points.velocity, look.antenna.velocity)
    return echoes(
        distance, growth, look.antenna.seen(unit(vector)), power,
        shape=users.points.shape, body=users.body, semantic=users.semantic, cause=cause,
    )  # fmt: skip


def twice(look: Look, direct: Echoes, mirror: float) -> Echoes:
    """Return `direct` echoes that the front of the radar's own car throws back once more.

    They show at twice the distance with twice the rate. Power over that of one echo is
    (sigma m / ((4 pi)^2 R^4)) with the cross-sections of target and of car, `mirror` [m2].
    """
    near = direct.select(direct.distance < TWICE)
    reference = look.snr(np.ones(len(near)), near.distance)
    gain = one_way_gain(look.scan, _directions(near)) ** 2
    target = near.power / np.maximum(reference * gain, 1e-30)
    again = near.power * target * mirror / ((4 * np.pi) ** 2 * near.distance**4)
    return Echoes(
        2 * near.distance, 2 * near.rate, near.across, near.up, again, near.shape,
        near.body, near.semantic, np.full(len(near), MULTIPATH),
    )  # fmt: skip


def _directions(found: Echoes) -> Float[Array, "n 3"]:
    ahead = np.sqrt(np.maximum(1 - found.across**2 - found.up**2, 0))
    return np.stack([ahead, found.across, found.up], axis=1)
