"""What rays meet: class and normal of the surface under each hit."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.classes import CLASSES
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.rays import NOTHING, Hits, Rays
from synthgen.scene import Moment


@dataclass(frozen=True, eq=False)
class Met:
    """Surfaces under hits; zero where nothing was hit.

    Attributes:
        semantic: class id.
        normal: unit normal of the face, world frame, turned against the ray.
    """

    semantic: Int[Array, "n"]
    normal: Float[Array, "n 3"]


def first_hits(tracer: Tracer, moment: Moment, rays: Rays) -> Hits:
    """Return what `rays` meet first, the car that carries the radar left out.

    A radar sits behind the bumper's skin, which it sees through.
    """
    ego = moment.scene.world.ego
    own = [number for number, one in enumerate(moment.things) if one.thing == ego]
    if not own or not moment.staying[own[0]]:
        return tracer.sweep_hits(moment, rays, without=own[0] if own else NOTHING)
    others = [one for one in tracer.layers(moment, rays) if one.thing.thing != ego]
    return tracer.first_hits(moment, rays, others)


def met(moment: Moment, rays: Rays, hits: Hits) -> Met:
    """Return the surfaces that `rays` met."""
    semantic = np.zeros(len(hits), np.int64)
    normal = np.zeros((len(hits), 3))
    first = len(moment.scene.world.stuff)
    for body in np.unique(hits.body[hits.hit]):
        rows = np.flatnonzero(hits.body == body)
        mesh = moment.mesh(int(body))
        primitive = hits.primitive[rows]
        ids = np.array([CLASSES[name].semantic for name in mesh.classes])
        semantic[rows] = ids[mesh.part[primitive]]
        turn = np.eye(3)
        if body >= first:
            turn = moment.by_number[int(body)].track.world_from_body(moment.time)[:3, :3]
        normal[rows] = _normals(mesh, primitive) @ turn.T
    towards = np.einsum("ij,ij->i", normal, rays.direction) > 0
    normal[towards] *= -1
    return Met(semantic, normal)


def _normals(mesh: Mesh, primitive: Int[Array, "k"]) -> Float[Array, "k 3"]:
    corner = mesh.vertices[mesh.triangles[primitive]]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    return normal / np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
