"""From the echoes of each shot to the returns that a lidar reports."""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.lidar_model import RETURNS, LidarModel
from synthgen.sample import CAUSES

SURE = CAUSES.index("noise"), CAUSES.index("crosstalk")
"""Causes of what the receiver has taken for an echo already."""
MIXED = CAUSES.index("mixed")

BETWEEN = 4.0
"""Standard deviations of the range noise by which a range must lie off what gave most of it to
be called mixed."""


class Echoes(NamedTuple):
    """Echoes of shots, as plain arrays.

    Attributes:
        shot: index of the ray.
        distance: [m].
        strength: effective reflectance as received, see `echo`.
        cause: index into `CAUSES`.
        semantic: class id of the surface, 0 for none.
        body: number of the body, -1 for none.
    """

    shot: np.ndarray
    distance: np.ndarray
    strength: np.ndarray
    cause: np.ndarray
    semantic: np.ndarray
    body: np.ndarray


class Returns(NamedTuple):
    """What is reported, shot by shot.

    Attributes:
        shot: index of the ray.
        number: of the return within its shot, from 0 in the order the model names them.
        distance: [m].
        strength: effective reflectance as received.
        cause: index into `CAUSES`.
        semantic: class id of the surface, 0 for none.
        body: number of the body, -1 for none.
    """

    shot: np.ndarray
    number: np.ndarray
    distance: np.ndarray
    strength: np.ndarray
    cause: np.ndarray
    semantic: np.ndarray
    body: np.ndarray


def echoes(
    shot: Array, distance: Array, strength: Array, cause: Array | int,
    facts: tuple[Array | int, Array | int] = (0, -1),
) -> Echoes:  # fmt: skip
    """Return echoes of one kind of cause; `facts` are class and body of each or of all."""
    count = len(shot)
    return Echoes(
        shot.astype(np.int64), distance.astype(np.float64), strength.astype(np.float64),
        np.broadcast_to(np.asarray(cause, np.uint8), count),
        np.broadcast_to(np.asarray(facts[0], np.uint8), count),
        np.broadcast_to(np.asarray(facts[1], np.int32), count),
    )  # fmt: skip


def chosen(
    model: LidarModel,
    parts: Sequence[Echoes],
    count: int,
    noise: tuple[float, float],
    rng: np.random.Generator,
) -> Returns:
    """Return what is reported of the echoes of `count` shots, those of `parts` together.

    Echoes closer than the model tells apart become one, at their mean range by strength. One is
    detected when its strength with a Gaussian `noise` (standard deviation, and how many of them
    the threshold is) is above the threshold. A shot is lost with the chance of the model.
    """
    together = Echoes(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    start, order = _by_shot(together.shot, together.distance, count)
    wanted = np.array([RETURNS.index(name) for name in model.returns])
    out = np.empty((min(len(order), count * len(wanted)), 2 + len(_COLUMNS)))
    rules = (
        model.separation, BETWEEN * model.range_noise, noise[0], noise[1], model.lost,
        model.nearest, model.farthest,
    )  # fmt: skip
    rows = np.stack([getattr(together, name) for name in _COLUMNS], axis=1)
    most = int(np.diff(start).max(initial=1))
    found = out[: _choose(out, rows, (start, order, most), rules, wanted, rng)].T
    kinds = (np.int64, np.uint8, float, float, np.uint8, np.uint8, np.int32)
    return Returns(*(one.astype(kind) for one, kind in zip(found, kinds, strict=True)))


_COLUMNS = "distance", "strength", "cause", "semantic", "body"
_PLACE, _BRIGHT, _CAUSE, _BODY = 0, 1, 2, 4
_NOISE, _CROSS = SURE


@numba.njit(cache=True)
def _by_shot(shot, distance, count):  # type: ignore[no-untyped-def]
    """Return where each shot's echoes start, and the echoes by shot and distance."""
    start = np.zeros(count + 1, np.int64)
    for n in shot:
        start[n + 1] += 1
    for n in range(count):
        start[n + 1] += start[n]
    order, filled = np.empty(len(shot), np.int64), start[:-1].copy()
    for k in range(len(shot)):
        place, first = filled[shot[k]], start[shot[k]]
        filled[shot[k]] += 1
        while place > first and distance[order[place - 1]] > distance[k]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
    return start, order


@numba.njit(cache=True)
def _choose(out, rows, lists, rules, wanted, rng):  # type: ignore[no-untyped-def]
    """Fill in the returns of all shots and return how many there are."""
    start, order, most = lists
    groups = np.empty((most, 4))
    total, taken = 0, np.empty(len(wanted), np.int64)
    for shot in range(len(start) - 1):
        first, last = start[shot], start[shot + 1]
        if first == last or (rules[4] > 0 and rng.random() < rules[4]):
            continue
        found = _merged(groups, rows, order, (first, last), rules[0])
        found = _detected(groups, found, rows, rules, rng)
        if not found:
            continue
        _pick(taken, groups, found, wanted)
        for number in range(len(taken)):
            if taken[number] >= 0:
                out[total, 0], out[total, 1] = shot, number
                _report(out, total, rows, groups[taken[number]], rules[1])
                total += 1
    return total


@numba.njit(cache=True)
def _merged(groups, rows, order, ends, separation):  # type: ignore[no-untyped-def]
    """Fill in the groups that are told apart and return how many there are.

    Of each its place, strength, strongest echo, and the body of all its echoes, -1 for several.
    """
    found, begun = 0, -np.inf
    for place in range(ends[0], ends[1]):
        k = order[place]
        here, bright = rows[k, _PLACE], rows[k, _BRIGHT]
        if bright <= 0:
            continue
        if here - begun >= separation:
            groups[found, 0], groups[found, 1], groups[found, 2] = here, bright, k
            groups[found, 3], begun = rows[k, _BODY], here
            found += 1
            continue
        last, whole = found - 1, groups[found - 1, 1] + bright
        groups[last, 0] += (here - groups[last, 0]) * bright / whole
        groups[last, 1] = whole
        if rows[k, _BODY] != groups[last, 3]:
            groups[last, 3] = -1
        if bright > rows[int(groups[last, 2]), _BRIGHT]:
            groups[last, 2] = k
    return found


@numba.njit(cache=True)
def _detected(groups, found, rows, rules, rng):  # type: ignore[no-untyped-def]
    """Keep the groups that are detected within the window; return how many."""
    _, _, sigma, level, _, nearest, farthest = rules
    kept = 0
    for g in range(found):
        if groups[g, 0] < nearest or groups[g, 0] > farthest:
            continue
        cause, margin = rows[int(groups[g, 2]), _CAUSE], groups[g, 1] / sigma - level
        sure = cause in (_NOISE, _CROSS) or margin >= 6.0
        if not sure and (margin < -6.0 or margin + rng.standard_normal() < 0):
            continue
        for k in range(4):
            groups[kept, k] = groups[g, k]
        kept += 1
    return kept


@numba.njit(cache=True)
def _pick(taken, groups, found, wanted):  # type: ignore[no-untyped-def]
    """Fill in which group each of the `wanted` returns is, -1 for none that is not told already.

    Groups come by distance. A last return that is the strongest too gives its place to the
    second strongest, as Velodyne's dual mode has it.
    """
    taken[:] = -1
    taken[0] = 0
    if found == 1:
        return
    order = np.argsort(-groups[:found, 1])
    for number in range(len(wanted)):
        choice = 0
        if wanted[number] == 1:
            choice = order[0]
        elif wanted[number] == 2:
            choice = order[1]
        elif wanted[number] == 3:
            choice = found - 1
        if choice in taken[:number]:
            choice = -1
            for other in order:
                if choice < 0 and other not in taken[:number]:
                    choice = other
        taken[number] = choice


@numba.njit(cache=True)
def _report(out, total, rows, group, apart):  # type: ignore[no-untyped-def]
    """Fill in one return: what gave most of it is its cause, unless it lies off that."""
    k = int(group[2])
    out[total, 2], out[total, 3] = group[0], group[1]
    for column in range(2, 5):
        out[total, 2 + column] = rows[k, column]
    if rows[k, _CAUSE] == 0 and abs(group[0] - rows[k, _PLACE]) > apart:
        out[total, 4] = MIXED
        if group[3] < 0:
            out[total, 5], out[total, 6] = 0, -1


def told_ranges(
    model: LidarModel, returns: Returns, ring: Array, level: float, rng: np.random.Generator
) -> Float[Array, "n"]:
    """Return ranges [m] as the sensor reports them.

    sigma^2 = floor^2 + k^2 / SNR, plus each beam's own error, in steps of the counter; `level` is
    the strength that is detected half of the time, at which k^2 / SNR is the model's weak noise
    squared.

    Source: the law that the noise of Ouster's data sheet of the OS1 follows: 1.5, 3 and 10 cm at
    a signal-to-noise ratio of 250, 100 and 12.
    """
    ratio = np.maximum(returns.strength / level, 1.0)
    sigma = np.sqrt(model.range_noise**2 + model.weak_noise**2 / ratio)
    noisy = returns.distance + model.table("bias")[ring[returns.shot]]
    noisy = noisy + sigma * rng.standard_normal(len(sigma))
    return np.round(noisy / model.range_step) * model.range_step
