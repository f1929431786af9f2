from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.keypoint_checks import check_keypoints

UNDER = "seen keypoint under skin"


def made(distance, skin, rim=np.inf):
    """Return what is checked of a person at `distance` [m] whose mask has the depth `skin` [m].

    With a `rim` the nose, so far [px] from that of the lens, has no image by the files' poses.
    """
    joints = np.tile([distance, 0.0, 1.0], (17, 1))
    depth, pixel = np.full(17, float(distance)), np.full((17, 2), 4.0)
    if rim < np.inf:
        depth[0], pixel[0] = 0.0, np.nan
    camera = SimpleNamespace(
        instance=np.full((9, 9), 7), depth=np.full((9, 9), skin), rolling=None,
        matrix=np.diag([700.0, 700.0, 1.0]), project=lambda *_: (pixel, depth),
        from_rim=lambda pixel: np.full(len(pixel), rim),
    )  # fmt: skip
    row = {"camera": "front", "track": 3, "instance": 7, "keypoints": [4.0, 4.0, 2.0] * 17,
           "joints": joints.ravel().tolist(), "center": [distance, 0.0, 0.9],
           "size": [0.5, 0.6, 1.8], "quaternion": [0, 0, 0, 1], "posture": "walking",
           "distance": distance}  # fmt: skip
    tally = Tally()
    check_keypoints(SimpleNamespace(frame=1, cameras={"front": camera}, objects=[row]), "front",
                    tally)  # fmt: skip
    return tally


def wrong(tally):
    return [one for one in tally.violations if UNDER in str(one)]


def test_a_keypoint_just_under_the_skin_is_right_and_one_a_metre_behind_it_is_not():
    assert not wrong(made(20.0, 19.9))
    assert wrong(made(20.0, 19.0))


@pytest.mark.parametrize("distance", [257.0, 371.9])
def test_beyond_the_range_of_depth_images_no_skin_is_known(distance):
    tally = made(distance, 0.0)
    assert UNDER not in tally.checks
    assert tally.checks["seen keypoint on mask"] == 17


def test_at_the_rim_of_a_lens_rounding_decides_whether_a_joint_is_labelled():
    def told(rim):
        return [one.kind for one in made(20.0, 19.9, rim).violations if "left" not in one.kind]

    assert told(0.01) == []
    assert told(0.5) == ["keypoints inside"]
