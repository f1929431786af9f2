"""Where an export goes, and what is known of it everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from synthgen.exports.nuscenes.recording import Car, Clip
from synthgen.exports.nuscenes.tables import Tables
from synthgen.exports.nuscenes.tokens import log_name, token
from synthgen.geometry import Array

VERSION = "v1.0-synth"
"""Folder of the tables, which the development kit is opened with."""


@dataclass(frozen=True, eq=False)
class Target:
    """An export that is being written.

    Attributes:
        folder: root of the tree.
        tables: open tables.
        car: what carries the sensors.
        channels: channel by sensor name.
    """

    folder: Path
    tables: Tables
    car: Car
    channels: Mapping[str, str]

    def token(self, table: str, *path: str | int) -> str:
        """Return the token of a record of this data set."""
        return token(table, self.car.identity, *path)


@dataclass(frozen=True, eq=False)
class Log:
    """The log of one clip.

    Attributes:
        clip: what it holds.
        name: of the log.
        origin: [m] of the global frame, world frame.
    """

    clip: Clip
    name: str
    origin: Float[Array, "2"]


def log_of(clip: Clip, origin: tuple[float, float]) -> Log:
    """Return the log of `clip`, whose global frame begins at `origin` [m, world frame]."""
    return Log(clip, log_name(clip.place, clip.number), np.array(origin))
