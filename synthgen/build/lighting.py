"""Light and air for a clip whose motion is done: lamps, power, fog and smoke in any conditions.

Shapes and ways are the clip's own. So the twins of a clip differ in what is lit and how, and in
nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.build.city import City
from synthgen.build.dipping import drivers_beams
from synthgen.build.fixtures import switched
from synthgen.build.haze import with_haze
from synthgen.build.outage import Feed, connected, feed
from synthgen.build.switches import Doing, vehicle_levels
from synthgen.build.torches import needs_torch
from synthgen.geometry import Array
from synthgen.light.lightning import strokes
from synthgen.motion import Motion, Track
from synthgen.rng import stream
from synthgen.scene import Scene
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Drive
from synthgen.world import Body


@dataclass(frozen=True, eq=False)
class Acting:
    """What a thing does that decides which of its lamps burn.

    Attributes:
        signals: SUMO's bits, at each step of its track.
        responding: whether an emergency vehicle or a warning lamp is on duty.
        speed: [m/s] along the heading, at each step; None for what stands for good.
        driver: name of the agent whose driver has high beams, or empty.
    """

    signals: Int[Array, "k"]
    responding: bool
    speed: Float[Array, "k"] | None = None
    driver: str = ""


@dataclass(frozen=True, eq=False)
class Plot:
    """What has happened in a clip, as far as lamps depend on it.

    Attributes:
        city: where.
        driven: the drive, without overlaps.
        acts: by name of the body.
        torches: names of people who carry a torch.
    """

    city: City
    driven: Drive
    acts: Mapping[str, Acting]
    torches: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Light:
    """What the switches of a clip follow."""

    spec: ClipSpec
    power: Feed
    high: Mapping[str, Bool[Array, "k"]]


def lit(plot: Plot, scene: Scene, spec: ClipSpec) -> Scene:
    """Return `scene` as it is under the conditions of `spec`.

    Only circuits, lamps, their levels, the grid, lightning, fog, smoke and `World.environment` are
    new; every mesh and every way is the very object that `scene` has.
    """
    power = feed(plot.city, spec)
    light = _Light(spec, power, drivers_beams(plot.city, plot.driven.agents, power, spec))
    heads = {one.body.name: one for one in plot.city.furniture.fixtures}
    things, tracks = [], []
    for body, track in zip(scene.world.things, scene.motion.tracks, strict=True):
        if body.name in heads:
            works = power.signals.get(heads[body.name].signal, "on")
            head, shown = switched(heads[body.name], plot.driven.lights, works, spec.seed)
            things.append(replace(body, circuits=head.circuits))
            tracks.append(replace(track, level=shown.level))
        else:
            things.append(body)
            tracks.append(replace(track, level=_levels(plot, light, body, track)))
    rng = stream(spec.seed, "clip", spec.clip, "lightning")
    world = replace(
        scene.world, stuff=plot.city.stuff, things=tuple(things), environment=spec.environment,
        strokes=strokes(spec.environment.lightning, plot.driven.frames, rng),
    )  # fmt: skip
    motion = Motion(tuple(tracks), scene.motion.times)
    return with_haze(Scene(connected(world, plot.city, spec, power), motion), spec)


def _levels(plot: Plot, light: _Light, body: Body, track: Track) -> Float[Array, "k c"]:
    """Return the switch level of each circuit at each step of a thing that is no signal."""
    if body.name in plot.torches:
        return np.full(track.level.shape, float(needs_torch(light.spec, light.power, track)))
    acting = plot.acts.get(body.name)
    if acting is None:
        return track.level
    doing = None
    if acting.speed is not None:
        high = light.high.get(acting.driver, np.zeros(len(acting.speed), bool))
        doing = Doing(acting.speed, high)
    around = light.spec.environment
    return vehicle_levels(body, acting.signals, around, acting.responding, doing)
