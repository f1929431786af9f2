"""Wheels turned for one frame: spun, steered and kept on the road under a chassis that sways."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

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
        own, turn = slice(*wheel.vertices), place[:3, :3].T
        vertices[own] = (vertices[own] - np.array(wheel.hub)) @ turn + place[:3, 3]
        normals[slice(*wheel.triangles)] = normals[slice(*wheel.triangles)] @ turn
    return replace(body.mesh, vertices=vertices, normals=normals)


def road_from_wheel(wheel: Wheel, spin: float, steer: float) -> Float[Array, "4 4"]:
    """Return the pose of a wheel, whose origin is its hub, in the frame of the road.

    Wheels stay at the height and camber that they have at rest, as on level springs.
    """
    matrix = np.eye(4)
    angles = [spin, steer if wheel.steered else 0.0]
    matrix[:3, :3] = Rotation.from_euler("yz", angles).as_matrix()
    matrix[:3, 3] = wheel.hub
    return matrix


def still_triangles(body: Body) -> np.ndarray:
    """Return which triangles of the mesh of `body` never move against its chassis."""
    still = np.ones(len(body.mesh.triangles), bool)
    for wheel in body.wheels:
        still[slice(*wheel.triangles)] = False
    return still
