"""Wrong states of lamps on purpose; see `corrupt`."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.verify.corrupt import Corruption, Target
from synthgen.verify.corrupt_states import Choice
from synthgen.verify.corrupt_tables import read_rows, store_rows


def of_stuff(kind: str, shines: bool) -> Choice:
    """Return what chooses lamps of houses or streets that have power; targets are lamp numbers."""

    def choose(shard: Path, count: int) -> list[Target]:
        rows = [row for row in _rows(shard) if row["class"] == kind and row["on"] == shines
                and row["feed"] in ("grid", "generator", "flame")]  # fmt: skip
        step = max(len(rows) // count, 1)
        return [Target(row["frame"], row["lamp"]) for row in rows[::step][:count]]

    return choose


def of_objects(shines: bool) -> Choice:
    """Return what chooses lamps of large vehicles and signals in view; targets are lamp numbers."""

    def choose(shard: Path, count: int) -> list[Target]:
        seen = {(row["frame"], row["track"]): row["visible_pixels"] for row in read_rows(shard)}
        rows = [row for row in _rows(shard) if row["lit"] == shines and row["feed"] != "none"
                and seen.get((row["frame"], row["track"]), 0) > 60]  # fmt: skip
        rows.sort(key=lambda row: -seen[row["frame"], row["track"]])
        step = max(len(rows) // (4 * count), 1)
        return [Target(row["frame"], row["lamp"]) for row in rows[::step][:count]]

    return choose


def signals_by_night(shard: Path, count: int) -> list[Target]:
    """Return up to `count` lit lenses of signals near the camera, by lamp number."""
    near = {
        (row["frame"], row["track"])
        for row in read_rows(shard)
        if row["state"] and row["visible_pixels"] > 150 and row["occlusion"] < 0.05
    }
    rows = [row for row in _rows(shard) if row["lit"] and (row["frame"], row["track"]) in near]
    return [Target(row["frame"], row["lamp"]) for row in rows[:count]]


def flip_lit(shard: Path, target: Target, size: float) -> None:
    """Call the lamp lit that is dark, or dark that is lit, alone; `size` is not used."""
    _change(shard, target, lambda row: row.update(lit=not row["lit"]))


def flip_lamp(shard: Path, target: Target, size: float) -> None:
    """Switch the lamp's whole circuit in the table of lamps; `size` is not used."""
    _change(shard, target, _switch)


def flip_everywhere(shard: Path, target: Target, size: float) -> None:
    """Switch the lamp's circuit in the tables of lamps and of objects; `size` is not used."""
    own = _own(shard, target)
    _change(shard, target, _switch)
    rows = read_rows(shard)
    for row in rows:
        if row["track"] == own["track"]:
            names = set(row["circuits"].split(",")) - {""}
            row["circuits"] = ",".join(sorted(names ^ {own["circuit"]}))
            _follow(row)
    store_rows(shard, rows)


def _follow(row: dict) -> None:
    """Let the state of a signal be what its circuits say."""
    if row["state"]:
        lit = [name for name in ("red", "amber", "green") if name in row["circuits"].split(",")]
        row["state"] = "_".join(lit) or "off"
        row["state_lit"] = bool(lit)


def _switch(row: dict) -> None:
    on = not row["on"]
    row.update(on=on, lit=on, level=float(on))


def _change(shard: Path, target: Target, change: Callable[[dict], None]) -> None:
    """Change every lamp of the target's body and circuit."""
    own, rows = _own(shard, target), _rows(shard)
    for row in rows:
        if row["body"] == own["body"] and row["circuit"] == own["circuit"]:
            change(row)
    path = shard / "lamps.parquet"
    table = pq.read_table(path)
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)


def _own(shard: Path, target: Target) -> Mapping:
    return next(row for row in _rows(shard) if row["lamp"] == target.track)


def _rows(shard: Path) -> list[dict]:
    rows: list[dict] = pq.read_table(shard / "lamps.parquet").to_pylist()
    return rows


LAMP_CORRUPTIONS: Mapping[str, tuple[Corruption, tuple[float, ...], Choice]] = {
    "lamp called lit or dark": (flip_lit, (1,), of_objects(True)),
    "lamp of an object switched off": (flip_lamp, (1,), of_objects(True)),
    "lamp of an object switched on": (flip_lamp, (1,), of_objects(False)),
    "lamps of a house switched off": (flip_lamp, (1,), of_stuff("building", True)),
    "street lamp switched off": (flip_lamp, (1,), of_stuff("street_light", True)),
    "signal off in every table, by night": (flip_everywhere, (1,), signals_by_night),
}
"""As `STATE_CORRUPTIONS`; targets are numbers of lamps."""
