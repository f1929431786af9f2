"""Write how much light a lamp in fog has at each optical distance, by how often it was scattered.

    scripts/glow_moments.py OUT.csv [PATHS=300000]

The OUT of the repository is synthgen/render/raycast/glow_moments.csv; see `glow_moments.py` beside
it for what reads it. A lamp of intensity 1 shines evenly into endless fog of extinction 1 and
albedo 1. Columns:

    asymmetry   Henyey-Greenstein g of the fog
    least, most orders of scattering that the row stands for
    depth       optical distance from the lamp
    fluence     light of these orders through a small sphere there, over 1 / depth^2
    cosine      mean cosine of its direction to that away from the lamp
    order       mean order

Photons are followed one by one; what they add to a shell is the length of their way in it.
Source: J. Spanier and E. Gelbard, "Monte Carlo Principles and Neutron Transport Problems", 1969,
section 2.6 (track-length estimator).
"""

import csv
import sys
from pathlib import Path

import numba
import numpy as np

ORDERS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 9), (10, 19), (20, 400))
EDGES = np.concatenate([[0.0], np.geomspace(0.05, 20.0, 25)])
ASYMMETRIES = (0.6, 0.7, 0.8, 0.86, 0.9, 0.94)
SEED = 12


@numba.njit
def _turned(way, g):  # type: ignore[no-untyped-def]
    """Return `way` after one scattering."""
    share = (1 - g * g) / (1 - g + 2 * g * np.random.random())  # noqa: NPY002
    cosine = (1 + g * g - share * share) / (2 * g)
    sine, turn = np.sqrt(max(1 - cosine * cosine, 0.0)), 2 * np.pi * np.random.random()  # noqa: NPY002
    x, y, z = way
    a, b = sine * np.cos(turn), sine * np.sin(turn)
    flat = np.sqrt(max(1 - z * z, 0.0))
    if flat < 1e-4:
        return a, b, cosine * np.sign(z)
    return (
        (a * x * z - b * y) / flat + cosine * x,
        (a * y * z + b * x) / flat + cosine * y,
        cosine * z - a * flat,
    )


@numba.njit
def _add(sums, edges, closest2, first, last, order):  # type: ignore[no-untyped-def]
    """Add a straight way to all shells: length, and length times cosine.

    `first` and `last` count from the point of it that is closest to the lamp.
    """
    for shell in range(len(edges) - 1):
        low2, high2 = edges[shell] ** 2 - closest2, edges[shell + 1] ** 2 - closest2
        if high2 <= 0.0:
            continue
        near, far = np.sqrt(max(low2, 0.0)), np.sqrt(high2)
        for a, b in ((-far, -near), (near, far)):
            a, b = max(a, first), min(b, last)
            if b > a:
                sums[0, shell] += b - a
                sums[1, shell] += np.sqrt(closest2 + b * b) - np.sqrt(closest2 + a * a)
                sums[2, shell] += (b - a) * order


@numba.njit
def _follow(paths, g, edges, orders, seed):  # type: ignore[no-untyped-def]
    np.random.seed(seed)  # noqa: NPY002 - numba's own generator, not numpy's
    sums = np.zeros((len(orders), 3, len(edges) - 1))
    for _ in range(paths):
        x = y = z = 0.0
        way, row = (0.0, 0.0, 1.0), 0
        for order in range(orders[-1, 1] + 1):
            length = -np.log(1.0 - np.random.random())  # noqa: NPY002
            if order > 0:
                row += order > orders[row, 1]
                along = x * way[0] + y * way[1] + z * way[2]
                closest2 = max(x * x + y * y + z * z - along * along, 1e-12)
                _add(sums[row], edges, closest2, along, along + length, order)
            x, y, z = x + length * way[0], y + length * way[1], z + length * way[2]
            if x * x + y * y + z * z > 2.0 * edges[-1] ** 2:
                break
            way = _turned(way, g)
    return sums / paths


def rows(g: float, paths: int) -> list[tuple]:
    """Return the rows of one asymmetry."""
    sums = _follow(paths, g, EDGES, np.array(ORDERS), SEED)
    volume = 4 / 3 * np.pi * (EDGES[1:] ** 3 - EDGES[:-1] ** 3)
    # A mean over the shell stands where depth^2 has its own mean over the shell.
    square = 0.6 * (EDGES[1:] ** 5 - EDGES[:-1] ** 5) / (EDGES[1:] ** 3 - EDGES[:-1] ** 3)
    out = []
    for (least, most), (length, along, order) in zip(ORDERS, sums, strict=True):
        for shell in range(1, len(volume)):
            total = max(length[shell], 1e-30)
            fluence = length[shell] / volume[shell] * 4 * np.pi * square[shell]
            depth = np.sqrt(EDGES[shell] * EDGES[shell + 1])
            numbers = (depth, fluence, along[shell] / total, order[shell] / total)
            out.append((g, least, most, *(f"{number:.4g}" for number in numbers)))
    return out


def main() -> None:
    """Write the table."""
    paths = int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    with Path(sys.argv[1]).open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["asymmetry", "least", "most", "depth", "fluence", "cosine", "order"])
        for g in ASYMMETRIES:
            out.writerows(rows(g, paths))


if __name__ == "__main__":
    main()
