"""What a clip has hanging in its air: fog banks, smoke and where it comes from."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True)
class Bank:
    """Fog banks, as asked for.

    Attributes:
        share: of the ground that they cover, 0 none; 1 is a layer without gaps.
        visibility: [m] meteorological optical range in their middle (5 % contrast).
        height: [m] above the ground at which they are half as dense.
        length: [m] of a patch, mean.
    """

    share: float = 0.0
    visibility: float = 60.0
    height: float = 3.0
    length: float = 60.0


@dataclass(frozen=True)
class Smoke:
    """Smoke, as asked for.

    Attributes:
        chimneys: share of the chimneys that smoke.
        fire: [MW] with which what has crashed or broken down burns.
    """

    chimneys: float = 0.0
    fire: float = 0.0


NO_BANK, NO_SMOKE = Bank(), Smoke()


@dataclass(frozen=True)
class Vent:
    """Where smoke comes from.

    Attributes:
        position: [m] x, y, z, world frame.
        flux: [m2/s] extinction that it gives off in a second.
        buoyancy: [m4/s3] of the hot gas.
        radius: [m] of the plume where it starts.
        black: whether it is soot.
        number: of its random stream.
        window: [s] from when to when it is there.
    """

    position: tuple[float, float, float]
    flux: float
    buoyancy: float
    radius: float
    black: bool
    number: int
    window: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Hanging:
    """Where it hangs.

    Attributes:
        puffs: of fog, rows as `density.Clouds` has them.
        layers: of fog, the same.
        vents: of smoke.
        seed: of what smoke and spray make of themselves.
    """

    puffs: Float[Array, "n 15"] = field(default_factory=lambda: np.zeros((0, 15)))
    layers: Float[Array, "m 4"] = field(default_factory=lambda: np.zeros((0, 4)))
    vents: tuple[Vent, ...] = ()
    seed: int = 0
