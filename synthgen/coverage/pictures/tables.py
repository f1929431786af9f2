"""The tables `pictures.parquet` and `duplicates.parquet` of an audit."""

from dataclasses import fields

import pyarrow as pa

from synthgen.coverage.pictures.measures import Measures
from synthgen.writers.columns import column

_TEXT, _NUMBER, _LONG = pa.string(), pa.float64(), pa.int64()

FAULTS = ("missing", "corrupt", "too_large", "blank", "dark", "blurred")
"""What may be wrong with a picture, the worst first; only the worst is named."""

PICTURES = pa.schema(
    [
        column("frame", _TEXT, "name of the frame"),
        column("image", _TEXT, "image file, relative to the data set's folder"),
        column("fault", _TEXT, f"one of {', '.join(FAULTS)}; null: none"),
        column("reason", _TEXT, "of the fault"),
        column("bytes", _LONG, "of the file", "B"),
        column("width", _LONG, "of the image", "px"),
        column("height", _LONG, "of the image", "px"),
        column("digest", _TEXT, "SHA-256 of the file"),
        column("hash", _TEXT, "64 bits of low frequencies, see `pictures/duplicates.py`"),
        column("time_of_day", _TEXT, "that the picture shows; null: cannot be told"),
        column("time_of_day_sure", _NUMBER, "its probability", "1"),
        column("weather", _TEXT, "that the picture shows; null: cannot be told"),
        column("weather_sure", _NUMBER, "its probability", "1"),
        *(column(one.name, _NUMBER, "see `pictures/measures.py`", "1") for one in fields(Measures)),
    ]
)
"""A row per frame that names an image, in the frames' order."""

DUPLICATES = pa.schema(
    [
        column("group", _LONG, "number of the group"),
        column("kind", _TEXT, "bytes (equal files), pixels (equal pixels), near"),
        column("frame", _TEXT, "name of the frame"),
        column("image", _TEXT, "image file"),
        column("bits", _LONG, "of 64 that its hash differs in from the group's first"),
    ]
)
"""A row per member of every group, the group's first one first."""
