"""Torso, arms and legs with the clothes on them."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable, Sequence

import numpy as np

from synthgen.assets.physique import Bone, Physique, weights
from synthgen.assets.skeleton import Piece
from synthgen.assets.sweeping import centroids, flipped, loft, painted, quads, ring, tube
from synthgen.assets.wardrobe import RETROREFLECTION, Outfit
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge

COLUMNS = 16
_TRUNK = (
    # way up from hip to shoulder, middle x, front, back, half width (shares of the height), power
    (-0.22, -0.004, 0.024, 0.026, 0.022, 2.0),
    (-0.15, -0.006, 0.050, 0.056, 0.078, 2.2),
    (-0.03, -0.008, 0.060, 0.066, 0.094, 2.3),
    (0.14, -0.006, 0.062, 0.056, 0.091, 2.3),
    (0.30, -0.004, 0.060, 0.048, 0.083, 2.3),
    (0.38, -0.003, 0.060, 0.047, 0.082, 2.3),
    (0.52, -0.003, 0.062, 0.053, 0.087, 2.3),
    (0.68, -0.004, 0.066, 0.059, 0.094, 2.4),
    (0.82, -0.008, 0.063, 0.059, 0.099, 2.4),
    (0.95, -0.012, 0.052, 0.052, 0.100, 2.3),
    (1.05, -0.014, 0.042, 0.042, 0.086, 2.1),
    (1.11, -0.014, 0.034, 0.036, 0.060, 2.0),
    (1.165, -0.012, 0.031, 0.032, 0.035, 2.0),
)
"""Sections of an adult trunk.

Source: chest, waist and hip breadths and depths as medians of NASA-STD-3000, volume I, 1995,
figure 3.3.1.3 (American male), divided by stature."""
THICKNESS = {"tee": 0.002, "shirt": 0.004, "jacket": 0.012, "coat": 0.013, "vest": 0.010}
"""[share of the height] by which a garment stands off the body."""
KIND = "pedestrian"


def trunk_section(body: Physique, way: float, extra: float) -> Array:
    """Return the ring of the trunk `way` up from hip (0) to shoulder (1), `extra` larger."""
    table = np.array(_TRUNK)
    middle, front, back, side, power = (
        float(np.interp(way, table[:, 0], table[:, i])) for i in range(1, 6)
    )
    width = body.girth * np.interp(way, [0.1, 0.5, 0.9], [body.hips, 0.97, body.shoulders])
    front = front * body.girth + 0.022 * body.belly * np.exp(-(((way - 0.3) / 0.22) ** 2))
    front += 0.022 * body.bust * np.exp(-(((way - 0.70) / 0.13) ** 2))
    back *= body.girth
    scale = body.height
    height = body.hip + way * body.trunk
    points = ring((0, 0, 0), (1.0, side * width + extra), COLUMNS, power)
    points[:, 0] *= np.where(points[:, 0] > 0, front + extra, back + extra)
    return (points + [middle, 0, height]) * scale


def trunk(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return hips and upper body, dressed."""
    hips = [trunk_section(body, way, 0.004) for way in (-0.22, -0.15, -0.03, 0.10, 0.18)]
    lower = loft(hips, outfit.bottom, KIND)
    extra = THICKNESS[outfit.upper]
    hem = 0.02 if outfit.upper in ("tee", "shirt") else -0.10
    ways = [hem, 0.14, 0.22, 0.36, 0.52, 0.60, 0.66, 0.82, 0.95, 1.05, 1.11, 1.165]
    rings = [_garment_section(body, way, extra + 0.005) for way in ways]
    if outfit.upper in _TRIMS and outfit.upper != "vest":
        for way, points in zip(ways, rings, strict=True):
            points[[1, -1], 1] *= np.interp(way, [0.60, 0.66, 0.95], [1.0, 0.25, 0.9])
    upper = loft(rings, outfit.top, KIND)
    upper = _TRIMS.get(outfit.upper, _plain)(upper, body, outfit)
    pieces = [
        Piece(lower, weights(len(lower.vertices), {Bone.PELVIS: 1.0})),
        Piece(upper, _spine(upper, body)),
    ]
    if outfit.upper in ("jacket", "coat"):
        pieces.append(_collar(body, outfit))
    return pieces


def _garment_section(body: Physique, way: float, extra: float) -> Array:
    """Return a ring of a garment: like the trunk, but hanging straight down from the hips."""
    points = trunk_section(body, max(way, -0.03), extra + 0.08 * max(0.0, -0.03 - way))
    points[:, 2] = (body.hip + way * body.trunk) * body.height
    return points


def _spine(part: Mesh, body: Physique) -> Array:
    height = part.vertices[:, 2] / body.height
    chest = np.clip((height - body.hip) / body.trunk / 0.55 - 0.15, 0, 1)
    return weights(len(height), {Bone.PELVIS: 1 - chest, Bone.CHEST: chest})


def _plain(upper: Mesh, body: Physique, outfit: Outfit) -> Mesh:
    return upper


def _open_front(upper: Mesh, body: Physique, outfit: Outfit) -> Mesh:
    """Show the shirt in a V under the chin of an open jacket."""
    middle = quads(upper) / body.height
    way = (middle[:, 2] - body.hip) / body.trunk
    front = (middle[:, 0] > 0.01) & (np.abs(middle[:, 1]) < 0.028)
    return painted(upper, outfit.inner, front & (way > 0.66))


def _bands(upper: Mesh, body: Physique, outfit: Outfit) -> Mesh:
    """Put two retroreflective bands around and one over each shoulder; sleeves stay dark."""
    middle = quads(upper) / body.height
    way, side = (middle[:, 2] - body.hip) / body.trunk, np.abs(middle[:, 1])
    around = ((way > 0.14) & (way < 0.22)) | ((way > 0.60) & (way < 0.66))
    over = (way > 0.66) & (way < 1.09) & (side > 0.036) & (side < 0.075)
    return painted(upper, tape(), around | over)


def tape() -> Material:
    """Return silver retroreflective tape."""
    return Material(
        "reflective tape", srgb(196, 198, 200), roughness=0.5, reflectance=0.6,
        retroreflection=RETROREFLECTION, porosity=0.0,
    )  # fmt: skip


_TRIMS: dict[str, Callable[[Mesh, Physique, Outfit], Mesh]] = {
    "jacket": _open_front, "coat": _open_front, "vest": _bands,
}  # fmt: skip


def _collar(body: Physique, outfit: Outfit) -> Piece:
    scale, base = body.height, body.shoulder
    rows = ((0.008, 0.050, 0.054), (0.024, 0.044, 0.046), (0.040, 0.043, 0.043))
    rings = [ring((-0.012, 0, base + z), (front, side), 12) * scale for z, front, side in rows] + [
        ring((-0.012, 0, base + 0.036), (0.030, 0.031), 12) * scale
    ]
    part = loft(rings, outfit.accent if outfit.scarf else outfit.top, KIND, caps=False)
    return Piece(part, weights(len(part.vertices), {Bone.CHEST: 1.0}))


def skirt(body: Physique, outfit: Outfit, top: float, bottom: float, flare: float) -> Piece:
    """Return a skirt or a coat's skirt from `top` to `bottom` (shares of the height).

    Its front swings with the leading thigh, its back with the trailing one.
    """
    material = outfit.bottom if outfit.lower == "skirt" and flare > 0.02 else outfit.top
    rings = []
    for share in np.linspace(0, 1, 5):
        height = bottom + (top - bottom) * share
        way = max(-0.03, (height - body.hip) / body.trunk)
        points = trunk_section(body, way, 0.018 + flare * (1 - share))
        points[:, 2] = height * body.height
        rings.append(points)
    part = loft(rings, material, KIND, caps=True)
    place = part.vertices / body.height
    swing = np.clip((body.hip + 0.01 - place[:, 2]) / 0.12, 0, 1)
    ahead = np.clip(0.5 + place[:, 0] / 0.09, 0, 1)
    shares = {
        Bone.PELVIS: 1 - swing, Bone.HEM_FRONT: swing * ahead, Bone.HEM_BACK: swing * (1 - ahead),
    }  # fmt: skip
    return Piece(part, weights(len(place), dict(shares)))


def legs(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return both legs with trousers, shorts or what is below a skirt, and shoes."""
    bare = outfit.lower != "trousers"
    material = outfit.legs if bare else outfit.bottom
    parts = [(_limb(body, _leg_rows(body, bare), material, 0.0), 0.0)]
    if outfit.lower == "shorts":
        parts.append((_limb(body, _short_rows(body), outfit.bottom, 0.0), 0.0))
    pieces = []
    for part, _ in parts:
        for mirrored in (False, True):
            pieces.append(_leg_piece(part, body, mirrored))
    shoe = _shoe(body, outfit)
    for mirrored in (False, True):
        bone = Bone.FOOT_RIGHT if mirrored else Bone.FOOT_LEFT
        one = flipped(shoe) if mirrored else shoe
        pieces.append(Piece(one, weights(len(one.vertices), {bone: 1.0})))
    return pieces


def _leg_rows(body: Physique, bare: bool) -> Sequence[tuple[float, float, float]]:
    """Return (height, middle x, radius) of sections, shares of the height."""
    hip, knee = body.hip, body.knee
    if bare:
        return (
            (0.040, -0.006, 0.021), (0.075, -0.008, 0.021), (knee * 0.62, -0.012, 0.031),
            (knee * 0.78, -0.012, 0.033), (knee - 0.02, -0.003, 0.029), (knee + 0.005, 0.0, 0.031),
            (knee + 0.04, -0.001, 0.034), ((hip + knee) / 2, 0.0, 0.043),
            (hip - 0.04, -0.003, 0.050), (hip + 0.015, -0.004, 0.045),
        )  # fmt: skip
    return (
        (0.022, -0.002, 0.033), (0.030, -0.003, 0.034), (knee * 0.5, -0.006, 0.034),
        (knee * 0.78, -0.008, 0.037), (knee - 0.02, -0.003, 0.036), (knee + 0.005, 0.0, 0.037),
        (knee + 0.04, -0.001, 0.040), ((hip + knee) / 2, 0.0, 0.047), (hip - 0.04, -0.003, 0.053),
        (hip + 0.015, -0.004, 0.046),
    )  # fmt: skip


def _short_rows(body: Physique) -> Sequence[tuple[float, float, float]]:
    hip, knee = body.hip, body.knee
    return (
        (knee + 0.03, 0.0, 0.047), (knee + 0.032, 0.0, 0.049), ((hip + knee) / 2, 0.0, 0.051),
        (hip - 0.04, -0.003, 0.055), (hip + 0.015, -0.004, 0.046),
    )  # fmt: skip


def _limb(
    body: Physique, rows: Sequence[tuple[float, float, float]], material: Material, extra: float
) -> Mesh:
    girth = 0.5 + 0.5 * body.girth
    rings = [
        ring((x, body.hip_side, z), ((r + extra) * girth * 1.04, (r + extra) * girth), 9)
        for z, x, r in rows
    ]
    return loft(np.array(rings) * body.height, material, KIND)


def _leg_piece(part: Mesh, body: Physique, mirrored: bool) -> Piece:
    first = 1 if mirrored else 0
    one = flipped(part) if mirrored else part
    height = one.vertices[:, 2] / body.height
    above = np.clip((height - body.knee) / 0.06 + 0.5, 0, 1)
    pelvis = np.clip((height - body.hip + 0.03) / 0.06, 0, 0.6)
    shares = {
        Bone.PELVIS: pelvis,
        Bone(Bone.THIGH_LEFT + first): above - pelvis,
        Bone(Bone.SHANK_LEFT + first): 1 - above,
    }
    return Piece(one, weights(len(height), dict(shares)))


_SHOE = (
    # way ahead of the ankle, bottom, top, half width (shares of the height)
    (-0.041, 0.006, 0.024, 0.012), (-0.037, 0.000, 0.042, 0.021), (-0.015, 0.000, 0.054, 0.024),
    (0.010, 0.000, 0.056, 0.025), (0.034, 0.000, 0.042, 0.026), (0.060, 0.000, 0.032, 0.029),
    (0.085, 0.000, 0.026, 0.028), (0.104, 0.002, 0.021, 0.020), (0.112, 0.006, 0.015, 0.011),
)  # fmt: skip


def _shoe(body: Physique, outfit: Outfit) -> Mesh:
    rings = []
    for x, bottom, top, half in _SHOE:
        flat = ring((0, 0, 0), ((top - bottom) / 2, half), 8, 2.8)
        turned = np.stack([np.full(8, x), flat[:, 1], flat[:, 0] + (top + bottom) / 2], 1)
        out = np.array([[np.cos(0.1), -np.sin(0.1), 0], [np.sin(0.1), np.cos(0.1), 0], [0, 0, 1]])
        rings.append((turned @ out.T + [-0.004, body.hip_side, 0]) * body.height)
    part = loft(rings, outfit.shoes, KIND)
    sole = Material("sole", srgb(206, 204, 198), roughness=0.8, reflectance=0.4)
    return painted(part, sole, centroids(part)[:, 2] < 0.009 * body.height)


def arms(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return both arms with sleeves and hands."""
    sleeve = _sleeve(body, outfit)
    hand = _hand(body, outfit.skin)
    pieces = []
    for first, turn in ((0, lambda m: m), (1, flipped)):
        arm, palm = turn(sleeve), turn(hand)
        height = arm.vertices[:, 2] / body.height
        elbow = body.shoulder - body.arm[0]
        above = np.clip((height - elbow) / 0.045 + 0.5, 0, 1)
        chest = np.clip((height - body.shoulder + 0.015) / 0.06, 0, 0.5)
        shares = {
            Bone.CHEST: chest,
            Bone(Bone.ARM_LEFT + first): above - chest,
            Bone(Bone.FOREARM_LEFT + first): 1 - above,
        }
        pieces.append(Piece(arm, weights(len(height), dict(shares))))
        lower = {Bone(Bone.FOREARM_LEFT + first): 1.0}
        pieces.append(Piece(palm, weights(len(palm.vertices), dict(lower))))
    return pieces


def _sleeve(body: Physique, outfit: Outfit) -> Mesh:
    upper, lower = body.arm
    top, side = body.shoulder, body.shoulder_side
    extra = THICKNESS[outfit.upper] * 0.6
    elbow, wrist = top - upper, top - upper - lower
    rows = (
        (wrist - 0.004, 0.016), (wrist + 0.004, 0.018), (wrist + 0.07, 0.024),
        (elbow - 0.03, 0.027), (elbow, 0.0255), (elbow + 0.03, 0.027), (top - 0.095, 0.030),
        (top - 0.04, 0.034), (top, 0.036), (top + 0.022, 0.030), (top + 0.034, 0.016),
    )  # fmt: skip
    girth = 0.4 + 0.6 * body.girth
    rings = []
    for height, radius in rows:
        covered = outfit.upper != "tee" or height > top - 0.10
        half = (radius * girth + (extra if covered else -0.002)) * body.height
        inward = 0.020 * np.clip((height - top + 0.01) / 0.04, 0, 1)
        at = np.array([-0.008, side - inward, height]) * body.height
        rings.append(ring(at, (half, half * 0.95), 8))
    part = loft(rings, outfit.top, KIND)
    middle = quads(part)[:, 2] / body.height
    bare = middle < (top - 0.10 if outfit.upper == "tee" else 0.0)
    dark = Material("sleeve", srgb(44, 48, 60), roughness=0.9, reflectance=0.4)
    vest = (middle < top - 0.02) if outfit.upper == "vest" else np.zeros(len(middle), bool)
    return painted(painted(part, outfit.skin, bare), dark, vest)


_HAND = (
    # way down from the wrist, half along x, half along y (shares of the height)
    (-0.008, 0.013, 0.011), (0.010, 0.017, 0.012), (0.030, 0.024, 0.012), (0.052, 0.024, 0.011),
    (0.078, 0.021, 0.010), (0.098, 0.014, 0.008), (0.104, 0.007, 0.004),
)  # fmt: skip


def _hand(body: Physique, skin: Material) -> Mesh:
    wrist = body.shoulder - sum(body.arm)
    start = np.array([-0.008, body.shoulder_side, wrist])
    rings = [
        ring((start + [1.3 * d * d, -1.5 * d * d, -d]) * body.height,
             (x * body.height, y * body.height), 6)
        for d, x, y in _HAND
    ]  # fmt: skip
    line = start + np.array([[0.014, 0, -0.016], [0.028, -0.006, -0.036], [0.032, -0.012, -0.058]])
    thumb = tube(line * body.height, np.array([0.009, 0.008, 0.005]) * body.height, skin, KIND, 4)
    return merge([loft(rings, skin, KIND), thumb])
