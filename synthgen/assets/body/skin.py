"""The skin that shows, with a face; the eyes."""

import numpy as np

from synthgen.assets.body.bottoms import LEGS
from synthgen.assets.body.hair import HAIRLINES, above_line
from synthgen.assets.body.loosening import ARM, LEG, X, Y, Z
from synthgen.assets.body.surface import Surface, banded, coated, kept
from synthgen.assets.body.tops import CUTS, neckline
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array

CLOSED = frozenset({"fullface"})
"""Headgear that hides the whole face."""


def bare(wearer: Wearer, outfit: Outfit) -> Surface:
    """Return the skin outside the clothes, with a face; finishes are 0 skin, 1 lips, 2 brows,
    3 legs, 4 beard, 5 socks.
    """
    skin = wearer.skin()
    home = skin.home
    sleeve = CUTS[outfit.upper].sleeve
    end = LEGS[outfit.lower].end if outfit.lower in LEGS else 0.3
    low_neck = 0.16 if outfit.upper in ("jacket", "coat") else 0.03
    neck = np.where(home[:, ARM] < 0.1, neckline(home) + min(low_neck, 0.035), -1.0)
    arms = home[:, ARM] - sleeve + 0.10
    legs = np.minimum(home[:, LEG] - end + 0.12, 1.97 - home[:, LEG])
    if outfit.head in CLOSED:
        neck = np.minimum(neck, 0.63 - home[:, Z])
    elif outfit.hairstyle in HAIRLINES:
        neck = np.minimum(neck, 0.06 - above_line(home, outfit.hairstyle))
    seen = kept(skin, np.max([neck, arms, legs], axis=0))
    seen = coated(seen, seen.home[:, LEG] - 0.02, 3)
    if outfit.lower in LEGS and LEGS[outfit.lower].end > 1.5:
        seen = coated(seen, seen.home[:, LEG] - 1.4, 5)
    return _face(seen, outfit)


def _face(skin: Surface, outfit: Outfit) -> Surface:
    """Return the skin with lips, brows and a beard."""
    if outfit.beard:
        beard = [(lambda home: home[:, Z] - 0.8 * np.clip(0.12 - home[:, X], 0, 0.1), 0.55, 0.684),
                 (lambda home: home[:, X], 0.065, 1.0)]  # fmt: skip
        skin = banded(skin, beard, 4, lambda home: (home[:, ARM] < -0.2) & (home[:, Z] > 0.60))
    lips = [(lambda home: home[:, Z] + 0.2 * np.abs(home[:, Y]), 0.655, 0.674),
            (lambda home: home[:, Y], -0.026, 0.026)]  # fmt: skip
    brows = [(lambda home: home[:, Z] + 0.12 * np.abs(home[:, Y]), 0.749, 0.758),
             (lambda home: np.abs(home[:, Y]), 0.012, 0.056)]  # fmt: skip
    skin = banded(skin, lips, 1, lambda home: _before(home, 0.664, (0.0, 0.036)))
    return banded(skin, brows, 2, lambda home: _before(home, 0.754, (0.008, 0.062)))


def _before(home: Array, height: float, sides: tuple[float, float]) -> Array:
    """Return what lies on the face around `height`, between two distances from the middle."""
    aside = np.abs(home[:, Y])
    level = (np.abs(home[:, Z] - height) < 0.014) & (home[:, X] > 0.08)
    return level & (aside >= sides[0]) & (aside < sides[1])


def eyes(wearer: Wearer) -> Surface:
    """Return the eyeballs; finishes are 0 white, 1 iris."""
    balls = wearer.surface(wearer.data.eyes)
    home, mark = balls.home, wearer.data.points[wearer.data.marks["l-eye"]]
    iris = 0.0075 - np.hypot(np.abs(home[:, Y]) - mark[1], home[:, Z] - mark[2])
    return coated(balls, np.minimum(iris, home[:, X] - mark[0]), 1)
