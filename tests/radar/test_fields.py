import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.radar.fields import FIELDS, alarm_class, motion_class, pcd, record, rms_index
from synthgen.radar.observe import observe
from synthgen.scene import moment


@pytest.fixture
def reading(radar, scenes, air, rng):
    scene = scenes([(30.0, 3.0), (20.0, -4.0)])
    with tracer(scene.world) as trace:
        return observe(radar, trace, moment(scene, 0.0), air(), rng)


def test_a_point_has_forty_three_bytes_and_one_byte_follows_the_last(reading, model):
    data = pcd(record(model, reading))
    head, _, body = data.partition(b"DATA binary\n")
    assert len(body) == 43 * len(reading.detections) + 1
    lines = head.decode().splitlines()
    assert lines[0].startswith("#")
    assert f"WIDTH {len(reading.detections)}" in lines
    assert lines[2] == (
        "FIELDS x y z dyn_prop id rcs vx vy vx_comp vy_comp is_quality_valid ambig_state x_rms "
        "y_rms invalid_state pdh0 vx_rms vy_rms"
    )
    assert lines[3] == "SIZE 4 4 4 1 2 4 4 4 4 4 1 1 1 1 1 1 1 1"
    assert lines[4] == "TYPE F F F I I F F F F F I I I I I I I I"


def test_velocities_point_along_the_line_of_sight(reading, model):
    rows = record(model, reading)
    speed = np.hypot(rows["vx"], rows["vy"])
    np.testing.assert_allclose(speed, np.abs(reading.detections.speed), atol=1e-5)
    across = rows["x"] * rows["vy"] - rows["y"] * rows["vx"]
    np.testing.assert_allclose(across, 0.0, atol=1e-3)
    assert (rows["invalid_state"] == 0).all()
    assert (rows["ambig_state"] == 3).all()
    assert set(np.unique(rows["dyn_prop"])) <= {0, 1, 2, 3, 4}


def test_an_empty_list_is_one_point_of_nan(reading, model):
    from dataclasses import replace

    none = replace(reading, detections=reading.detections.select(np.zeros(0, int)))
    rows = record(model, none)
    assert len(rows) == 1
    assert all(np.isnan(rows[name]).all() for name, kind in FIELDS if kind == "f4")


def test_indices_of_deviations_are_those_of_the_printed_table():
    printed = [0.005, 0.006, 0.008, 0.011, 0.014, 0.018, 0.023, 0.029, 0.038, 0.049, 0.063, 0.081,
               0.105, 0.135, 0.174, 0.224, 0.288, 0.371, 0.478, 0.616, 0.794, 1.023, 1.317, 1.697,
               2.187, 2.817, 3.630, 4.676, 6.025, 7.762, 10.000]  # fmt: skip
    below = rms_index(np.array(printed) * 0.95)
    np.testing.assert_array_equal(below, np.arange(31))
    assert rms_index(np.array([11.0]))[0] == 31


def test_motion_and_chance_of_false_alarm_have_their_classes():
    speed = np.array([0.0, 5.0, -5.0, 0.0, 5.0])
    snr = np.array([30.0, 30.0, 30.0, 12.0, 12.0])
    np.testing.assert_array_equal(motion_class(speed, np.full(5, 0.05), snr), [1, 0, 2, 3, 4])
    limit = np.full(4, 20.0)
    over = 10 * np.log10(limit + np.array([10.0, 1.0, 0.2, 0.0]))
    np.testing.assert_array_equal(alarm_class(over, limit), [1, 2, 4, 7])
