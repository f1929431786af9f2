"""Instance ids: what pixels, points and tables of a shard call a labelled thing.

The id of a thing is its number among the things of its world, from 1: stable in the clip, the same
for every sensor, below 65536. 0 is everything else: stuff, the ego car, and things that no label
of the frame names (they lie beyond the labelled reach and show in no image).
"""

import numpy as np
from jaxtyping import Int

from synthgen.geometry import Array
from synthgen.sample import ObjectLabel, Sample

LARGEST = 65_535


def instance_of(sample: Sample, label: ObjectLabel) -> int:
    """Return the instance id of `label`."""
    return label.number - len(sample.moment.scene.world.stuff) + 1


def instances(sample: Sample, body: Int[Array, "*n"]) -> Int[Array, "*n"]:
    """Return the instance id of each body number, as 16-bit numbers.

    Raises ValueError when the world has more things than 16 bits can name.
    """
    world = sample.moment.scene.world
    if len(world.things) > LARGEST:
        raise ValueError(f"instance ids end at {LARGEST}, the world has {len(world.things)} things")
    table = np.zeros(len(world.bodies) + 1, np.uint16)
    for labels in sample.objects.values():
        for label in labels:
            table[label.number] = instance_of(sample, label)
    return table[body]
