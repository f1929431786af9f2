from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from synthgen.config import read
from synthgen.config_camera import makes
from synthgen.errors import UserError

VELODYNE = "rig.lidars.velodyne.model"


def model(*overrides, config_dir=None):
    return read(overrides, config_dir).rig.lidar("velodyne").model


def test_kitti_carries_its_own_hdl64e():
    own = model()
    assert (own.beams, own.columns_per_sweep, own.clockwise) == (64, 2083, False)
    assert own.stamped_azimuth == 0.0
    np.testing.assert_allclose(own.turning, 20 * np.pi)


def test_a_rig_sets_numbers_of_its_lidar_anew():
    assert model(f"+{VELODYNE}.farthest=60.0").farthest == 60.0


def test_columns_follow_from_rate_and_cycle():
    one = replace(model(), columns=0, cycle=55.296e-6)
    assert [replace(one, rate=rate).columns_per_sweep for rate in (10.0, 20.0)] == [1808, 904]


def test_rings_are_ranks_of_elevation():
    one = replace(
        model(), elevation_deg=(-1.0, 3.0, 1.0), height=(), firing=(0.0, 1e-6, 2e-6), bias=()
    )
    assert one.lasers.tolist() == [1, 2, 0]
    assert one.table("firing").tolist() == [1e-6, 2e-6, 0.0]
    assert one.table("height").tolist() == [0, 0, 0]


BEAMS = {
    "hdl64e_kitti": (64, 2083), "hdl64e_s2": (64, 2083), "hdl64e_s3": (64, 1736),
    "hdl32e": (32, 2170), "vlp16": (16, 1808), "puck_hires": (16, 1808), "vlp32c": (32, 1808),
    "vls128": (128, 1876), "os0_128": (128, 1024), "os1_64": (64, 1024), "os1_128": (128, 1024),
    "os2_128": (128, 1024), "pandar64": (64, 1799), "xt32": (32, 2000), "at128": (128, 1200),
}  # fmt: skip
"""Beams, and columns that fit into a tenth of a second."""
FIELDS = {
    "hdl64e_kitti": (1.937, -25.003), "hdl64e_s2": (4.97, -24.845), "hdl64e_s3": (2.81, -23.95),
    "hdl32e": (10.67, -30.67), "vlp16": (15, -15), "puck_hires": (10, -10), "vlp32c": (15, -25),
    "vls128": (15, -25), "os0_128": (44.3, -46.16), "os1_64": (16.73, -16.68),
    "os1_128": (21.34, -21.62), "os2_128": (10.76, -11.09), "pandar64": (14.803, -24.976),
    "xt32": (15, -16), "at128": (12.93, -12.47),
}  # fmt: skip
"""[deg] Highest and lowest beam."""


def test_all_makes_are_known_here():
    assert set(makes("lidar")) == set(BEAMS) == set(FIELDS)


@pytest.mark.parametrize("name", sorted(BEAMS))
def test_a_make_has_the_beams_columns_and_field_of_its_manual(name):
    made = model(f"{VELODYNE}.lidar={name}")
    assert (made.beams, made.columns_per_sweep) == BEAMS[name]
    up = made.table("elevation_deg")
    assert (up[0], up[-1]) == FIELDS[name]
    assert (np.diff(up) < 0).all()
    period = made.columns_per_sweep / made.frequency
    assert period <= made.scanning / made.rate + 1e-12
    assert period > (made.scanning / made.rate) - 1 / made.frequency


@pytest.mark.parametrize("name", sorted(BEAMS))
def test_a_make_says_where_its_numbers_come_from_and_which_are_estimates(name):
    text = makes("lidar")[name].read_text()
    comment = "".join(line for line in text.splitlines(True) if line.startswith("#"))
    assert "stimate" in comment
    assert len(comment) > 300


@pytest.mark.parametrize("name", sorted(BEAMS))
def test_thresholds_are_those_of_the_data_sheets_ten_percent(name):
    """Half of the returns at the threshold are detected; see `sensors.returns.chosen`."""
    made = model(f"{VELODYNE}.lidar={name}")
    for reflectance, reach in made.sheet[:1]:
        strength = reflectance * min(1.0, (made.plateau / reach) ** 2)
        chance = ndtr(made.alarm * (strength / made.threshold - 1))
        assert chance == pytest.approx(made.sheet_chance, abs=0.01)


def test_lasers_of_a_puck_fire_as_its_manual_says():
    puck = model(f"{VELODYNE}.lidar=vlp16")
    up, fired = puck.table("elevation_deg"), puck.table("firing")
    # Velodyne, "VLP-16 user manual", tables 9-1 and 9-3: laser 6 looks down 9 degrees.
    assert fired[up == -9] == pytest.approx(6 * 2.304e-6)
    assert puck.table("height")[up == 15] == pytest.approx(-0.0112, abs=1e-4)


def test_an_alpha_prime_fires_eight_lasers_at_once_and_pauses_after_64():
    fired = np.unique(model(f"{VELODYNE}.lidar=vls128").firing)
    step = np.diff(fired) / 2.665e-6
    np.testing.assert_allclose(step, [1] * 7 + [2] + [1] * 7, rtol=1e-9)


def test_both_blocks_of_an_hdl64e_fire_in_unison():
    fired = np.array(model(f"{VELODYNE}.lidar=hdl64e_s2").firing)
    np.testing.assert_array_equal(fired[:32], fired[32:])
    assert fired[31] == pytest.approx(7 * 6e-6 + 3.66e-6)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"bias": (0.1,)}, "bias needs one value for each of 64 beams, got 1"),
        ({"cycle": 48e-6}, "either columns or cycle > 0"),
        ({"rate": 30.0}, "firing must be in"),
        ({"rate": 5.0}, "sweep must lie within 0.06 s of its frame, got 0.1"),
        ({"returns": ("strangest",)}, "returns must be .* did you mean strongest"),
        ({"encoding": "percentage"}, "encoding must be .* did you mean percent"),
        ({"sheet": ((10.0, 40.0),)}, "pairs of reflectance and range"),
        ({"wavelength": 905.0}, "wavelength must be in"),
        ({"start_deg": 0.0, "stamp": 1.5}, r"stamp must be in \[0, 1\], got 1.5"),
    ],
)
def test_impossible_lidars_are_refused(change, fault):
    with pytest.raises(ValueError, match=fault):
        replace(model(), **change)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hdl64e_kiti", "did you mean hdl64e_kitti"),
        ("none.yaml", f"{VELODYNE}.lidar=none.yaml: no such file"),
    ],
)
def test_an_unknown_make_is_one_line(name, said):
    with pytest.raises(UserError) as caught:
        model(f"{VELODYNE}.lidar={name}")
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{VELODYNE}.lidar={name}: ")
    assert "\n" not in str(caught.value)


def test_a_make_may_lie_in_the_users_folder(tmp_path):
    (tmp_path / "lidar").mkdir()
    own = tmp_path / "lidar" / "mine.yaml"
    made = "nearest: 1.4\n"
    text = makes("lidar")["hdl64e_kitti"].read_text()
    assert made in text
    own.write_text(text.replace(made, "nearest: 2.5\n"))
    assert model(f"{VELODYNE}.lidar=mine", config_dir=str(tmp_path)).nearest == 2.5


def test_a_user_adds_an_ouster_os2_by_one_file_of_his_own(tmp_path):
    (tmp_path / "lidar").mkdir()
    file = tmp_path / "lidar" / "ouster_os2.yaml"
    file.write_text(makes("lidar")["os2_128"].read_text().replace("columns: 1024", "columns: 2048"))
    mine = model(f"{VELODYNE}.lidar=ouster_os2", config_dir=str(tmp_path))
    assert (mine.beams, mine.columns_per_sweep, mine.farthest) == (128, 2048, 240.0)
    with pytest.raises(UserError, match="did you mean ouster_os2"):
        model(f"{VELODYNE}.lidar=ouster_os_2", config_dir=str(tmp_path))


def test_kittis_columns_lie_between_those_of_its_real_sweeps():
    """2066 to 2165 columns were counted in four published sweeps of HDL-64E S2 units."""
    assert 2066 <= model().columns_per_sweep <= 2165
