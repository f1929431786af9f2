"""Named random streams: the only source of randomness in the package."""

from hashlib import blake2b

import numpy as np


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """Return the generator that `path` alone owns, e.g. `stream(7, "sensor", "roof", 12)`.

    Adding, removing or reordering other streams never changes this one.
    """
    name = "/".join(str(part) for part in (seed, *path))
    key = int.from_bytes(blake2b(name.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))


def aside(rng: np.random.Generator) -> np.random.Generator:
    """Return a generator of draws that `rng`, one of `stream`, never comes to; `rng` stays put.

    So that what some variants alone draw does not change what comes after.
    """
    bits = rng.bit_generator
    if not isinstance(bits, np.random.Philox):
        raise TypeError(f"a generator of `stream` is expected, got {type(bits).__name__}")
    return np.random.Generator(bits.jumped())
