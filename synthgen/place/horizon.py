"""What stands between the place and the sky: far land, tree lines, far buildings."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.facets import Patch, boxes, mesh_of, quads
from synthgen.place.layout import Layout
from synthgen.place.look import Look
from synthgen.place.relief import hills
from synthgen.world import Body

_RINGS = (0.0, 15.0, 45.0, 90.0, 150.0, 230.0, 330.0, 460.0, 620.0)


def horizon_bodies(plan: Layout, look: Look, rng: np.random.Generator) -> list[Body]:
    """Return far land, tree lines and far buildings around the flat region."""
    far = palette.grass(104, 112, 66)
    land = Body("horizon/land", "terrain", "hills", mesh_of([_land(plan, far)], "terrain"))
    lines = [_tree_line(plan, out, rng) for out in (6.0, 60.0, 160.0, 320.0)]
    woods = Body("horizon/trees", "vegetation", "wood", mesh_of(lines, "vegetation"))
    found = [land, woods]
    if look.trees < 0.9:
        found.append(_skyline(plan, look, rng))
    return found


def _rim(plan: Layout, every: float) -> tuple[Float[Array, "n 2"], Float[Array, "n 2"]]:
    """Points around the region, anticlockwise and closed, and how they move outwards."""
    low_x, low_y, high_x, high_y = plan.region.bounds
    corners = np.array([[low_x, low_y], [high_x, low_y], [high_x, high_y], [low_x, high_y]])
    away = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    points, moves = [], []
    for i in range(4):
        a, b = corners[i], corners[(i + 1) % 4]
        count = max(int(np.linalg.norm(b - a) / every), 2)
        share = np.linspace(0, 1, count, endpoint=False)[:, None]
        points.append(a + share * (b - a))
        moves.append(away[i] + share * (away[(i + 1) % 4] - away[i]))
    points.append(corners[:1])
    moves.append(away[:1])
    return np.concatenate(points), np.concatenate(moves)


def _land(plan: Layout, material: Material) -> Patch:
    rim, away = _rim(plan, 40.0)
    rings = np.stack([rim + out * away for out in _RINGS])
    z = hills(plan, rings.reshape(-1, 2)).reshape(rings.shape[:2])
    grid = np.concatenate([rings, z[..., None]], axis=2)
    a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
    return quads(np.stack([a, b, c, d], axis=2).reshape(-1, 4, 3), material)


def _tree_line(plan: Layout, out: float, rng: np.random.Generator) -> Patch:
    """A closed belt of trees `out` [m] beyond the region, with a jagged top."""
    rim, away = _rim(plan, 4.5)
    count = len(rim) - 1
    wave = np.convolve(rng.normal(0, 1, count + 24), np.ones(25) / 5, mode="valid")[:count]
    height = np.clip(8.0 + 1.1 * wave + rng.uniform(-3.2, 3.2, count), 0.4, 16.0)
    height = np.append(height, height[0])
    shift = np.append(rng.uniform(0, 5, count), 0.0)
    shift[-1] = shift[0]
    near = rim + (out + shift)[:, None] * away
    far = near + 7.0 * away
    base = hills(plan, near) - 0.3
    top = base + height

    def wall(points: Array, z: Array) -> Array:
        return np.column_stack([points, z])

    a, b, c, d = wall(near, base), wall(near + 2 * away, top), wall(far, top), wall(far, base)
    strips = [(b, a), (c, b), (d, c)]
    faces = [np.stack([hi[:-1], lo[:-1], lo[1:], hi[1:]], axis=1) for lo, hi in strips]
    leaf = palette.LEAVES[int(rng.integers(len(palette.LEAVES)))]
    corners = np.concatenate(faces)
    return quads(corners, palette.foliage(*leaf), corners[:, :, [0, 2]])


def _skyline(plan: Layout, look: Look, rng: np.random.Generator) -> Body:
    """Far buildings standing in rings around the region, one body."""
    rim, away = _rim(plan, 34.0 if look.trees < 0.5 else 110.0)
    spots = []
    for out in (25.0, 80.0, 150.0, 240.0):
        middle = rim[:-1] + (out + rng.uniform(-12, 12, (len(rim) - 1, 1))) * away[:-1]
        spots.append(middle[rng.uniform(size=len(middle)) > look.trees])
    middle = np.concatenate(spots)
    count = len(middle)
    half = rng.uniform([6, 6], [14, 14], (count, 2))
    low_rise = rng.lognormal(2.9, 0.45, count)
    height = np.clip(low_rise * (1.0 if look.trees < 0.5 else 0.6), 7, 75)
    base = hills(plan, middle) - 3.0
    kind = rng.integers(0, 6, count)
    parts = []
    for number, color in enumerate((*palette.STONE[:2], *palette.BRICK[:2], *palette.CURTAIN[:2])):
        mine = kind == number
        low = np.column_stack([middle - half, base])[mine]
        high = np.column_stack([middle + half, base + height])[mine]
        parts.append(boxes(low, high, palette.facade(color, (3.2, 3.4, 0.5, 0.2))))
    return Body("horizon/skyline", "building", "skyline", mesh_of(parts, "building"))
