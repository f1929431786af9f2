"""Flat places laid onto the lie of the land."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.polygon import orient

from synthgen.geometry import Array, unit
from synthgen.land import HeightField
from synthgen.mesh import Mesh, merge
from synthgen.place import palette
from synthgen.place.facets import mesh_of, quads
from synthgen.place.gridcut import pieces
from synthgen.streets import SPACING, Streets
from synthgen.world import Body

LAID = frozenset({"road", "sidewalk", "terrain", "lane_marking", "crosswalk"})
"""Classes of stuff that follow the ground between their corners."""
ENTRANCE = 0.7
"""Where a building's ground floor lies between the lowest and the highest ground at its walls."""
_DEEP = 0.4


def lift(
    stuff: Sequence[Body], buildings: Sequence[Polygon], field: HeightField
) -> tuple[Body, ...]:
    """Return `stuff`, built on level ground, as it lies on `field`.

    The ground and what is painted on it lie on the very same triangles: their triangles are cut
    where the field bends. Buildings stay upright and level, on a plinth; everything else is
    sheared, each point up by the height of the ground below it.
    """
    areas = {f"building/{number}": area for number, area in enumerate(buildings)}
    return tuple(
        _founded(body, areas[body.name], field) if body.name in areas else _sheared(body, field)
        for body in stuff
    )


def lift_streets(streets: Streets, field: HeightField) -> Streets:
    """Return the map of a level place as it lies on `field`, its lines sampled every metre."""
    lanes = tuple(
        replace(lane, line=_laid(lane.line, field, np.zeros((0, 2)))[0]) for lane in streets.lanes
    )
    boundaries = []
    for one in streets.boundaries:
        line, painted = _laid(one.line, field, one.painted)
        boundaries.append(replace(one, line=line, painted=painted))
    return replace(streets, lanes=lanes, boundaries=tuple(boundaries))


def _laid(
    line: Float[Array, "k 3"], field: HeightField, ways: Float[Array, "n 2"]
) -> tuple[Float[Array, "m 3"], Float[Array, "n 2"]]:
    """Return `line` on the ground, and `ways` [m] along it, which grow with the slope."""
    level = _along(line[:, :2])
    count = max(int(np.ceil(level[-1] / SPACING)), 1)
    way = np.union1d(level, np.linspace(0.0, level[-1], count + 1))
    laid = np.stack([np.interp(way, level, line[:, axis]) for axis in range(3)], axis=1)
    laid[:, 2] += field.height(laid[:, :2])
    return laid, np.interp(ways, way, _along(laid))


def _along(line: Float[Array, "k d"]) -> Float[Array, "k"]:
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _sheared(body: Body, field: HeightField) -> Body:
    near = body.kind in LAID and not body.name.startswith("horizon/")
    mesh = cut(body.mesh, field) if near else body.mesh
    corners = mesh.vertices[mesh.triangles].reshape(-1, 3)
    slope = field.slope(corners[:, :2]).reshape(-1, 3, 2)
    normals = mesh.normals.copy()
    normals[:, :, :2] -= slope * normals[:, :, 2:]
    vertices = mesh.vertices.copy()
    vertices[:, 2] += field.height(vertices[:, :2])
    shape = replace(mesh, vertices=vertices, normals=unit(normals))
    return _with_lamps(replace(body, mesh=shape), _heights(body, field))


def _heights(body: Body, field: HeightField) -> Float[Array, "n"]:
    places = np.array([lamp.position[:2] for lamp in body.lamps], float).reshape(-1, 2)
    return field.height(places)


def _with_lamps(body: Body, up: Float[Array, "n"]) -> Body:
    lamps = tuple(
        replace(lamp, position=(*lamp.position[:2], lamp.position[2] + float(z)))
        for lamp, z in zip(body.lamps, up, strict=True)
    )
    return replace(body, lamps=lamps)


def _founded(body: Body, area: Polygon, field: HeightField) -> Body:
    """Return a building moved up as a whole, with a plinth down to the lowest ground around."""
    outline = shapely.get_coordinates(orient(area).exterior.segmentize(field.cell))
    ground = field.height(outline)
    low, high = float(ground.min()), float(ground.max())
    base = low + ENTRANCE * (high - low)
    raised = body.mesh.vertices + np.array([0.0, 0.0, base])
    bottom = np.column_stack([outline, np.full(len(outline), low - _DEEP)])
    top = np.column_stack([outline, np.full(len(outline), base + 0.12)])
    faces = np.stack([bottom[:-1], bottom[1:], top[1:], top[:-1]], axis=1)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    across = np.stack([way[:-1], way[1:], way[1:], way[:-1]], axis=1)
    uv = np.stack([across, faces[:, :, 2]], axis=2)
    plinth = mesh_of([quads(faces, palette.concrete(128, "plinth"), uv)], "building")
    whole = merge([replace(body.mesh, vertices=raised), plinth])
    return _with_lamps(replace(body, mesh=whole), np.full(len(body.lamps), base))


def cut(mesh: Mesh, field: HeightField) -> Mesh:
    """Return `mesh` with its triangles cut along the lines where `field` bends.

    Corners take texture coordinates and normals from the triangle that they were cut from.
    Upright triangles, which cover nothing of the grid, stay whole.
    """
    corners = mesh.vertices[mesh.triangles]
    source, share = pieces((corners[:, :, :2] - field.low) / field.cell)
    upright = np.setdiff1d(np.arange(len(corners)), source)
    source = np.concatenate([source, upright])
    share = np.concatenate([share, np.tile(np.eye(3), (len(upright), 1, 1))])
    points = share @ corners[source]
    return replace(
        mesh,
        vertices=points.reshape(-1, 3),
        triangles=np.arange(3 * len(points), dtype=np.int32).reshape(-1, 3),
        material=mesh.material[source],
        normals=unit(share @ mesh.normals[source]),
        uv=share @ mesh.uv[source],
        circuit=mesh.circuit[source],
        part=mesh.part[source],
    )
