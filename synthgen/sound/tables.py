"""The table of sources and the description of an array, as bytes."""

import io
import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.geometry import Array

_TEXT, _NUMBER, _LONG, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()
SOUNDS = (
    ("recording", _LONG, "1", "number of the WAV file"),
    ("moment", _LONG, "1", "frame's place in the clip, from 0"),
    ("time", _NUMBER, "s", "of the frame"),
    ("source", _TEXT, "", "name, the same all through a clip"),
    ("kind", _TEXT, "", "siren, horn, vehicle, own_car or thunder"),
    (
        "variety",
        _TEXT,
        "",
        "type of siren (wail, yelp, hi_lo, two_tone), horn, or class of vehicle",
    ),
    ("instance", _LONG, "1", "instance id of what carries it, 0 for the sky"),
    ("level", _NUMBER, "dB SPL", "at the first microphone as it lets sound through, 125 ms"),
    ("azimuth", _NUMBER, "rad", "it comes from, ego frame, positive left"),
    ("elevation", _NUMBER, "rad", "it comes from, ego frame, positive up"),
    ("distance", _NUMBER, "m", "from where it was emitted to the middle of the array"),
    ("doppler", _NUMBER, "1", "heard over emitted frequency"),
    ("x", _NUMBER, "m", "where it was emitted, world frame"),
    ("y", _NUMBER, "m", "where it was emitted, world frame"),
    ("z", _NUMBER, "m", "where it was emitted, world frame"),
    ("emitted", _NUMBER, "s", "before the frame"),
    ("in_sight", _FLAG, "", "whether nothing is in between"),
    ("occluded", _NUMBER, "1", "share of what carries it that is hidden"),
    ("reflected", _NUMBER, "1", "share of its power that came off ground and walls"),
    ("bounces", _LONG, "1", "walls that threw it back"),
)
"""(name, type, unit, meaning) of the columns of `sounds/clip<number>.parquet`."""


def sounds_file(data: Mapping[str, Array]) -> bytes:
    """Return the table of sources as Parquet, rows by recording, frame and source.

    Instance ids are those of `objects.parquet`: the number among the things of the world, from 1.
    """
    count = len(data["label/recording"])
    columns = {name[6:]: column for name, column in data.items() if name.startswith("label/")}
    place = columns.pop("position").reshape(count, 3)
    moment = columns["moment"].astype(int)
    columns |= dict(zip("xyz", place.T, strict=True))
    columns |= {"time": data["times"][moment], "instance": columns["thing"].astype(int) + 1}
    schema = pa.schema([
        pa.field(name, kind, metadata={"unit": unit, "meaning": meaning})
        for name, kind, unit, meaning in SOUNDS
    ])  # fmt: skip
    arrays = [pa.array(columns[one.name].tolist(), type=one.type) for one in schema]
    file = io.BytesIO()
    table = pa.Table.from_arrays(arrays, schema=schema)
    pq.write_table(table, file, compression="zstd", row_group_size=max(count, 1))
    return file.getvalue()


def array_file(data: Mapping[str, Array], numbers: list[str]) -> bytes:
    """Return as JSON where the microphones are, and what was recorded when."""
    recordings = []
    for number in numbers:
        levels = data[f"levels/{number}"].reshape(-1, 2)
        recordings.append({
            "start": float(data[f"start/{number}"][0]),
            "samples": int(data[f"pcm/{number}"].shape[1]),
            "moments": data[f"moment/{number}"].tolist(),
            "background": np.round(levels[:, 0], 3).tolist(),
            "recorded": np.round(levels[:, 1], 3).tolist(),
            "stems": data.get(f"names/{number}", np.zeros(0)).tolist(),
        })  # fmt: skip
    content = {
        "places": data["places"].tolist(),
        "speed_of_sound": float(data["speed"][0]),
        "recordings": recordings,
    }
    return json.dumps(content, sort_keys=True).encode()
