"""Lamps in Dr.Jit: their beams as tables, and the draw of one lamp for each surface point."""

from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.light.beams import TABLE_SIZE, gain
from synthgen.render.path.arrays import indices, numbers
from synthgen.render.path.brdf import Surface, luminance, respond
from synthgen.render.path.fog import Fog, fog_of, scattered
from synthgen.render.raycast.lantern import Lamps, vector
from synthgen.render.raycast.shortlist import Cells, cell_key, slot_of
from synthgen.render.raycast.spots import Spots
from synthgen.world import Beam

WARP = np.ones(len(Beam))
WARP[[int(Beam.LOW_BEAM), int(Beam.HIGH_BEAM)]] = 0.05
WARP[int(Beam.SIGNAL)] = 0.3
_FIELDS = 17
_CLEAR = 0.30
"""[m] How far before a lamp its shadow ray ends: housings and lenses do not shade it."""


class Lanterns(NamedTuple):
    """All lamps that count in a frame.

    Attributes:
        rows: position, axes forward, left, up, colour [cd], pattern, radius [m] of each, flat.
        tables: gain of each pattern over its warped tangents, flat.
        warp: of each pattern.
        total: how many lamps.
        fog: what the air does on the way to a surface, None for clear air.
    """

    rows: Any
    tables: Any
    warp: Any
    total: int
    fog: Fog | None = None


class Drawn(NamedTuple):
    """One lamp for each surface point.

    Attributes:
        direction: towards a point of the lamp.
        reach: [m] how far a shadow ray must go.
        light: what the surface sends on of it, over the chance of its draw; unshadowed.
    """

    direction: Any
    reach: Any
    light: Any


@numba.njit(cache=True)
def _fill(table, beam, warp):  # type: ignore[no-untyped-def]
    rows, columns = table.shape
    for row in range(rows):
        for column in range(columns):
            a = 2.0 * column / (columns - 1) - 1.0
            b = 2.0 * row / (rows - 1) - 1.0
            left = warp * a / max(1.0 - abs(a), 1e-3)
            up = warp * b / max(1.0 - abs(b), 1e-3)
            scale = 1.0 / np.sqrt(1.0 + left * left + up * up)
            forward = max(scale, 0.051) if warp < 1.0 else scale
            table[row, column] = gain(beam, forward, left * scale, up * scale)


def beam_table() -> Array:
    """Return the gain of every pattern (pattern, row, column) over squeezed tangents.

    As `light.beams.beam_tables`, for all patterns: t / (|t| + warp) of the tangents upwards and
    to the left. Behind the lamp there is nothing, but for ISOTROPIC lamps.
    """
    tables = np.empty((len(Beam), *TABLE_SIZE), np.float32)
    for beam in Beam:
        _fill(tables[beam], int(beam), WARP[beam])
    return tables


def lanterns(every: Lamps, tables: Array) -> Lanterns:
    """Return `every` lamp, with `tables` from `beam_table`, as Dr.Jit arrays."""
    axes = every.rows[:, 3:12]
    rest = np.stack([every.rows[:, 14], every.radius], axis=1)
    rows = np.concatenate([every.position, axes, every.intensity, rest], axis=1)
    padded = np.zeros((max(len(rows), 1), _FIELDS), np.float32)
    padded[: len(rows)] = rows
    return Lanterns(
        numbers(padded.ravel()), numbers(tables.ravel()), numbers(WARP), len(rows),
        fog_of(every.air),
    )  # fmt: skip


class LampAt(NamedTuple):
    """One lamp for each point: a row of `Lanterns`; colour is that of its intensity [cd]."""

    position: Any
    forward: Any
    left: Any
    up: Any
    color: Any
    beam: Any
    radius: Any


def _lamp(known: Lanterns, index: Any) -> LampAt:
    field = [dr.gather(mi.Float, known.rows, index * _FIELDS + k) for k in range(_FIELDS)]
    return LampAt(
        mi.Point3f(*field[:3]), mi.Vector3f(*field[3:6]), mi.Vector3f(*field[6:9]),
        mi.Vector3f(*field[9:12]), mi.Color3f(*field[12:15]), mi.UInt32(field[15]), field[16],
    )  # fmt: skip


def gains(known: Lanterns, lamp: Any, way: Any) -> Any:
    """Return the gain of each `lamp` along unit `way` from it."""
    forward = dr.dot(way, lamp.forward)
    ahead = dr.maximum(forward, 1e-4)
    warp = dr.gather(mi.Float, known.warp, lamp.beam)
    rows, columns = TABLE_SIZE
    x = _squeezed(dr.dot(way, lamp.left) / ahead, warp, columns)
    y = _squeezed(dr.dot(way, lamp.up) / ahead, warp, rows)
    i, j = dr.minimum(mi.UInt32(x), columns - 2), dr.minimum(mi.UInt32(y), rows - 2)
    u, v = x - mi.Float(i), y - mi.Float(j)
    first = (lamp.beam * rows + j) * columns + i
    found = [
        dr.gather(mi.Float, known.tables, first + step) for step in (0, 1, columns, columns + 1)
    ]
    low, high = dr.lerp(found[0], found[1], u), dr.lerp(found[2], found[3], u)
    level = dr.lerp(low, high, v)
    # Headlamps and signals end at 87 degrees, see `light.beams.gain`.
    least = dr.select(warp < 1.0, 0.05, 0.0)
    return dr.select(lamp.beam == int(Beam.ISOTROPIC), 1.0, dr.select(forward > least, level, 0.0))


def _squeezed(tangent: Any, warp: Any, cells: int) -> Any:
    return (tangent / (dr.abs(tangent) + warp) + 1.0) * (0.5 * (cells - 1))


class Asked(NamedTuple):
    """A surface and what the draw needs beside.

    Attributes:
        surface: the surface.
        position: [m].
        retroreflection: [cd/lx/m2] sent back to where light came from.
        gloss: share of the layer's answer to lamps; the rest is left to mirror rays.
    """

    surface: Surface
    position: Any
    retroreflection: Any
    gloss: Any


def _answer(known: Lanterns, lamp: LampAt, asked: Asked, place: Any, wider: Any) -> tuple[Any, Any]:
    """Return what the surface sends on of a lamp's light from `place`, and the way to it."""
    gap3 = place - asked.position
    gap2 = dr.squared_norm(gap3)
    way = gap3 * dr.rsqrt(dr.maximum(gap2, 1e-6))
    gain, near = gains(known, lamp, -way), 1.0 / dr.maximum(gap2 + lamp.radius * lamp.radius, 1e-6)
    lux, soft = gain * near, mi.Float(0.0)
    if known.fog is not None:
        gap = dr.sqrt(gap2)
        lux *= dr.exp(-known.fog.extinction * gap)
        turned = lamp.beam, dr.dot(lamp.forward, -way), gain
        soft = near / dr.pi * scattered(known.fog, turned, gap, dr.dot(asked.surface.normal, way))
        soft = dr.select(dr.dot(asked.surface.face, way) > 0.0, soft, 0.0)
    found = respond(asked.surface, way, wider * lamp.radius * dr.rsqrt(dr.maximum(gap2, 1e-6)))
    tint = dr.minimum(asked.surface.diffuse * 1.6, 1.0)
    cosine = dr.maximum(dr.dot(asked.surface.normal, way), 0.0)
    back = asked.retroreflection * _alignment(dr.dot(way, asked.surface.eye)) * cosine
    straight = lux * (found.flat + asked.gloss * found.gloss + back * tint)
    return lamp.color * (straight + soft * asked.surface.diffuse), way


def _alignment(cosine: Any) -> Any:
    """As `raycast.weighing.alignment`."""
    angle2 = 2.0 * dr.maximum(1.0 - cosine, 0.0)
    return dr.select(cosine < 0.99, 0.0, 1.15 / (1.0 + angle2 / 6.0e-5))


@numba.njit(cache=True)
def _listed(points, every, known, least):  # type: ignore[no-untyped-def]
    """Return the list number of each point, and of each list its lamps and their number."""
    total = len(points.ray)
    member = np.empty(total, np.int32)
    owner, keys = np.full(len(known.key), -1, np.int32), np.empty(total, np.int64)
    lamps, kept = np.empty((total, known.lamps.shape[1]), np.int32), np.empty(total, np.int32)
    last, group, count = -1, 0, 0
    for n in range(total):
        x, y, z = vector(points.position, n)
        key = cell_key(x, y, z, max(np.float64(points.distance[n]), least))
        if key != last:
            last, slot = key, slot_of(known, every, key)
            group = owner[slot]
            if group < 0 or keys[group] != key:
                group, count = count, count + 1
                owner[slot], keys[group], kept[group] = group, key, known.kept[slot]
                lamps[group] = known.lamps[slot]
        member[n] = group
    return member, lamps[:count], kept[:count]


class Lists(NamedTuple):
    """The lamps that each point asks, those that its cell of space lists.

    Attributes:
        first: where each point's list starts in `lamps`.
        length: of it.
        lamps: lamp numbers, flat.
    """

    first: Any
    length: Any
    lamps: Any


def lists(points: Spots, every: Lamps, known: Cells, least: float) -> Lists:
    """Return the lists of `points`, as if seen from at least `least` [m]; see `shortlist`."""
    member, lamps, kept = _listed(points, every, known, least)
    return Lists(indices(member * lamps.shape[1]), indices(kept[member]), indices(lamps.ravel()))


@dr.syntax
def draw(known: Lanterns, asked: Asked, listed: Lists, choice: Any, place: Any) -> Drawn:
    """Return one lamp for each point, drawn by what it would give unshadowed.

    One pass over its list keeps each with the chance of its share so far.
    Source: M.-T. Chao, "A general purpose unequal probability sampling plan", Biometrika 69,
    1982.
    """
    index, kept, total = mi.UInt32(0), mi.UInt32(0), mi.Float(0.0)
    weight, dice = mi.Float(0.0), mi.Float(choice)
    while index < listed.length:
        one_of = dr.gather(mi.UInt32, listed.lamps, listed.first + index)
        lamp = _lamp(known, one_of)
        given, _ = _answer(known, lamp, asked, lamp.position, 1.0)
        one = luminance(given)
        total += one
        chance = dr.select(total > 0.0, one / dr.maximum(total, 1e-30), 0.0)
        taken = dice < chance
        kept = dr.select(taken, one_of, kept)
        weight = dr.select(taken, one, weight)
        rest = (dice - chance) / dr.maximum(1.0 - chance, 1e-7)
        dice = dr.select(taken, dice / dr.maximum(chance, 1e-30), rest)
        dice = dr.clip(dice, 0.0, 0.9999999)
        index += 1
    return _from(known, asked, kept, dr.select(weight > 0.0, total / weight, 0.0), place)


def _from(known: Lanterns, asked: Asked, index: Any, scale: Any, place: Any) -> Drawn:
    """Return lamp `index` seen from a point of its disc, its light times `scale`."""
    lamp = _lamp(known, index)
    spot = mi.warp.square_to_uniform_disk_concentric(place) * lamp.radius
    light, way = _answer(
        known, lamp, asked, lamp.position + spot.x * lamp.left + spot.y * lamp.up, 0.0
    )
    far = dr.norm(lamp.position - asked.position)
    reach = dr.maximum(far - _CLEAR - lamp.radius, 0.5 * far)
    return Drawn(way, reach, light * dr.minimum(scale, 1e6))
