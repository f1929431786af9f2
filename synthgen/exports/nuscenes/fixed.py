"""Tables that are the same for every clip: what there is to label with, and the rig."""

from collections.abc import Mapping

from synthgen.classes import CLASSES
from synthgen.exports.nuscenes.categories import ATTRIBUTES, CATEGORIES, VISIBILITIES
from synthgen.exports.nuscenes.frames import car_from_sensor, record
from synthgen.exports.nuscenes.recording import Car
from synthgen.exports.nuscenes.tables import Tables
from synthgen.exports.nuscenes.tokens import token


def write_fixed(tables: Tables, car: Car, channels: Mapping[str, str]) -> None:
    """Write categories, attributes, visibility levels, sensors and their calibration."""
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
        matrix = [] if sensor.matrix is None else [[float(v) for v in row] for row in sensor.matrix]
        placed = record(car_from_sensor(car, sensor))
        tables.add(
            "calibrated_sensor",
            [
                {
                    "token": calibrated(car, channel),
                    "sensor_token": own["token"],
                    **placed,
                    "camera_intrinsic": matrix,
                }
            ],
        )


def calibrated(car: Car, channel: str) -> str:
    """Return the token of the calibration of `channel`."""
    return token("calibrated_sensor", car.identity, car.name, channel)


def _category(index: int, name: str) -> dict:
    ours = ", ".join(kind for kind, info in CLASSES.items() if info.nuscenes == name)
    return {
        "token": token("category", name),
        "name": name,
        "description": f"synthgen: {ours}" if ours else "",
        "index": index,
    }
