"""What of a vehicle moves against its chassis in a frame: wheels, and the bellows of a bus.

Wheels are spun, steered and kept on the road under a chassis that sways.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse, unit
from synthgen.mesh import Mesh
from synthgen.motion import road_from_chassis
from synthgen.world import Bellows, Body, Wheel

Turns = tuple[Float[Array, "w"], float, Float[Array, "3"]]
"""Spin of each wheel [rad], steer [rad] and ride [m, rad, rad], see `motion.Joints`."""


def turned(body: Body, turns: Turns) -> Mesh:
    """Return the mesh of `body`, in the chassis frame, with its wheels turned by `turns`."""
    vertices, normals = body.mesh.vertices.copy(), body.mesh.normals.copy()
    spin, steer, ride = turns
    chassis_from_road = inverse(road_from_chassis(ride))
    for wheel, angle in zip(body.wheels, spin, strict=True):
        place = chassis_from_road @ road_from_wheel(wheel, float(angle), steer)
        own, faces, turn = slice(*wheel.vertices), slice(*wheel.triangles), place[:3, :3].T
        vertices[own] = (vertices[own] - np.array(wheel.hub)) @ turn + place[:3, 3]
        normals[faces] = normals[faces] @ turn
    return replace(body.mesh, vertices=vertices, normals=normals)


def folded(body: Body, shape: Mesh, bend: float) -> Mesh:
    """Return `shape`, a mesh of `body`, with its bellows bent to a joint angle of `bend` [rad].

    Each section has one half of the bellows; the frame in the middle halves the angle. Rings in
    between are blended from the rigid end to that frame, so that both halves always meet.
    """
    bellows = body.bellows
    if bellows is None or bend == 0.0:
        return shape
    own, faces = slice(*bellows.vertices), slice(*bellows.triangles)
    vertices, normals = shape.vertices.copy(), shape.normals.copy()
    x, y = shape.vertices[own, :2].T
    share = (x - bellows.wall) / (bellows.joint - bellows.wall)
    vertices[own, 0] = x - share * y * np.sin(bend / 2)
    vertices[own, 1] = y * (1 - share * (1 - np.cos(bend / 2)))
    corner = vertices[shape.triangles[faces]]
    flat = unit(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]))
    normals[faces] = flat[:, None]
    return replace(shape, vertices=vertices, normals=normals)


def road_from_wheel(wheel: Wheel, spin: float, steer: float) -> Float[Array, "4 4"]:
    """Return the pose of a wheel, whose origin is its hub, in the frame of the road.

    It turns about its axle and then about the vertical. Wheels stay at the height and camber that
    they have at rest, as on level springs.
    """
    c, s = np.cos(spin), np.sin(spin)
    matrix = np.array([[c, 0, s, 0], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1.0]])
    if wheel.steered:
        c, s = np.cos(steer), np.sin(steer)
        matrix = np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]) @ matrix
    matrix[:3, 3] = wheel.hub
    return matrix


def moving_triangles(body: Body) -> slice:
    """Return the triangles of `body` that a frame may move: a run with all that do.

    Wheels and bellows of one vehicle lie side by side in its mesh, so that few others are in the
    run. What has limbs moves as a whole.
    """
    if not body.wheels:
        return slice(0, len(body.mesh.triangles))
    runs = [lump.triangles for lump in lumps(body)]
    return slice(min(first for first, _ in runs), max(last for _, last in runs))


def lumps(body: Body) -> tuple[Wheel | Bellows, ...]:
    """Return the parts of `body` that move against its chassis."""
    return body.wheels if body.bellows is None else (*body.wheels, body.bellows)
