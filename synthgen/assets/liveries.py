"""What firms paint on their vans and trucks."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.carving import Outline, painted, side_view
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Finish, Shell

_WORDS = (
    "EXPRESS",
    "PARCEL",
    "MOVERS",
    "FRESH FOOD",
    "LINEN",
    "FLORIST",
    "BUILDERS",
    "PLUMBING",
    "OFFICE",
    "RENTAL",
)
_PAIRS = (
    # colour word; base, mark: sRGB
    ("white", (236, 237, 235), (200, 30, 30)), ("white", (236, 237, 235), (20, 70, 150)),
    ("brown", (92, 56, 26), (236, 190, 60)), ("yellow", (250, 202, 20), (190, 24, 24)),
    ("blue", (24, 66, 140), (240, 240, 238)), ("white", (236, 237, 235), (30, 120, 60)),
    ("orange", (220, 92, 16), (250, 250, 246)), ("green", (26, 110, 70), (244, 232, 160)),
    ("white", (236, 237, 235), (90, 40, 130)), ("red", (170, 20, 30), (250, 246, 238)),
)  # fmt: skip


@dataclass(frozen=True)
class Livery:
    """A firm's colours.

    Attributes:
        color: colour word of the base.
        base: of the whole body.
        mark: of stripe and letters.
        word: on the flanks; empty for none.
        pattern: 0 none, 1 straight stripe, 2 swoosh over the rear half, 3 lower half.
    """

    color: str
    base: Finish
    mark: Finish
    word: str
    pattern: int

    def applied(self, shell: Shell, span: tuple[float, float], rise: tuple[float, float]) -> Shell:
        """Return `shell` with the pattern on its flanks, over `span` (rear, front), `rise` [m]."""
        (rear, front), (low, high) = span, rise
        tall, long = high - low, front - rear
        outlines: tuple[Outline, ...] = (
            (),
            [(rear, low + 0.2 * tall), (front, low + 0.2 * tall), (front, low + 0.32 * tall),
             (rear, low + 0.32 * tall)],
            [(rear, low), (rear + 0.32 * long, low), (rear + 0.12 * long, high), (rear, high)],
            [(rear, low), (front, low), (front, low + 0.16 * tall), (rear, low + 0.42 * tall)],
        )  # fmt: skip
        outline = outlines[self.pattern]
        return painted(shell, side_view(outline), self.mark, FLANKS) if outline else shell

    def words(self, shell: Shell, x: float, z: float, height: float = 0.42) -> list[Shell]:
        """Return the firm's name on both flanks about (`x`, `z`) [m]."""
        if not self.word:
            return []
        return [lettered(shell, self.word, (x, z), height, side, self.mark) for side in FLANKS]


def drawn_livery(rng: np.random.Generator, plain: float = 0.3) -> Livery:
    """Return a livery; with probability `plain` a white one without anything."""
    color, base, mark = _PAIRS[int(rng.integers(len(_PAIRS)))]
    word = str(_WORDS[int(rng.integers(len(_WORDS)))])
    pattern = int(rng.integers(4))
    if rng.random() < plain:
        color, base, word, pattern = "white", (236, 237, 235), "", 0
    skin = coat.aged(coat.solid("livery", base), rng)
    return Livery(color, skin, coat.film("mark", mark, 2.0), word, pattern)
