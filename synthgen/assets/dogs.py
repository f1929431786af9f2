"""Dogs of several breeds, loose or on a lead."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.road_user import RoadUser

KIND = "dog"
BLACK, BROWN, TAN = ("black", (34, 32, 32)), ("brown", (110, 74, 46)), ("tan", (158, 112, 66))
GOLDEN, WHITE, GREY = (
    ("golden", (196, 150, 92)),
    ("white", (222, 216, 204)),
    ("grey", (120, 118, 114)),
)
RED = ("red", (146, 84, 48))


@dataclass(frozen=True)
class Breed:
    """What a breed looks like.

    Attributes:
        coats: (colour word, sRGB) to choose from.
        withers: shoulder height over the height of the crown.
        chest: width of the chest over the height.
        flop: share of dogs whose ears hang.
        shaggy: from and to, 0 smooth to 1 shaggy.
        muzzle: 1 for a middling snout, less for a short one.
        marked: colour of back or patches, if the coat has two colours.
        patched: whether the second colour comes in patches and not as a saddle.
        tail: 1 carried high, 0 straight back, -1 hanging.
    """

    coats: tuple[tuple[str, Rgb], ...]
    withers: float = 0.81
    chest: float = 0.34
    flop: float = 1.0
    shaggy: tuple[float, float] = (0.0, 0.4)
    muzzle: float = 1.0
    marked: tuple[Rgb, ...] = ()
    patched: bool = False
    tail: float = 0.6


BREEDS: Mapping[str, Breed] = {
    "": Breed((BLACK, BROWN, GOLDEN, WHITE, GREY, RED), flop=0.6, shaggy=(0.0, 1.0)),
    "retriever": Breed((GOLDEN, GOLDEN, BLACK, BROWN, ("cream", (222, 200, 160))), chest=0.38,
                       shaggy=(0.2, 0.8), muzzle=0.92, tail=0.45),
    "shepherd": Breed((TAN,), 0.80, 0.33, 0.0, (0.3, 0.8), 1.05, ((36, 32, 30),), False, -0.8),
    "spaniel": Breed((WHITE, WHITE, GOLDEN), 0.78, 0.36, 1.0, (0.5, 1.0), 0.85,
                     ((96, 58, 36), (40, 36, 36)), True, 0.3),
    "terrier": Breed((WHITE, BROWN, GREY, TAN), 0.76, 0.36, 0.4, (0.2, 1.0), 0.78,
                     ((92, 58, 38), (44, 40, 40)), True, 1.0),
    "dachshund": Breed((RED, BLACK, BROWN), 0.70, 0.44, 1.0, (0.0, 0.3), 1.0, (), False, 0.2),
}  # fmt: skip
"""By subtype; the first is for an order without one."""

_TRUNK = (
    (-0.455, 0.84, 0.05, 0.30), (-0.43, 0.82, 0.14, 0.62), (-0.34, 0.79, 0.19, 0.80),
    (-0.18, 0.77, 0.19, 0.78), (0.02, 0.72, 0.25, 0.98), (0.12, 0.72, 0.26, 0.96),
    (0.19, 0.80, 0.24, 0.76), (0.25, 0.90, 0.19, 0.58), (0.29, 0.98, 0.14, 0.50),
)  # fmt: skip
_LIMBS = (
    (0.04, 0.09, 0.11, 0.10, 0.065, 0.05), (0.04, 0.11, 0.14, 0.13, 0.078, 0.05),
    (0.052, 0.042, 0.034, 0.040),
)  # fmt: skip
_LEADS: tuple[Rgb, ...] = ((170, 30, 34), (30, 60, 140), (30, 30, 32), (96, 62, 40), (226, 110, 30))


def build_dog(user: RoadUser, rng: np.random.Generator) -> tuple[Trotting, str]:
    """Return the dog that `user` orders and its colour word; two in five are on a lead.

    The lead rises to where a hand would hold it, to the left behind the head.
    """
    breed = BREEDS[user.subtype]
    withers = breed.withers * user.height * float(rng.uniform(0.97, 1.03))
    frame = Frame(
        KIND, user.length, user.height, withers,
        min(user.width, breed.chest * user.height) * float(rng.uniform(0.9, 1.0)),
        float(rng.uniform(*breed.shaggy)), _TRUNK, _LIMBS, (0.062, 0.046),
    )  # fmt: skip
    flop = bool(rng.random() < breed.flop)
    color, tone = breed.coats[int(rng.integers(len(breed.coats)))]
    coat, dark = fur(tone), fur(_darker(tone))
    marks = [fur(mark, "fur mark") for mark in breed.marked]
    mark = marks[int(rng.integers(len(marks)))] if marks and color not in ("golden",) else None
    trunk = _marked(torso(frame, coat), frame, mark, breed.patched, rng)
    head = _head(frame, (coat, mark or dark), flop, breed.muzzle)
    worn = _collar(frame, rng) if rng.random() < 0.4 else ()
    parts = Parts(head, _tail(frame, breed.tail, coat), coat, coat, worn)
    return walker(frame, parts, trunk), color


def _darker(tone: Rgb) -> Rgb:
    red, green, blue = (int(0.8 * value) for value in tone)
    return red, green, blue


def _marked(
    trunk: Mesh, frame: Frame, mark: Material | None, patched: bool, rng: np.random.Generator
) -> Mesh:
    """Return `trunk` with a saddle, or with patches, of fur `mark`."""
    if mark is None:
        return trunk
    middle = quads(trunk)
    if not patched:
        return painted(trunk, mark, middle[:, 2] > 0.80 * frame.withers)
    spots = rng.uniform([-0.45, -0.5, 0.6], [0.25, 0.5, 1.0], (4, 3))
    spots *= [frame.length, frame.width, frame.withers]
    size = rng.uniform(0.10, 0.2, 4) * frame.length
    near = np.linalg.norm(middle[:, None] - spots, axis=2) < size
    return painted(trunk, mark, near.any(axis=1))


def _head(frame: Frame, coats: tuple[Material, Material], flop: bool, snout: float) -> Mesh:
    """Return skull, muzzle, nose, eyes and ears."""
    coat, dark = coats
    size = 0.122 * frame.height
    x, z = 0.325 * frame.length, frame.height - (1.06 if flop else 1.46) * size
    rows = [
        (-1.05, -0.05, 0.35, 0.40), (-0.85, 0.05, 0.85, 0.75), (-0.30, 0.10, 0.92, 0.82),
        (0.20, 0.02, 0.72, 0.66), (0.45, -0.16, 0.50, 0.46), (1.05, -0.24, 0.40, 0.36),
        (1.25, -0.22, 0.30, 0.30), (1.32, -0.18, 0.14, 0.16),
    ]  # fmt: skip
    # The nose ends where the order says; a shorter snout moves the skull forward.
    muzzle = (0.5 * frame.length - x) / 1.36 * snout
    x = 0.5 * frame.length - 1.36 * muzzle
    skull = sections(
        [(x + a * muzzle, z + b * size, h * size, w * size) for a, b, h, w in rows], coat, KIND
    )
    black = Material("nose", srgb(22, 20, 20), roughness=0.35, reflectance=0.1)
    tip = x + 1.30 * muzzle
    nose = sections(
        [(tip - 0.02, z - 0.02 * size, 0.16 * size, 0.2 * size),
         (tip + 0.05 * muzzle, z - 0.05 * size, 0.12 * size, 0.14 * size)], black, KIND,
    )  # fmt: skip
    eye = np.array([(0.32, 0.44, 0.20), (0.20, 0.52, 0.20), (0.20, 0.52, 0.36), (0.32, 0.44, 0.36)])
    flat = eye * [muzzle, size * 1.25, size] + [x, 0, z]
    eyes = mesh(flat, np.array([[0, 1, 2], [0, 2, 3]]), black, KIND)
    ear = _ear((x, z), (muzzle, size), flop, dark)
    return merge([skull, nose, eyes, flipped(eyes), ear, flipped(ear)])


def _ear(
    place: tuple[float, float], scale: tuple[float, float], flop: bool, dark: Material
) -> Mesh:
    """Return the left ear of a skull at `place` (x, z) of `scale` (muzzle, size) [m]."""
    (x, z), (muzzle, size) = place, scale
    tip = (-0.5, 0.95, -0.55) if flop else (-0.55, 0.62, 1.45)
    base = np.array(
        [(-0.75, 0.50, 0.62), (-0.62, 0.66, 0.62), (-0.28, 0.66, 0.66), (-0.28, 0.50, 0.70)]
    )
    middle = (base + np.array(tip)) / 2 + [0.0, 0.14 if flop else 0.0, 0.2]
    point = np.array(tip) + 0.12 * (base - base.mean(axis=0))
    return loft([p * [muzzle, size, size] + [x, 0, z] for p in (base, middle, point)], dark, KIND)


def _tail(frame: Frame, lift: float, coat: Material) -> Mesh:
    """Return the tail, carried high, straight or hanging."""
    size, start = frame.withers, frame_joints(frame)[2]
    rise = (
        np.array([-0.02, 0.01, 0.07, 0.16, 0.24]) * lift
        if lift > 0
        else (np.array([-0.02, -0.03, -0.12, -0.25, -0.38]) * -lift)
    )
    back = np.array([0.06, -0.03, -0.10, -0.13, -0.11]) * (1.0 if abs(lift) > 0.2 else 1.7)
    line = start + size * np.column_stack([back, np.zeros(5), rise])
    line[:, 0] = np.maximum(line[:, 0], -0.5 * frame.length + 0.03 * size)
    radius = size * (0.035 + 0.03 * frame.shaggy) * np.array([1.0, 0.95, 0.9, 0.75, 0.35])
    return tube(line, radius, coat, KIND, 7)


def _collar(frame: Frame, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return collar and lead, which do not count for the labelled box."""
    tone = _LEADS[int(rng.integers(len(_LEADS)))]
    strap = Material("lead", srgb(*tone), roughness=0.7, texture=Texture.CLOTH, reflectance=0.4,
                     porosity=0.3)  # fmt: skip
    x, z = 0.262 * frame.length, 0.92 * frame.withers
    tall, wide = 0.185 * frame.withers, 0.58 * frame.width / 2
    angle = np.arange(13) / 12 * 2 * np.pi
    loop = np.column_stack(
        [np.full(13, x), 1.1 * wide * np.cos(angle), z + 1.1 * tall * np.sin(angle)]
    )
    hand = np.array([-0.15, 0.45, 0.80])
    start = np.array([x, 0.0, z + 1.1 * tall])
    middle = 0.5 * (start + hand) - [0, 0, 0.10]
    return tube(loop, 0.009, strap, KIND, 4), tube([start, middle, hand], 0.005, strap, KIND, 4)
