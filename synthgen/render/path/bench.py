"""Where the rays of all paths are met and painted, and lamps listed, on Dr.Jit's own memory."""

from typing import Any, NamedTuple, Protocol

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.geometry import Array
from synthgen.render.path.lamps import Lists
from synthgen.render.path.meeting import Met, Rays, Setting, Step
from synthgen.render.path.memory import address
from synthgen.render.path.trees import Found
from synthgen.render.raycast.lantern import Lamps
from synthgen.render.raycast.shortlist import KEPT, NO_CELL, Cells

CELLS = 1 << 19
"""Room for cells of lamps in one frame; a storm night fills a tenth."""
FULL = -2
"""Slot of a cell for which there was no room."""
_WIDTHS = (3, 3, 3, 3, 3, 3, 3, 3, 1, 1)
"""How many numbers each field of `Met` has."""


class Engine(Protocol):
    """What runs compiled functions of `meeting` and `shortlist`, on a card or elsewhere."""

    def give(self, array: Array) -> Any:
        """Return `array` where the engine can read it."""

    def view(self, place: int, kind: type[np.generic], shape: tuple[int, ...]) -> Any:
        """Return an array of the engine of what lies at an address of its memory."""

    def meet(
        self, step: Step, rays: Rays, setting: Setting, met: Met, seats: Any, keys: Any
    ) -> None:
        """Do `meeting.meet` for all rays; `seats` become slots of `keys`, -1 for none."""

    def fill(self, every: Lamps, known: Cells) -> None:
        """Do `shortlist.fill` for all slots that are taken and have -1 `kept`."""


class Given(NamedTuple):
    """One frame, where the engine can read it."""

    setting: Setting
    every: Lamps
    known: Cells


class Bench:
    """The tables of one frame after the other, and what rays of it meet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[type, tuple[Any, Any]] = {}
        self._table = dr.empty(mi.Int64, CELLS), dr.empty(mi.UInt32, CELLS * KEPT)
        self._many = dr.empty(mi.Int32, CELLS)
        self._given: Given | None = None
        self._least = mi.Int32(0)

    def enter(self, setting: Setting, every: Lamps, known: Cells) -> None:
        """Make ready for a frame."""
        keys, lamps = self._table
        for array, value in ((keys, NO_CELL), (self._many, -1)):
            dr.scatter(array, type(array)(value), dr.arange(mi.UInt32, CELLS))
        dr.eval(*self._table, self._many)
        dr.sync_thread()
        view = self._engine.view
        own = {"key": view(address(keys), np.int64, (CELLS,)),
               "lamps": view(address(lamps), np.int32, (CELLS, KEPT)),
               "kept": view(address(self._many), np.int32, (CELLS,))}  # fmt: skip
        kept = {"fixed": self._keep(setting.fixed), "dome": self._keep(setting.dome)}
        nothing: Any = None  # what is put in below need not be given
        rest = setting._replace(fixed=nothing, dome=nothing)
        cells = known._replace(key=nothing, lamps=nothing, kept=nothing)
        self._given = Given(
            self._give(rest)._replace(**kept), self._give(every),
            self._give(cells)._replace(**own),
        )  # fmt: skip

    def _keep(self, value: Any) -> Any:
        """Return `_give` of a value that stays the same; the last of its kind is kept."""
        kind = type(value)
        if self._kept.get(kind, (None, None))[0] is not value:
            self._kept[kind] = value, self._give(value)
        return self._kept[kind][1]

    def _give(self, value: Any) -> Any:
        """Return `value`, its arrays where the engine can read them."""
        if isinstance(value, np.ndarray):
            return self._engine.give(np.ascontiguousarray(value))
        if isinstance(value, tuple):
            parts = [self._give(part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        return value

    def meet(self, step: Step, rays: Rays, found: Found, count: int) -> tuple[Met, Any]:
        """Return what rays meet, flat in Dr.Jit, and the slot of each one's cell of lamps."""
        assert self._given is not None
        whole = Rays(*rays[:4], found.distance, found.body, found.primitive, found.barycentric)
        dr.eval(*rays[:4], *found)  # a named tuple as a whole would not be evaluated
        new: list[Any] = [dr.empty(mi.Float, count * width) for width in _WIDTHS]
        out = Met(*new)
        seats = dr.empty(mi.Int32, count)
        dr.sync_thread()
        met = Met(*(
            self._view(array, np.float32, (count, width) if width > 1 else (count,))
            for array, width in zip(new, _WIDTHS, strict=True)
        ))  # fmt: skip
        places = self._view(seats, np.int32, (count,))
        self._engine.meet(
            step, self._seen(whole, count), self._given.setting, met, places,
            self._given.known.key,
        )  # fmt: skip
        self._least = dr.minimum(self._least, dr.min(seats))
        return out, seats

    def check(self) -> None:
        """Raise a RuntimeError if the frame has more cells of lamps than there is room for."""
        if self._least[0] == FULL:
            raise RuntimeError(f"render=path: a frame has more than {CELLS} cells of lamps")

    def lists(self, seats: Any) -> Lists:
        """Return the lamps that points ask whose cells have these slots."""
        assert self._given is not None
        self._engine.fill(self._given.every, self._given.known)
        slot = mi.UInt32(dr.maximum(seats, 0))
        length = dr.gather(mi.Int32, self._many, slot, seats >= 0)
        return Lists(slot * KEPT, mi.UInt32(dr.maximum(length, 0)), self._table[1])

    def _view(self, array: Any, kind: type[np.generic], shape: tuple[int, ...]) -> Any:
        return self._engine.view(address(array), kind, shape)

    def _seen(self, rays: Rays, count: int) -> Rays:
        kinds: dict[Any, Any] = {
            mi.Float: np.float32, mi.Int32: np.int32, mi.UInt32: np.uint32
        }  # fmt: skip

        def one(array: Any) -> Any:
            return self._view(array, kinds[type(array)], (count,))

        def three(vector: Any) -> tuple[Any, ...]:
            return tuple(one(part) for part in vector)

        return Rays(
            three(rays.origin), three(rays.direction), three(rays.weight), one(rays.blur),
            one(rays.distance), one(rays.body), one(rays.primitive), three(rays.barycentric),
        )  # fmt: skip
