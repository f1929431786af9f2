"""How an image file is coded, read from its own markers."""

from pathlib import Path

_LUMA = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
"""Steps of luma. Source: ITU-T T.81, 1992, table K.1."""
_SAMPLING = {(1, 1): 444, (2, 1): 422, (2, 2): 420}
_TABLES, _FRAME = 0xDB, 0xC0


def coding(path: Path) -> tuple[int, int]:
    """Return quality and chroma (444, 422, 420) of a baseline JPEG; 0, 0 of any other file.

    The quality is the one by which the Independent JPEG Group scales the standard's steps of
    luma; -1 when there is none that gives the file's.
    """
    data = path.read_bytes()
    if data[:2] != b"\xff\xd8":
        return 0, 0
    found = _segments(data)
    steps, frame = sorted(found[_TABLES][1:65]), found[_FRAME]
    quality = next((q for q in range(100, 0, -1) if sorted(_scaled(q)) == steps), -1)
    return quality, _SAMPLING.get(divmod(frame[7], 16), -1)


def _segments(data: bytes) -> dict[int, bytes]:
    """Return the content of the first segment of each marker before the scan."""
    found: dict[int, bytes] = {}
    place = 2
    while _FRAME not in found or _TABLES not in found:
        size = int.from_bytes(data[place + 2 : place + 4])
        found.setdefault(data[place + 1], data[place + 4 : place + 2 + size])
        place += 2 + size
    return found


def _scaled(quality: int) -> list[int]:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(max((step * scale + 50) // 100, 1), 255) for step in _LUMA]
