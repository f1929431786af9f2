"""Where the chimneys of buildings end: read from their meshes."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.mesh import Mesh

CAP = 0.84
"""[m] Side of the square cap on a house's chimney, see `place.houses`."""
STACK = "chimney"
"""Material of the lower 70 % of a stack of industry, see `place.works`."""
LOWER, TAPER = 0.7, 0.65
"""Share of a stack's height that is of that material, and its width at the top over the foot's."""
APART = 4.0
"""[m] Stacks are farther apart than this."""


def mouths(mesh: Mesh) -> Float[Array, "n 4"]:
    """Return x, y, z [m] of the mouths of all chimneys of a building, and their width [m]."""
    return np.concatenate([_caps(mesh), _stacks(mesh)])


def _caps(mesh: Mesh) -> Float[Array, "n 4"]:
    """Return the caps on roofs: level squares of granite, two triangles each."""
    granite = np.array([one.name == "granite kerb" for one in mesh.materials] or [False])
    corners = mesh.vertices[mesh.triangles[granite[mesh.material]]]
    edges = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(edges, axis=2)
    normal = np.cross(edges[:, 0], edges[:, 1])
    half = CAP * CAP
    level = (normal[:, 2] > 0.99 * half) & (np.abs(normal[:, 2] - half) < 0.01 * half)
    level &= np.abs(length.max(axis=1) - CAP * np.sqrt(2)) < 0.01
    corners, longest = corners[level], length[level].argmax(axis=1)
    rows = np.arange(len(corners))
    middle = (corners[rows, longest] + corners[rows, (longest + 1) % 3]) / 2
    middle = np.unique(middle.round(3), axis=0) if len(middle) else np.zeros((0, 3))
    return np.column_stack([middle, np.full(len(middle), 0.4)])


def _stacks(mesh: Mesh) -> Float[Array, "n 4"]:
    """Return the stacks of industry, one for each run of triangles that lie together."""
    tall = np.array([one.name == STACK for one in mesh.materials] or [False])
    corners = mesh.vertices[mesh.triangles[tall[mesh.material]]]
    if not len(corners):
        return np.zeros((0, 4))
    middle = corners.mean(axis=1)[:, :2]
    cuts = np.flatnonzero(np.linalg.norm(np.diff(middle, axis=0), axis=1) > APART) + 1
    return np.array([_stack(part.reshape(-1, 3)) for part in np.split(corners, cuts)])


def _stack(points: Float[Array, "n 3"]) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = (low[:2] + high[:2]) / 2
    top = low[2] + (high[2] - low[2]) / LOWER
    return float(x), float(y), float(top), float(TAPER * np.ptp(points[:, 0]))
