"""Files of an asset folder: nothing outside of it is read, nothing large, nothing that blocks."""

import os
import stat
from pathlib import Path

MOST_BYTES = 64_000_000
"""[B] of any file: a mesh at the triangle budget with 4096 x 4096 textures has some 40 MB."""


def located(folder: Path, name: str) -> Path:
    """Return the path of file `name` of `folder`.

    Raises ValueError when the name leads out of the folder, also through a link, or to no file.
    """
    if "\0" in name or not name:
        raise ValueError("is no file name")
    if os.path.isabs(name):
        raise ValueError("is an absolute path; expected one inside the asset folder")
    if ".." in Path(name).parts:
        raise ValueError("leaves the asset folder")
    home = os.path.realpath(folder)
    real = os.path.realpath(os.path.join(home, name))
    if os.path.commonpath([home, real]) != home:
        raise ValueError("leaves the asset folder through a link")
    if not os.path.exists(real):
        raise ValueError("no such file")
    if not stat.S_ISREG(os.stat(real).st_mode):
        raise ValueError("is not a file")
    return Path(real)


def check_size(path: Path, most: int = MOST_BYTES) -> None:
    """Raise ValueError when the file at `path` is empty or has more than `most` bytes."""
    size = path.stat().st_size
    if size == 0:
        raise ValueError("is empty")
    if size > most:
        raise ValueError(f"is too large: {size / 1e6:.0f} MB, at most {most / 1e6:.0f}")


def content(folder: Path, name: str, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of file `name` of `folder`; raises ValueError as `located` does."""
    path = located(folder, name)
    check_size(path, most)
    return path.read_bytes()
