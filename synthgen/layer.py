"""Where rays meet one thing, and hits of which some lie on another."""

from dataclasses import dataclass

from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.rays import Hits
from synthgen.scene import Present


@dataclass(frozen=True, eq=False)
class Layer:
    """Where rays meet one thing, whatever may stand before it.

    Attributes:
        thing: the thing.
        index: which rays meet it, increasing.
        distance: [m] along each of these rays.
        primitive: triangle of the thing's mesh.
        barycentric: weights of the second and third corner.
    """

    thing: Present
    index: Int[Array, "k"]
    distance: Float[Array, "k"]
    primitive: Int[Array, "k"]
    barycentric: Float[Array, "k 2"]


def take(hits: Hits, where: Array, body: Array | int, found: Layer | Hits, rows: Array) -> None:
    """Overwrite `hits` at `where` by these rows of what else was found, on `body`."""
    hits.body[where] = body
    hits.distance[where] = found.distance[rows]
    hits.primitive[where] = found.primitive[rows]
    hits.barycentric[where] = found.barycentric[rows]
