"""Whose class is whose: the words of public data sets in ours, and those of weather and light.

A word that is not listed has no class of ours: nothing is guessed from how it is spelt.

Sources of the words: COCO's 80 categories (T.-Y. Lin et al., ECCV 2014); KITTI object development
kit, readme.txt; F. Yu et al., "BDD100K", CVPR 2020; H. Caesar et al., "nuScenes", CVPR 2020, and
its instructions for annotators; B. Wilson et al., "Argoverse 2", NeurIPS Datasets 2021; M. Cordts
et al., "The Cityscapes dataset", CVPR 2016; P. Sun et al., "Waymo Open Dataset", CVPR 2020.
"""

from collections.abc import Mapping
from functools import cache

from synthgen.classes import CLASSES

Kind = tuple[str | None, str | None]
"""Class and subtype; None: has none of ours, or the word does not tell."""

_WORDS: Mapping[str, str] = {
    "person": "pedestrian", "person_sitting": "pedestrian/sitting",
    "child": "pedestrian/child",
    "motorbike": "motorcycle", "motor": "motorcycle", "bike": "bicycle", "lorry": "truck",
    "cyclist": "bicycle", "bicyclist": "rider", "motorcyclist": "rider",
    "school_bus": "bus/school_bus", "articulated_bus": "bus/articulated_bus",
    "bendy_bus": "bus/articulated_bus", "box_truck": "truck/box_truck",
    "truck_cab": "truck", "regular_vehicle": "car", "vehicular_trailer": "trailer",
    "message_board_trailer": "trailer", "ego_vehicle": "ego", "official_signaler": "pedestrian",
    "construction_cone": "traffic_cone", "cone": "traffic_cone", "trafficcone": "traffic_cone",
    "sign": "traffic_sign", "stop_sign": "traffic_sign", "street_sign": "traffic_sign",
    "mobile_pedestrian_crossing_sign": "traffic_sign", "fire_truck": "fire_engine",
    "firetruck": "fire_engine", "police": "police_car", "police_vehicle": "police_car",
    "streetlight": "street_light", "street_lamp": "street_light",
    "vehicle.car": "car", "vehicle.truck": "truck", "vehicle.bus": "bus",
    "vehicle.bus.rigid": "bus", "vehicle.bus.bendy": "bus/articulated_bus",
    "vehicle.trailer": "trailer", "vehicle.motorcycle": "motorcycle",
    "vehicle.bicycle": "bicycle", "vehicle.emergency.ambulance": "ambulance",
    "vehicle.emergency.police": "police_car", "human.pedestrian.adult": "pedestrian",
    "human.pedestrian.child": "pedestrian/child", "vehicle.ego": "ego",
    "human.pedestrian.construction_worker": "pedestrian/worker",
    "human.pedestrian.police_officer": "pedestrian/police",
    "human.pedestrian.wheelchair": "pedestrian/wheelchair",
    "movable_object.trafficcone": "traffic_cone", "movable_object.barrier": "barrier",
    "movable_object.debris": "debris",
    "type_pedestrian": "pedestrian", "type_cyclist": "bicycle", "type_sign": "traffic_sign",
}  # fmt: skip
"""Class, or class/subtype, by word in small letters with `_` between words.

Who rides a two-wheeler and is boxed with it (KITTI and Waymo: cyclist) counts as the two-wheeler,
as in nuScenes; who is boxed alone is a rider. Argoverse's regular vehicles are cars, vans and
pickups, nuScenes' cars hold vans; its animals may be any, and have no class of ours.
"""

_TIMES: Mapping[str, str] = {
    "day": "day", "daytime": "day", "night": "night", "nighttime": "night", "dusk": "dusk",
    "dawn": "dusk", "dawn/dusk": "dusk", "dusk/dawn": "dusk", "twilight": "dusk",
}  # fmt: skip
_WEATHERS: Mapping[str, str] = {
    "clear": "clear", "sunny": "clear", "sun": "clear", "partly_cloudy": "clear",
    "overcast": "overcast", "rain": "rain", "rainy": "rain", "raining": "rain",
    "light_rain": "rain", "heavy_rain": "rain", "drizzle": "rain", "snow": "snow",
    "snowy": "snow", "snowing": "snow", "fog": "fog", "foggy": "fog",
}  # fmt: skip
"""A sky that is partly cloudy is clear: `conditions.OVERCAST` says from when it is overcast."""


@cache
def kind_of(label: str) -> Kind:
    """Return class and subtype of a format's word, e.g. `Person_sitting`, `traffic light`."""
    spelt = _spelt(label)
    found = spelt if spelt in CLASSES else _WORDS.get(spelt)
    if found is None:
        return None, None
    name, _, subtype = found.partition("/")
    return name, subtype or None


def time_of_day(said: object) -> str | None:
    """Return one of `columns.TIMES_OF_DAY`, None for words that say none."""
    return _TIMES.get(_spelt(said)) if isinstance(said, str) else None


def weather(said: object) -> str | None:
    """Return one of `columns.WEATHERS`, None for words that say none."""
    return _WEATHERS.get(_spelt(said)) if isinstance(said, str) else None


def said(time: str | None, air: str | None) -> dict[str, str | float | None]:
    """Return the columns of conditions that an annotator's words tell."""
    found: dict[str, str | float | None] = {}
    for name, value in (("time_of_day", time), ("weather", air)):
        if value is not None:
            found |= {name: value, f"{name}_from": "label", f"{name}_sure": 1.0}
    return found


def _spelt(text: str) -> str:
    return "_".join(text.strip().lower().replace("-", " ").replace("_", " ").split())
