"""One picture file: its bytes, its pixels, or why there are none."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from synthgen.coverage.pictures.measures import Picture

MOST_BYTES = 256 * 2**20
"""Of a file; what is larger is no camera's picture."""
MOST_PIXELS = 64 * 10**6
"""Of a picture; a small file may unfold to any size."""
LEAST_SIDE = 8
"""[px] of a picture that anything is measured of."""

MISSING, CORRUPT, TOO_LARGE = "missing", "corrupt", "too_large"


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was opened, or could not be.

    Attributes:
        fault: one of `MISSING`, `CORRUPT`, `TOO_LARGE`, or empty.
        reason: of the fault, in words.
        size: [bytes] of the file.
        digest: SHA-256 of its bytes, empty where they were not read.
        width: [px] as the file says, 0 where it does not.
        height: [px]
        picture: RGB, None with a fault.
    """

    fault: str = ""
    reason: str = ""
    size: int = 0
    digest: str = ""
    width: int = 0
    height: int = 0
    picture: Picture | None = None


def opened(path: Path) -> Opened:
    """Return the picture in `path`, whatever state the file is in."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            return Opened(TOO_LARGE, f"{size:,} bytes, at most {MOST_BYTES:,}", size)
        content = path.read_bytes()
    except OSError as error:
        return Opened(MISSING, str(error.strerror))
    digest = hashlib.sha256(content).hexdigest()
    if not content:
        return Opened(CORRUPT, "an empty file", 0, digest)
    try:
        return _decoded(content, digest)
    except (Image.DecompressionBombError, MemoryError) as error:
        return Opened(TOO_LARGE, _line(error), size, digest)
    except UnidentifiedImageError:  # its own words name an address in memory
        return Opened(CORRUPT, "no format of pictures that is known", size, digest)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        return Opened(CORRUPT, _line(error), size, digest)


def _decoded(content: bytes, digest: str) -> Opened:
    """Return the picture in `content`; its size is judged before a pixel is unpacked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pillow's own, lower bound of bombs
        image = Image.open(BytesIO(content))
    width, height = image.size
    told = (len(content), digest, width, height)
    if width * height > MOST_PIXELS:
        return Opened(TOO_LARGE, f"{width} x {height} pixels, at most {MOST_PIXELS:,}", *told)
    if min(width, height) < LEAST_SIDE:
        return Opened(CORRUPT, f"{width} x {height} pixels, at least {LEAST_SIDE} a side", *told)
    image.load()
    return Opened("", "", *told, _rgb(image))


def _rgb(image: Image.Image) -> Picture:
    """Return RGB of 8 bits; 16 bits keep their upper half."""
    if image.mode.startswith("I"):
        grey = (np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    return np.asarray(image.convert("RGB"))


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
