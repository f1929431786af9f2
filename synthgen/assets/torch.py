"""A hand torch: what people light their way with where the street lamps are out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.assets.sweeping import tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, with_circuit
from synthgen.state import KEYPOINTS
from synthgen.world import Beam, Body, Circuit, Extent, Lamp

CASE = Material("torch case", srgb(30, 30, 32), 0.5, 0.3, reflectance=0.1)
GLASS = Material("torch glass", srgb(210, 210, 200), 0.1, reflectance=0.3)
WARM, COOL = (1.30, 0.95, 0.57), (0.97, 1.0, 1.08)
"""Linear sRGB of luminance 1 of bulbs of 2700 K and of LEDs of 6000 K.

Source: black-body chromaticities (CIE 15:2018) carried to linear sRGB, rounded."""
CANDELA = 60.0, 600.0
"""[cd] on the axis. Source: ANSI/PLATO FL 1, 2019: a reach of 15 to 50 m is where the peak gives
0.25 lx, so 56 to 625 cd."""
ASIDE = 6.0
"""[cd] that others see off the axis: of the lens as a whole."""
RADIUS, LONG = 0.018, 0.13
"""[m] of the case."""
DOWN = (0.9816, 0.0, -0.1908)
"""It points at the ground some 5 m ahead."""
_HAND = KEYPOINTS.index("right_wrist")


@dataclass(frozen=True)
class _Carried:
    """Poses of someone with a torch in the right hand."""

    pose: Callable[[float], tuple[Mesh, Extent]]
    keypoints: Callable[[float], Float[Array, "17 3"]]

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        mesh, extent = self.pose(phase)
        return merge([mesh, *_parts(_grip(self.keypoints(phase)))]), extent


def with_torch(body: Body, rng: np.random.Generator) -> Body:
    """Return the person `body` with a torch in the right hand, in the mesh and not in the box.

    Raises:
        ValueError: when the body has no limbs to hold it.
    """
    if body.pose is None or body.keypoints is None:
        raise ValueError(f"{body.name} has no hand for a torch")
    low, high = np.log(CANDELA)
    candela = round(float(np.exp(rng.uniform(low, high))), 1)
    color = WARM if rng.random() < 0.4 else COOL
    grips = np.array([_grip(body.keypoints(phase)) for phase in np.arange(4) / 4])
    place = grips.mean(axis=0) + np.array(DOWN) * (LONG + 0.03)
    carried = _Carried(body.pose, body.keypoints)
    mesh, extent = carried(0.0)
    lens = Circuit("torch", round(ASIDE / (np.pi * RADIUS**2), 1), color)
    x, y, z = (round(float(value), 4) for value in place)
    lamp = Lamp((x, y, z), DOWN, candela, Beam.HIGH_BEAM, 0, RADIUS)
    return replace(body, mesh=mesh, extent=extent, pose=carried, circuits=(lens,), lamps=(lamp,))


def _grip(joints: Float[Array, "17 3"]) -> Float[Array, "3"]:
    """Return where the rear end of the torch is held [m]: in the fist beyond the wrist."""
    return joints[_HAND] + np.array([0.03, 0.0, -0.05])


def _parts(grip: Array) -> list[Mesh]:
    axis = np.array(DOWN)
    front = grip + LONG * axis
    case = tube(np.stack([grip, front]), [0.8 * RADIUS, RADIUS], CASE, "pedestrian", 8)
    glass = tube(np.stack([front, front + 0.004 * axis]), 0.95 * RADIUS, GLASS, "pedestrian", 8)
    return [case, with_circuit(glass, 0)]
