"""Images of COCO files: names, sizes, and conditions where somebody added them."""

from collections.abc import Mapping
from typing import Any

from synthgen.coverage.readers import vocabulary
from synthgen.coverage.readers.record import (
    UnusableError,
    key,
    mapping,
    maybe_finite,
    maybe_whole,
    plain,
    word,
)

TIME = ("time_of_day", "timeofday", "time")
WEATHER = ("weather",)
PLACE = ("place", "scene")
WORLD = ("world", "video_id", "videoName", "sequence")
"""Keys that may hold a condition, in an image's `attributes` or beside them, the first counts."""
NUMBERS = ("rain", "snow", "visibility", "illuminance", "sun_elevation", "wetness", "ego_speed")
"""Keys with the name and unit of a column of ours."""


def image(item: object) -> tuple[int | str, dict[str, Any]]:
    """Return the id of an image and its row, without a split.

    Raises:
        UnusableError: where it has no id or name, or a size that is none.
    """
    told = mapping(item)
    if "id" not in told or "file_name" not in told:
        raise UnusableError("id or file_name is missing")
    name = word(told["file_name"], "file_name")
    number = key(told["id"], "id")
    row: dict[str, Any] = {
        "frame": name,
        "image": name,
        "width": maybe_whole(told, "width"),
        "height": maybe_whole(told, "height"),
        "tags": {"id": str(number)},
    }
    said = told.get("attributes")
    return number, {**row, **conditions(said if isinstance(said, dict) else {}, told, row["tags"])}


def conditions(
    said: Mapping[str, Any], beside: Mapping[str, Any], tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return the columns of what `said` (or else `beside`) tells of the surroundings.

    Args:
        said: attributes of the image.
        beside: further keys of the image.
        tags: to which the words of `said` are added as they are.
    """
    told = {**beside, **said}
    row: dict[str, Any] = vocabulary.said(
        vocabulary.time_of_day(_first(told, TIME)), vocabulary.weather(_first(told, WEATHER))
    )
    place, world = _first(told, PLACE), _first(told, WORLD)
    if isinstance(place, str) and place not in ("", "undefined"):
        row["place"] = plain(place)
    if world is not None:
        row["world"] = word(world, "world")
    row |= {name: maybe_finite(told, name) for name in NUMBERS if name in told}
    words = {plain(name): plain(value) for name, value in sorted(said.items())}
    row["tags"] = {**tags, **words}
    return row


def _first(told: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((told[name] for name in names if told.get(name) is not None), None)
