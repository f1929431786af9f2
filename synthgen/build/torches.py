"""Who carries a torch, and when it burns."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from synthgen.assets.torch import with_torch
from synthgen.build.outage import Feed
from synthgen.light.sky import is_dark
from synthgen.motion import Track
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec
from synthgen.world import Body


def needs_torch(spec: ClipSpec, power: Feed, track: Track) -> bool:
    """Return whether who goes along `track` starts in a dark area without any power."""
    around = spec.environment
    dark = not around.power and is_dark(around)
    return dark and bool(power.dark(track.position[:1, :2])[0])


def carriers(everyone: Iterable[tuple[Body, Track]], power: Feed, spec: ClipSpec) -> frozenset[str]:
    """Return the names of who carries a torch: some of the people who need one."""
    asked = (body for body, track in everyone if _free(body) and needs_torch(spec, power, track))
    share = spec.environment.outage.torches
    return frozenset(one.name for one in asked if _own(one.name, spec).random() < share)


def carrying(body: Body, track: Track, spec: ClipSpec) -> tuple[Body, Track]:
    """Return `body` with a torch in its hand, switched off."""
    rng = _own(body.name, spec)
    rng.random()  # decides who carries one
    return with_torch(body, rng), replace(track, level=np.zeros((len(track.time), 1)))


def _own(name: str, spec: ClipSpec) -> np.random.Generator:
    return stream(spec.seed, "clip", spec.clip, "torch", name)


def _free(body: Body) -> bool:
    """Whether someone walks or stands with a hand free."""
    upright = body.kind == "pedestrian" and body.posture in ("walking", "standing")
    return upright and not body.circuits
