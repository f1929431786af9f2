"""The whole generator on one page: spec, city, scene, readings, labels, samples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from synthgen.atmosphere import Atmosphere
from synthgen.build.city import City
from synthgen.build.clip import build_clip
from synthgen.build.detail import detailed
from synthgen.electronics import Setting
from synthgen.embree import Tracer, tracer
from synthgen.jobs.clock import Clock
from synthgen.labels.annotate import annotate
from synthgen.labels.drivable import drivable
from synthgen.labels.environment import environment_record
from synthgen.labels.lamps import LampRegister
from synthgen.labels.lines import lane_lines
from synthgen.render.renderers import Renderer, renderer
from synthgen.rig import Camera, Rig
from synthgen.rng import stream
from synthgen.sample import CameraReading, LidarReading, Sample
from synthgen.scene import Moment, Scene, moment
from synthgen.sensors.adaptation import adapted, glance, remembers
from synthgen.sensors.camera import observe as photograph
from synthgen.sensors.lidar import observe as scan
from synthgen.spec.clip import ClipSpec
from synthgen.weather.air import atmosphere

TRACKS_PER_CLIP = 100_000
"""Room for the track ids of one clip."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A scene that is open for looking at.

    Attributes:
        settings: how each camera is set at each frame; empty when it settles on what it sees.
    """

    spec: ClipSpec
    scene: Scene
    rig: Rig
    trace: Tracer
    renderer: Renderer
    clock: Clock
    lamps: LampRegister
    settings: Mapping[str, Sequence[Setting]] = field(default_factory=dict)


def generate(
    city: City, spec: ClipSpec, rig: Rig, frames: Sequence[int], clock: Clock, looks: int = 0
) -> Iterator[Sample]:
    """Yield the samples of those `frames` of the clip that are wanted, in order.

    With `looks` the clip ends after so many frames: quicker, but what stands far off may differ.
    """
    with clock.stage("build clip"):
        scene = detailed(build_clip(city, spec, looks), rig, city.coarse)
    if len(scene.world.things) >= TRACKS_PER_CLIP:
        raise ValueError(f"clip {spec.clip} has {len(scene.world.things)} things")
    with clock.stage("build trees"):
        colour = renderer(scene.world, spec.render.path)
    with tracer(scene.world) as trace:
        lamps = LampRegister(
            scene.world, colour.wiring, colour.sky.dark, spec.clip * TRACKS_PER_CLIP
        )
        clip = Clip(spec, scene, rig, trace, colour, clock, lamps)
        clip = replace(clip, settings=_settings(clip, max(frames, default=0)))
        for frame in frames:
            yield observe(clip, frame)


def observe(clip: Clip, frame: int) -> Sample:
    """Return one frame: every sensor's reading and every label."""
    spec, scene, clock = clip.spec, clip.scene, clip.clock
    time = scene.motion.times[frame - spec.clip * spec.frames]
    now = moment(scene, time)
    cameras = {name: _photograph(clip, now, name, frame) for name in clip.rig.cameras}
    lidars = {name: _scan(clip, now, name, frame) for name in clip.rig.lidars}
    with clock.stage("labels"):
        objects = {
            name: annotate(clip.trace, now, reading, lidars, spec.clip * TRACKS_PER_CLIP)
            for name, reading in cameras.items()
        }
        lines = {name: lane_lines(now, reading) for name, reading in cameras.items()}
        free = {name: drivable(now, reading) for name, reading in cameras.items()}
        record, lit = _environment(clip, now), clip.lamps.at(now)
    return Sample(frame, spec.clip, now, cameras, lidars, objects, record, lines, free, lit)


def _settings(clip: Clip, last: int) -> Mapping[str, Sequence[Setting]]:
    """Return the settings of every camera that remembers, up to frame `last`."""
    times = clip.scene.motion.times[: last - clip.spec.clip * clip.spec.frames + 1]
    air = atmosphere(clip.scene.world.environment)
    found = {}
    for name in clip.rig.cameras:
        camera = clip.rig.camera(name)
        if remembers(camera.model.control, times):
            with clip.clock.stage("metering"):
                found[name] = adapted(camera.model, times, partial(_glance, clip, camera, air))
    return found


def _glance(clip: Clip, camera: Camera, air: Atmosphere, time: float) -> Setting:
    return glance(camera, clip.trace, moment(clip.scene, time), clip.renderer.radiance, air)


def _photograph(clip: Clip, now: Moment, name: str, frame: int) -> CameraReading:
    rng = stream(clip.spec.seed, "sensor", name, frame)
    air = atmosphere(clip.scene.world.environment)
    camera = clip.rig.camera(name)
    if name in clip.settings:
        number = frame - clip.spec.clip * clip.spec.frames
        camera = replace(camera, setting=clip.settings[name][number])
    with clip.clock.stage("camera"):
        return photograph(camera, clip.trace, now, clip.renderer.radiance, air, rng)


def _scan(clip: Clip, now: Moment, name: str, frame: int) -> LidarReading:
    rng = stream(clip.spec.seed, "sensor", name, frame)
    air = atmosphere(clip.scene.world.environment)
    with clip.clock.stage("lidar"):
        return scan(clip.rig.lidar(name), clip.trace, now, air, rng)


def _environment(clip: Clip, now: Moment) -> Mapping[str, float | int | str | bool]:
    surroundings = clip.scene.world.environment
    light = clip.renderer.sky_at(now.time).illuminance
    return environment_record(clip.scene, now, atmosphere(surroundings), light, clip.spec.draws)
