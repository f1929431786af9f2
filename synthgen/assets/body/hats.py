"""Hats and helmets on the neutral head; `hair` carries them over to each person's."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable

import numpy as np

from synthgen.assets.sweeping import loft, painted, plate, quads, ring
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh

KIND = "pedestrian"
COLUMNS = 14
HEAD = 0.2335
"""[m] from chin to crown of the neutral head, the unit of this module."""
CHIN = np.array([0.057, 0.0, 0.6156])
_FORM = np.array(
    [
        # height above the chin, middle x, half depth, half width (shares of chin to crown)
        (0.37, 0.006, 0.392, 0.296), (0.46, 0.000, 0.407, 0.299), (0.55, 0.006, 0.405, 0.300),
        (0.64, 0.000, 0.411, 0.295), (0.73, -0.009, 0.390, 0.291), (0.82, -0.004, 0.360, 0.274),
        (0.905, 0.006, 0.285, 0.250), (0.95, 0.013, 0.235, 0.215), (0.995, 0.030, 0.141, 0.120),
    ]
)  # fmt: skip
"""Sections of the neutral head without nose and ears, measured on its vertices."""


def place(points: Array) -> Array:
    """Return points in shares of the head, from the chin, on the neutral head [m]."""
    return np.asarray(points, float) * HEAD + CHIN


def surface(azimuth: Array, height: Array, grow: float) -> Array:
    """Return points of the head at `azimuth` [rad] and `height`, `grow` outside, in its shares."""
    middle, depth, width = (np.interp(height, _FORM[:, 0], _FORM[:, i]) for i in (1, 2, 3))
    x = middle + (depth + grow) * np.cos(azimuth)
    return np.stack([x, (width + grow) * np.sin(azimuth), height], axis=-1)


def _angles() -> Array:
    return np.arange(COLUMNS) / COLUMNS * 2 * np.pi


def _shell(line: Array, grow: tuple[float, float], material: Material, rows: int = 5) -> Mesh:
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
    return loft([place(points) for points in rings], material, KIND)


def _line(front: float, temple: float, side: float, back: float) -> Array:
    """Return a hairline from its heights at 0, 50, 90 and 180 degrees from the face."""
    turn = np.abs((_angles() + np.pi) % (2 * np.pi) - np.pi)
    return np.interp(turn, np.radians([0, 50, 90, 135, 180]), [front, temple, side, back, back])


def _beanie(outfit: Outfit) -> list[Mesh]:
    hat = _shell(_line(0.70, 0.66, 0.56, 0.46), (0.10, 0.07), outfit.accent)
    cuff = _shell(_line(0.70, 0.66, 0.56, 0.46), (-0.30, 0.095), outfit.accent, 4)
    return [hat, cuff]


def _cap(outfit: Outfit) -> list[Mesh]:
    hat = _shell(_line(0.76, 0.72, 0.66, 0.58), (0.075, 0.055), outfit.accent)
    turn = np.radians(np.array([-62, -36, -12, 12, 36, 62]))
    inner = surface(turn, np.full(6, 0.75), 0.03)
    outer = inner + np.stack([0.34 * np.cos(turn) ** 0.5, 0.02 * np.sin(turn), 0 * turn - 0.07], 1)
    visor = place(np.concatenate([inner, outer[::-1]]))
    return [
        hat,
        plate(visor, (0, 0, 0.03 * HEAD), outfit.accent, KIND),
    ]  # fmt: skip


def _brimmed(outfit: Outfit) -> list[Mesh]:
    rows = ((0.68, 0.34), (0.665, 0.66), (0.70, 0.67), (0.715, 0.38), (0.86, 0.36), (0.99, 0.31),
            (1.04, 0.22))  # fmt: skip
    rings = [ring((-0.01, 0, z), (r * 1.08, r * 0.92), COLUMNS) for z, r in rows]
    hat = loft([place(points) for points in rings], outfit.accent, KIND, crease=0.8)
    return [hat]


def _hood(outfit: Outfit) -> list[Mesh]:
    return [
        _shell(_line(0.90, 0.62, 0.10, -0.10), (0.11, 0.12), outfit.top),
        _shell(_line(0.82, 0.76, 0.60, 0.50), (0.04, 0.03), outfit.hair),
    ]


def _hardhat(outfit: Outfit) -> list[Mesh]:
    colors = {"yellow": (240, 240, 236), "orange": (244, 200, 40)}
    shell = Material("hard hat", srgb(*colors.get(outfit.color, (240, 240, 236))), roughness=0.35,
                     reflectance=0.6, porosity=0.0)  # fmt: skip
    dome = _shell(_line(0.76, 0.73, 0.68, 0.66), (0.13, 0.10), shell)
    rows = ((0.70, 0.36), (0.70, 0.50), (0.73, 0.49), (0.75, 0.36))
    rings = [ring((0.07, 0, z), (r * 1.12, r * 0.86), COLUMNS) for z, r in rows]
    brim = loft([place(points) for points in rings], shell, KIND, caps=False)
    return [dome, brim]


def _bicycle_helmet(outfit: Outfit) -> list[Mesh]:
    dome = _shell(_line(0.74, 0.70, 0.62, 0.56), (0.19, 0.11), outfit.accent, 6)
    dark = Material("vent", srgb(22, 22, 24), roughness=0.8, reflectance=0.1)
    middle = quads(dome)
    side = np.abs(middle[:, 1]) / HEAD
    top = (middle[:, 2] - CHIN[2]) / HEAD
    vents = (side > 0.03) & (side < 0.2) & (top > 0.86) & (top < 1.12)
    return [painted(dome, dark, vents)]


def _fullface(outfit: Outfit) -> list[Mesh]:
    """Return a closed helmet with a dark visor."""
    shell = Material("helmet", outfit.accent.color, roughness=0.2, reflectance=0.4, porosity=0.0,
                     clearcoat=0.8)  # fmt: skip
    rows = ((-0.10, 0.30, 0.26, 0.05), (-0.04, 0.44, 0.36, 0.06), (0.12, 0.55, 0.43, 0.05),
            (0.36, 0.57, 0.455, 0.03), (0.66, 0.57, 0.46, -0.01), (0.86, 0.50, 0.41, -0.03),
            (1.00, 0.36, 0.30, -0.04), (1.08, 0.18, 0.16, -0.05))  # fmt: skip
    rings = [ring((x, 0, z), (depth, width), COLUMNS, 2.2) for z, depth, width, x in rows]
    dome = loft([place(points) for points in rings], shell, KIND)
    middle = (quads(dome) - CHIN) / HEAD
    visor = (middle[:, 2] > 0.36) & (middle[:, 2] < 0.68) & (middle[:, 0] > 0.12)
    glass = Material("visor", srgb(14, 15, 18), roughness=0.05, reflectance=0.05, porosity=0.0)
    return [painted(dome, glass, visor)]


def _peaked(outfit: Outfit) -> list[Mesh]:
    """Return a police officer's peaked cap: band, wide crown, shining peak, badge."""
    rows = ((0.70, 0.345), (0.80, 0.345), (0.87, 0.46), (0.96, 0.45), (0.99, 0.30))
    rings = [ring((0.0, 0, z), (r * 1.22, r * 0.98), COLUMNS) for z, r in rows]
    for count, points in enumerate(rings[2:]):
        points[:, 2] += 0.10 * (points[:, 0] + 0.1) * (1 - 0.3 * count)
    crown = loft([place(points) for points in rings], outfit.top, KIND, crease=0.7)
    band = painted(crown, outfit.accent, quads(crown)[:, 2] < CHIN[2] + 0.79 * HEAD)
    black = Material("peak", srgb(16, 16, 18), roughness=0.15, reflectance=0.1, porosity=0.0)
    turn = np.radians(np.array([-58, -34, -12, 12, 34, 58]))
    inner = surface(turn, np.full(6, 0.71), 0.03)
    outer = inner + np.stack([0.24 * np.cos(turn) ** 0.5, 0.02 * np.sin(turn), 0 * turn - 0.10], 1)
    peak = plate(place(np.concatenate([inner, outer[::-1]])), (0, 0, 0.006), black, KIND)
    return [band, peak]


def _headscarf(outfit: Outfit) -> list[Mesh]:
    """Return a scarf around head and neck that leaves the face free."""
    rows = ((-0.34, 0.42, 0.40, -0.10), (-0.18, 0.34, 0.32, -0.08), (-0.02, 0.33, 0.30, -0.06))
    low = loft([place(ring((x, 0, z), (a, b), COLUMNS)) for z, a, b, x in rows],
               outfit.accent, KIND)  # fmt: skip
    return [_shell(_line(0.84, 0.60, 0.02, -0.10), (0.07, 0.07), outfit.accent, 7), low]


def _bare(outfit: Outfit) -> list[Mesh]:
    return []


HATS: dict[str, Callable[[Outfit], list[Mesh]]] = {
    "none": _bare, "beanie": _beanie, "cap": _cap, "brim": _brimmed, "hood": _hood,
    "hardhat": _hardhat, "helmet": _bicycle_helmet, "fullface": _fullface, "peaked": _peaked,
    "headscarf": _headscarf,
}  # fmt: skip
"""What is worn on the head."""
