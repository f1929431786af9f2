"""What is worn above the waist: shirts, jackets, coats, vests, uniforms."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from synthgen.assets.body.drape import Drape, Fall, falling
from synthgen.assets.body.loosening import ARM, X, Y, Z, eased, hung, skirted, tubed
from synthgen.assets.body.surface import (
    Surface,
    banded,
    border,
    coated,
    extruded,
    kept,
    vertex_normals,
)
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array

WAIST = 0.05
"""[m] `home` height from which cloth falls freely."""
LONG = 0.3
"""[m] A longer drop goes round both legs."""
TUCK = 0.12
"""[m] `home` height at which a tucked-in shirt ends, hidden by the trousers."""
NECK = 0.583
"""[m] `home` height of the neckline a little before the ears."""


@dataclass(frozen=True)
class Cut:
    """How a garment is made.

    Attributes:
        ease: [m] off the body.
        rounds: of smoothing.
        sleeve: way along the arm at which the sleeve ends.
        widths: of the sleeve, see `tubed`.
        loose: of the trunk, see `hung`.
        drop: [m] from `WAIST` to the hem; 0 for what is tucked in.
        flare: way out per way down there.
        collar: [m] height of the collar.
    """

    ease: float
    rounds: int
    sleeve: float
    widths: tuple[float, float, float]
    loose: float
    drop: float
    flare: float
    collar: float


CUTS = {
    "tee": Cut(0.010, 1, 0.58, (1.12, 1.35, 1.35), 0.95, 0.06, 0.10, 0.006),
    "shirt": Cut(0.013, 1, 1.93, (1.05, 1.08, 0.95), 0.97, 0.08, 0.10, 0.026),
    "uniform": Cut(0.007, 1, 1.93, (1.05, 1.06, 0.95), 0.90, 0.0, 0.0, 0.026),
    "blouse": Cut(0.007, 1, 1.93, (1.08, 1.10, 0.95), 0.86, 0.0, 0.0, 0.022),
    "hoodie": Cut(0.018, 2, 1.95, (1.12, 1.18, 1.05), 1.0, 0.06, 0.05, 0.040),
    "jacket": Cut(0.020, 2, 1.97, (1.12, 1.20, 1.10), 1.0, 0.09, 0.12, 0.036),
    "coat": Cut(0.024, 2, 1.97, (1.15, 1.24, 1.15), 1.0, 0.46, 0.09, 0.040),
    "vest": Cut(0.020, 2, 1.93, (1.05, 1.08, 0.95), 1.0, 0.08, 0.12, 0.006),
}  # fmt: skip


def neckline(home: Array) -> Array:
    """Return the height [m] above the line around the neck at which garments end."""
    shoulder = np.maximum(np.abs(home[:, Y]) - 0.07, 0.0)
    return home[:, Z] - NECK + 0.35 * (home[:, X] - 0.02) - shoulder


def top(wearer: Wearer, outfit: Outfit) -> Surface:
    """Return the upper garment; finishes are 0 cloth, 1 inner, 2 tape, 3 trim, 4 bag's straps."""
    cut = CUTS[outfit.upper]
    suit = wearer.suit()
    points = eased(suit, cut.ease * wearer.scale, cut.rounds)
    points = tubed(wearer, suit, points, "arm", cut.widths)
    suit = wearer.located(replace(suit, points=hung(suit, points, cut.loose)))
    home = suit.home
    low = WAIST if cut.drop else TUCK
    limits = [cut.sleeve - home[:, ARM], home[:, Z] - low, -neckline(home)]
    garment = _edged(kept(suit, np.min(limits, axis=0)), cut, wearer.scale)
    garment = _TRIMS.get(outfit.upper, _plain)(garment)
    return _STRAPS.get(outfit.bag, _plain)(garment)


def _edged(garment: Surface, cut: Cut, scale: float) -> Surface:
    """Return the garment with its fall below the waist, a collar and turned-in edges."""
    edges = border(garment)
    home = garment.home[edges].mean(axis=1)
    hem, neck = home[:, Z] < TUCK + 0.005, (home[:, Z] > 0.5) & (home[:, ARM] < 0.3)
    normals = vertex_normals(garment.points, garment.triangles)
    garment, _ = extruded(garment, edges[~hem & ~neck], -0.012 * scale * normals)
    garment, collar = extruded(garment, edges[neck], _collar(garment, cut.collar * scale))
    garment, _ = extruded(garment, collar, _inward(garment, collar, 0.008 * scale))
    if not cut.drop or cut.drop > LONG:
        return garment
    steps = max(1, round(cut.drop / 0.12))
    drop = np.full(steps, cut.drop * scale / steps)
    garment, low = skirted(garment, edges[hem], drop, cut.flare, 0.007 * scale)
    return extruded(garment, low, _inward(garment, low, 0.010 * scale))[0]


def below(
    wearer: Wearer, outfit: Outfit, garment: Surface, legs: Surface
) -> tuple[Surface, Drape | None]:
    """Return the upper garment with the fall of a coat over `legs`, and how it falls."""
    cut = CUTS[outfit.upper]
    if cut.drop <= LONG:
        return garment, None
    edges = border(garment)
    hem = garment.home[edges].mean(axis=1)[:, Z] < TUCK + 0.005
    fall = Fall(cut.drop, cut.flare, 0.022, 0.006)
    return falling(wearer, garment, edges[hem], fall, legs)


def _collar(garment: Surface, height: float) -> Array:
    """Return the way up and a little inward of a collar of `height` [m]."""
    shift = np.zeros_like(garment.points)
    shift[: len(garment.points)] = [-0.1 * height, 0.0, height]
    shift[:, 1] = -0.12 * height * np.sign(garment.home[:, Y])
    return shift


def _inward(garment: Surface, edges: Array, way: float) -> Array:
    """Return the level way [m] towards the middle of the border `edges`."""
    middle = garment.points[np.unique(edges)].mean(axis=0)
    shift = (middle - garment.points) * [1, 1, 0]
    length = np.maximum(np.linalg.norm(shift, axis=1, keepdims=True), 1e-9)
    return shift / length * way + np.array([0, 0, 0.2 * way])


def _plain(garment: Surface) -> Surface:
    return garment


def _on_front(home: Array) -> Array:
    """Return what lies on chest or belly."""
    return (home[:, X] > 0.02) & (home[:, ARM] < 0.05)


def _on_trunk(home: Array) -> Array:
    return home[:, ARM] < 0.12


def _sideways(home: Array) -> Array:
    return np.abs(home[:, Y])


def _height(home: Array) -> Array:
    return home[:, Z]


def _left(home: Array) -> Array:
    return home[:, Y]


def _open_front(garment: Surface) -> Surface:
    """Show the shirt in a V under the chin and the line of the zip."""
    wedge = [(lambda home: home[:, Y] - 0.30 * (home[:, Z] - 0.42), -1.0, 0.0),
             (lambda home: home[:, Y] + 0.30 * (home[:, Z] - 0.42), 0.0, 1.0)]  # fmt: skip
    garment = banded(garment, wedge, 1, lambda home: _on_front(home) & (home[:, Z] > 0.34))
    zip_line = [(_left, -0.006, 0.006), (_height, 0.0, 0.42)]
    return banded(garment, zip_line, 3, lambda home: _on_front(home) & (_sideways(home) < 0.04))


def _bands(garment: Surface) -> Surface:
    """Make a warning vest over a shirt: two bands around, one over each shoulder."""
    garment = coated(garment, garment.home[:, ARM] - 0.12, 1)
    for middle in (0.12, 0.27):
        garment = banded(garment, [(_height, middle - 0.026, middle + 0.026)], 2, _on_trunk)
    over = [(_sideways, 0.070, 0.122), (_height, 0.29, 1.0)]
    return banded(garment, over, 2, _on_trunk)


def _badges(garment: Surface) -> Surface:
    """Put a badge on the chest, bands on the upper arms and a line of buttons."""
    badge = [(_left, 0.05, 0.09), (_height, 0.40, 0.44)]
    garment = banded(garment, badge, 1, lambda home: _on_front(home) & (home[:, Z] > 0.3))
    sleeves = [(lambda home: home[:, ARM], 0.34, 0.46)]
    garment = banded(garment, sleeves, 3, lambda home: home[:, ARM] > 0.1)
    buttons = [(_left, -0.005, 0.005)]
    return banded(garment, buttons, 3, lambda home: _on_front(home) & (_sideways(home) < 0.04))


def _two_straps(garment: Surface) -> Surface:
    straps = [(_sideways, 0.072, 0.106), (_height, 0.30, 1.0)]
    return banded(garment, straps, 4, _on_trunk)


def _cross_strap(garment: Surface) -> Surface:
    strap = [
        (lambda home: (home[:, Z] - 0.31) - 1.75 * home[:, Y], -0.028, 0.028),
        (_height, WAIST + 0.005, 1.0),
    ]
    return banded(garment, strap, 4, _on_trunk)


_TRIMS: dict[str, Callable[[Surface], Surface]] = {
    "jacket": _open_front, "coat": _open_front, "vest": _bands, "uniform": _badges,
}  # fmt: skip
_STRAPS: dict[str, Callable[[Surface], Surface]] = {
    "backpack": _two_straps, "shoulder": _cross_strap,
}  # fmt: skip
