"""A radar looks: scans, echoes, cells, peaks, a list of targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.radar.cells import filled, grid
from synthgen.radar.detection import Peaks, grouped, peaks
from synthgen.radar.downpour import drops
from synthgen.radar.echoes import FALSE_ALARM, Echoes, joined
from synthgen.radar.equation import one_way_gain, snr
from synthgen.radar.frame import antenna
from synthgen.radar.ghosts import ghosts, mirrors
from synthgen.radar.model import RadarModel, Scan
from synthgen.radar.rain import loss
from synthgen.radar.reading import Detections, RadarReading
from synthgen.radar.sight import Eye
from synthgen.radar.surroundings import Fan, clutter, spread
from synthgen.radar.users import Look, crowd, reflections, twice
from synthgen.scene import Moment


@dataclass(frozen=True, eq=False)
class Radar:
    """A radar of a rig, placed.

    Attributes:
        name: sensor name.
        model: what it is.
        ego_from_radar: pose (x along its axis, y left, z up).
    """

    name: str
    model: RadarModel
    ego_from_radar: Float[Array, "4 4"]


def observe(
    radar: Radar, tracer: Tracer, moment: Moment, air: Atmosphere, rng: np.random.Generator
) -> RadarReading:
    """Return what `radar` reports of the cycle that begins at the moment's time."""
    model, found = radar.model, []
    for number in range(len(model.scans)):
        look = looking(radar, number, tracer, moment, air)
        echoes = heard(look, model, air, rng)
        found.append(measured(look, model, number, echoes, rng))
    start = antenna(moment.scene.ego, radar.ego_from_radar, moment.time)
    own = start.seen(start.velocity[None])[0]
    listed = _strongest(model, found)
    return RadarReading(radar.name, moment.time, start.world_from_radar, own, listed)


def looking(radar: Radar, number: int, tracer: Tracer, moment: Moment, air: Atmosphere) -> Look:
    """Return the look of scan `number` in the cycle that begins at the moment's time."""
    scan, flat = radar.model.scans[number], radar.model.horizontal
    time = moment.time + scan.delay
    place = antenna(moment.scene.ego, radar.ego_from_radar, time)
    eye = Eye(tracer, moment, time, place.position)
    return Look(scan, place, eye, loss(air.rain, scan.frequency, flat), flat)


def heard(look: Look, model: RadarModel, air: Atmosphere, rng: np.random.Generator) -> Echoes:
    """Return all echoes of one scan."""
    moment = look.eye.moment
    around, users = moment.scene.world.environment, crowd(look)
    road = moment.scene.ego.world_from_body(look.eye.time)
    fan = spread(look, rng)
    wind = around.wind * np.array([np.cos(around.wind_azimuth), np.sin(around.wind_azimuth), 0.0])
    parts = [
        *reflections(look, users, (road[:3, 3], road[:3, 2])),
        *ghosts(look, users, mirrors(look, fan)),
        clutter(look, fan, around.wetness),
        *drops(look, air, _free(look, fan), wind, rng),
    ]
    parts.append(twice(look, parts[0], 10 ** (model.mirrored / 10)))
    return joined(parts)


def _free(look: Look, fan: Fan) -> tuple[Array, Array]:
    """Return azimuths [rad] in the radar's frame, rising, and how far it is free there [m]."""
    direction = look.antenna.seen(fan.rays.direction)
    level = np.flatnonzero(np.abs(direction[:, 2]) < np.radians(1.0))
    azimuth = np.arctan2(direction[level, 1], direction[level, 0])
    order = np.argsort(azimuth)
    return azimuth[order], np.minimum(fan.hits.distance[level][order], 1e4).astype(float)


def measured(
    look: Look, model: RadarModel, number: int, echoes: Echoes, rng: np.random.Generator
) -> Detections:
    """Return what scan `number` makes of `echoes`."""
    scan = look.scan
    cells = grid(scan)
    top = peaks(scan, cells, filled(scan, cells, echoes, rng), rng)
    across = np.abs(top.across) <= np.sin(np.radians(scan.field_deg))
    near = (top.distance >= scan.nearest) & (top.distance <= scan.farthest)
    top = top.select(across & near)
    sigma = _sigma(scan, top)
    distance, side, speed = (
        value + error * rng.standard_normal(len(value))
        for value, error in zip((top.distance, top.across, top.rate), _accuracy(scan), strict=True)
    )
    side = np.clip(side, -0.999, 0.999)
    up = np.clip(top.up, -0.7, 0.7)
    ahead = np.sqrt(np.maximum(1 - side**2 - up**2, 1e-6))
    direction = np.stack([ahead, side, up], axis=1)
    own = look.antenna.seen(look.antenna.velocity[None])[0]
    kept = grouped(scan, top, top.rate + direction @ own)
    listed = _listed(look, model, number, echoes, (top, direction, distance, speed, sigma))
    return listed.select(kept)


def _listed(
    look: Look,
    model: RadarModel,
    number: int,
    echoes: Echoes,
    found: tuple[Peaks, Array, Array, Array, Array],
) -> Detections:
    top, direction, distance, speed, sigma = found
    scan, known = look.scan, top.echo >= 0
    own = look.antenna.seen(look.antenna.velocity[None])[0]
    one = snr(scan, np.ones(len(distance)), np.maximum(distance, scan.nearest))
    level = direction.copy()
    level[:, 2] = 0.0
    size = top.snr / np.maximum(one * one_way_gain(scan, level) ** 2, 1e-30)
    speed = _stepped(speed, model.speed_step)

    def of_echo(name: str, otherwise: float) -> Array:
        if not len(echoes):
            return np.full(len(known), otherwise)
        return np.where(known, getattr(echoes, name)[np.maximum(top.echo, 0)], otherwise)

    return Detections(
        point=_stepped(direction * distance[:, None], model.distance_step),
        speed=speed,
        still_speed=speed + direction @ own,
        cross_section=_stepped(10 * np.log10(np.maximum(size, 1e-12)), model.cross_section_step_db),
        snr=10 * np.log10(top.snr),
        fired=np.full(len(distance), scan.delay),
        scan=np.full(len(distance), number),
        sigma=sigma,
        body=of_echo("body", -1).astype(np.int64),
        semantic=of_echo("semantic", 0).astype(np.int64),
        cause=of_echo("cause", FALSE_ALARM).astype(np.int64),
        true_range=of_echo("distance", np.nan),
        true_speed=of_echo("rate", np.nan),
    )


def _accuracy(scan: Scan) -> tuple[float, float, float]:
    """Standard deviations of what calibration leaves over: half of what 95 % stay within."""
    across = np.sin(np.radians(scan.azimuth_accuracy_deg))
    return scan.range_accuracy / 2, float(across) / 2, scan.speed_accuracy / 2


def _sigma(scan: Scan, top: Peaks) -> Float[Array, "n 3"]:
    """Return standard deviations [m, m, m/s] along, across and of speed.

    Resolution / (1.6 sqrt(2 SNR)) beside the calibration's.

    Source: M. Skolnik, "Introduction to Radar Systems", 3rd ed., 2001, section 6.3.
    """
    over = 1.6 * np.sqrt(2 * top.snr)
    along, across, speed = _accuracy(scan)
    wide = np.sin(np.radians(scan.azimuth_resolution_deg))
    ahead = np.sqrt(np.maximum(1 - top.across**2, 0.02))
    return np.stack(
        [
            np.hypot(along, scan.range_resolution / over),
            np.hypot(across, wide / over) * top.distance / ahead,
            np.hypot(speed, scan.speed_resolution / over),
        ],
        axis=1,
    )


def _stepped(value: Array, step: float) -> Array:
    return np.round(value / step) * step if step > 0 else value


def _strongest(model: RadarModel, found: Sequence[Detections]) -> Detections:
    """Return the list that the radar sends: the strongest of all scans."""
    whole = Detections(
        *(
            np.concatenate([getattr(one, name) for one in found])
            for name in Detections.__dataclass_fields__
        )
    )
    order = np.argsort(-whole.snr, kind="stable")
    large = order[whole.cross_section[order] >= model.smallest_dbsm]
    return whole.select(large[: model.most])
