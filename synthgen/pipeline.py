"""The whole generator on one page: spec, city, scene, readings, labels, samples."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from synthgen.build.city import City
from synthgen.build.clip import staged_clip
from synthgen.build.detail import detailed
from synthgen.build.lighting import Plot, lit
from synthgen.electronics import Setting
from synthgen.embree import Tracer, tracer
from synthgen.jobs.clock import Clock
from synthgen.kinds import Watch
from synthgen.labels.annotate import annotate, relabelled
from synthgen.labels.drivable import drivable
from synthgen.labels.environment import environment_record
from synthgen.labels.flow import flow, flow_span
from synthgen.labels.lamps import LampRegister
from synthgen.labels.lines import lane_lines, lines_under, paint_under_snow
from synthgen.render.renderers import Renderer, renderer
from synthgen.rig import Camera, Rig
from synthgen.rng import stream
from synthgen.sample import CameraReading, Flow, LaneLine, LidarReading, Reading, Sample
from synthgen.scene import Moment, Scene, moment
from synthgen.sensors.adaptation import adapted, glance, remembers
from synthgen.sensors.camera import Sight, exposed, look, view_of
from synthgen.sensors.camera import observe as photograph
from synthgen.sensors.faults import BLACK, Fault, history, spoiled
from synthgen.sensors.fired import Fired, fire
from synthgen.sensors.jpeg import Sent, sent
from synthgen.sensors.lidar import heard
from synthgen.sensors.raw_points import with_raw
from synthgen.sensors.watching import readings
from synthgen.spec.clip import ClipSpec, under
from synthgen.weather.air import air_at

TRACKS_PER_CLIP = 100_000
"""Room for the track ids of one clip."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A scene that is open for looking at.

    Attributes:
        settings: how each camera is set at each frame; empty when it settles on what it sees.
        faults: what is wrong with each image of the cameras that have faults.
    """

    spec: ClipSpec
    scene: Scene
    rig: Rig
    trace: Tracer
    renderer: Renderer
    clock: Clock
    settings: Mapping[str, Sequence[Setting]] = field(default_factory=dict)
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)

    @cached_property
    def lamps(self) -> LampRegister:
        """The state of every lamp."""
        dark, first = self.renderer.sky.dark, self.spec.clip * TRACKS_PER_CLIP
        return LampRegister(self.scene.world, self.renderer.wiring, dark, first)

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Count the time of a stage, that of twins apart."""
        return self.clock.stage(f"twin {name}" if self.spec.twin else name)

    def stream(self, sensor: str, frame: int) -> np.random.Generator:
        """Return the random numbers of a sensor at a frame; every twin has its own."""
        twin = ("twin", self.spec.twin) if self.spec.twin else ()
        return stream(self.spec.seed, *twin, "sensor", sensor, frame)


@dataclass(frozen=True, eq=False)
class Looks:
    """What rays meet at a frame, by sensor: the same under all conditions.

    Attributes:
        frame: number.
        moment: the frame's, of the lidars.
        moments: each camera's.
        sights: what each camera's rays meet.
        sweeps: what each lidar's rays meet.
    """

    frame: int
    moment: Moment
    moments: Mapping[str, Moment]
    sights: Mapping[str, Sight]
    sweeps: Mapping[str, Fired]


def generate(
    city: City, spec: ClipSpec, rig: Rig, frames: Sequence[int], clock: Clock, looks: int = 0
) -> Iterator[Sample]:
    """Yield the samples of those `frames` of the clip that are wanted, in order.

    Each is followed by those of the same moment under the conditions of `spec.twins`. With
    `looks` the clip ends after so many frames: quicker, but what stands far off may differ.
    """
    with clock.stage("build clip"):
        scene, plot = staged_clip(city, spec, looks, rig)
        scene = detailed(scene, rig, city.coarse)
    if len(scene.world.things) >= TRACKS_PER_CLIP:
        raise ValueError(f"clip {spec.clip} has {len(scene.world.things)} things")
    yield from watched(plot, scene, spec, rig, frames, clock)


def watched(
    plot: Plot, scene: Scene, spec: ClipSpec, rig: Rig, frames: Sequence[int], clock: Clock
) -> Iterator[Sample]:
    """Yield the samples of `frames` of the clip `scene`, each followed by its twins.

    The clip's first frame has what sensors record during the whole clip.
    """
    with tracer(scene.world) as trace:
        last = max(frames, default=0)
        with clock.stage("build trees"):
            colour = renderer(scene.world, spec.render.name, spec.render.path)
        clip = opened(Clip(spec, scene, rig, trace, colour, clock), last)
        twins = [opened(_twin(clip, plot, name), last) for name in spec.twins]
        for frame in frames:
            looked = look_at(clip, frame)
            first = observe(clip, looked)
            opening = frame == spec.clip * spec.frames
            yield recorded(clip, first) if opening else first
            for twin in twins:
                other = observe_twin(twin, looked, first)
                yield recorded(twin, other) if opening else other


def opened(clip: Clip, last: int) -> Clip:
    """Return `clip` with its cameras set up, and their faults, to frame `last`."""
    return replace(clip, settings=_settings(clip, last), faults=_faults(clip))


def _twin(clip: Clip, plot: Plot, name: str) -> Clip:
    """Return `clip` under other conditions."""
    spec = under(clip.spec, name)
    scene = lit(plot, clip.scene, spec)
    return replace(clip, spec=spec, scene=scene, renderer=clip.renderer.twin(scene.world))


def look_at(clip: Clip, frame: int) -> Looks:
    """Return what the rays of all sensors meet at `frame`."""
    rig, trace = clip.rig, clip.trace
    now = moment(clip.scene, clip.scene.motion.times[frame - clip.spec.clip * clip.spec.frames])
    with clip.stage("camera"):
        moments = _moments(clip, now)
        sights = {name: look(_placed(clip, name), trace, moments[name]) for name in rig.cameras}
    with clip.stage("lidar"):
        sweeps = {name: fire(rig.lidar(name), trace, now) for name in rig.lidars}
    return Looks(frame, now, moments, sights, sweeps)


def _moments(clip: Clip, now: Moment) -> Mapping[str, Moment]:
    """Return the moment of each camera; those that look at one time share it."""
    offsets = {name: clip.rig.camera(name).offset for name in clip.rig.cameras}
    known = {0.0: now} | {
        late: moment(clip.scene, now.time + late, like=now)
        for late in sorted({*offsets.values()} - {0.0})
    }
    return {name: known[late] for name, late in offsets.items()}


def observe(clip: Clip, looked: Looks) -> Sample:
    """Return one frame: every sensor's reading and every label."""
    now, first, then = looked.moment, clip.spec.clip * TRACKS_PER_CLIP, looked.moments
    cameras, lidars = _readings(clip, looked)
    with clip.stage("labels"):
        objects = {
            name: annotate(clip.trace, then[name], reading, lidars, first)
            for name, reading in cameras.items()
        }
        lines = {name: lane_lines(then[name], reading) for name, reading in cameras.items()}
        free = {name: drivable(then[name], reading) for name, reading in cameras.items()}
        record, lit = _environment(clip, now, lines), clip.lamps.at(now)
    return Sample(
        looked.frame, clip.spec.clip, now, cameras, lidars, objects, record, lines, free, lit,
        readings=_others(clip, now, looked.frame), flows=_flows(clip, looked),
    )  # fmt: skip


def _flows(clip: Clip, looked: Looks) -> Mapping[str, tuple[Flow, Flow]]:
    """Return flow to the next time and to the one before of every camera, if it is asked for."""
    found = {}
    for name, sight in looked.sights.items() if clip.spec.flow else ():
        now, gap, camera = looked.moments[name], flow_span(clip.spec.gap), _placed(clip, name)
        then = [moment(clip.scene, now.time + way * gap) for way in (1, -1)]
        with clip.stage("flow"):
            after, before = (
                flow(clip.trace, (now, sight.view), sight.hits, (one, view_of(camera, one)))
                for one in then
            )
        found[name] = after, before
    return found


def observe_twin(clip: Clip, looked: Looks, first: Sample) -> Sample:
    """Return the frame of `first` under the conditions of `clip`: what rays meet is not new."""
    looked = _under(looked, clip.scene)
    now, then = looked.moment, looked.moments
    cameras, lidars = _readings(clip, looked)
    with clip.stage("labels"):
        objects = {
            name: relabelled(labels, then[name], cameras[name], lidars)
            for name, labels in first.objects.items()
        }
        lines = {n: lines_under(own, then[n], cameras[n]) for n, own in first.lines.items()}
        record, lit = _environment(clip, now, lines), clip.lamps.at(now)
    return replace(
        first, moment=now, cameras=cameras, lidars=lidars, objects=objects, environment=record,
        lines=lines, lamps=lit, twin=clip.spec.twin, readings=_others(clip, now, looked.frame),
    )  # fmt: skip


def _under(looked: Looks, scene: Scene) -> Looks:
    """Return what rays meet at the same moments under the conditions of `scene`."""
    before = {id(one): one for one in (looked.moment, *looked.moments.values())}
    after = {key: one.under(scene) for key, one in before.items()}
    moments = {name: after[id(one)] for name, one in looked.moments.items()}
    return replace(looked, moment=after[id(looked.moment)], moments=moments)


def recorded(clip: Clip, sample: Sample) -> Sample:
    """Return the first `sample` of `clip` with what sensors recorded during the whole clip."""
    now = moment(clip.scene, clip.scene.motion.times[0])
    return replace(sample, readings={**sample.readings, **_others(clip, now, -1)})


def _others(clip: Clip, now: Moment, frame: int) -> Mapping[str, Reading]:
    """Return the readings of sensors of other kinds; of `frame` -1 those of the whole clip."""
    if not clip.rig.sensors:
        return {}
    number = clip.spec.clip if frame < 0 else frame
    draw = partial(clip.stream, frame=number)
    with clip.stage("other sensors"):
        return readings(clip.rig, Watch(now, clip.trace, air_at(now)), air_at, draw, frame < 0)


def _readings(
    clip: Clip, looked: Looks
) -> tuple[dict[str, CameraReading], dict[str, LidarReading]]:
    """Return what all sensors make of what their rays meet."""
    cameras, lidars, now = {}, {}, looked.moment
    airs = {id(one): air_at(one) for one in (now, *looked.moments.values())}
    daylight = clip.renderer.sky_at(now.time).illuminance
    for name, sight in looked.sights.items():
        camera, rng = _set(clip, name, looked.frame), clip.stream(name, looked.frame)
        then, render = looked.moments[name], clip.renderer.radiance
        with clip.stage("camera"):
            reading = exposed(camera, sight, then, render, airs[id(then)], rng)
            cameras[name] = _sent(clip, name, looked.frame, reading)
    for name, fired in looked.sweeps.items():
        rng = clip.stream(name, looked.frame)
        with clip.stage("lidar"):
            air, lidar = replace(airs[id(now)], daylight=daylight), clip.rig.lidar(name)
            seen = heard(lidar, fired, now, air, rng)
            lidars[name] = with_raw(lidar, seen, now.scene.ego) if lidar.raw else seen
    return cameras, lidars


def _placed(clip: Clip, name: str) -> Camera:
    """Return camera `name`; the path tracer sends rays through all of its lens."""
    return replace(clip.rig.camera(name), sampled=clip.spec.render.name == "path")


def _set(clip: Clip, name: str, frame: int) -> Camera:
    """Return camera `name` as it is set at `frame`."""
    camera = _placed(clip, name)
    if name not in clip.settings:
        return camera
    number = frame - clip.spec.clip * clip.spec.frames
    return replace(camera, setting=clip.settings[name][number])


def _faults(clip: Clip) -> Mapping[str, Sequence[Fault]]:
    """Return what is wrong with the images of each camera that has faults, in all twins alike."""
    spec, found = clip.spec, {}
    for name in clip.rig.cameras:
        camera = clip.rig.camera(name)
        asked, times = camera.model.faults, _times(clip, camera)
        if asked.black or asked.frozen:
            found[name] = history(asked, times, stream(spec.seed, "faults", name, spec.clip))
    return found


def _times(clip: Clip, camera: Camera) -> Sequence[float]:
    """Return when [s] `camera` takes its image of each frame."""
    return tuple(time + camera.offset for time in clip.scene.motion.times)


def _sent(clip: Clip, name: str, frame: int, reading: CameraReading) -> CameraReading:
    """Return `reading` with the image that the camera sends, which may have a fault."""
    if name not in clip.faults:
        return reading
    fault = clip.faults[name][frame - clip.spec.clip * clip.spec.frames]
    if not fault.kind:
        return reading
    if fault.kind == BLACK:
        model = clip.rig.camera(name).model
        return spoiled(reading, fault, sent(np.zeros_like(reading.image), model))
    return spoiled(reading, fault, _earlier(clip, name, fault))


def _earlier(clip: Clip, name: str, fault: Fault) -> Sent:
    """Return the image that a frozen camera sends again, byte by byte where it is a frame's."""
    then, known = moment(clip.scene, fault.shown), fault.image >= 0
    frame = clip.spec.clip * clip.spec.frames + max(fault.image, 0)
    rng = clip.stream(name, frame) if known else clip.stream(f"{name} before", _micro(fault.shown))
    camera, render = _set(clip, name, frame), clip.renderer.radiance
    reading = photograph(camera, clip.trace, then, render, air_at(then), rng)
    return Sent(reading.image, reading.stream, reading.quality, reading.chroma)


def _micro(time: float) -> int:
    return round(1e6 * time)


def _settings(clip: Clip, last: int) -> Mapping[str, Sequence[Setting]]:
    """Return the settings of every camera that remembers, up to frame `last`.

    Whether one does is told by the whole clip, so that frames made apart are set as in it.
    """
    count, found = last - clip.spec.clip * clip.spec.frames + 1, {}
    for name in clip.rig.cameras:
        camera = clip.rig.camera(name)
        times = _times(clip, camera)
        if remembers(camera.model.control, times):
            with clip.stage("metering"):
                seen = partial(_glance, clip, camera)
                found[name] = adapted(camera.model, times[:count], seen)
    return found


def _glance(clip: Clip, camera: Camera, time: float) -> Setting:
    now = moment(clip.scene, time)
    return glance(camera, clip.trace, now, clip.renderer.radiance, air_at(now))


def _environment(
    clip: Clip, now: Moment, lines: Mapping[str, Sequence[LaneLine]]
) -> Mapping[str, float | int | str | bool]:
    light = clip.renderer.sky_at(now.time).illuminance
    hidden = paint_under_snow(lines)
    return environment_record(clip.scene, now, air_at(now), light, clip.spec.draws, hidden)
