"""Who has power in a clip: areas of the grid, buildings, lamps, signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.build.city import City
from synthgen.geometry import Array
from synthgen.grid import Grid, Supply, area_of
from synthgen.light.noise import lattice
from synthgen.light.sources import window_light
from synthgen.light.windows import GLOW, candle, candles
from synthgen.materials import Texture
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec
from synthgen.street.fixture import Fixture
from synthgen.world import Beam, Body, Circuit, Lamp, Outage, World

PITCH = 90.0
"""[m] About so far apart are the middles of areas: one transformer feeds a block or two.

Source: T. Short, "Electric Power Distribution Handbook", 2014, chapter 1: secondaries in towns run
up to 75 m from their transformer."""
_UNLIT = frozenset({"street_light", "pole"})
"""Kinds that a generator in their area does not feed: street lighting has circuits of its own."""
_FLAME = (1.65, 0.90, 0.28)
"""Linear sRGB of a candle, 1900 K. Source: black-body chromaticity (CIE 15:2018)."""
_HOUSES = 0.3
"""Share of dark houses with a light behind their panes."""
_THROUGH = 0.6
"""Share of a candle's light that leaves through pane and curtains."""


@dataclass(frozen=True, eq=False)
class Feed:
    """What feeds the areas of a clip.

    Attributes:
        middle: [m] of each area.
        supply: `Supply` of each area.
        signals: per controller, how it works: on, flashing (red, from a battery) or dark.
    """

    middle: Float[Array, "a 2"]
    supply: Int[Array, "a"]
    signals: Mapping[str, str]

    @property
    def unpowered(self) -> frozenset[str]:
        """The controllers whose programs do not run."""
        return frozenset(name for name, how in self.signals.items() if how != "on")

    def dark(self, points: Float[Array, "n 2"]) -> Bool[Array, "n"]:
        """Return which of `points` [m] lie in an area without any power."""
        return self.supply[area_of(self.middle, points)] == Supply.OFF


def feed(city: City, spec: ClipSpec) -> Feed:
    """Return what feeds each area and each signal controller of the clip.

    Areas belong to the city, which of them have power is drawn for the clip.
    """
    middle = areas(city.place.plan.region.bounds, stream(spec.place.city, "grid"))
    rng = stream(spec.seed, "clip", spec.clip, "grid")
    outage = spec.environment.outage
    supply = supplied(len(middle), outage, rng)
    if spec.environment.power:
        supply[:] = Supply.GRID
    places = _controllers(city.furniture.fixtures)
    signals = {}
    for name, place in places.items():
        battery = bool(
            stream(spec.seed, "clip", spec.clip, "grid", name).random() < outage.flashing
        )
        fed = supply[area_of(middle, place[None])[0]] != Supply.OFF
        signals[name] = "on" if fed else "flashing" if battery else "dark"
    return Feed(middle, supply, signals)


def areas(bounds: Sequence[float], rng: np.random.Generator) -> Float[Array, "a 2"]:
    """Return the middles [m] of areas about `PITCH` apart that cover `bounds` (x, y, x, y)."""
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    count = np.maximum(np.round((high - low) / PITCH), 1).astype(int)
    step = (high - low) / count
    cell = np.stack(np.meshgrid(*(np.arange(n) for n in count), indexing="ij"), -1).reshape(-1, 2)
    jitter: Array = rng.uniform(0.2, 0.8, cell.shape)
    return low + (cell + jitter) * step


def supplied(count: int, outage: Outage, rng: np.random.Generator) -> Int[Array, "a"]:
    """Return the `Supply` of so many areas, in the shares of `outage` as near as whole areas go."""
    fed = round(outage.fed * count)
    powered = min(round(outage.generator * count), count - fed)
    found = np.full(count, Supply.OFF, np.int64)
    order = rng.permutation(count)
    found[order[:fed]] = Supply.GRID
    found[order[fed : fed + powered]] = Supply.GENERATOR
    return found


def _controllers(fixtures: Sequence[Fixture]) -> dict[str, Float[Array, "2"]]:
    """Return the middle [m] of the heads of each controller."""
    places: dict[str, list[tuple[float, float]]] = {}
    for one in fixtures:
        if one.signal:
            places.setdefault(one.signal, []).append(one.position[:2])
    return {name: np.mean(place, axis=0) for name, place in sorted(places.items())}


def connected(world: World, city: City, spec: ClipSpec, given: Feed) -> World:
    """Return `world` with its bodies on the grid; candles burn where buildings are dark."""
    stuff = np.array([_middle(body) for body in world.stuff]).reshape(-1, 2)
    area = np.full(len(world.bodies), -1)
    area[: len(stuff)] = area_of(given.middle, stuff)
    heads = {one.body.name: one for one in city.furniture.fixtures}
    supply = np.full(len(world.bodies), Supply.OFF)
    supply[: len(stuff)] = given.supply[area[: len(stuff)]]
    for number, body in enumerate(world.bodies[len(stuff) :], len(stuff)):
        if body.name in heads:
            place = np.array(heads[body.name].position[:2])
            area[number] = area_of(given.middle, place[None])[0]
            working = given.signals.get(heads[body.name].signal, "on") == "on"
            supply[number] = given.supply[area[number]] if working else Supply.OFF
    _share_generators(world, spec, supply)
    found = replace(world, grid=Grid(given.middle, given.supply, area, supply))
    return found if spec.environment.power else _candlelit(found)


def _middle(body: Body) -> Float[Array, "2"]:
    """Return the middle of the body's box in the plan [m]."""
    low, high = body.mesh.bounds
    return (low[:2] + high[:2]) / 2


def _share_generators(world: World, spec: ClipSpec, supply: Int[Array, "b"]) -> None:
    """Take generators from street lamps, and give some shops in dark areas one of their own."""
    backup = spec.environment.outage.backup
    for number, body in enumerate(world.stuff):
        if body.kind in _UNLIT and supply[number] == Supply.GENERATOR:
            supply[number] = Supply.OFF
        if body.kind == "building" and supply[number] == Supply.OFF and _has_lenses(body):
            own = stream(spec.seed, "clip", spec.clip, "generator", body.name).random()
            supply[number] = Supply.GENERATOR if own < backup else Supply.OFF


def _has_lenses(body: Body) -> bool:
    return bool(body.mesh.circuit.max(initial=-1) >= 0)


def _candlelit(world: World) -> World:
    """Return `world` with a lamp behind each candle-lit window."""
    windows = window_light(world, dark=True)
    stuff = tuple(
        _with_candles(body, number, float(windows[number, 0]))
        if body.kind == "building" and windows[number, 2] > 0
        else body
        for number, body in enumerate(world.stuff)
    )
    return replace(world, stuff=stuff)


def _with_candles(body: Body, number: int, share: float) -> Body:
    """Return `body` with a circuit of candles and what of their light leaves each window."""
    found = candles(body.mesh, number, share, int(Texture.FACADE))
    index = len(body.circuits)
    lamps = tuple(
        Lamp(_triple(one.place + 0.05 * one.outward), _triple(one.outward),
             round(_THROUGH * one.candela, 3), Beam.LAMBERT, index, 0.3)
        for one in found
    )  # fmt: skip
    if not lamps:
        return _with_low_light(body, number)
    flame = Circuit("candle", 0.0, _FLAME)
    return replace(body, circuits=(*body.circuits, flame), lamps=(*body.lamps, *lamps))


def _with_low_light(body: Body, number: int) -> Body:
    """Return a house, some of whose panes shine when it has power, with candles behind them or not.

    Three dark houses of ten show a light.
    """
    if _own(number, 0) >= _HOUSES or not (body.mesh.circuit == 0).any():
        return body
    flame = Circuit("candle", round(GLOW * candle(_own(number, 1)), 4), _FLAME)
    return replace(body, circuits=(flame, *body.circuits[1:]))


def _own(body: int, which: int) -> float:
    """Return a number in [0, 1) that belongs to a body."""
    return float(lattice(body, which, 158))


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 4) for value in values)
    return x, y, z
