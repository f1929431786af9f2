"""Cats."""

import numpy as np

from synthgen.assets.quadrupeds import (
    Frame,
    Parts,
    Rgb,
    Row,
    Trotting,
    frame_joints,
    fur,
    sections,
    torso,
    walker,
)
from synthgen.assets.sweeping import flipped, loft, painted, quads, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.road_user import RoadUser

KIND = "cat"
_COATS: tuple[tuple[str, Rgb, Rgb, bool], ...] = (
    ("grey", (126, 116, 104), (88, 78, 68), True), ("orange", (206, 128, 66), (178, 98, 44), True),
    ("black", (34, 32, 33), (40, 38, 38), False), ("white", (226, 222, 214), (60, 56, 54), False),
    ("black", (40, 38, 38), (226, 222, 214), False),
    ("cream", (214, 196, 168), (92, 70, 56), False),
)  # fmt: skip
"""Colour word, coat, second colour, and whether that comes in stripes or on belly and ears: tabby,
ginger, black, white, tuxedo, seal point."""
_TRUNK = (
    (-0.310, 0.84, 0.05, 0.30), (-0.295, 0.83, 0.12, 0.62), (-0.235, 0.80, 0.185, 0.86),
    (-0.10, 0.76, 0.18, 0.86), (0.06, 0.75, 0.19, 0.96), (0.18, 0.78, 0.20, 0.94),
    (0.27, 0.86, 0.17, 0.80), (0.34, 0.97, 0.15, 0.70), (0.41, 1.05, 0.13, 0.64),
)  # fmt: skip
_LIMBS = (
    (0.04, 0.085, 0.10, 0.09, 0.062, 0.05), (0.04, 0.11, 0.15, 0.13, 0.07, 0.045),
    (0.046, 0.040, 0.036, 0.042),
)  # fmt: skip


def build_cat(user: RoadUser, rng: np.random.Generator) -> tuple[Trotting, str]:
    """Return the cat that `user` orders, tail included, and its colour word."""
    frame = Frame(
        KIND, user.length, user.height, 0.80 * user.height, min(user.width, 0.42 * user.height),
        float(rng.uniform(0.0, 1.0)), _fine(_TRUNK), _LIMBS, (0.06, 0.05), (0.20, -0.245),
    )  # fmt: skip
    color, tone, second, striped = _COATS[int(rng.integers(len(_COATS)))]
    coat, mark = fur(tone), fur(second, "fur mark")
    pale = fur((226, 222, 214), "fur white") if rng.random() < 0.4 else coat
    trunk = _marked(torso(frame, coat), frame, mark, striped)
    tail = _tail(frame, coat, up=bool(rng.random() < 0.5))
    return walker(frame, Parts(_head(frame, coat, mark), tail, coat, pale), trunk), color


def _fine(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The same sections with two more between any two, so that stripes are narrow."""
    table = np.array(rows)
    places = np.linspace(0, len(rows) - 1, 3 * len(rows) - 2)
    columns = [np.interp(places, np.arange(len(rows)), column).tolist() for column in table.T]
    return tuple(zip(*columns, strict=True))


def _marked(trunk: Mesh, frame: Frame, mark: Material, striped: bool) -> Mesh:
    """Return `trunk` with bands over its back, or with a belly of another colour."""
    middle = quads(trunk)
    if not striped:
        return painted(trunk, mark, middle[:, 2] < 0.64 * frame.withers)
    wave = np.sin(middle[:, 0] / frame.length * 2 * np.pi * 12.0)
    return painted(trunk, mark, (wave > 0.2) & (middle[:, 2] > 0.72 * frame.withers))


def _head(frame: Frame, coat: Material, mark: Material) -> Mesh:
    """Return a round skull with a short muzzle, pricked ears, eyes and nose."""
    size = 0.185 * frame.height
    x, z = 0.5 * frame.length - 1.11 * size, frame.height - 1.50 * size
    rows = [
        (-0.95, -0.10, 0.30, 0.36), (-0.70, 0.0, 0.70, 0.76), (-0.15, 0.05, 0.84, 0.98),
        (0.38, 0.02, 0.80, 0.94), (0.70, -0.10, 0.64, 0.74), (0.92, -0.24, 0.42, 0.50),
        (1.06, -0.27, 0.25, 0.32), (1.11, -0.25, 0.08, 0.10),
    ]  # fmt: skip
    skull = sections(
        [(x + a * size, z + b * size, h * size, w * size) for a, b, h, w in rows], coat, KIND
    )
    pink = Material("nose", srgb(150, 96, 92), roughness=0.5, reflectance=0.4)
    eye = Material("eye", srgb(150, 160, 60), roughness=0.1, reflectance=0.3, retroreflection=40.0)
    flat = np.array(
        [(0.80, 0.26, 0.10), (0.66, 0.54, 0.06), (0.58, 0.58, 0.30), (0.74, 0.30, 0.34)]
    )
    eyes = mesh(flat * size * [1.03, 1.12, 1.0] + [x, 0, z], np.array([[0, 1, 2], [0, 2, 3]]), eye,
                KIND)  # fmt: skip
    tip = (x + 1.09 * size, z - 0.17 * size)
    nose = sections(
        [(tip[0] - 0.1 * size, tip[1], 0.08 * size, 0.12 * size),
         (tip[0] + 0.02 * size, tip[1], 0.05 * size, 0.08 * size)], pink, KIND,
    )  # fmt: skip
    ear = _ear(np.array([x, 0.0, z]), size, mark)
    return merge([skull, nose, eyes, flipped(eyes), ear, flipped(ear)])


def _ear(skull: Array, size: float, mark: Material) -> Mesh:
    """Return the left ear of a skull of `size` [m] at `skull` [m]."""
    base = np.array(
        [(-0.30, 0.30, 0.66), (-0.20, 0.86, 0.42), (0.22, 0.84, 0.40), (0.24, 0.34, 0.66)]
    )
    point = np.array([(-0.02, 0.74, 1.48)]) + 0.08 * (base - base.mean(axis=0))
    middle = (base + point) / 2 + [0, 0.03, 0]
    return loft([rim * size + skull for rim in (base, middle, point)], mark, KIND)


def _tail(frame: Frame, coat: Material, *, up: bool) -> Mesh:
    """Return the long tail: carried up to the height of the head, or low behind."""
    start, size = frame_joints(frame)[2], frame.withers
    high = frame.height - start[2] - 0.06 * size
    rise = (
        np.array([0.0, 0.15, 0.55, 0.9, 1.0]) * high
        if up
        else (np.array([0.0, -0.04, -0.22, -0.42, -0.45]) * size)
    )
    back = np.array([0.0, 0.3, 0.55, 0.62, 0.8]) if up else np.array([0.0, 0.3, 0.62, 0.85, 1.0])
    reach = start[0] + 0.5 * frame.length - 0.05 * size
    line = start + np.column_stack([-back * reach, np.zeros(5), rise])
    radius = size * (0.05 + 0.045 * frame.shaggy) * np.array([1.0, 0.9, 0.9, 0.85, 0.5])
    return tube(line, radius, coat, KIND, 7)
