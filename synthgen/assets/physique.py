"""Measures of a human body and the skeleton they give."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from synthgen.assets.skeleton import Skeleton
from synthgen.geometry import Array


class Bone(IntEnum):
    """Bones of a person. The two hem bones carry skirts and coats, not flesh."""

    PELVIS = 0
    CHEST = 1
    HEAD = 2
    ARM_LEFT = 3
    ARM_RIGHT = 4
    FOREARM_LEFT = 5
    FOREARM_RIGHT = 6
    THIGH_LEFT = 7
    THIGH_RIGHT = 8
    SHANK_LEFT = 9
    SHANK_RIGHT = 10
    FOOT_LEFT = 11
    FOOT_RIGHT = 12
    HEM_FRONT = 13
    HEM_BACK = 14


PARENTS = (-1, 0, 1, 1, 1, 3, 4, 0, 0, 7, 8, 9, 10, 0, 0)


@dataclass(frozen=True)
class Physique:
    """A body.

    Attributes:
        height: [m] from sole to crown.
        head: share of the height from chin to crown.
        hip: height of the hip joint, share of the height.
        girth: 1 is average; scales all widths.
        shoulders: 1 is average; scales the shoulders alone.
        hips: 1 is average; scales the hips alone.
        belly: 0 flat to 1 round.
        bust: 0 to 1.
    """

    height: float
    head: float
    hip: float
    girth: float
    shoulders: float
    hips: float
    belly: float
    bust: float

    @property
    def shoulder(self) -> float:
        """Height of the shoulder joint, share of the height."""
        return 1 - self.head - 0.058

    @property
    def trunk(self) -> float:
        """Way from hip to shoulder joint, share of the height."""
        return self.shoulder - self.hip

    @property
    def shoulder_side(self) -> float:
        """Half the distance of the shoulder joints, share of the height."""
        return 0.103 * self.shoulders * (0.5 + 0.5 * self.girth)

    @property
    def hip_side(self) -> float:
        """Half the distance of the hip joints, share of the height."""
        return 0.048 * self.hips * (0.6 + 0.4 * self.girth)

    @property
    def arm(self) -> tuple[float, float]:
        """Lengths of upper arm and forearm, shares of the height."""
        scale = self.shoulder / 0.818
        return 0.178 * scale, 0.146 * scale

    @property
    def knee(self) -> float:
        """Height of the knee, share of the height."""
        return self.hip * 0.285 / 0.530

    def skeleton(self) -> Skeleton:
        """Return the bones at rest: upright, arms hanging.

        Source: R. Drillis and R. Contini, "Body segment parameters", New York University report
        1166-03, 1966 (segment lengths as shares of stature), as printed in D. A. Winter,
        "Biomechanics and Motor Control of Human Movement", 4th ed., 2009, figure 4.1.
        """
        side, shoulder, (upper, _) = self.hip_side, self.shoulder, self.arm
        spine = self.hip + 0.36 * self.trunk
        rows: dict[Bone, tuple[float, float, float]] = {
            Bone.PELVIS: (0, 0, self.hip),
            Bone.CHEST: (-0.012, 0, spine),
            Bone.HEAD: (-0.010, 0, shoulder + 0.045),
        }
        for sign, first in ((1, 0), (-1, 1)):
            rows |= {
                Bone(Bone.ARM_LEFT + first): (-0.008, sign * self.shoulder_side, shoulder),
                Bone(Bone.FOREARM_LEFT + first): (
                    -0.008, sign * self.shoulder_side, shoulder - upper,
                ),
                Bone(Bone.THIGH_LEFT + first): (0, sign * side, self.hip),
                Bone(Bone.SHANK_LEFT + first): (0, sign * side, self.knee),
                Bone(Bone.FOOT_LEFT + first): (-0.004, sign * side, 0.042),
            }  # fmt: skip
        rows |= {Bone.HEM_FRONT: (0, 0, self.hip), Bone.HEM_BACK: (0, 0, self.hip)}
        return Skeleton(PARENTS, np.array([rows[bone] for bone in Bone], float) * self.height)


def draw_physique(height: float, build: str, rng: np.random.Generator) -> Physique:
    """Return a body of `height` [m]; `build` is man, woman, child or elder.

    Children have larger heads and shorter legs: the head is 1/5 of the height at 0.9 m and 1/7.5
    at 1.75 m.

    Source: C. H. Stratz, "Der Körper des Kindes", 1909, canon of proportions by age.
    """
    girth = float(np.clip(rng.normal(1.0, 0.09), 0.85, 1.25))
    woman = build == "woman" or (build == "elder" and rng.random() < 0.5)
    young = float(np.interp(height, [1.0, 1.6], [1.0, 0.0]))
    return Physique(
        height=height,
        head=float(np.interp(height, [0.9, 1.2, 1.5, 1.75], [0.2, 0.172, 0.149, 0.133])),
        hip=float(np.interp(height, [0.9, 1.2, 1.5, 1.75], [0.46, 0.49, 0.512, 0.522])),
        girth=girth * (1 + 0.08 * young),
        shoulders=0.91 if woman else 1.0 - 0.06 * young,
        hips=1.08 if woman else 1.0,
        belly=float(np.clip(rng.normal(0.25, 0.25) + (girth - 1) * 2, 0, 1)),
        bust=(0.5 + 0.5 * rng.random()) * (1 - young) if woman else 0.0,
    )


def weights(count: int, shares: dict[Bone, Array | float]) -> Array:
    """Return the weight matrix of `count` vertices from shares per bone, made to add up to one."""
    table = np.zeros((count, len(Bone)))
    for bone, share in shares.items():
        table[:, bone] += share
    return table / table.sum(axis=1, keepdims=True)
