"""What an estimate says on the screen."""

from collections.abc import Callable, Sequence
from math import log10

from synthgen.cost.estimate import Size, Sum, Wall, amount, core, wall
from synthgen.cost.measured import CONFIDENCE, Measured
from synthgen.cost.pilot import Pilot

_TIMES = ((365.25 * 86400, "years"), (2 * 86400, "days"), (3600, "h"), (60, "min"))
_IN = {"years": 365.25 * 86400, "days": 86400.0, "h": 3600.0, "min": 60.0}
_SIZES = ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"))


def lines(
    told: Measured, asked: Size, pilot: Pilot, workers: int, cores: Sequence[int]
) -> list[str]:
    """Return the estimate as text."""
    return [
        f"{asked.frames:,} frames of {asked.worlds:,} worlds in {asked.shards:,} shards",
        *_pilot(told, pilot),
        *_core(told, asked, workers),
        *_parts(told),
        f"  {'cores':>7}  {'making':28} joining, in one process",
        *(_wall(wall(told, asked, one)) for one in cores),
        *_storage(told, asked),
        f"memory: {told.peak / 2**20:,.0f} MiB a worker at most",
    ]


def _pilot(told: Measured, pilot: Pilot) -> list[str]:
    made = (
        f"pilot: {told.shards} shards of {told.frames:g} frames by {pilot.processes} processes in "
        f"{duration(pilot.seconds)}, removed; a core-second took {told.stretch:.2f} s on the clock"
    )
    refused = f"{told.failed} shards of the pilot failed and are in no figure"
    apart = (
        "no process of the pilot made two shards: what a process takes to start is not all told "
        "apart from its shard; a larger pilot= does"
    )
    return [made] + [refused] * bool(told.failed) + [apart] * (not told.told_apart)


def _core(told: Measured, asked: Size, workers: int) -> list[str]:
    hours = core(told, asked, workers)
    doubt = _between(hours, lambda seconds: _rounded(seconds / 3600))
    return [f"core-hours: {_rounded(hours.expected / 3600)}{doubt}"]


def _parts(told: Measured) -> list[str]:
    return [
        f"  {told.start:7.2f} core-s a process, to start",
        f"  {told.city + told.rest:7.2f} core-s a shard, for its city and to the disk",
        f"  {told.world:7.2f} core-s a world",
        f"  {told.frame:7.2f} core-s a frame",
        f"  {told.joined.core:7.2f} core-s a shard, to join it",
    ]


def _wall(found: Wall) -> str:
    making = duration(found.making.expected) + _between(found.making, duration, brief=True)
    return f"  {found.cores:7,}  {making:28} {duration(found.joining)}"


def _storage(told: Measured, asked: Size) -> list[str]:
    held, disk, files = (amount(told, each, asked) for each in (told.bytes, told.disk, told.files))
    return [
        f"shards: {volume(held.expected)}{_between(held, volume)}, {volume(disk.expected)} on a "
        f"disk, {files.expected:,.0f} files and folders",
        f"joined: {volume(told.joined.bytes * asked.frames)} more, "
        f"{told.joined.names * asked.frames:,.0f} names, most of them links",
    ]


def _between(found: Sum, say: Callable[[float], str], brief: bool = False) -> str:
    if found.low is None or found.high is None:
        return "" if brief else " (no interval: too few shards; a larger pilot= tells one)"
    share = "" if brief else f" with {CONFIDENCE:.0%}"
    return f" ({say(found.low)} to {say(found.high)}{share})"


def duration(seconds: float) -> str:
    """Return a time in the unit in which it reads best."""
    unit = next((name for least, name in _TIMES if seconds >= least), "s")
    return f"{_rounded(seconds / _IN.get(unit, 1.0))} {unit}"


def volume(size: float) -> str:
    """Return bytes in the unit in which they read best, powers of ten."""
    scale, unit = next(((s, name) for s, name in _SIZES if size >= s), (1e3, "kB"))
    return f"{_rounded(size / scale)} {unit}"


def _rounded(value: float) -> str:
    """Return three digits that count, never an exponent."""
    if value <= 0:
        return "0"
    digits = max(0, 2 - int(log10(value) // 1))
    return f"{round(value, 2 - int(log10(value) // 1)):,.{digits}f}"
