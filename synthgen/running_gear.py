"""Wheels turned for one frame: spun, steered and kept on the road under a chassis that sways."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse
from synthgen.mesh import Mesh
from synthgen.motion import road_from_chassis
from synthgen.world import Body, Wheel

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

    Wheels of one vehicle lie side by side in its mesh, so that few others are in the run. What
    has limbs moves as a whole.
    """
    if not body.wheels:
        return slice(0, len(body.mesh.triangles))
    runs = [wheel.triangles for wheel in body.wheels]
    return slice(min(first for first, _ in runs), max(last for _, last in runs))
