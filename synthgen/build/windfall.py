"""Trees that the wind has thrown: uprooted, fallen by Bullet, the crown pressed to the ground."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, corner_normals, merge
from synthgen.physics.bullet import settle
from synthgen.physics.solid import Solid, State, hull_points
from synthgen.street.parts import lathe, tube
from synthgen.street.trees import SPECIES, tree
from synthgen.world import Body, Extent

CORE = 0.3
"""Share of the crown's width that carries it: beyond it twigs bend."""
CUSHION = 0.3
"""[m] Below this height above the road leaves and twigs are pressed together."""


@dataclass(frozen=True, eq=False)
class FallenTree:
    """A fallen tree.

    Attributes:
        body: x from the roots to the tip, origin on the road under the middle of its box.
        foot: [m] x of the foot of the trunk.
    """

    body: Body
    foot: float


def felled(rng: np.random.Generator) -> FallenTree:
    """Return a street tree as it lies after a storm."""
    slender = [species for species in SPECIES if species.crown < 0.8]
    lump, *roots = _roots(rng)
    firm = merge([tree(slender[int(rng.integers(len(slender)))], rng), lump])
    standing = merge([firm, *roots])
    turn = Rotation.from_euler("yx", [1.15, rng.normal(0, 0.1)])
    place, quaternion = settle(
        [_core(firm)],
        State(np.array([[0.0, 0, 1.2]]), turn.as_quat()[None], np.zeros((1, 3)),
              np.array([[0.0, 0.6, 0.0]])), patience=40.0,
    )  # fmt: skip
    points = Rotation.from_quat(quaternion[0]).apply(standing.vertices) + place[0]
    ahead = Rotation.from_quat(quaternion[0]).apply([0.0, 0.0, 1.0])
    points = points @ Rotation.from_euler("z", -np.arctan2(ahead[1], ahead[0])).as_matrix().T
    return _lying(standing, _pressed(points), place[0])


def _lying(standing: Mesh, points: Float[Array, "v 3"], place: Array) -> FallenTree:
    low, high = points.min(axis=0), points.max(axis=0)
    middle = np.array([*(low + high)[:2] / 2, 0.0])
    points = points - middle
    shape = replace(
        standing, vertices=points, normals=corner_normals(points, standing.triangles, 0.9),
        part=np.zeros_like(standing.part), classes=("debris",),
    )  # fmt: skip
    size = high - low
    box = Extent((0.0, 0.0, float(low[2] + high[2]) / 2),
                 (float(size[0]), float(size[1]), float(size[2])))  # fmt: skip
    near = np.linalg.norm(standing.vertices, axis=1) < 0.4
    return FallenTree(Body("", "debris", "fallen_tree", shape, box), float(points[near, 0].mean()))


def _core(firm: Mesh) -> Solid:
    """Return what carries the tree: the trunk, the lump of roots and the inner crown."""
    leafy = firm.classes.index("vegetation")
    crown = np.zeros(len(firm.vertices), bool)
    crown[firm.triangles[firm.part == leafy]] = True
    points = firm.vertices.copy()
    points[crown, :2] *= CORE
    # Only its shape matters: a street tree with leaves weighs some 300 kg.
    return Solid(hull_points(points, 64), 300.0, 0.8, 0.0)


def _pressed(points: Float[Array, "v 3"]) -> Float[Array, "v 3"]:
    """Return `points` with what would be under the road pressed into a cushion above it."""
    low = points[:, 2] < CUSHION
    pressed = points.copy()
    pressed[low, 2] = CUSHION * np.exp(np.maximum(points[low, 2] / CUSHION - 1, -30))
    return pressed


def _roots(rng: np.random.Generator) -> list[Mesh]:
    """Return the torn root plate: a lump of soil with roots that stick out."""
    soil = Material("soil", srgb(72, 56, 42), 0.95, texture=Texture.SOIL, reflectance=0.2,
                    porosity=0.9)  # fmt: skip
    wood = Material("root", srgb(110, 88, 64), 0.9, texture=Texture.BARK, reflectance=0.3,
                    porosity=0.6)  # fmt: skip
    reach = float(rng.uniform(0.55, 0.85))
    lump = lathe([(0, -0.42), (0.5 * reach, -0.36), (0.95 * reach, -0.16), (reach, -0.05),
                  (0.6 * reach, 0.04), (0, 0.1)], soil, "tree", 14)  # fmt: skip
    knob = 1 + 0.22 * (rng.random(len(lump.vertices)) - 0.5)
    points = lump.vertices * knob[:, None]
    lump = replace(lump, vertices=points, normals=corner_normals(points, lump.triangles, 0.7))
    roots = []
    for angle in rng.uniform(0, 2 * np.pi, 11):
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        start = 0.6 * reach * out + [0, 0, -0.15]
        tip = float(rng.uniform(1.05, 1.5)) * reach * out + [0, 0, float(rng.uniform(-0.5, 0.1))]
        bend = (start + tip) / 2 + rng.normal(size=3) * 0.06
        roots.append(tube(np.array([start, bend, tip]), [0.05, 0.032, 0.008], wood, "tree", 6))
    return [lump, *roots]
