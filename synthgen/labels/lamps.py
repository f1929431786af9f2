"""The state of every lamp near the ego car: lit or not, how bright, and what feeds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array, rotate, transform
from synthgen.grid import Supply
from synthgen.light.illuminance import luminance
from synthgen.light.sources import Wiring, levels, switches
from synthgen.scene import Moment
from synthgen.world import Beam, Body, World

REACH = 150.0
"""[m] from the ego car; lamps farther off are not listed."""
FEEDS = ("none", "grid", "generator", "vehicle", "battery", "flame")
_MAINS = {Supply.OFF: "none", Supply.GRID: "grid", Supply.GENERATOR: "generator"}


@dataclass(frozen=True, eq=False)
class LampRegister:
    """All lamps of a world, ready to be asked for their state.

    Attributes:
        world: the world.
        wiring: its lamps.
        dark: whether lamps of stuff are switched on.
        first_track: track id of thing number 0, less one.
    """

    world: World
    wiring: Wiring
    dark: bool
    first_track: int

    @cached_property
    def owner(self) -> Int[Array, "n"]:
        """Body number of each lamp."""
        first = self.wiring.lamp_first
        return np.repeat(np.arange(len(first) - 1), np.diff(first))

    @cached_property
    def still(self) -> dict[str, Array]:
        """The columns that never change, a row per lamp."""
        bodies, circuit = self.world.bodies, self.wiring.circuit
        names = np.array([one.name for body in bodies for one in body.circuits], object)
        feeds = np.array(
            [
                _feed(body, one.grid, one.name, self._supply(number))
                for number, body in enumerate(bodies)
                for one in body.circuits
            ],
            object,
        )
        area = self.world.grid.area if self.world.grid else np.full(len(bodies), -1)
        return {
            "lamp": np.arange(len(self.owner)),
            "body": np.array([body.name for body in bodies], object)[self.owner],
            "class": np.array([body.kind for body in bodies], object)[self.owner],
            "track": self._tracks[self.owner],
            "circuit": names[circuit] if len(circuit) else np.array([], object),
            "candela": luminance(self.wiring.candela),
            "beam": np.array([Beam(one).name.lower() for one in self.wiring.beam], object),
            "radius": self.wiring.radius,
            "block": area[self.owner],
            "feed": feeds[circuit] if len(circuit) else np.array([], object),
        }

    @property
    def _tracks(self) -> Int[Array, "b"]:
        thing = np.arange(len(self.world.bodies)) - len(self.world.stuff)
        return np.where(thing >= 0, self.first_track + thing + 1, 0)

    def _supply(self, body: int) -> Supply:
        if self.world.grid is not None:
            return Supply(int(self.world.grid.supply[body]))
        return Supply.GRID if self.world.environment.power else Supply.OFF

    def at(self, moment: Moment) -> Mapping[str, Array]:
        """Return the columns of the lamps within `REACH` that are there at the moment."""
        wiring = self.wiring
        there, place, ahead = self._places(moment)
        on = switches(wiring, moment, self.dark)[wiring.circuit] > 0.5
        level = levels(wiring, moment, self.dark)[wiring.circuit]
        ego = moment.scene.ego.position_at(moment.time)
        kept = np.flatnonzero(there & (np.linalg.norm(place - ego, axis=1) <= REACH))
        found = {name: column[kept] for name, column in self.still.items()}
        where = dict(zip("xyz", place[kept].T, strict=True))
        aim = dict(zip(("ahead_x", "ahead_y", "ahead_z"), ahead[kept].T, strict=True))
        changing = {"on": on[kept], "lit": level[kept] > 0, "level": level[kept]}
        return {**found, **where, **aim, **changing}

    def _places(self, moment: Moment) -> tuple[Array, Float[Array, "n 3"], Float[Array, "n 3"]]:
        """Which lamps are there, where [m] and along which unit vector, world frame."""
        first, place = self.wiring.lamp_first, self.wiring.position.copy()
        ahead = self.wiring.axes[:, 0].copy()
        there = self.owner < len(self.world.stuff)
        for thing in moment.things:
            rows = slice(first[thing.number], first[thing.number + 1])
            if rows.start < rows.stop:
                there[rows] = True
                pose = thing.track.world_from_body(moment.time)
                place[rows] = transform(pose, self.wiring.position[rows])
                ahead[rows] = rotate(pose, self.wiring.axes[rows, 0])
        return there, place, ahead


def _feed(body: Body, grid: bool, circuit: str, supply: Supply) -> str:
    """Return what feeds a circuit, one of `FEEDS`."""
    if grid:
        return _MAINS[supply]
    if circuit == "candle":
        return "flame"
    return "vehicle" if body.wheels else "battery"
