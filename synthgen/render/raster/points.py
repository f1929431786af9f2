"""From drawn pixels to points on triangles, as rays through the pixel centres would find them."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse, transform
from synthgen.rays import Hits, no_hits
from synthgen.render.raster.stage import Seen
from synthgen.sample import CameraView
from synthgen.scene import Moment


def found(moment: Moment, view: CameraView, drawn: Seen) -> Hits:
    """Return what was `drawn` as first hits of the pixel centres of `view`, row by row."""
    hits = no_hits(drawn.body.size)
    body = drawn.body.ravel()
    order = np.argsort(body, kind="stable")
    numbers, starts = np.unique(body[order], return_index=True)
    slopes = _slopes(view)
    camera_from_world = inverse(view.world_from_camera)
    for number, pixel in zip(numbers, np.split(order, starts[1:]), strict=True):
        if number < 0:
            continue
        pose = camera_from_world @ _world_from_body(moment, int(number), view.time)
        mesh, primitive = moment.mesh(int(number)), drawn.primitive.ravel()[pixel]
        corners = transform(pose, mesh.vertices)[mesh.triangles[primitive]]
        hits.barycentric[pixel] = _weights(corners, slopes[pixel])
        hits.primitive[pixel] = primitive
    there = np.flatnonzero(body >= 0)
    hits.body[:] = body
    length = np.linalg.norm(slopes[there], axis=1)
    hits.distance[there] = drawn.depth.ravel()[there] * length
    return hits


def _slopes(view: CameraView) -> Float[Array, "n 3"]:
    """Return the ways through all pixel centres, camera frame, 1 m deep."""
    row, column = np.divmod(np.arange(view.height * view.width), view.width)
    k = view.matrix
    x, y = (column - k[0, 2]) / k[0, 0], (row - k[1, 2]) / k[1, 1]
    return np.stack([x, y, np.ones_like(x)], axis=1)


def _world_from_body(moment: Moment, number: int, time: float) -> Float[Array, "4 4"]:
    if number < len(moment.scene.world.stuff):
        return np.eye(4)
    return moment.by_number[number].track.world_from_body(time)


def _weights(corners: Float[Array, "n 3 3"], way: Float[Array, "n 3"]) -> Float[Array, "n 2"]:
    """Return the weights of the second and third corner where ways from the origin meet triangles.

    Source: T. Moeller and B. Trumbore, "Fast, minimum storage ray/triangle intersection", Journal
    of Graphics Tools 2(1), 1997, eq. 6. Weights are held between 0 and 1: a triangle may be drawn
    at a pixel whose centre lies a little beside it.
    """
    first = corners[:, 0]
    one, two = corners[:, 1] - first, corners[:, 2] - first
    across, aside = np.cross(way, two), np.cross(-first, one)
    scale = (one * across).sum(axis=1)
    flat = np.abs(scale) < 1e-12
    scale[flat] = 1.0
    u = np.clip(-(first * across).sum(axis=1) / scale, 0.0, 1.0)
    v = np.clip((way * aside).sum(axis=1) / scale, 0.0, 1.0 - u)
    return np.where(flat[:, None], 1 / 3, np.stack([u, v], axis=1))
