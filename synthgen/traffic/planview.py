"""Reference lines of OpenDRIVE roads: lines, arcs, spirals and polynomials laid end to end.

Source: ASAM e.V., "OpenDRIVE", version 1.8.0, 2023, sections 9.2 to 9.6 (road reference line).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

Local = tuple[Float[Array, "n"], Float[Array, "n"], Float[Array, "n"]]
"""u, v [m] and heading [rad] relative to the start of a piece."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
"""Quadrature that integrates cos(heading) to 1e-12 for turns of up to a full circle."""


@dataclass(frozen=True)
class Piece:
    """One `<geometry>`.

    Attributes:
        start: [m] way `s` at which it begins.
        x: [m].
        y: [m].
        heading: [rad] at its start.
        length: [m].
        shape: line, arc, spiral, poly3 or paramPoly3.
        numbers: what the shape is made of, see `NUMBERS`.
        normalized: paramPoly3: whether its parameter runs from 0 to 1, not over the length.
    """

    start: float
    x: float
    y: float
    heading: float
    length: float
    shape: str
    numbers: tuple[float, ...] = ()
    normalized: bool = False


NUMBERS: Mapping[str, tuple[str, ...]] = {
    "line": (),
    "arc": ("curvature",),
    "spiral": ("curvStart", "curvEnd"),
    "poly3": ("a", "b", "c", "d"),
    "paramPoly3": ("aU", "bU", "cU", "dU", "aV", "bV", "cV", "dV"),
}
"""Attributes of each shape, in the order of `Piece.numbers`."""


def _line(piece: Piece, way: Float[Array, "n"]) -> Local:
    return way, np.zeros_like(way), np.zeros_like(way)


def _spiral(piece: Piece, way: Float[Array, "n"]) -> Local:
    """Curvature linear in the way; arcs have the same at both ends."""
    first, last = piece.numbers[0], piece.numbers[-1]
    rate = (last - first) / max(piece.length, 1e-9)
    half = way[:, None] / 2
    at = half * (_NODES + 1)
    turn = first * at + rate / 2 * at**2
    u, v = (half * _WEIGHTS * f(turn) for f in (np.cos, np.sin))
    return u.sum(axis=1), v.sum(axis=1), first * way + rate / 2 * way**2


def _poly3(piece: Piece, way: Float[Array, "n"]) -> Local:
    """Aside v is a cubic of u, which is found where the curve has the right length."""
    fine = np.linspace(0, piece.length, 2 + int(piece.length / 0.05))
    slope = np.polynomial.Polynomial(piece.numbers).deriv()
    middle = (fine[1:] + fine[:-1]) / 2
    steps = np.hypot(1, slope(middle)) * np.diff(fine)
    u = np.interp(way, np.concatenate([[0.0], np.cumsum(steps)]), fine)
    return u, np.polynomial.Polynomial(piece.numbers)(u), np.arctan(slope(u))


def _param_poly3(piece: Piece, way: Float[Array, "n"]) -> Local:
    scale = 1 / max(piece.length, 1e-9) if piece.normalized else 1.0
    p = way * scale
    along, aside = (np.polynomial.Polynomial(n) for n in (piece.numbers[:4], piece.numbers[4:]))
    return along(p), aside(p), np.arctan2(aside.deriv()(p), along.deriv()(p))


SHAPES: Mapping[str, Callable[[Piece, Float[Array, "n"]], Local]] = {
    "line": _line,
    "arc": _spiral,
    "spiral": _spiral,
    "poly3": _poly3,
    "paramPoly3": _param_poly3,
}


def reference(pieces: Sequence[Piece], way: Float[Array, "n"]) -> Float[Array, "n 3"]:
    """Return x, y [m] and heading [rad] of the reference line at `way` [m] along it."""
    starts = np.array([piece.start for piece in pieces])
    which = np.clip(np.searchsorted(starts, way, side="right") - 1, 0, None)
    found = np.empty((len(way), 3))
    for number in np.unique(which):
        piece, mine = pieces[number], which == number
        u, v, turn = SHAPES[piece.shape](piece, np.asarray(way, float)[mine] - piece.start)
        cos, sin = np.cos(piece.heading), np.sin(piece.heading)
        place = (piece.x + cos * u - sin * v, piece.y + sin * u + cos * v, piece.heading + turn)
        found[mine] = np.stack(place, axis=1)
    return found
