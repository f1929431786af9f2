"""Plain capital letters and digits as strokes."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

_STROKES = {
    # polylines on a grid 4 wide and 6 high, points written as digit pairs "xy"
    "A": ("00 26 40", "12 32"),
    "B": ("00 06 36 45 44 33 03", "33 42 41 30 00"),
    "C": ("41 30 10 01 05 16 36 45",),
    "D": ("00 06 26 44 42 20 00",),
    "E": ("40 00 06 46", "03 33"),
    "F": ("00 06 46", "03 33"),
    "G": ("45 36 16 05 01 10 30 41 43 23",),
    "H": ("00 06", "40 46", "03 43"),
    "I": ("20 26",),
    "K": ("00 06", "46 03 40"),
    "W": ("06 10 24 30 46",),
    "Z": ("06 46 00 40",),
    "L": ("06 00 40",),
    "M": ("00 06 23 46 40",),
    "N": ("00 06 40 46",),
    "O": ("10 01 05 16 36 45 41 30 10",),
    "P": ("00 06 36 45 44 33 03",),
    "R": ("00 06 36 45 44 33 03", "23 40"),
    "S": ("01 10 30 41 42 33 13 04 05 16 36 45",),
    "T": ("20 26", "06 46"),
    "U": ("06 01 10 30 41 46",),
    "V": ("06 20 46",),
    "X": ("00 46", "06 40"),
    "Y": ("06 23 46", "23 20"),
    " ": (),
    "0": ("10 01 05 16 36 45 41 30 10",),
    "1": ("14 26 20",),
    "2": ("05 16 36 45 44 00 40",),
    "3": ("05 16 36 45 33 42 41 30 10 01",),
    "4": ("30 36 02 42",),
    "7": ("06 46 10",),
}


def strokes(text: str, height: float, weight: float = 0.16) -> Float[Array, "q 4 2"]:
    """Return the strokes of `text`, centred, `height` [m] tall, as anticlockwise quads.

    The first coordinate runs along the line of text, the second up; `weight` is the stroke's
    width over the height.
    """
    quads = []
    for index, letter in enumerate(text):
        for line in _STROKES[letter]:
            points = [np.array([int(pair[0]), int(pair[1])], float) for pair in line.split()]
            points = [point + np.array([index * 5.6, 0.0]) for point in points]
            quads += [_stroke(a, b, weight * 6) for a, b in pairwise(points)]
    middle = ((len(text) - 1) * 5.6 + 4) / 2
    return (np.array(quads) - (middle, 3.0)) * height / 6


def _stroke(a: Array, b: Array, width: float) -> Array:
    along = (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]]) * width / 2
    a, b = a - along * width * 0.3, b + along * width * 0.3
    return np.array([a - across, b - across, b + across, a + across])
