from dataclasses import replace

import numpy as np
import pytest

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
