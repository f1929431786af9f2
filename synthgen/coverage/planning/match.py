"""Traffic like the user's own: densities and shares fitted to objects per frame.

What can be matched: the mean number per frame of each kind of vehicle and of people, by
`traffic.vehicles`, `traffic.shares`, `traffic.parked` and `traffic.pedestrians`. What follows
from it as far as streets allow, and is measured but not set: distances and heights of boxes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.spec.quantity import QUANTITIES, ROAD_USERS

PARKS = ("car", "van")
"""Kinds that stand at kerbs too."""
PULL = 0.05
"""How much the fit prefers the present traffic where figures leave it open: cars that park or
drive look alike in a count. Of the squared error of a mean number per frame."""
SELDOM = 5.0
"""Objects' worth of belief that a kind is as easily seen as the others: a fire engine met once in
few worlds says little."""
MOST = 60.0
"""[1/km] moving vehicles per km of lane at most: beyond, traffic stands."""


@dataclass(frozen=True)
class Clip:
    """A world that was made without events.

    Attributes:
        traffic: what was drawn, by key: traffic.vehicles, traffic.shares.car, ...
        frames: of it.
        counts: objects in all of them that count, by class.
    """

    traffic: Mapping[str, float]
    frames: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Response:
    """Objects per frame that a unit of traffic gives.

    Attributes:
        moving: by kind, for 1/km of it on the lanes.
        parked: by kind, for kerbs full of parked cars.
        people: for 1/km on sidewalks.
    """

    moving: Mapping[str, float]
    parked: Mapping[str, float]
    people: float


def density(clip: Clip, kind: str) -> float:
    """Return how many of `kind` move per km of lane [1/km]."""
    shares = {one: clip.traffic[f"traffic.shares.{one}"] for one in ROAD_USERS}
    return clip.traffic["traffic.vehicles"] * shares[kind] / sum(shares.values())


def response(clips: Sequence[Clip]) -> Response:
    """Return the response that explains `clips` best; of what parks by non-negative least squares.

    Source: C. Lawson and R. Hanson, "Solving least squares problems", 1974, chapter 23.

    Raises:
        ValueError: when there are no clips.
    """
    from scipy.optimize import nnls

    if not clips:
        raise ValueError("match: no worlds to learn the response of traffic from")
    whole = _together(clips)
    moving = {kind: _seldom(clips, kind, whole) for kind in ROAD_USERS}
    parked = dict.fromkeys(ROAD_USERS, 0.0)
    weights = np.sqrt([clip.frames for clip in clips])
    for kind in PARKS:
        seen = np.array([clip.counts.get(kind, 0) / clip.frames for clip in clips])
        rows = [[density(clip, kind), clip.traffic["traffic.parked"]] for clip in clips]
        found = nnls(np.array(rows) * weights[:, None], seen * weights)[0]
        moving[kind], parked[kind] = float(found[0]) or whole, float(found[1])
    walkers = sum(clip.traffic["traffic.pedestrians"] * clip.frames for clip in clips)
    people = sum(clip.counts.get("pedestrian", 0) for clip in clips)
    return Response(moving, parked, people / walkers if walkers else 0.0)


def _together(clips: Sequence[Clip]) -> float:
    """Return the response of all moving kinds taken as one: of those too rare to be seen."""
    kinds = [kind for kind in ROAD_USERS if kind not in PARKS]
    seen = sum(clip.counts.get(kind, 0) for clip in clips for kind in kinds)
    moved = sum(density(clip, kind) * clip.frames for clip in clips for kind in kinds)
    return seen / moved if moved else 0.0


def _seldom(clips: Sequence[Clip], kind: str, whole: float) -> float:
    """Return the response of a kind that does not park: `SELDOM` objects as all do, and its own.

    The mean of a Gamma posterior of a rate, Gelman et al., "Bayesian data analysis", 2013, 2.6.
    """
    seen = sum(clip.counts.get(kind, 0) for clip in clips)
    moved = sum(density(clip, kind) * clip.frames for clip in clips)
    return (seen + SELDOM) / (moved + SELDOM / whole) if whole else 0.0


def fitted(found: Response, wanted: Mapping[str, float], clips: Sequence[Clip]) -> list[str]:
    """Return the overrides of the traffic that gives `wanted` objects per frame, by class.

    Least squares within what keys may be, with a light pull to the traffic of `clips`.
    """
    from scipy.optimize import lsq_linear

    rows, right = _equations(found, wanted, clips)
    low = np.zeros(len(ROAD_USERS) + 1)
    high = np.array([MOST] * len(ROAD_USERS) + [1.0])
    solved = np.asarray(lsq_linear(rows, right, (low, high), method="bvls").x)
    moving, parked = solved[:-1], float(solved[-1])
    total = float(min(moving.sum(), MOST))
    line = [f"traffic.vehicles={total:.3g}", f"traffic.parked={parked:.3g}"]
    if found.people:
        most = QUANTITIES["traffic.pedestrians"].high
        line.append(
            f"traffic.pedestrians={min(wanted.get('pedestrian', 0.0) / found.people, most):.3g}"
        )
    weights = moving / total if total else np.eye(len(ROAD_USERS))[0]
    return line + [
        f"traffic.shares.{kind}={weight:.3g}"
        for kind, weight in zip(ROAD_USERS, weights, strict=True)
    ]


def _equations(
    found: Response, wanted: Mapping[str, float], clips: Sequence[Clip]
) -> tuple[Float[Array, "n m"], Float[Array, "n"]]:
    """Return one row for each kind's count, and one that pulls each unknown to what it was."""
    size = len(ROAD_USERS)
    counts = np.zeros((size, size + 1))
    counts[:, :size] = np.diag([found.moving[kind] for kind in ROAD_USERS])
    counts[:, size] = [found.parked[kind] for kind in ROAD_USERS]
    now = [float(np.mean([density(clip, kind) for clip in clips])) for kind in ROAD_USERS]
    now.append(float(np.mean([clip.traffic["traffic.parked"] for clip in clips])))
    pull = np.diag(np.sqrt(PULL) * np.maximum(np.abs(counts).max(axis=0), 1e-6))
    right = [wanted.get(kind, 0.0) for kind in ROAD_USERS]
    return np.vstack([counts, pull]), np.concatenate([right, pull @ np.array(now)])
