"""The lie of the land."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True, eq=False)
class HeightField:
    """Heights on a square grid, linear on the two triangles of each cell.

    Each cell is cut from its corner of least y and most x to that of least x and most y. Beyond
    the grid its rim goes on.

    Attributes:
        low: [m] x, y of the first node.
        cell: [m].
        z: [m] heights, row by row along y.
    """

    low: Float[Array, "2"]
    cell: float
    z: Float[Array, "rows columns"]

    def _cells(self, points: Float[Array, "n 2"]) -> tuple[Array, Array, Array]:
        """Return column and row of the cell of each point, and its place in that cell."""
        rows, columns = self.z.shape
        local = (np.asarray(points, float).reshape(-1, 2) - self.low) / self.cell
        local = np.clip(local, 0.0, [columns - 1 - 1e-9, rows - 1 - 1e-9])
        column, row = np.floor(local).astype(int).T
        return column, row, local - np.column_stack([column, row])

    def height(self, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return the height [m] at `points`."""
        column, row, share = self._cells(points)
        u, v = share.T
        right, up = self.z[row, column + 1], self.z[row + 1, column]
        near = self.z[row, column] * (1 - u - v) + right * u + up * v
        far = self.z[row + 1, column + 1] * (u + v - 1) + up * (1 - u) + right * (1 - v)
        return np.where(u + v <= 1, near, far)

    def slope(self, points: Float[Array, "n 2"]) -> Float[Array, "n 2"]:
        """Return rise over run along x and y at `points`, smooth from cell to cell."""
        column, row, share = self._cells(points)
        u, v = share[:, :1], share[:, 1:]
        low = self._gradient[row, column] * (1 - u) + self._gradient[row, column + 1] * u
        high = self._gradient[row + 1, column] * (1 - u) + self._gradient[row + 1, column + 1] * u
        return low * (1 - v) + high * v

    @cached_property
    def _gradient(self) -> Float[Array, "rows columns 2"]:
        rise = np.gradient(self.z, self.cell)
        return np.stack([rise[1], rise[0]], axis=2)
