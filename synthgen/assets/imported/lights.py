"""Lamps of imported bodies: what the manifest names, with the photometry that ours have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.imported.manifest import Asset, LampEntry
from synthgen.assets.imported.reading import Piece
from synthgen.assets.imported.shape import Shape, check_named, cross, groups, named
from synthgen.assets.lamps import Photometry
from synthgen.assets.lenses import cycle_photometry
from synthgen.geometry import Array, unit
from synthgen.world import Beam, Circuit, Lamp

GAP = 0.04
"""[m] from a lens to its source, so that the lens does not shade it."""
NEAR = 0.15
"""[m] between the parts of one lens, at most."""
SOURCE_RADIUS = 0.05
"""[m] of a source without a lens."""
_AHEAD = frozenset({"low_beam", "high_beam", "daytime", "bicycle_front"})
_BEHIND = frozenset({"tail", "brake", "reverse", "bicycle_rear"})


@dataclass(frozen=True, eq=False)
class Source:
    """One place where a lamp shines.

    Attributes:
        center: [m] middle of what shines.
        axis: unit vector along which it shines.
        area: [m2] as seen from along the axis; of a beacon, as seen from around.
        place: [m] of the light that others get, clear of the lens.
    """

    center: Float[Array, "3"]
    axis: Float[Array, "3"]
    area: float
    place: Float[Array, "3"]


@dataclass(frozen=True, eq=False)
class Lights:
    """Circuits and lamps of a body, and the circuit of each triangle, -1 for none."""

    circuits: tuple[Circuit, ...]
    lamps: tuple[Lamp, ...]
    circuit: Int[Array, "t"]


def lights_of(asset: Asset, pieces: Sequence[Piece], shape: Shape) -> Lights:
    """Return the lights of `asset`.

    Raises ValueError when a lens does not exist or belongs to two circuits, when a circuit has
    two colours, or when a lamp shines from the wrong end or side.
    """
    names = _circuit_names(asset)
    circuit = np.full(len(shape.triangles), -1, np.int64)
    lit: list[tuple[LampEntry, list[Source]]] = []
    for entry in asset.lamps:
        lens = _lens(entry, pieces, shape)
        taken = lens & (circuit >= 0) & (circuit != names.index(entry.circuit))
        if taken.any():
            other = names[int(circuit[taken][0])]
            raise ValueError(f"lens {entry.lens} is lit by {other} and {entry.circuit}: split it")
        circuit[lens] = names.index(entry.circuit)
        lit.append((entry, _sources(entry, shape, lens)))
    lamps = [
        lamp
        for entry, sources in lit
        for source in sources
        for lamp in _lamp(entry, source, names.index(entry.circuit))
    ]
    circuits = tuple(
        _circuit(name, [one for one in lit if one[0].circuit == name]) for name in names
    )
    return Lights(circuits, tuple(lamps), circuit)


def _circuit_names(asset: Asset) -> list[str]:
    names = list(dict.fromkeys(lamp.circuit for lamp in asset.lamps))
    words = [name.partition("/")[0] for name in names]
    for word in words:
        if words.count(word) > 1:
            raise ValueError(f"circuit {word} has two colours, expected one")
    return names


def _photometry(entry: LampEntry) -> Photometry:
    """Return the circuit's lamp, as bright as the manifest says."""
    data = cycle_photometry()[entry.circuit]
    if entry.intensity is None:
        return data
    seen = data.seen * entry.intensity / data.candela if data.candela > 0 else entry.intensity
    return replace(data, seen=seen, candela=entry.intensity if data.candela > 0 else 0.0)


def _lens(entry: LampEntry, pieces: Sequence[Piece], shape: Shape) -> Bool[Array, "t"]:
    if not entry.lens:
        return np.zeros(len(shape.triangles), bool)
    check_named(entry.lens, pieces)
    return named(shape, pieces, [entry.lens])


def _sources(entry: LampEntry, shape: Shape, lens: Bool[Array, "t"]) -> list[Source]:
    """Return where `entry` shines: at its position, or one place per lens that stands apart."""
    found = []
    if lens.any():
        group = groups(f"lens {entry.lens}", shape.vertices, shape.triangles[lens], NEAR)
        corners, top = shape.corners[lens], float(shape.vertices[:, 2].max())
        found = [_source(entry, corners[group == one], top) for one in np.unique(group)]
    if entry.position is not None:
        place = np.array(entry.position)
        axis = _axis(entry, np.array([1.0 if place[0] >= 0 else -1.0, 0.0, 0.0]))
        area = sum(source.area for source in found) or float(np.pi * SOURCE_RADIUS**2)
        found = [Source(place, axis, area, place)]
    for source in found:
        _check_place(entry, source)
    return found


def _axis(entry: LampEntry, outward: Float[Array, "3"]) -> Float[Array, "3"]:
    """Return the axis of a lamp: as told, as its circuit's, or as its lens looks."""
    own = cycle_photometry()[entry.circuit].direction
    said = entry.direction or (own if any(own) else None)
    return outward if said is None else unit(np.array(said))


def _source(entry: LampEntry, corners: Float[Array, "t 3 3"], top: float) -> Source:
    """Return the source of one lens; `top` [m] is the highest point of the body.

    Beacons and roof signs shine over everything: free of the body that bears them.
    """
    vector, points = cross(corners) / 2, corners.reshape(-1, 3)
    size = np.linalg.norm(vector, axis=1)
    center = size @ corners.mean(axis=1) / size.sum()
    axis = _axis(entry, _outward(vector, center))
    if cycle_photometry()[entry.circuit].beam == Beam.ISOTROPIC:
        # A convex body shows a quarter of its surface on average (Cauchy 1832).
        above = np.array([center[0], center[1], top + 2 * GAP])
        return Source(center, axis, float(size.sum()) / 4, above)
    facing = np.maximum(vector @ axis, 0)
    area = float(facing.sum())
    if area <= 0:
        raise ValueError(f"lens {entry.lens} of {entry.circuit} looks the other way")
    center = facing @ corners.mean(axis=1) / area
    reach = max(float(((points - center) @ axis).max()), 0.0)
    return Source(center, axis, area, center + axis * (reach + GAP))


def _outward(vector: Float[Array, "t 3"], middle: Float[Array, "3"]) -> Float[Array, "3"]:
    """Return the mean normal; of a closed lens, whose mean is nothing, the way off the body."""
    mean = vector.sum(axis=0)
    if np.linalg.norm(mean) > 0.1 * np.linalg.norm(vector, axis=1).sum():
        return unit(mean)
    return np.array([np.sign(middle[0]) or 1.0, 0.0, 0.0])


def _check_place(entry: LampEntry, source: Source) -> None:
    """Raise ValueError for a lamp at the wrong end or side: the axes are not as declared."""
    word = entry.circuit.partition("/")[0]
    x, y = float(source.center[0]), float(source.center[1])
    wrong = (word in _AHEAD and x < 0) or (word in _BEHIND and x > 0)
    if wrong:
        end = "rear" if x < 0 else "front"
        raise ValueError(f"{word} is at the {end}, {x:.2f} m: is forward turned round?")
    if (word == "indicator_left" and y < 0) or (word == "indicator_right" and y > 0):
        side = "right" if y < 0 else "left"
        raise ValueError(f"{word} is on the {side}, {y:.2f} m: is up or forward turned round?")


def _circuit(name: str, sources: Sequence[tuple[LampEntry, list[Source]]]) -> Circuit:
    """Return the circuit; its lenses are as bright as what others see of its lamps."""
    data = cycle_photometry()[name]
    area = sum(source.area for _, own in sources for source in own)
    seen = sum(_photometry(entry).seen * len(own) for entry, own in sources)
    color = np.array(data.color)
    color = color / (color @ (0.2126, 0.7152, 0.0722))
    return Circuit(name.partition("/")[0], round(seen / area, 3), _triple(color), data.flash)


def _lamp(entry: LampEntry, source: Source, circuit: int) -> list[Lamp]:
    """Return the lamp of `source`, none where the circuit only glows."""
    data = _photometry(entry)
    if data.candela <= 0:
        return []
    radius = round(float(np.sqrt(source.area / np.pi)), 4)
    spot, axis = _triple(np.round(source.place, 4)), _triple(source.axis)
    return [Lamp(spot, axis, float(data.candela), data.beam, circuit, radius)]


def _triple(values: Array) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
