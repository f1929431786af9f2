"""Radars and scenes that tests share."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.embree import tracer
from synthgen.motion import Track
from synthgen.precipitation import rain_sizes
from synthgen.radar.frame import antenna
from synthgen.radar.model import RadarModel, Scan, Sensitivity
from synthgen.radar.observe import Radar
from synthgen.radar.sight import Eye
from synthgen.radar.users import Look
from synthgen.rig import Mount
from synthgen.rng import stream
from synthgen.scene import moment


@pytest.fixture(scope="session")
def scan():
    """A plain scan: 0 dBsm at 100 m is 20 dB over noise."""
    return Scan(
        name="plain", frequency=77e9, bandwidth=3e8, dwell=0.02, transmit_power_dbm=12.0,
        transmit_gain_dbi=22.0, receive_gain_dbi=22.0, noise_figure_db=12.0,
        sensitivity=Sensitivity(cross_section_dbsm=0.0, range=100.0, snr_db=20.0),
        field_deg=60.0, azimuth_pattern=((0.0, 0.0), (30.0, 3.0), (60.0, 12.0)),
        elevation_beam_deg=20.0, nearest=0.5, farthest=200.0, range_resolution=0.5,
        range_accuracy=0.02, azimuth_resolution_deg=3.0, azimuth_accuracy_deg=0.02, slowest=-60.0,
        fastest=60.0, speed_resolution=0.1, speed_accuracy=0.01, false_alarm=1e-9,
    )  # fmt: skip


@pytest.fixture(scope="session")
def model(scan):
    return RadarModel(scans=(scan,), cycle=0.05, most=100_000)


@pytest.fixture(scope="session")
def radar(model):
    """A radar at the front of the box that is the ego car, 0.5 m above the road."""
    return Radar("front", model, Mount(position=(2.1, 0.0, 0.5)).ego_from_sensor)


@pytest.fixture(scope="session")
def air():
    def build(rain=0.0):
        return Atmosphere(
            extinction=(1e-4,) * 3, lidar_extinction=1e-4, backscatter=0.0, drop_backscatter=0.0,
            drops=0.0, albedo=0.9, asymmetry=0.8, rain=rain, drop_sizes=rain_sizes(rain),
        )  # fmt: skip

    return build


@pytest.fixture(scope="session")
def looking():
    """Return a function that opens a look of `scan` at a scene and hands it to a function."""

    def look(scan, scene, tell, pose=None, loss=0.0):
        pose = Mount(position=(2.1, 0.0, 0.5)).ego_from_sensor if pose is None else pose
        now = moment(scene, 0.0)
        with tracer(scene.world) as trace:
            place = antenna(scene.ego, pose, 0.0)
            return tell(Look(scan, place, Eye(trace, now, 0.0, place.position), loss, False))

    return look


@pytest.fixture(scope="session")
def moving():
    """Return a function that sets one thing of a scene moving in a straight line."""

    def move(scene, thing, velocity):
        tracks = list(scene.motion.tracks)
        rest = tracks[thing]
        time = np.array([-2.0, 2.0])
        position = rest.position + time[:, None] * np.array(velocity, float)
        tracks[thing] = Track(
            time, position, np.repeat(rest.quaternion, 2, axis=0), np.zeros(2),
            np.zeros((2, rest.level.shape[1])), ((-2.0, 2.0),),
        )  # fmt: skip
        return replace(scene, motion=replace(scene.motion, tracks=tuple(tracks)))

    return move


@pytest.fixture
def rng():
    return stream(0, "radar")
