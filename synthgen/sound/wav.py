"""WAV files of 16 or 24 bits, written and read with fixed bytes."""

import io
import wave
from pathlib import Path

import numpy as np
from jaxtyping import Int32

from synthgen.geometry import Array


def encode(samples: Int32[Array, "m n"], rate: int, bits: int) -> bytes:
    """Return a PCM WAV file of the channels `samples`, little endian, `rate` [Hz].

    Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", 1991.
    """
    width = bits // 8
    flat = np.ascontiguousarray(samples.T).astype("<i4").view(np.uint8)
    body = flat.reshape(samples.shape[1], samples.shape[0], 4)[:, :, :width]
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(samples.shape[0])
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(body.tobytes())
    return file.getvalue()


def decode(path: Path) -> tuple[Int32[Array, "m n"], int, int]:
    """Return the channels, the rate [Hz] and the bits of a PCM WAV file.

    Raises ValueError for another width than 16 or 24 bits, EOFError or wave.Error for no WAV file.
    """
    with wave.open(str(path), "rb") as reader:
        channels, width = reader.getnchannels(), reader.getsampwidth()
        rate, count = reader.getframerate(), reader.getnframes()
        body = np.frombuffer(reader.readframes(count), np.uint8)
    if width not in (2, 3):
        raise ValueError(f"{path.name} has {8 * width} bits, expected 16 or 24")
    wide = np.zeros((count, channels, 4), np.uint8)
    wide[:, :, 4 - width :] = body.reshape(count, channels, width)
    whole = wide.view("<i4")[:, :, 0].T >> (32 - 8 * width)
    return np.ascontiguousarray(whole), rate, 8 * width
