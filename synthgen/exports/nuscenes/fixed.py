"""Tables that are the same for every clip, what there is to label with; and calibrations."""

from collections.abc import Mapping

from synthgen.classes import CLASSES
from synthgen.exports.nuscenes.categories import ATTRIBUTES, CATEGORIES, VISIBILITIES
from synthgen.exports.nuscenes.frames import car_from_sensor, record
from synthgen.exports.nuscenes.recording import Car, Mounted
from synthgen.exports.nuscenes.tables import Tables
from synthgen.exports.nuscenes.tokens import token


def write_fixed(tables: Tables, car: Car, channels: Mapping[str, str]) -> None:
    """Write categories, attributes, visibility levels and sensors."""
    tables.add("category", [_category(index, name) for index, name in enumerate(CATEGORIES)])
    tables.add(
        "attribute",
        [
            {"token": token("attribute", name), "name": name, "description": text}
            for name, text in ATTRIBUTES.items()
        ],
    )
    tables.add(
        "visibility",
        [
            {"token": name, "level": level, "description": f"{level[1:]} % of the object is seen."}
            for name, (level, _) in VISIBILITIES.items()
        ],
    )
    for sensor in car.sensors.values():
        channel = channels[sensor.name]
        own = {"token": token("sensor", channel), "channel": channel, "modality": sensor.modality}
        tables.add("sensor", [own])


def calibration(car: Car, sensor: Mounted, channel: str, scene: str) -> dict:
    """Return the calibrated_sensor record of `sensor` in `scene`.

    Each scene has its own, as in nuScenes: there are readers that turn every scene's lidar.
    """
    matrix = [] if sensor.matrix is None else [[float(v) for v in row] for row in sensor.matrix]
    return {
        "token": calibrated(car, channel, scene),
        "sensor_token": token("sensor", channel),
        **record(car_from_sensor(car, sensor)),
        "camera_intrinsic": matrix,
    }


def calibrated(car: Car, channel: str, scene: str) -> str:
    """Return the token of the calibration of `channel` in `scene`."""
    return token("calibrated_sensor", car.identity, scene, channel)


def _category(index: int, name: str) -> dict:
    ours = ", ".join(kind for kind, info in CLASSES.items() if info.nuscenes == name)
    return {
        "token": token("category", name),
        "name": name,
        "description": f"synthgen: {ours}" if ours else "",
        "index": index,
    }
