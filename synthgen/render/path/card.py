"""Graphics cards paint what rays meet: `meeting.meet` as CUDA kernels, on Dr.Jit's own memory."""

import math
from typing import Any

import numpy as np
from numba import config, cuda
from numba.cuda import mathimpl, ufuncs

from synthgen.geometry import Array
from synthgen.render.path.bench import FULL
from synthgen.render.path.meeting import Met, Notes, Rays, Setting, Step, meet
from synthgen.render.raycast.air import blend, taps
from synthgen.render.raycast.density import MANY
from synthgen.render.raycast.glow import add_scattered
from synthgen.render.raycast.lantern import Lamps, best_bounds
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.patterns.spot import COLUMNS
from synthgen.render.raycast.shortlist import KEPT, NO_CELL, Cells, fill, mixed
from synthgen.render.raycast.spots import Found, Spots

_THREADS = 256
_BRIGHT = 24
"""Most lamps whose light in the air is seen."""
_SINGLE, _DOUBLE, _WHOLE, _LONG = np.float32, np.float64, np.int32, np.int64


def _as_in_numpy(name: Any) -> Any:
    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        make = mathimpl.get_unary_impl_for_fn_and_ty(name, signature.args[0])
        return make(context, builder, signature, arguments)

    return lowered


def teach() -> None:
    """Tell numba-cuda of NumPy's functions that it knows by the names of `math` alone."""
    config.CUDA_LOW_OCCUPANCY_WARNINGS = False  # type: ignore[attr-defined]  # few paths are left after the last surfaces
    known = ufuncs.ufunc_db()
    pairs = ((np.sqrt, math.sqrt), (np.exp, math.exp), (np.floor, math.floor),
             (np.log1p, math.log1p))  # fmt: skip
    for ours, theirs in pairs:
        made = _as_in_numpy(theirs)
        known.setdefault(ours, {"f->f": made, "d->d": made})


teach()


@cuda.jit(device=True)
def _notes():  # type: ignore[no-untyped-def]
    """Return the notes of one thread."""
    which, level = cuda.local.array(1, _LONG), cuda.local.array(1, _LONG)
    a, b = cuda.local.array(1, _DOUBLE), cuda.local.array(1, _DOUBLE)
    pool, patch = cuda.local.array(1, _DOUBLE), cuda.local.array(1, _DOUBLE)
    found = Found(
        cuda.local.array(1, _SINGLE), cuda.local.array(1, _WHOLE), cuda.local.array(1, _WHOLE),
        cuda.local.array((1, 2), _SINGLE), a[:0],
    )  # fmt: skip
    three = (1, 3)
    spots = Spots(
        cuda.local.array(1, _LONG), cuda.local.array(three, _SINGLE),
        cuda.local.array(three, _SINGLE), cuda.local.array(three, _SINGLE),
        cuda.local.array(three, _SINGLE), cuda.local.array(three, _SINGLE),
        cuda.local.array(three, _SINGLE), cuda.local.array((1, 2), _SINGLE),
        cuda.local.array(1, _WHOLE), cuda.local.array(1, _WHOLE), cuda.local.array(1, _WHOLE),
        cuda.local.array(1, _SINGLE), cuda.local.array(1, _SINGLE),
    )  # fmt: skip
    coat = Coat(
        cuda.local.array(three, _SINGLE), cuda.local.array(three, _SINGLE),
        cuda.local.array(1, _SINGLE), cuda.local.array(three, _SINGLE),
        cuda.local.array(1, _SINGLE),
    )  # fmt: skip
    puffs = (
        cuda.local.array(MANY, _DOUBLE), cuda.local.array(MANY, _DOUBLE),
        cuda.local.array(MANY, _LONG), cuda.local.array(3, _DOUBLE), cuda.local.array(3, _DOUBLE),
    )  # fmt: skip
    return Notes(
        which, (level, a, b, pool, patch), cuda.local.array(three, _SINGLE),
        cuda.local.array(three, _SINGLE), cuda.local.array(three, _DOUBLE), found, spots, coat,
        cuda.local.array(1, _SINGLE), cuda.local.array(1, _LONG),
        cuda.local.array((1, 4, 4), _DOUBLE), cuda.local.array((1, COLUMNS), _DOUBLE), puffs,
    )  # fmt: skip


@cuda.jit(device=True)
def _claimed(keys, key):  # type: ignore[no-untyped-def]
    """Return the slot of a cell in the table `keys`, taken now unless it has one."""
    last = len(keys) - 1
    slot = mixed(key) & last
    for _ in range(len(keys)):
        old = cuda.atomic.cas(keys, slot, NO_CELL, key)
        if old in (NO_CELL, key):
            return slot
        slot = (slot + 1) & last
    return FULL


@cuda.jit(cache=True)
def _meet(step, rays, setting, met, seats, keys):  # type: ignore[no-untyped-def]
    n = cuda.grid(1)
    if n < len(seats):
        key = meet(n, step, rays, setting, met, _notes())
        seats[n] = -1 if key == NO_CELL else _claimed(keys, key)


@cuda.jit(cache=True)
def _fill(every, known, kept):  # type: ignore[no-untyped-def]
    slot = cuda.grid(1)
    if slot < len(kept) and kept[slot] < 0 and known.key[slot] != NO_CELL:
        levels = cuda.local.array(KEPT, _DOUBLE)
        kept[slot] = fill((known.lamps[slot], levels), every, known.key[slot], known)


@cuda.jit(cache=True)
def _bounds(best, rows, floor, position):  # type: ignore[no-untyped-def]
    n = cuda.grid(1)
    if n < len(best):
        best_bounds(best[n : n + 1], rows[n : n + 1], floor, position)


@cuda.jit(cache=True)
def _scattered(out, rays, air, place, lamps):  # type: ignore[no-untyped-def]
    n = cuda.grid(1)
    if n < len(out):
        origin, direction, distance = rays
        one = origin[n : n + 1], direction[n : n + 1], distance[n : n + 1]
        add_scattered(out[n : n + 1], cuda.local.array(_BRIGHT, _DOUBLE), one, air, place, lamps)


@cuda.jit(cache=True)
def _blend(out, places, image, distance):  # type: ignore[no-untyped-def]
    n = cuda.grid(1)
    if n < len(out):
        blend(out, (n, n + 1), places, image, distance)


def _given(value: Any) -> Any:
    """Return `value`, its arrays in the card's memory."""
    if isinstance(value, np.ndarray):
        return cuda.to_device(np.ascontiguousarray(value))
    if isinstance(value, tuple):
        parts = [_given(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _blocks(count: int) -> tuple[int, int]:
    """Return the numbers of blocks and of threads in each for `count` threads."""
    return -(-count // _THREADS), _THREADS


class _Block:
    """A piece of the card's memory as numba takes it."""

    def __init__(self, place: int, kind: type[np.generic], shape: tuple[int, ...]) -> None:
        self.__cuda_array_interface__ = {
            "data": (place, False), "typestr": np.dtype(kind).str, "shape": shape, "strides": None,
            "version": 3,
        }  # fmt: skip


class Card:
    """The engine of `bench.Bench` on a graphics card; every call ends when its work is done."""

    def give(self, array: Array) -> Any:
        """Return `array` in the card's memory."""
        return cuda.to_device(array)

    def view(self, place: int, kind: type[np.generic], shape: tuple[int, ...]) -> Any:
        """Return what lies at an address of the card's memory as an array."""
        return cuda.as_cuda_array(_Block(place, kind, shape), sync=False)

    def meet(
        self, step: Step, rays: Rays, setting: Setting, met: Met, seats: Any, keys: Any
    ) -> None:
        """Do `meeting.meet` for all rays; `seats` become slots of `keys`, -1 for none."""
        _meet[_blocks(len(seats))](step, rays, setting, met, seats, keys)
        cuda.synchronize()

    def fill(self, every: Lamps, known: Cells) -> None:
        """Do `shortlist.fill` for all slots that are taken and have -1 `kept`."""
        _fill[_blocks(len(known.kept))](every, known, known.kept)
        cuda.synchronize()

    def levels(self, every: Lamps, position: Array) -> Array:
        """Do what `lantern.levels` does."""
        best = cuda.to_device(np.zeros(len(every.rows)))
        if len(best):
            _bounds[_blocks(len(best))](best, _given(every.rows), every.floor, _given(position))
        return best.copy_to_host()

    def scattered(
        self, origin: Array, direction: Array, distance: Array, air: Any, place: Any, every: Lamps,
        chosen: Array, shaded: Any,
    ) -> Array:  # fmt: skip
        """Do what `glow.scattered` does, of up to 24 lamps."""
        out = cuda.to_device(np.zeros((len(origin), 3)))
        lamps = _given((every, chosen, shaded))
        rays = _given((origin, direction, distance))
        _scattered[_blocks(len(origin))](out, rays, _given(air), _given(place), lamps)
        return out.copy_to_host()

    def add_coarse(
        self, out: Array, width: int, coarse: Array, far: Array, distance: Array, step: int
    ) -> None:
        """Do what `air.add_coarse` does."""
        columns = (width + step - 1) // step
        across = taps(width, step, columns)
        down = taps(len(out) // width, step, len(coarse) // columns)
        more = cuda.to_device(np.zeros(out.shape))
        places, image = _given((across, down)), _given((coarse, far, columns))
        _blend[_blocks(len(out))](more, places, image, _given(distance))
        out += more.copy_to_host()
