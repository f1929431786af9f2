"""Umbrellas, and the bent arm that holds one over the head."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.bones import Bone, grips
from synthgen.assets.body.figure import Figure, Manner
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.gait import arm, fingers
from synthgen.assets.skeleton import Piece, Stance, pitch, roll, yaw
from synthgen.assets.sweeping import Point, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh

KIND = "pedestrian"
RIBS = 8
ACROSS = 3
"""Columns of a panel between two ribs."""
SPREAD = 0.80
"""[rad] from the top of the dome, a spherical cap, to its edge: 0.42 radii deep."""
SHAFT = 0.335, 0.12
"""From the fist to the top of the dome: share of the height of who holds it, and of the radius."""
HANDLE = 0.13
"""[m] below the fist."""
RINGS = (0.0, 0.28, 0.55, 0.80, 1.0)
"""Rings of the dome, shares of `SPREAD`."""
_STEEL = Material("shaft", srgb(120, 122, 126), roughness=0.3, metallic=0.8, reflectance=0.5,
                  porosity=0.0)  # fmt: skip
_GRIP = Material("handle", srgb(30, 26, 24), roughness=0.5, reflectance=0.2, porosity=0.0)
_COVERS = {
    (24, 24, 27): 9.0, (30, 38, 64): 3.0, (92, 94, 100): 1.6, (150, 30, 36): 1.6,
    (42, 84, 150): 1.4, (36, 92, 64): 1.0, (214, 178, 48): 0.7, (206, 120, 142): 0.7,
    (104, 58, 116): 0.6, (222, 220, 214): 0.6, (96, 70, 52): 0.6,
}  # fmt: skip
"""sRGB of covers and how often they are seen: nearly half are black. By eye, no source."""
TWO_TONE = 0.14
"""Share whose panels alternate with white."""


@dataclass(frozen=True)
class Umbrella:
    """One umbrella.

    Attributes:
        diameter: [m] of the open dome.
        covers: of even and of odd panels.
        tilt: [rad] of the shaft, the top backward over the head.
        first: the hand that holds it: 0 left, 1 right.
    """

    diameter: float
    covers: tuple[Material, Material]
    tilt: float
    first: int


def draw_umbrella(diameter: float, first: int, rng: np.random.Generator) -> Umbrella:
    """Return an umbrella of `diameter` [m] in a drawn colour, in the left (0) or right (1) hand."""
    share = np.array(list(_COVERS.values()))
    color = list(_COVERS)[int(rng.choice(len(share), p=share / share.sum()))]
    cover = _cover(color, rng)
    other = _cover((222, 220, 214), rng) if rng.random() < TWO_TONE else cover
    return Umbrella(diameter, (cover, other), float(rng.uniform(0.16, 0.30)), first)


def _cover(color: tuple[int, int, int], rng: np.random.Generator) -> Material:
    """Return coated nylon: smooth, and water runs off it."""
    red, green, blue = (int(v) for v in np.clip(np.array(color) * rng.uniform(0.9, 1.1), 0, 255))
    return Material(
        "umbrella", srgb(red, green, blue), roughness=0.42,
        reflectance=float(rng.uniform(0.25, 0.55)), porosity=0.2,
    )  # fmt: skip


def umbrella(wearer: Wearer, given: Umbrella, height: float) -> Piece:
    """Return the open umbrella, upright about the grip of a hand in the rest pose.

    It is drawn with who holds it, but never part of the labelled box, as bags are not. It has its
    own size once `wearer` is scaled to `height` [m].
    """
    tall = float(np.ptp(wearer.points[:, 2]))
    radius = given.diameter / 2
    top = SHAFT[0] * height + SHAFT[1] * radius
    canopy = merge([_dome(radius, given.covers), *_ribs(radius)])
    whole = merge([_raised(canopy, [0.0, 0.0, top]), *_stick(top)])
    whole = replace(whole, vertices=whole.vertices * tall / height)
    whole = _raised(whole, grips(wearer.points, wearer.data)[given.first])
    weights = np.zeros((len(whole.vertices), len(Bone)))
    weights[:, Bone.UMBRELLA_LEFT + given.first] = 1.0
    return Piece(whole, weights, counted=False)


def _raised(part: Mesh, way: Point) -> Mesh:
    """Return `part` moved by `way` [m]."""
    return replace(part, vertices=part.vertices + np.asarray(way, float))


def _cap(radius: float, share: Array, around: Array) -> Float[Array, "m n 3"]:
    """Return points of the dome below its top at `share` of the way down and angles `around`.

    Between two ribs the cloth is drawn in, most at the edge, which makes the scallops.
    """
    angle = SPREAD * np.asarray(share, float)[:, None]
    between = 2 * np.abs((around * RIBS / (2 * np.pi)) % 1.0 - 0.5)
    sag = (0.02 + 0.075 * np.asarray(share)[:, None] ** 2) * (1 - between**2)[None, :]
    out = radius * np.sin(angle) / np.sin(SPREAD) * (1 - sag)
    down = -radius / np.sin(SPREAD) * (1 - np.cos(angle)) * np.ones_like(sag)
    return np.stack([out * np.cos(around), out * np.sin(around), down], axis=-1)


def _dome(radius: float, covers: tuple[Material, Material]) -> Mesh:
    """Return the cover, cloth 3 mm thick with an upper and a lower face."""
    count = RIBS * ACROSS
    outer = _cap(radius, np.array(RINGS), np.arange(count) / count * 2 * np.pi)
    inner = outer * [0.995, 0.995, 1.0] - [0.0, 0.0, 0.003]
    layers = np.concatenate([outer, inner[::-1]])
    here = np.arange(count)
    after = (here + 1) % count
    quads = []
    for row in range(len(layers) - 1):
        low, high = row * count, (row + 1) * count
        quads += [np.stack([low + here, high + here, high + after], 1),
                  np.stack([low + here, high + after, low + after], 1)]  # fmt: skip
    faces = np.concatenate(quads)
    panel = np.tile(here // ACROSS % 2, len(quads))
    points = layers.reshape(-1, 3)
    a, b, c = (points[faces[:, i]] for i in range(3))
    solid = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-9
    halves = [
        mesh(points, faces[solid & (panel == which)], covers[which], KIND, crease=0.5)
        for which in (0, 1)
    ]
    return merge(halves)


def _ribs(radius: float) -> list[Mesh]:
    """Return ribs below the cover and the stretchers that push them up."""
    found = []
    for angle in (np.arange(RIBS) + 0.0) / RIBS * 2 * np.pi:
        line = _cap(radius, np.array([0.05, 0.55, 1.0]), np.array([angle]))[:, 0] - [0, 0, 0.008]
        found.append(tube(line, 0.0025, _STEEL, KIND, 3))
        runner = np.array([0.010 * np.cos(angle), 0.010 * np.sin(angle), -0.62 * radius])
        found.append(tube([line[1], runner], 0.0022, _STEEL, KIND, 3))
    return found


def _stick(top: float) -> list[Mesh]:
    """Return the shaft with its tip, and the hooked handle, about the fist."""
    shaft = tube([(0, 0, -0.04), (0, 0, top + 0.055)], 0.006, _STEEL, KIND, 6)
    turn = np.linspace(0, np.pi, 6)
    hook = [(0.0, 0.0, 0.06), (0.0, 0.0, -0.05)]
    hook += [(0.028 * (1 - np.cos(t)), 0.0, -HANDLE + 0.028 - 0.028 * np.sin(t)) for t in turn]
    return [shaft, tube(np.array(hook), 0.011, _GRIP, KIND, 6)]


@dataclass(frozen=True, eq=False)
class Sheltered:
    """Any way to stand or walk with an umbrella held up: upper arm down, forearm raised.

    Attributes:
        manner: what the rest of the body does.
        held: the umbrella.
    """

    manner: Manner
    held: Umbrella

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        stance = self.manner(who, phase)
        moves = stance.turns @ np.swapaxes(who.hang, 1, 2)
        first, tilt = self.held.first, self.held.tilt
        sign = 1 - 2 * first
        aside = yaw(0.14 * sign)
        bob = 0.02 * np.sin(4 * np.pi * phase)
        arm(moves, first, roll(0.14 * sign) @ pitch(bob - 0.12), aside @ pitch(2.2 + bob))
        hand = aside @ pitch(np.pi / 2 + tilt)
        moves[Bone.HAND_LEFT + first] = moves[Bone.THUMB_LEFT + first] = hand
        fingers(moves, first, 0.95)
        lean = roll(0.19 * sign) @ pitch(tilt)
        moves[Bone.UMBRELLA_LEFT + first] = lean
        return who.stance(stance.root, moves)
