"""What goes wrong with a camera now and then: it sends nothing, or an old image once more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgen.electronics import Faults
from synthgen.sample import CameraReading
from synthgen.sensors.jpeg import Sent

BLACK, FROZEN = "black", "frozen"
CLOSE = 1.0
"""[s] Between images of a sequence; farther apart none is repeated in the next one's place."""
AGE = (0.1, 1.0)
"""[s] How old an image is that a camera of single views repeats."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one image.

    Attributes:
        kind: black, frozen, or empty for nothing.
        shown: [s] moment that the image shows.
        image: number in the sequence of the image that is repeated; -1 for none of them.
    """

    kind: str
    shown: float
    image: int = -1


def history(faults: Faults, times: Sequence[float], rng: np.random.Generator) -> tuple[Fault, ...]:
    """Return what is wrong with each image of a camera that are taken at `times` [s], rising.

    Faults come and go as a Markov process in two states with mean duration `faults.lasting`, so
    that over many images their shares are those asked for: with q = black + frozen and relaxation
    time T = lasting (1 - q), P(fault after gap g | fault) = q + (1 - q) exp(-g / T).

    Source: D. R. Cox and H. D. Miller, "The theory of stochastic processes", 1965, section 4.2.
    """
    share, found = faults.black + faults.frozen, list[Fault]()
    for number, time in enumerate(times):
        gap = time - times[number - 1] if number else np.inf
        last = found[-1] if found and found[-1].kind else None
        chance, start, kind, age = rng.random(4)
        if last is not None and chance < np.exp(-gap / faults.lasting):
            found.append(last if last.kind == FROZEN else Fault(BLACK, time))
            continue
        fade = float(np.exp(-gap / (faults.lasting * (1 - share)))) if share < 1 else 0.0
        again = share + (1 - share) * fade if last is not None else share * (1 - fade)
        if (chance if last is not None else start) >= again:
            found.append(Fault("", time))
        elif kind * share < faults.black:
            found.append(Fault(BLACK, time))
        else:
            found.append(_frozen(found, times, float(AGE[0] + (AGE[1] - AGE[0]) * age)))
    return tuple(found)


def _frozen(found: Sequence[Fault], times: Sequence[float], age: float) -> Fault:
    """Return a repetition of the image before, or of none of them that is `age` [s] old."""
    number = len(found)
    if number and not found[-1].kind and times[number] - times[number - 1] <= CLOSE:
        return Fault(FROZEN, times[number - 1], number - 1)
    return Fault(FROZEN, times[number] - age)


def spoiled(reading: CameraReading, fault: Fault, instead: Sent) -> CameraReading:
    """Return `reading` with what a camera with that `fault` sends `instead` of its image.

    Such an image tells nothing of the moment: no signal stands out, so nothing is discernible.
    """
    return replace(
        reading, image=instead.image, stream=instead.stream, fault=fault.kind, shown=fault.shown,
        signal=np.zeros_like(reading.signal), noise=np.ones_like(reading.noise),
    )  # fmt: skip
