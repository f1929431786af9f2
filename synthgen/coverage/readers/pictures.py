"""How large a picture is, from the head of its file."""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from synthgen.coverage.readers.record import UnusableError


def picture_size(path: Path) -> tuple[int, int]:
    """Return width and height [px]; no pixel is read.

    Raises:
        UnusableError: when it is no picture.
    """
    try:
        with Image.open(path) as picture:
            return picture.size
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as error:
        raise UnusableError("expected a picture") from error
