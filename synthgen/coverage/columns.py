"""The two tables that every audited data set becomes: one row per frame, one per object.

Each column may be null, which means that the data set does not tell: nothing is guessed. Readers
fill what their format states, pictures add what can be measured, cells are cut through both.
"""

import pyarrow as pa

from synthgen.writers.columns import column

VERSION = 2
"""Of the tables and of everything else in an audit's folder; raised when they change."""

_TEXT, _NUMBER, _LONG, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()

SOURCES = ("label", "physics", "image")
"""Where a condition of a frame comes from: an annotator's word, the simulation, its picture."""

TIMES_OF_DAY = ("day", "dusk", "night")
"""Dawn is dusk. By the sun's elevation: day above 6 degrees, dusk down to -6, night below."""

WEATHERS = ("clear", "overcast", "rain", "snow", "fog")
"""What is worst for the view is named: fog before snow before rain before the clouds."""

POWER = ("on", "blocks", "off")
"""The public grid: everywhere, in some areas, nowhere."""

LAMPS = ("on", "off")
"""Emergency lamps of a vehicle that has some."""

FRAMES = pa.schema(
    [
        column("frame", _TEXT, "name of the frame, unique in the data set"),
        column("image", _TEXT, "image file, relative to the data set's folder"),
        column("width", _LONG, "of the image", "px"),
        column("height", _LONG, "of the image", "px"),
        column("world", _TEXT, "drive, log or simulated world; frames of one are no independent"),
        column("split", _TEXT, "train, val, test, ... as the data set says"),
        column("time_of_day", _TEXT, "one of `TIMES_OF_DAY`"),
        column("time_of_day_from", _TEXT, "one of `SOURCES`"),
        column("time_of_day_sure", _NUMBER, "confidence, 0 to 1; 1 where a label says so"),
        column("weather", _TEXT, "one of `WEATHERS`"),
        column("weather_from", _TEXT, "one of `SOURCES`"),
        column("weather_sure", _NUMBER, "confidence, 0 to 1"),
        column("sun_elevation", _NUMBER, "of the sun over the horizon", "deg"),
        column("illuminance", _NUMBER, "of open level ground", "lx"),
        column("rain", _NUMBER, "rate of rain", "mm/h"),
        column("snow", _NUMBER, "rate of snow as water", "mm/h"),
        column("visibility", _NUMBER, "meteorological optical range, 5 % contrast", "m"),
        column("wetness", _NUMBER, "of the road, 0 dry to 1 puddles", "1"),
        column("power", _TEXT, "one of `POWER`"),
        column("place", _TEXT, "kind of place: downtown, suburb, motorway, ... or a format's own"),
        column("ego_speed", _NUMBER, "of the car that records", "m/s"),
        column("fault", _TEXT, "of the image: none, black, frozen, blurred, ..."),
        column("tags", pa.map_(_TEXT, _TEXT), "what else the format says of the frame"),
    ]
)
"""Columns of an audit's `frames.parquet`."""

OBJECTS = pa.schema(
    [
        column("frame", _TEXT, "name of the frame"),
        column("class", _TEXT, "of `classes.py` where the format's class has one, else null"),
        column("label", _TEXT, "class in the format's own words"),
        column("subtype", _TEXT, "of the class: estate, school_bus, ..."),
        column("track", _TEXT, "which object it is, over all frames of its world"),
        column("left", _NUMBER, "of the box, edges of pixels", "px", "image"),
        column("top", _NUMBER, "of the box", "px", "image"),
        column("right", _NUMBER, "of the box", "px", "image"),
        column("bottom", _NUMBER, "of the box", "px", "image"),
        column("distance", _NUMBER, "on the ground from the sensor to the box's middle", "m"),
        column("lateral", _NUMBER, "of the box's middle, left of the camera's axis", "m"),
        column("occlusion_low", _NUMBER, "share that something hides is at least, 0 to 1", "1"),
        column("occlusion_high", _NUMBER, "and at most; equal where it is known exactly", "1"),
        column("truncation_low", _NUMBER, "share outside the image is at least, 0 to 1", "1"),
        column("truncation_high", _NUMBER, "and at most", "1"),
        column(
            "aspect", _NUMBER, "which side is seen: 0 its back, pi its front, pi/2 its left, "
            "-pi/2 its right", "rad",
        ),
        column("length", _NUMBER, "of the 3D box", "m"),
        column("width", _NUMBER, "of the 3D box", "m"),
        column("height", _NUMBER, "of the 3D box", "m"),
        column("speed", _NUMBER, "over ground", "m/s"),
        column("lidar_points", _LONG, "inside the 3D box"),
        column("lamps", _TEXT, "one of `LAMPS`; null: has none, or unknown"),
        column("ignored", _FLAG, "a region or object that evaluation leaves out (crowd, DontCare)"),
        column("score", _NUMBER, "of a detector; null for labels"),
        column("tags", pa.map_(_TEXT, _TEXT), "what else the format says of the object"),
    ]
)  # fmt: skip
"""Columns of an audit's `objects.parquet`."""
