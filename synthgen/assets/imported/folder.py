"""Files of an asset folder: nothing outside of it is read, nothing large, nothing that blocks."""

from pathlib import Path

from synthgen import inside

MOST_BYTES = 64_000_000
"""[B] of any file: a mesh at the triangle budget with 4096 x 4096 textures has some 40 MB."""


def located(folder: Path, name: str) -> Path:
    """Return the path of file `name` of `folder`; raises ValueError as `inside.located` does."""
    return inside.located(folder, name, "asset folder")


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
