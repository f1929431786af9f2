"""Heads: face, hair, hats and helmets."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable

import numpy as np

from synthgen.assets.physique import Bone, Physique, weights
from synthgen.assets.skeleton import Piece
from synthgen.assets.sweeping import flipped, loft, painted, plate, quads, ring
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh

KIND = "pedestrian"
COLUMNS = 12
_FORM = np.array(
    [
        # height above the chin, middle x, half depth, half width (shares of chin to crown)
        (0.00, 0.215, 0.150, 0.115), (0.06, 0.170, 0.235, 0.195), (0.16, 0.115, 0.305, 0.255),
        (0.28, 0.065, 0.355, 0.290), (0.40, 0.035, 0.390, 0.312), (0.52, 0.010, 0.412, 0.325),
        (0.64, -0.005, 0.428, 0.332), (0.76, -0.015, 0.415, 0.322), (0.86, -0.022, 0.360, 0.280),
        (0.94, -0.025, 0.255, 0.200), (0.99, -0.025, 0.110, 0.085),
    ]
)  # fmt: skip
"""Source: head length 0.197 m, breadth 0.155 m, chin to vertex 0.232 m: medians of ANSUR (C. C.
Gordon et al., NATICK/TR-89/044, 1989), men."""


def head(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return neck, head with face, and what is on it."""
    parts = [_skull(body, outfit), *_face(body, outfit), *_COVERS[outfit.head](body, outfit)]
    whole = merge(parts)
    pieces = [Piece(whole, weights(len(whole.vertices), {Bone.HEAD: 1.0}))]
    neck = _neck(body, outfit)
    share = np.clip((neck.vertices[:, 2] / body.height - body.shoulder - 0.03) / 0.03, 0, 1)
    shares = {Bone.CHEST: 1 - share, Bone.HEAD: share}
    pieces.append(Piece(neck, weights(len(share), dict(shares))))
    return pieces


def _size(body: Physique) -> float:
    return body.head * body.height


def _place(body: Physique, points: Array) -> Array:
    """Return points in shares of the head, from under the chin, in the body's frame [m]."""
    chin = np.array([0.0, 0.0, (1 - body.head) * body.height])
    return np.asarray(points, float) * _size(body) + chin


def surface(azimuth: Array, height: Array, grow: float) -> Array:
    """Return points of the head at `azimuth` [rad] and `height`, `grow` outside, in its shares."""
    middle, depth, width = (np.interp(height, _FORM[:, 0], _FORM[:, i]) for i in (1, 2, 3))
    x = middle + (depth + grow) * np.cos(azimuth)
    return np.stack([x, (width + grow) * np.sin(azimuth), height], axis=-1)


def _angles() -> Array:
    return np.arange(COLUMNS) / COLUMNS * 2 * np.pi


def _skull(body: Physique, outfit: Outfit) -> Mesh:
    angle = _angles()
    rings = [surface(angle, np.full(COLUMNS, height), 0.0) for height in _FORM[:, 0]]
    return loft([_place(body, points) for points in rings], outfit.skin, KIND)


def _neck(body: Physique, outfit: Outfit) -> Mesh:
    scale, low, high = body.height, body.shoulder + 0.0, 1 - body.head * 0.62
    rows = ((low, -0.014, 0.040), (low + 0.035, -0.012, 0.0315), (high, -0.002, 0.031))
    rings = [ring((x, 0, z), (r * 1.05, r), 10) for z, x, r in rows]
    return loft(np.array(rings) * scale, outfit.skin, KIND)


def _face(body: Physique, outfit: Outfit) -> list[Mesh]:
    """Return nose, ears, eyes, brows and mouth."""
    nose = np.array(
        [[(0.40, 0.03, 0.55), (0.40, -0.03, 0.55), (0.42, 0, 0.55)],
         [(0.40, 0.06, 0.36), (0.40, -0.06, 0.36), (0.53, 0, 0.37)],
         [(0.38, 0.05, 0.32), (0.38, -0.05, 0.32), (0.46, 0, 0.32)]]
    )  # fmt: skip
    ear = np.array(
        [(0.02, 0.30, 0.58), (-0.06, 0.37, 0.57), (-0.07, 0.37, 0.42), (0.0, 0.30, 0.36)]
    )
    ears = plate(_place(body, ear), np.array([0.05, 0.0, 0.0]) * _size(body), outfit.skin, KIND)
    dark = Material("eye", srgb(40, 30, 26), roughness=0.3, reflectance=0.2)
    lips = tuple(float(v) for v in np.array(outfit.skin.color) * [0.72, 0.5, 0.5])
    mouth = Material("lips", (lips[0], lips[1], lips[2]), roughness=0.5, reflectance=0.5)
    return [
        loft([_place(body, points) for points in nose], outfit.skin, KIND, crease=0.7),
        ears, flipped(ears),
        *(_patch(body, side * 0.40, (0.495, 0.525), 0.16, dark) for side in (1, -1)),
        *(_patch(body, side * 0.42, (0.575, 0.60), 0.24, outfit.hair) for side in (1, -1)),
        _patch(body, 0.0, (0.205, 0.235), 0.34, mouth),
    ]  # fmt: skip


def _patch(
    body: Physique, azimuth: float, heights: tuple[float, float], half: float, material: Material
) -> Mesh:
    angle = azimuth + np.array([-half, 0, half, half, 0, -half])
    height = np.array([heights[0]] * 3 + [heights[1]] * 3)
    points = _place(body, surface(angle, height, 0.018))
    faces = np.array([[0, 1, 4], [0, 4, 5], [1, 2, 3], [1, 3, 4]])
    return mesh(points, faces, material, KIND)


def _shell(
    body: Physique, line: Array, grow: tuple[float, float], material: Material, rows: int = 5
) -> Mesh:
    """Return a shell over the skull down to `line` (height per azimuth, shares of the head).

    `grow` is its thickness at the crown and at the line.
    """
    angle = _angles()
    rings = []
    for share in np.linspace(0.0, 1.0, rows) ** 0.8:
        height = 0.985 - share * (0.985 - line)
        grown = grow[0] + (grow[1] - grow[0]) * share
        rings.append(surface(angle, height, grown) + [0, 0, grow[0] * (1 - share)])
    rings.append(surface(angle, line + 0.02, -0.04))
    return loft([_place(body, points) for points in rings], material, KIND)


def _line(front: float, temple: float, side: float, back: float) -> Array:
    """Return a hairline from its heights at 0, 50, 90 and 180 degrees from the face."""
    turn = np.abs((_angles() + np.pi) % (2 * np.pi) - np.pi)
    return np.interp(turn, np.radians([0, 50, 90, 135, 180]), [front, temple, side, back, back])


def _short(body: Physique, outfit: Outfit) -> list[Mesh]:
    return [_shell(body, _line(0.82, 0.76, 0.50, 0.24), (0.06, 0.035), outfit.hair)]


def _bald(body: Physique, outfit: Outfit) -> list[Mesh]:
    return []


def _bun(body: Physique, outfit: Outfit) -> list[Mesh]:
    cap = _shell(body, _line(0.83, 0.74, 0.48, 0.26), (0.045, 0.03), outfit.hair)
    rows = ((-0.13, 0.05), (-0.09, 0.11), (0.0, 0.14), (0.09, 0.11), (0.13, 0.05))
    knot = [ring((-0.46, 0, 0.74 + z), (r, r * 1.1), 8) for z, r in rows]
    return [cap, loft([_place(body, points) for points in knot], outfit.hair, KIND)]


def _long(body: Physique, outfit: Outfit) -> list[Mesh]:
    cap = _shell(body, _line(0.82, 0.74, 0.40, 0.20), (0.06, 0.05), outfit.hair)
    angle = np.linspace(np.radians(82), np.radians(278), COLUMNS)
    rings = []
    for height, grow in ((0.75, 0.045), (0.45, 0.065), (0.15, 0.10), (-0.15, 0.12), (-0.38, 0.10)):
        outer = surface(angle, np.full(COLUMNS, max(height, 0.40)), grow)
        inner = surface(angle[::-1], np.full(COLUMNS, max(height, 0.40)), grow - 0.10)
        points = np.concatenate([outer, inner])
        points[:, 2] = height
        rings.append(points)
    return [cap, loft([_place(body, points) for points in rings], outfit.hair, KIND)]


def _beanie(body: Physique, outfit: Outfit) -> list[Mesh]:
    hat = _shell(body, _line(0.70, 0.66, 0.56, 0.46), (0.10, 0.07), outfit.accent)
    cuff = _shell(body, _line(0.70, 0.66, 0.56, 0.46), (-0.30, 0.095), outfit.accent, 4)
    return [_nape(body, outfit), hat, cuff]


def _nape(body: Physique, outfit: Outfit) -> Mesh:
    return _shell(body, _line(0.80, 0.72, 0.46, 0.25), (0.03, 0.03), outfit.hair)


def _cap(body: Physique, outfit: Outfit) -> list[Mesh]:
    hat = _shell(body, _line(0.76, 0.72, 0.66, 0.58), (0.075, 0.055), outfit.accent)
    turn = np.radians(np.array([-62, -36, -12, 12, 36, 62]))
    inner = surface(turn, np.full(6, 0.75), 0.03)
    outer = inner + np.stack([0.34 * np.cos(turn) ** 0.5, 0.02 * np.sin(turn), 0 * turn - 0.07], 1)
    visor = _place(body, np.concatenate([inner, outer[::-1]]))
    return [
        _nape(body, outfit), hat,
        plate(visor, (0, 0, 0.03 * _size(body)), outfit.accent, KIND),
    ]  # fmt: skip


def _brimmed(body: Physique, outfit: Outfit) -> list[Mesh]:
    rows = ((0.68, 0.34), (0.665, 0.66), (0.70, 0.67), (0.715, 0.38), (0.86, 0.36), (0.99, 0.31),
            (1.04, 0.22))  # fmt: skip
    rings = [ring((-0.01, 0, z), (r * 1.08, r * 0.92), COLUMNS) for z, r in rows]
    hat = loft([_place(body, points) for points in rings], outfit.accent, KIND, crease=0.8)
    return [_nape(body, outfit), hat]


def _hood(body: Physique, outfit: Outfit) -> list[Mesh]:
    return [
        _shell(body, _line(0.90, 0.62, 0.10, -0.10), (0.11, 0.12), outfit.top),
        _shell(body, _line(0.82, 0.76, 0.60, 0.50), (0.04, 0.03), outfit.hair),
    ]


def _hardhat(body: Physique, outfit: Outfit) -> list[Mesh]:
    colors = {"yellow": (240, 240, 236), "orange": (244, 200, 40)}
    shell = Material("hard hat", srgb(*colors.get(outfit.color, (240, 240, 236))), roughness=0.35,
                     reflectance=0.6, porosity=0.0)  # fmt: skip
    dome = _shell(body, _line(0.76, 0.73, 0.68, 0.66), (0.13, 0.10), shell)
    rows = ((0.70, 0.36), (0.70, 0.50), (0.73, 0.49), (0.75, 0.36))
    rings = [ring((0.07, 0, z), (r * 1.12, r * 0.86), COLUMNS) for z, r in rows]
    brim = loft([_place(body, points) for points in rings], shell, KIND, caps=False)
    return [_nape(body, outfit), dome, brim]


def _bicycle_helmet(body: Physique, outfit: Outfit) -> list[Mesh]:
    dome = _shell(body, _line(0.74, 0.70, 0.62, 0.56), (0.19, 0.11), outfit.accent, 6)
    dark = Material("vent", srgb(22, 22, 24), roughness=0.8, reflectance=0.1)
    middle = quads(dome)
    side = np.abs(middle[:, 1]) / _size(body)
    top = (middle[:, 2] / body.height - 1 + body.head) / body.head
    vents = (side > 0.03) & (side < 0.2) & (top > 0.86) & (top < 1.12)
    return [_nape(body, outfit), painted(dome, dark, vents)]


def _fullface(body: Physique, outfit: Outfit) -> list[Mesh]:
    """Return a closed helmet with a dark visor."""
    shell = Material("helmet", outfit.accent.color, roughness=0.2, reflectance=0.4, porosity=0.0,
                     clearcoat=0.8)  # fmt: skip
    rows = ((-0.10, 0.30, 0.26, 0.05), (-0.04, 0.44, 0.36, 0.06), (0.12, 0.55, 0.43, 0.05),
            (0.36, 0.57, 0.455, 0.03), (0.66, 0.57, 0.46, -0.01), (0.86, 0.50, 0.41, -0.03),
            (1.00, 0.36, 0.30, -0.04), (1.08, 0.18, 0.16, -0.05))  # fmt: skip
    rings = [ring((x, 0, z), (depth, width), COLUMNS, 2.2) for z, depth, width, x in rows]
    dome = loft([_place(body, points) for points in rings], shell, KIND)
    middle = (quads(dome) - [0, 0, (1 - body.head) * body.height]) / _size(body)
    visor = (middle[:, 2] > 0.36) & (middle[:, 2] < 0.68) & (middle[:, 0] > 0.12)
    glass = Material("visor", srgb(14, 15, 18), roughness=0.05, reflectance=0.05, porosity=0.0)
    return [painted(dome, glass, visor)]


_COVERS: dict[str, Callable[[Physique, Outfit], list[Mesh]]] = {
    "short": _short, "bald": _bald, "long": _long, "bun": _bun, "beanie": _beanie, "cap": _cap,
    "brim": _brimmed, "hood": _hood, "hardhat": _hardhat, "helmet": _bicycle_helmet,
    "fullface": _fullface,
}  # fmt: skip
