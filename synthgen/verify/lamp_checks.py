"""The table of lamps against itself and against what the objects say of their circuits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import radians
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import Bool

from synthgen.geometry import Array
from synthgen.verify.faults import Tally

SUNSET, SWITCH = radians(-1.0), 50.0
"""Sun's height [rad] and light on the ground [lx] below which lamps of houses and streets burn."""
STEADY = ("street", "window", "window_cool", "candle", "low_beam", "tail", "brake", "reverse",
          "daytime", "taxi_sign", "bicycle_front", "bicycle_rear", "scene", "torch")  # fmt: skip
"""Circuits that never flash: they are bright whenever they are on."""


@dataclass(frozen=True, eq=False)
class LampFiles:
    """Columns of `lamps.parquet`, sorted by frame as they are written."""

    columns: Mapping[str, Array]

    def of(self, frame: int) -> Mapping[str, Array]:
        """Return the columns of the rows of `frame`."""
        start, end = np.searchsorted(self.columns["frame"], [frame, frame + 1])
        return {name: column[start:end] for name, column in self.columns.items()}


def read_lamps(shard: Path) -> LampFiles:
    """Return the lamps of `shard`; raises OSError when the table is missing."""
    table = pq.read_table(shard / "lamps.parquet")
    return LampFiles({name: table[name].to_numpy() for name in table.column_names})


def check_lamps(
    frame: Mapping, lamps: Mapping[str, Array], objects: Sequence[Mapping], tally: Tally
) -> None:
    """Check the lamps of one frame, each kind of check once.

    Args:
        frame: its row of `frames.parquet`.
        lamps: its rows of `lamps.parquet`.
        objects: its rows of `objects.parquet`.
        tally: takes what is found.
    """
    on, bright = lamps["on"], lamps["level"] > 0
    faults = {
        "lamp level": (lamps["lit"] != bright) | (bright & ~on),
        "lamp feed": (lamps["feed"] == "none") & (on | bool(frame.get("power", True))),
        "lamp block": _uneven(lamps),
        "lamp by night": _by_day(frame, lamps),
        "lamp steady": np.isin(lamps["circuit"], STEADY) & on & ~lamps["lit"],
        "lamp of object": _contradicted(lamps, objects),
    }
    for kind, wrong in faults.items():
        first = np.flatnonzero(wrong)[:1]
        track = int(lamps["track"][first[0]]) if len(first) else 0
        said = _said(lamps, int(first[0])) if len(first) else ""
        tally.check(kind, not len(first), frame["frame"], track, said)


def _said(lamps: Mapping[str, Array], row: int) -> str:
    shown = ("body", "circuit", "on", "lit", "level", "feed", "block")
    return ", ".join(f"{name} {lamps[name][row]}" for name in shown)


def _uneven(lamps: Mapping[str, Array]) -> Bool[Array, "n"]:
    """Which street lamps are not as the first of their area: they burn together or not at all."""
    mains = np.isin(lamps["feed"], ("grid", "none", "generator"))
    street = np.flatnonzero((lamps["circuit"] == "street") & mains)
    _, first, area = np.unique(lamps["block"][street], return_index=True, return_inverse=True)
    wrong = np.zeros(len(lamps["on"]), bool)
    wrong[street] = lamps["on"][street] != lamps["on"][street[first]][area.ravel()]
    return wrong


def _by_day(frame: Mapping, lamps: Mapping[str, Array]) -> Bool[Array, "n"]:
    """Which lamps of houses and streets burn by day, or do not by night though they have power.

    Lamps come on when the sun is a degree below the horizon, or where it is dimmer than 50 lx.
    Between 40 and 60 lx nothing is told, nor while lightning adds to them.
    """
    level = frame.get("illuminance", SWITCH)
    night = frame.get("sun_elevation", 0.0) < SUNSET
    if not night and (0.8 * SWITCH < level < 1.2 * SWITCH or frame.get("lightning", 0.0) > 0):
        return np.zeros(len(lamps["on"]), bool)
    fed = (lamps["track"] == 0) & np.isin(lamps["feed"], ("grid", "generator", "flame"))
    return fed & (lamps["on"] != (night or level <= SWITCH))


def _contradicted(lamps: Mapping[str, Array], objects: Sequence[Mapping]) -> Bool[Array, "n"]:
    """Which lamps of objects are on although the object does not list their circuit, or not on."""
    listed = {row["track"]: set(row["circuits"].split(",")) for row in objects}
    wrong = np.zeros(len(lamps["on"]), bool)
    for row in np.flatnonzero(np.isin(lamps["track"], list(listed))):
        circuits = listed[int(lamps["track"][row])]
        wrong[row] = bool(lamps["on"][row]) != (lamps["circuit"][row] in circuits)
    return wrong
