"""Every lamp that is lit at a time, and how bright each circuit's lenses are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array, rotate, transform, unit
from synthgen.grid import Supply
from synthgen.pieces import clusters
from synthgen.scene import Moment
from synthgen.world import Beam, Body, Flash, Lamp, World

_SMALL, _LARGE = 0.75, 4.0
"""[m] Larger lenses make several lamps, each about this wide: those of vehicles, of windows."""
SKYLINE = "skyline"
"""Subtype of the body that stands for all far houses."""
_APART = 0.15
"""[m] Lenses of a circuit that are farther apart are lamps of their own."""
_WINDOWS = 2.0
"""[m2] Area of a circuit's lenses from which they are windows."""


@dataclass(frozen=True, eq=False)
class Sources:
    """Lit lamps, world frame.

    Attributes:
        position: [m].
        axes: unit rows forward, left, up of each lamp.
        intensity: [cd] linear sRGB along the axis.
        beam: number of the angular pattern, see `Beam`.
        radius: [m].
        body: number of the body that carries it.
    """

    position: Float[Array, "n 3"]
    axes: Float[Array, "n 3 3"]
    intensity: Float[Array, "n 3"]
    beam: Int[Array, "n"]
    radius: Float[Array, "n"]
    body: Int[Array, "n"]

    def __len__(self) -> int:
        return len(self.position)

    def select(self, which: Array) -> "Sources":
        """Return the lamps that `which` (mask or indices) picks."""
        return Sources(
            self.position[which], self.axes[which], self.intensity[which], self.beam[which],
            self.radius[which], self.body[which],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Wiring:
    """All lamps and circuits of a world, in one row each; made once by `wire`.

    Attributes:
        first: first circuit row of each body, and the number of rows at the end.
        luminance: [cd/m2] linear sRGB of each circuit's lens at full level.
        grid: circuits that die with the public grid.
        lamp_first: first lamp row of each body, and the number of rows at the end.
        position: [m] of each lamp, body frame.
        axes: forward, left, up of each lamp, body frame.
        candela: [cd] linear sRGB at full level.
        beam: pattern number of each lamp.
        radius: [m] of each lamp.
        circuit: circuit row that feeds each lamp.
        flashing: circuit rows of stuff that flash, and how.
    """

    first: Int[Array, "b"]
    luminance: Float[Array, "c 3"]
    grid: Array
    lamp_first: Int[Array, "b"]
    position: Float[Array, "n 3"]
    axes: Float[Array, "n 3 3"]
    candela: Float[Array, "n 3"]
    beam: Int[Array, "n"]
    radius: Float[Array, "n"]
    circuit: Int[Array, "n"]
    flashing: tuple[tuple[int, Flash], ...] = ()


def wire(world: World) -> Wiring:
    """Return the lamps and circuits of `world`; lenses without a lamp get one of their own."""
    first = np.cumsum([0, *(len(body.circuits) for body in world.bodies)])
    circuits = [circuit for body in world.bodies for circuit in body.circuits]
    rows = [
        [(lamp, across, start + lamp.circuit) for lamp, across in fitted]
        for fitted, start in zip(_fitted(world.bodies), first, strict=False)
    ]
    flat = [row for body_rows in rows for row in body_rows]
    feed = np.array([row[2] for row in flat], np.int64)
    color = np.array([circuit.color for circuit in circuits], float).reshape(-1, 3)
    aims = [row[0].direction for row in flat], [row[1] for row in flat]
    candela = np.array([row[0].intensity for row in flat], float)
    return Wiring(
        first=first,
        luminance=color * np.array([c.luminance for c in circuits], float)[:, None],
        grid=np.array([c.grid for c in circuits], bool),
        lamp_first=np.cumsum([0, *(len(body_rows) for body_rows in rows)]),
        position=np.array([row[0].position for row in flat], float).reshape(-1, 3),
        axes=_axes(*(np.array(column, float).reshape(-1, 3) for column in aims)),
        candela=candela[:, None] * color[feed],
        beam=np.array([row[0].beam for row in flat], np.int64),
        radius=np.array([row[0].radius for row in flat], float),
        circuit=feed,
        flashing=tuple(
            (row, circuit.flash)
            for row, circuit in enumerate(circuits[: first[len(world.stuff)]])
            if circuit.flash is not None
        ),
    )


def _fitted(bodies: Sequence[Body]) -> Iterator[list[tuple[Lamp, Array]]]:
    """The lamps of each body, each with its `_across`; bodies of one shape share the work."""
    known: dict[tuple[int, tuple[float, ...], int], list[tuple[Lamp, Array]]] = {}
    for body in bodies:
        shape = id(body.mesh), tuple(one.luminance for one in body.circuits), id(body.lamps)
        if shape not in known:
            known[shape] = [(lamp, _across(body, lamp)) for lamp in _all_lamps(body)]
        yield known[shape]


def levels(wiring: Wiring, moment: Moment, dark: bool) -> Float[Array, "c"]:
    """Return the level (0 to 1) of every circuit at the moment: switch, flash pattern and grid.

    Circuits of stuff are on when it is `dark`, and flash then as they do.
    """
    level = switches(wiring, moment, dark)
    for index, flash in wiring.flashing:
        level[index] *= flash.on(moment.time)
    for thing in moment.things:
        for index, circuit in enumerate(thing.body.circuits):
            if circuit.flash is not None:
                level[wiring.first[thing.number] + index] *= circuit.flash.on(moment.time)
    return level


def switches(wiring: Wiring, moment: Moment, dark: bool) -> Float[Array, "c"]:
    """Return `levels` without flashing: how far each circuit is switched on and has power."""
    world = moment.scene.world
    level = np.zeros(len(wiring.luminance))
    level[: int(wiring.first[len(world.stuff)])] = float(dark)
    for thing in moment.things:
        if thing.body.circuits:
            start = wiring.first[thing.number]
            switched = thing.track.level_at(moment.time)[: len(thing.body.circuits)]
            level[start : start + len(switched)] = switched
    if world.fed.all():
        return level
    return np.where(wiring.grid & ~np.repeat(world.fed, np.diff(wiring.first)), 0.0, level)


def sources(wiring: Wiring, moment: Moment, level: Float[Array, "c"]) -> Sources:
    """Return the lit lamps of `moment`, given the circuits' `level`s."""
    found = [_stuff_sources(wiring, moment, level)]
    for thing in moment.things:
        rows = slice(wiring.lamp_first[thing.number], wiring.lamp_first[thing.number + 1])
        if rows.start == rows.stop or not level[wiring.circuit[rows]].any():
            continue
        one = _lit(wiring, rows, level, thing.number)
        pose = thing.track.world_from_body(moment.time)
        axes = rotate(pose, one.axes.reshape(-1, 3)).reshape(-1, 3, 3)
        found.append(
            Sources(
                transform(pose, one.position), axes, one.intensity, one.beam, one.radius, one.body
            )
        )
    return joined(found)


_LIT = {
    (True, Supply.GRID): (1.0, 1.0, 0.0),
    (True, Supply.GENERATOR): (0.35, 0.6, 0.0),
    (True, Supply.OFF): (0.08, 1.0, 1.0),
    (False, Supply.GRID): (0.3, 0.4, 0.0),
    (False, Supply.GENERATOR): (0.1, 0.3, 0.0),
    (False, Supply.OFF): (0.0, 0.0, 0.0),
}
"""Factor on the share of lit windows and on their luminance, and whether candles light them, by
dark and supply."""


def window_light(world: World, dark: bool) -> Float[Array, "b 3"]:
    """Return how the windows of each body are lit, see `_LIT`.

    Of the far skyline, which is many houses, as many are lit as areas have power.
    """
    grid = world.grid
    if grid is None:
        supply = Supply.GRID if world.environment.power else Supply.OFF
        return np.tile(_LIT[dark, supply], (len(world.bodies), 1))
    table = np.array([_LIT[dark, supply] for supply in Supply])
    found: Array = table[grid.supply]
    far = [n for n, body in enumerate(world.stuff) if body.subtype == SKYLINE]
    found[far] = np.array(_LIT[dark, Supply.GRID]) * (grid.fed_share, 1.0, 1.0)
    return found


def _stuff_sources(wiring: Wiring, moment: Moment, level: Array) -> Sources:
    count = len(moment.scene.world.stuff)
    rows = slice(0, wiring.lamp_first[count])
    owner = np.repeat(np.arange(count), np.diff(wiring.lamp_first[: count + 1]))
    return _lit(wiring, rows, level, owner)


def _lit(wiring: Wiring, rows: slice, level: Array, body: Array | int) -> Sources:
    strength = level[wiring.circuit[rows]]
    every = Sources(
        wiring.position[rows], wiring.axes[rows], wiring.candela[rows] * strength[:, None],
        wiring.beam[rows], wiring.radius[rows], np.broadcast_to(body, strength.shape),
    )  # fmt: skip
    return every.select(every.intensity.max(axis=1, initial=0.0) > 0)


def joined(parts: list[Sources]) -> Sources:
    """Return all lamps of `parts`."""
    names = ("position", "axes", "intensity", "beam", "radius", "body")
    return Sources(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _all_lamps(body: Body) -> Iterator[Lamp]:
    """The body's lamps, and one Lambert lamp for each lens of a circuit that has none."""
    yield from body.lamps
    fed = {lamp.circuit for lamp in body.lamps}
    for index, circuit in enumerate(body.circuits):
        if index not in fed and circuit.luminance > 0:
            yield from _lens_lamps(body, index)


def _lens_lamps(body: Body, circuit: int) -> Iterator[Lamp]:
    shape = body.mesh
    triangles = shape.triangles[shape.circuit == circuit]
    if not len(triangles):
        return
    corners = shape.vertices[triangles]
    vector = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    area = np.linalg.norm(vector, axis=1)
    center = corners.mean(axis=1)
    size = _LARGE if area.sum() > _WINDOWS else _SMALL
    lens = clusters(corners.min(axis=1), corners.max(axis=1), _APART)
    for number in range(int(lens.max()) + 1):
        mine = np.flatnonzero(lens == number)
        for cell in _cells(center[mine], size):
            own = mine[cell]
            if area[own].sum() > 0:
                yield _lens_lamp(body.circuits[circuit].luminance, circuit, size,
                                 (area[own], vector[own], center[own]))  # fmt: skip


def _cells(center: Float[Array, "t 3"], size: float) -> Iterator[Array]:
    """Yield which of the triangles of a lens lie in each of its even parts, about `size` [m]."""
    low, reach = center.min(axis=0), np.ptp(center, axis=0)
    count = np.maximum(np.round(reach / size), 1)
    if count.max() == 1:
        yield np.arange(len(center))
        return
    cell = np.minimum(np.floor((center - low) / np.maximum(reach / count, 1e-9)), count - 1)
    _, group = np.unique(cell, axis=0, return_inverse=True)
    for number in range(group.max() + 1):
        yield np.flatnonzero(group.ravel() == number)


def _lens_lamp(
    luminance: float, circuit: int, size: float, lens: tuple[Array, Array, Array]
) -> Lamp:
    """Return the lamp of a lens: area [m2], area vector and middle of each triangle."""
    area, vector, center = lens
    total, facing = float(area.sum()), vector.sum(axis=0)
    flat = np.linalg.norm(facing) > 0.4 * total
    shows = float(np.linalg.norm(facing)) if flat else total / 4
    direction = unit(facing) if flat else np.array([0.0, 0.0, 1.0])
    place = (area @ center) / total + 0.04 * size * direction * flat
    return Lamp(
        position=tuple(place), direction=tuple(direction), intensity=luminance * shows,
        beam=Beam.LAMBERT if flat else Beam.ISOTROPIC, circuit=circuit,
        radius=float(np.sqrt(total / np.pi)),
    )  # fmt: skip


def _across(body: Body, lamp: Lamp) -> Array:
    """A direction; its product with the lamp's own is its left. Down, or a street lantern's arm."""
    forward = unit(np.asarray(lamp.direction, float))
    if lamp.beam == Beam.STREET or abs(forward[2]) > 0.99:
        return _arm(body, lamp, forward)
    return np.array([0.0, 0.0, -1.0])


def _axes(direction: Float[Array, "n 3"], across: Float[Array, "n 3"]) -> Float[Array, "n 3 3"]:
    """Rows forward, left, up; of a street lantern left runs along the road."""
    forward = unit(direction)
    left = unit(np.cross(forward, across))
    return np.stack([forward, left, np.cross(forward, left)], axis=1)


def _arm(body: Body, lamp: Lamp, forward: Array) -> Array:
    """Where the lantern reaches to, in the horizontal plane: from its tilt or from its mast."""
    flat = np.array([forward[0], forward[1], 0.0])
    if np.linalg.norm(flat) > 0.02:
        return unit(flat)
    vertices = body.mesh.vertices
    foot = vertices[vertices[:, 2] <= vertices[:, 2].min() + 0.2].mean(axis=0)
    reach = np.array([lamp.position[0] - foot[0], lamp.position[1] - foot[1], 0.0])
    return unit(reach) if np.linalg.norm(reach) > 0.1 else np.array([0.0, 1.0, 0.0])
