"""Designs drawn as they come on the road: subtype, size and seed by kind."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthgen.road_user import RoadUser


@dataclass(frozen=True)
class Model:
    """A subtype with its size.

    Attributes:
        share: weight among the subtypes of its kind.
        size: [m] mean length, width, height.
        spread: standard deviation of each, as a share of the mean; cut at two of them.
    """

    share: float
    size: tuple[float, float, float]
    spread: tuple[float, float, float] = (0.04, 0.025, 0.03)


RIGID = (0.0, 0.0, 0.0)

MODELS: Mapping[str, Mapping[str, Model]] = {
    "car": {
        "compact": Model(0.26, (3.95, 1.74, 1.48)),
        "saloon": Model(0.22, (4.65, 1.81, 1.46)),
        "estate": Model(0.13, (4.68, 1.82, 1.49)),
        "suv": Model(0.25, (4.55, 1.86, 1.68)),
        "pickup": Model(0.05, (5.40, 1.95, 1.82)),
        "sports": Model(0.04, (4.40, 1.83, 1.30)),
        "roof_box": Model(0.02, (4.50, 1.82, 1.92), (0.05, 0.025, 0.02)),
        "taxi": Model(0.04, (4.70, 1.82, 1.50)),
    },
    "van": {
        "ladder_van": Model(0.07, (5.40, 1.97, 2.60), (0.06, 0.03, 0.05)),
        "panel_van": Model(0.38, (5.35, 1.97, 2.35), (0.08, 0.03, 0.07)),
        "minivan": Model(0.30, (4.75, 1.85, 1.76)),
        "delivery_van": Model(0.25, (5.90, 2.02, 2.60), (0.06, 0.03, 0.05)),
    },
    "truck": {
        "box_truck": Model(0.5, (7.6, 2.42, 3.35), (0.08, 0.02, 0.04)),
        "articulated_truck": Model(0.2, (16.2, 2.55, 3.85), (0.015, 0.0, 0.02)),
        "flatbed": Model(0.2, (7.2, 2.35, 2.70), (0.08, 0.03, 0.05)),
        "road_works": Model(0.08, (6.2, 2.20, 2.95), (0.05, 0.03, 0.03)),
        "tow_truck": Model(0.1, (7.3, 2.40, 2.75), (0.05, 0.02, 0.03)),
    },
    "bus": {
        "midi_bus": Model(0.2, (9.2, 2.44, 3.02), (0.04, 0.01, 0.02)),
        "city_bus": Model(0.65, (12.0, 2.55, 3.10), (0.01, 0.0, 0.02)),
        "articulated_bus": Model(0.15, (18.0, 2.55, 3.12), (0.01, 0.0, 0.02)),
    },
    "ambulance": {
        "us_box": Model(0.5, (6.30, 2.20, 2.75), (0.03, 0.02, 0.02)),
        "eu_van": Model(0.5, (5.70, 2.00, 2.68), (0.03, 0.01, 0.02)),
    },
    "fire_engine": {
        "pumper": Model(0.4, (8.9, 2.52, 3.25), (0.05, 0.01, 0.02)),
        "eu_pumper": Model(0.35, (8.0, 2.50, 3.25), (0.04, 0.0, 0.02)),
        "ladder": Model(0.25, (10.4, 2.52, 3.45), (0.03, 0.01, 0.015)),
    },
    "police_car": {
        "us_suv": Model(0.45, (5.05, 2.00, 1.85), (0.01, 0.0, 0.01)),
        "us_saloon": Model(0.25, (5.00, 1.90, 1.60), (0.01, 0.0, 0.01)),
        "eu_estate": Model(0.30, (4.80, 1.83, 1.62), (0.01, 0.0, 0.01)),
    },
    "motorcycle": {
        "motorcycle": Model(0.6, (2.10, 0.80, 1.20), (0.04, 0.04, 0.04)),
        "scooter": Model(0.36, (1.90, 0.70, 1.15), (0.04, 0.04, 0.04)),
        "police_motorcycle": Model(0.04, (2.20, 0.90, 1.40), (0.02, 0.02, 0.02)),
    },
    "bicycle": {
        "bicycle": Model(0.78, (1.75, 0.60, 1.05), (0.03, 0.04, 0.03)),
        "cargo_bike": Model(0.08, (2.50, 0.66, 1.12), (0.03, 0.03, 0.02)),
        "e_scooter": Model(0.14, (1.14, 0.46, 1.17), (0.03, 0.04, 0.02)),
    },
    "pedestrian": {
        "adult": Model(0.61, (0.60, 0.55, 1.72), (0.05, 0.06, 0.05)),
        "elder": Model(0.12, (0.58, 0.55, 1.66), (0.05, 0.06, 0.05)),
        "child": Model(0.10, (0.45, 0.40, 1.28), (0.05, 0.06, 0.10)),
        "worker": Model(0.06, (0.62, 0.58, 1.77), (0.05, 0.06, 0.04)),
        "police": Model(0.02, (0.62, 0.58, 1.77), (0.05, 0.06, 0.03)),
        "runner": Model(0.04, (0.95, 0.55, 1.74), (0.05, 0.06, 0.04)),
        "wheelchair": Model(0.02, (1.05, 0.66, 1.70), (0.0, 0.0, 0.04)),
        "pram": Model(0.03, (1.65, 0.56, 1.70), (0.03, 0.0, 0.04)),
        "standing": Model(0.0, (0.45, 0.55, 1.72), (0.05, 0.06, 0.05)),
        "sitting": Model(0.0, (0.95, 0.55, 1.70), (0.05, 0.06, 0.04)),
        "crouching": Model(0.0, (0.75, 0.55, 1.72), (0.05, 0.06, 0.05)),
    },
    "ego": {"estate": Model(1.0, (4.77, 1.82, 1.515), RIGID)},
    "dog": {
        "retriever": Model(0.3, (0.92, 0.27, 0.68), (0.05, 0.06, 0.05)),
        "shepherd": Model(0.2, (1.02, 0.27, 0.76), (0.04, 0.06, 0.04)),
        "spaniel": Model(0.15, (0.68, 0.21, 0.52), (0.05, 0.06, 0.05)),
        "terrier": Model(0.25, (0.52, 0.17, 0.42), (0.10, 0.08, 0.10)),
        "dachshund": Model(0.1, (0.58, 0.15, 0.35), (0.06, 0.06, 0.06)),
    },
    "cat": {"cat": Model(1.0, (0.68, 0.14, 0.31), (0.06, 0.06, 0.06))},
    "deer": {
        "doe": Model(0.65, (1.45, 0.40, 1.26), (0.08, 0.06, 0.08)),
        "stag": Model(0.35, (1.62, 0.46, 1.72), (0.06, 0.06, 0.06)),
    },
}
"""What exists.

Source: class means of KITTI (Qi et al., "Frustum PointNets", CVPR 2018, mean sizes) and of the
nuScenes train and validation annotations; subtype sizes are those of common makes within them.
A person's height is that of the body standing straight. People who keep still weigh nothing
here: traffic moves whom it draws. Electric kick scooters are bicycles of subtype e_scooter, as in
traffic law. Articulated vehicles have the size of both sections in line. The length of a cat
holds its tail, the height of a stag its antlers, that of a car or van its roof box or ladders.
Shares of the subtypes are those of European and North American streets, rounded. The ego car is
KITTI's, a VW Passat B6 estate (A.
Geiger et al., "Vision meets robotics: the KITTI dataset", IJRR 2013, figure 3); its roof stays
below the sensors, which sit at 1.65 to 1.73 m.
"""


PLACES: Mapping[str, Mapping[str, float]] = {
    "downtown": {"articulated_truck": 0.4, "articulated_bus": 4.0},
    "suburb": {"articulated_truck": 0.3, "articulated_bus": 1.5},
    "arterial": {"articulated_truck": 2.0, "articulated_bus": 3.0},
    "motorway": {"articulated_truck": 6.0, "articulated_bus": 0.3},
    "rural": {"articulated_truck": 1.5, "articulated_bus": 0.5},
    "industrial": {"articulated_truck": 4.0},
}
"""How many times its share a subtype has at a place: articulated trucks are most trucks of a
motorway, articulated buses run where many get on. Assumed, after what one sees there."""


def draw_user(
    kind: str, rng: np.random.Generator, responding: float = 0.0, place: str = ""
) -> RoadUser:
    """Return a design of `kind` as it comes at a place, or anywhere.

    `responding` is the probability that its emergency lamps are on. Raises ValueError for a kind
    that has no models.
    """
    if kind not in MODELS:
        raise ValueError(f"kind must be one of {', '.join(MODELS)}, got {kind}")
    models = MODELS[kind]
    often = PLACES.get(place, {})
    weights = np.array([often.get(name, 1.0) * model.share for name, model in models.items()])
    subtype = list(models)[int(rng.choice(len(models), p=weights / weights.sum()))]
    return draw_member(kind, subtype, rng, responding)


def draw_member(
    kind: str, subtype: str, rng: np.random.Generator, responding: float = 0.0
) -> RoadUser:
    """Return a design of `subtype`, whatever its share; raises ValueError for an unknown one."""
    models = MODELS.get(kind, {})
    if subtype not in models:
        raise ValueError(f"subtype of {kind} must be one of {', '.join(models)}, got {subtype}")
    model = models[subtype]
    factor = 1 + np.array(model.spread) * np.clip(rng.normal(size=3), -2, 2)
    length, width, height = (round(float(s), 3) for s in np.array(model.size) * factor)
    on = bool(rng.random() < responding)
    return RoadUser(kind, subtype, length, width, height, int(rng.integers(2**31)), on)
