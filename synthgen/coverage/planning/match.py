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


@dataclass(frozen=True)
class Traffic:
    """What is set of the traffic.

    Attributes:
        moving: vehicles that move per km of lane [1/km], by kind.
        parked: share of the kerbs.
        people: per km of sidewalk [1/km]; None: as usual.
    """

    moving: Mapping[str, float]
    parked: float
    people: float | None

    def overrides(self) -> list[str]:
        """Return it as overrides, to three digits."""
        total = min(sum(self.moving.values()), MOST)
        line = [f"traffic.vehicles={total:.3g}", f"traffic.parked={self.parked:.3g}"]
        line += [f"traffic.pedestrians={self.people:.3g}"] if self.people is not None else []
        weights = (
            {kind: each / total for kind, each in self.moving.items()} if total else {"car": 1.0}
        )
        return line + [f"traffic.shares.{kind}={weights.get(kind, 0.0):.3g}" for kind in ROAD_USERS]


def fitted(found: Response, wanted: Mapping[str, float], usual: Sequence[Clip]) -> Traffic:
    """Return the traffic that gives `wanted` objects per frame, by class.

    Least squares within what keys may be, with a light pull to the traffic of the clips `usual`.
    """
    from scipy.optimize import lsq_linear

    rows, right = _equations(found, wanted, usual)
    low = np.zeros(len(ROAD_USERS) + 1)
    high = np.array([MOST] * len(ROAD_USERS) + [1.0])
    solved = np.asarray(lsq_linear(rows, right, (low, high), method="bvls").x)
    people = None
    if found.people:
        most = QUANTITIES["traffic.pedestrians"].high
        people = min(wanted.get("pedestrian", 0.0) / found.people, most)
    moving = dict(zip(ROAD_USERS, solved[:-1].tolist(), strict=True))
    return Traffic(moving, float(solved[-1]), people)


def densities(clips: Sequence[Clip]) -> dict[str, float]:
    """Return the mean of how many of each kind move per km of lane [1/km]."""
    return {kind: float(np.mean([density(clip, kind) for clip in clips])) for kind in ROAD_USERS}


def _equations(
    found: Response, wanted: Mapping[str, float], usual: Sequence[Clip]
) -> tuple[Float[Array, "n m"], Float[Array, "n"]]:
    """Return one row for each kind's count, and one that pulls each unknown to what it was."""
    size = len(ROAD_USERS)
    counts = np.zeros((size, size + 1))
    counts[:, :size] = np.diag([found.moving[kind] for kind in ROAD_USERS])
    counts[:, size] = [found.parked[kind] for kind in ROAD_USERS]
    now = [*densities(usual).values()]
    now.append(float(np.mean([clip.traffic["traffic.parked"] for clip in usual])))
    pull = np.diag(np.sqrt(PULL) * np.maximum(np.abs(counts).max(axis=0), 1e-6))
    right = [wanted.get(kind, 0.0) for kind in ROAD_USERS]
    return np.vstack([counts, pull]), np.concatenate([right, pull @ np.array(now)])
