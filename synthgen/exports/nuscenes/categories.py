"""The official categories, attributes and visibility levels of nuScenes, and which of them we use.

Source: H. Caesar et al., "nuScenes: a multimodal dataset for autonomous driving", CVPR 2020, and
the development kit's docs/instructions_nuscenes.md and docs/instructions_lidarseg.md: 23 things
(1 to 23) and 9 kinds of other points, in that order. Readers know these and no others.
"""

from collections.abc import Mapping

from synthgen.classes import BY_SEMANTIC, CLASSES

CATEGORIES = (
    "noise", "animal", "human.pedestrian.adult", "human.pedestrian.child",
    "human.pedestrian.construction_worker", "human.pedestrian.personal_mobility",
    "human.pedestrian.police_officer", "human.pedestrian.stroller",
    "human.pedestrian.wheelchair", "movable_object.barrier", "movable_object.debris",
    "movable_object.pushable_pullable", "movable_object.trafficcone",
    "static_object.bicycle_rack", "vehicle.bicycle", "vehicle.bus.bendy", "vehicle.bus.rigid",
    "vehicle.car", "vehicle.construction", "vehicle.emergency.ambulance",
    "vehicle.emergency.police", "vehicle.motorcycle", "vehicle.trailer", "vehicle.truck",
    "flat.driveable_surface", "flat.other", "flat.sidewalk", "flat.terrain", "static.manmade",
    "static.other", "static.vegetation", "vehicle.ego",
)  # fmt: skip
"""By index, which is what a point's label holds."""
INDEX: Mapping[str, int] = {name: index for index, name in enumerate(CATEGORIES)}
THINGS = range(1, 24)
"""Indices of categories that are boxed, and counted one by one in panoptic labels."""

ATTRIBUTES: Mapping[str, str] = {
    "pedestrian.moving": "The person moves.",
    "pedestrian.sitting_lying_down": "The person sits or lies.",
    "pedestrian.standing": "The person stands.",
    "cycle.with_rider": "Somebody rides it; the box holds both.",
    "cycle.without_rider": "Nobody rides it.",
    "vehicle.moving": "The vehicle moves.",
    "vehicle.parked": "The vehicle stands without a driver's sign of moving on.",
    "vehicle.stopped": "The vehicle stands and will go on.",
}
VISIBILITIES: Mapping[str, tuple[str, float]] = {
    "1": ("v0-40", 0.4), "2": ("v40-60", 0.6), "3": ("v60-80", 0.8), "4": ("v80-100", 1.0),
}  # fmt: skip
"""Level and upper end of the share that is seen, by token."""

SUBTYPES: Mapping[tuple[str, str], str] = {
    ("car", "pickup"): "vehicle.truck",
    ("van", "panel_van"): "vehicle.truck",
    ("van", "delivery_van"): "vehicle.truck",
    ("van", "ladder_van"): "vehicle.truck",
    ("bus", "articulated_bus"): "vehicle.bus.bendy",
    ("bicycle", "e_scooter"): "human.pedestrian.personal_mobility",
    ("pedestrian", "child"): "human.pedestrian.child",
    ("pedestrian", "worker"): "human.pedestrian.construction_worker",
    ("pedestrian", "police"): "human.pedestrian.police_officer",
    ("pedestrian", "wheelchair"): "human.pedestrian.wheelchair",
    ("debris", "bin"): "movable_object.pushable_pullable",
    ("barrier", "board"): "movable_object.barrier",
    ("barrier", "asset"): "movable_object.barrier",
}
"""Where a subtype belongs elsewhere than its class, after the instructions for annotators: what is
made to haul cargo, pick-ups too, is a truck; bins can be pushed; barriers are boxed where they
are put up to redirect traffic (boards, and what a user puts down), and manmade where they are
part of the road."""


def category(kind: str, subtype: str) -> str:
    """Return the category of an object of class `kind`; a user's `subtype` is `asset:NAME`."""
    return SUBTYPES.get((kind, subtype.split(":")[0]), CLASSES[kind].nuscenes)


def semantic_table() -> list[int]:
    """Return the category index of each semantic id of ours, 0 (noise) for ids without a class."""
    ids = range(max(BY_SEMANTIC) + 1)
    return [INDEX[BY_SEMANTIC[n].nuscenes] if n in BY_SEMANTIC else 0 for n in ids]


def visibility(share: float) -> str:
    """Return the token of the level that `share` (0 to 1) of an object being seen falls in."""
    levels = list(VISIBILITIES.items())
    return next((name for name, (_, top) in levels[:-1] if share < top), levels[-1][0])
