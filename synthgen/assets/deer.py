"""Deer: stags with antlers, does."""

import numpy as np

from synthgen.assets.quadrupeds import (
    Frame,
    Parts,
    Rgb,
    Trotting,
    frame_joints,
    fur,
    sections,
    torso,
    walker,
)
from synthgen.assets.sweeping import flipped, loft, painted, quads, tube
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.road_user import RoadUser

KIND = "deer"
_COATS: tuple[tuple[str, Rgb], ...] = (
    ("brown", (128, 92, 62)), ("red", (152, 96, 58)), ("grey", (112, 98, 84)),
)  # fmt: skip
_PALE, _DARK = (214, 202, 182), (58, 44, 36)
_TRUNK = (
    (-0.47, 0.86, 0.05, 0.30), (-0.44, 0.84, 0.15, 0.70), (-0.35, 0.80, 0.20, 0.92),
    (-0.18, 0.77, 0.21, 0.92), (0.00, 0.75, 0.24, 1.00), (0.10, 0.76, 0.25, 0.92),
    (0.17, 0.80, 0.22, 0.74), (0.21, 0.84, 0.15, 0.52), (0.23, 0.86, 0.06, 0.30),
)  # fmt: skip
_LIMBS = (
    (0.03, 0.07, 0.085, 0.07, 0.048, 0.036), (0.03, 0.10, 0.135, 0.11, 0.058, 0.036),
    (0.038, 0.028, 0.021, 0.024),
)  # fmt: skip


def build_deer(user: RoadUser, rng: np.random.Generator) -> tuple[Trotting, str]:
    """Return the deer that `user` orders and its colour word; a stag's height is to its antlers."""
    crown = user.height * (0.78 if user.subtype == "stag" else 1.0)
    frame = Frame(
        KIND, user.length, user.height, 0.70 * crown, min(user.width, 0.32 * crown),
        float(rng.uniform(0.0, 0.4)), _TRUNK, _LIMBS, (0.036, 0.024),
    )  # fmt: skip
    color, tone = _COATS[int(rng.integers(len(_COATS)))]
    coat, pale = fur(tone), fur(_PALE, "fur pale")
    trunk = torso(frame, coat)
    middle = quads(trunk)
    below = middle[:, 2] < 0.60 * frame.withers
    behind = (middle[:, 0] < -0.455 * frame.length) & (middle[:, 2] < 0.95 * frame.withers)
    head = [*_neck(frame, crown, coat), *_head(frame, crown, coat, pale)]
    if user.subtype == "stag":
        head += _antlers(frame, crown, rng)
    parts = Parts(merge(head), _tail(frame, pale), coat, fur(tone, "fur leg"))
    return walker(frame, parts, painted(trunk, pale, below | behind)), color


def _skull(frame: Frame, crown: float) -> tuple[float, float, float]:
    """Place (x, z) and size [m] of the skull."""
    size = 0.075 * crown
    return 0.5 * frame.length - 2.55 * size, crown - 1.05 * size, size


def _neck(frame: Frame, crown: float, coat: Material) -> list[Mesh]:
    """Return the neck that rises from the chest."""
    x, z, size = _skull(frame, crown)
    foot = np.array([0.12 * frame.length, 0.0, 0.82 * frame.withers])
    head = np.array([x - 0.2 * size, 0.0, z - 0.2 * size])
    line = [foot, 0.55 * foot + 0.45 * head - [0.02 * crown, 0, 0.015 * crown], head]
    radius = np.array([0.20, 0.125, 0.085]) * frame.withers * (1 + 0.15 * frame.shaggy)
    return [tube(line, radius, coat, KIND, 10)]


def _head(frame: Frame, crown: float, coat: Material, pale: Material) -> list[Mesh]:
    """Return skull, long muzzle, nose, eyes and wide ears."""
    x, z, size = _skull(frame, crown)
    rows = [
        (-0.75, 0.0, 0.45, 0.42), (-0.45, 0.08, 0.82, 0.74), (0.15, 0.08, 0.86, 0.78),
        (0.75, -0.12, 0.70, 0.62), (1.35, -0.36, 0.50, 0.44), (2.05, -0.60, 0.36, 0.32),
        (2.40, -0.68, 0.28, 0.28), (2.52, -0.68, 0.12, 0.16),
    ]  # fmt: skip
    skull = sections(
        [(x + a * size, z + b * size, h * size, w * size) for a, b, h, w in rows], coat, KIND
    )
    skull = painted(skull, pale, quads(skull)[:, 2] < z - 0.72 * size)
    black = Material("nose", srgb(24, 22, 22), roughness=0.35, reflectance=0.1)
    nose = sections(
        [(x + 2.40 * size, z - 0.62 * size, 0.2 * size, 0.2 * size),
         (x + 2.55 * size, z - 0.66 * size, 0.12 * size, 0.14 * size)], black, KIND,
    )  # fmt: skip
    eye = Material("eye", srgb(20, 16, 14), roughness=0.1, reflectance=0.2, retroreflection=40.0)
    flat = np.array(
        [(0.78, 0.60, 0.05), (0.50, 0.76, 0.05), (0.50, 0.76, 0.32), (0.76, 0.60, 0.30)]
    )
    eyes = mesh(flat * size * [1, 1.06, 1] + [x, 0, z], np.array([[0, 1, 2], [0, 2, 3]]), eye, KIND)
    base = np.array([(-0.5, 0.40, 0.5), (-0.42, 0.60, 0.3), (-0.1, 0.62, 0.34), (-0.1, 0.42, 0.6)])
    middle = base * [1.5, 1.0, 1.5] + [-0.1, 0.75, 0.10]
    point = np.array([(-0.75, 1.85, 0.92)]) + 0.1 * (base - base.mean(axis=0))
    ear = loft([p * size + [x, 0, z] for p in (base, middle, point)], coat, KIND)
    return [skull, nose, eyes, flipped(eyes), ear, flipped(ear)]


def _antlers(frame: Frame, crown: float, rng: np.random.Generator) -> list[Mesh]:
    """Return two beams with their tines, up to the height of the order."""
    x, z, size = _skull(frame, crown)
    horn = Material("antler", srgb(120, 98, 72), roughness=0.7, reflectance=0.4, porosity=0.3)
    top, wide = frame.height - z - 0.01, float(rng.uniform(0.24, 0.34)) * crown / 1.3
    shares = np.array([0.14, 0.35, 0.6, 0.82, 1.0])
    beam = np.column_stack([
        x + np.array([-0.1, -0.9, -1.3, -0.9, -0.2]) * size,
        0.35 * size + wide * np.array([0.0, 0.45, 0.85, 1.0, 0.85]), z + top * shares,
    ])  # fmt: skip
    thick = size * np.array([0.28, 0.24, 0.2, 0.15, 0.06])
    parts = [tube(beam, thick, horn, KIND, 6)]
    count = int(rng.integers(2, 5))
    for place in np.linspace(0.15, 0.85, count):
        foot = np.array([np.interp(place, shares, beam[:, axis]) for axis in range(3)])
        reach = np.array([1.5 * size, 0.15 * wide, min(0.28 * top, frame.height - foot[2] - 0.02)])
        line = [foot, foot + reach * [0.8, 0.6, 0.3], foot + reach]
        parts.append(tube(line, size * np.array([0.17, 0.13, 0.05]), horn, KIND, 5))
    return [*parts, *(flipped(part) for part in parts)]


def _tail(frame: Frame, pale: Material) -> Mesh:
    start, size = frame_joints(frame)[2], frame.withers
    line = start + size * np.array([(0.05, 0, -0.01), (-0.06, 0, -0.02), (-0.10, 0, -0.09),
                                    (-0.10, 0, -0.16)])  # fmt: skip
    line[:, 0] = np.maximum(line[:, 0], -0.5 * frame.length + 0.03 * size)
    return tube(line, size * np.array([0.05, 0.05, 0.045, 0.02]), pale, KIND, 7)
