"""Small stages: sources on straight ways, ears that stand, nothing else."""

from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.sound.air import Air
from synthgen.sound.listening import Listener, emission_span, hear
from synthgen.sound.source import Source
from synthgen.sound.trajectory import Trajectory, through
from synthgen.sound.ways import UPSIDE_DOWN, ways_of

RATE = 48_000.0
STILL_AIR = Air(20.0, 0.5, absorbs=False)
FAR_BACK = (-1e3, 1e3)


def straight(start, velocity, span=(-5.0, 25.0)) -> Trajectory:
    """Return a way through `start` at 0 s at constant `velocity`."""
    time = np.arange(span[0], span[1], 0.1)
    return through(time, np.array(start, float) + time[:, None] * np.array(velocity, float))


def resting(place) -> Trajectory:
    return through(np.zeros(1), np.array([place], float))


def source(path, tone=None, noise=None, low=False, **more) -> Source:
    image = path.mapped(UPSIDE_DOWN, np.zeros(3))
    given = {"name": "one", "kind": "siren", "variety": "wail", "thing": 0, "window": FAR_BACK,
             "facing": None, "loud": 100.0} | more  # fmt: skip
    return Source(path=path, image=image, low=low, tone=tone, noise=noise, **given)


def listener(ears, start=0.0, length=1.0, air=STILL_AIR, rate=RATE) -> Listener:
    places = np.array(ears, float)
    control = np.arange(start - 0.1, start + length + 0.2, 0.1)
    return Listener(
        tuple(resting(place) for place in places), resting(places.mean(axis=0)), start, rate,
        int(length * rate), control, air, 0.97,
    )  # fmt: skip


def heard(given, ear, ways=None, detour=None):
    """Return channels of `given` at the listener `ear`, on its direct way unless told others."""
    out = np.zeros((len(ear.ears), ear.count))
    away = np.zeros(len(ear.control)) if detour is None else detour
    ways = ways_of(given, away, 0.97, ())[:1] if ways is None else ways
    blocks = given.emitted(emission_span(ear, ways), ear.rate, np.random.default_rng(1))
    for way in ways:
        hear(out, ear, given, way, blocks)
    return out


def sine(frequency, amplitude=1.0):
    return lambda time, rate: (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


@pytest.fixture(scope="session")
def stage():
    """Return what builds sources and ears and lets these hear those."""
    return SimpleNamespace(
        straight=straight, resting=resting, source=source, listener=listener, heard=heard,
        sine=sine, rate=RATE, air=STILL_AIR,
    )  # fmt: skip
