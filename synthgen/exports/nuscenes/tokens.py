"""Tokens, names and time stamps of nuScenes records: functions of what they stand for."""

from hashlib import blake2b

EPOCH = 1_767_225_600
"""[s] since 1970 at which clip 0 begins: 1 January 2026, 0 h UTC. Time in a clip has no date."""
STRIDE = 3600
"""[s] between the beginnings of clips, so that no two images of a sensor have one time stamp."""


def token(*path: str | int) -> str:
    """Return the 32 hexadecimal digits that stand for `path`, e.g. a table and what it lists."""
    name = "/".join(str(part) for part in path)
    return blake2b(name.encode(), digest_size=16).hexdigest()


def stamp(clip: int, time: float) -> int:
    """Return the time stamp [us] of `time` [s] in `clip`."""
    return (EPOCH + STRIDE * clip) * 1_000_000 + round(time * 1e6)


def log_name(kind: str, clip: int) -> str:
    """Return the name of the log of `clip`, driven at a place of `kind`."""
    return f"synth-{kind.replace('_', '-')}-{clip:06d}"


def file_name(log: str, channel: str, time: int, suffix: str) -> str:
    """Return the name of the file of `channel` with time stamp `time` [us].

    Source: Motional, nuScenes development kit, docs/schema_nuscenes.md: log, channel, time.
    """
    return f"{log}__{channel}__{time}{suffix}"
