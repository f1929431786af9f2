"""Dirt that has dried on the glass in front of a camera: specks, and splashes of mud."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rng import stream

SPECKS, SPLASHES = 6e4, 800.0
"""[1/m2] At a dirt of 1."""


@dataclass(frozen=True, eq=False)
class Dirt:
    """Patches of dirt.

    Attributes:
        place: [m] on the glass, right and down from the camera's axis.
        radius: [m].
        opacity: 0 to 1.
    """

    place: Float[Array, "n 2"]
    radius: Float[Array, "n"]
    opacity: Float[Array, "n"]


def dirt_on(amount: float, seed: int, name: str, half: tuple[float, float]) -> Dirt:
    """Return the dirt on the pane before camera `name`, within `half` its width and height [m].

    Specks of 0.1 to 0.6 mm everywhere, and splashes: a blot of up to 6 mm with droplets around it
    that lie farther out the smaller they are. It stays through the whole clip.

    Args:
        amount: 0 clean to 1 filthy.
        seed: of the clip.
        name: of the camera.
        half: [m].
    """
    rng = stream(seed, "dirt", name)
    area = 4 * half[0] * half[1]
    count = int(rng.poisson(SPECKS * amount * area))
    place = [rng.uniform(-1, 1, (count, 2)) * half]
    size = [1e-4 + 5e-4 * rng.random(count) ** 3]
    blots = int(rng.poisson(SPLASHES * amount * area))
    for center in rng.uniform(-1, 1, (blots, 2)) * half:
        largest = rng.uniform(1.5e-3, 6e-3)
        share = np.concatenate([[1.0], rng.uniform(0.04, 0.4, rng.integers(8, 28))])
        away = largest * (0.4 + rng.exponential(0.9, len(share))) / np.sqrt(share) * (share < 1)
        turn = rng.uniform(0, 2 * np.pi, len(share))
        place.append(center + np.stack([away * np.cos(turn), away * np.sin(turn)], -1))
        size.append(largest * share)
    everywhere = np.concatenate(place)
    return Dirt(everywhere, np.concatenate(size), rng.uniform(0.5, 0.95, len(everywhere)))
