import math

import pytest

from synthgen.config import read
from synthgen.config_camera import makes, over
from synthgen.errors import UserError

MODEL = "rig.cameras.image_2.model"


def model(*overrides):
    return read(overrides).rig.camera("image_2").model


def test_kitti_carries_a_flea2():
    flea = model()
    assert (flea.pixel, flea.full_well, flea.bits) == (4.65e-6, 16000.0, 12)
    assert (flea.width, flea.height) == (1242, 375)


@pytest.mark.parametrize(("rig", "cameras"), [("kitti", 1), ("fisheye", 4)])
def test_every_rig_that_comes_along_is_understood(rig, cameras):
    assert len(read([f"rig={rig}"]).rig.cameras) == cameras


@pytest.mark.parametrize("name", sorted(makes()))
def test_every_make_fits_into_a_rig(name):
    assert model(f"{MODEL}.camera={name}").width == 1242


def test_a_make_changes_the_electronics_and_leaves_the_lens():
    other, flea = model(f"{MODEL}.camera=ev76c570"), model()
    assert other.bits == 10
    assert other.f_number == flea.f_number
    # Matrix Vision's EMVA figures of the sensor: 38.9 dB and 50.7 dB.
    assert 10 * math.log10(other.full_well) == pytest.approx(38.9, abs=0.05)


def test_a_rig_sets_numbers_of_its_make_anew():
    assert model(f"+{MODEL}.read_noise=4.5").read_noise == 4.5


def test_a_make_may_be_a_file(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text((makes()["flea2"]).read_text().replace("16000.0", "9000.0"))
    assert model(f"{MODEL}.camera={mine}").full_well == 9000.0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flea3", "rig.cameras.image_2.model.camera=flea3: expected one of ar0231at, ev76c570"),
        ("none.yaml", "rig.cameras.image_2.model.camera=none.yaml: no such file"),
        ("3", "rig.cameras.image_2.model.camera=3: expected"),
    ],
)
def test_an_unknown_make_is_one_line(name, said):
    with pytest.raises(UserError) as caught:
        model(f"{MODEL}.camera={name}")
    assert str(caught.value).startswith(said)


def test_sections_are_merged_key_by_key():
    assert over({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 4}}) == {"a": 1, "b": {"c": 2, "d": 4}}
