"""High beams of emergency vehicles, wired side by side so that they can flash in turn."""

from dataclasses import replace

import numpy as np

from synthgen.world import Body

RIGHT = "high_beam_right"
"""Circuit of the right one; the left keeps the name `high_beam`."""


def with_sides(body: Body) -> Body:
    """Return `body` with its high beams on two circuits, left and right.

    Raises:
        ValueError: when it has no high beams.
    """
    both = body.circuit_index("high_beam")
    if both < 0:
        raise ValueError(f"{body.name} must have high beams to wire them side by side")
    new, shape = len(body.circuits), body.mesh
    middle = shape.vertices[shape.triangles].mean(axis=1)
    right = (shape.circuit == both) & (middle[:, 1] < 0)
    circuit = np.where(right, new, shape.circuit).astype(np.int32)
    lamps = tuple(
        replace(lamp, circuit=new) if lamp.circuit == both and lamp.position[1] < 0 else lamp
        for lamp in body.lamps
    )
    circuits = (*body.circuits, replace(body.circuits[both], name=RIGHT))
    return replace(body, mesh=replace(shape, circuit=circuit), circuits=circuits, lamps=lamps)
