"""What a camera has of a road user, against what can be worked out by hand."""

import numpy as np
import pytest

from synthgen.build.sighting import away, in_sight, sighted
from synthgen.embree import tracer
from synthgen.rig import BODY_FROM_OPTICAL
from synthgen.scene import moment
from synthgen.view import CameraView

BONNET = 3.0
"""[m] The camera is so far before the middle of the ego car, 4 m long; places are told from it."""


def placed(scenes, *places):
    return scenes([(BONNET + ahead, left) for ahead, left in places])


def camera(height=0.75, column=300.0):
    pose = np.eye(4)
    pose[:3, 3] = BONNET, 0.0, height
    matrix = np.array([[600.0, 0, column], [0, 600.0, 100.0], [0, 0, 1]])
    return CameraView("front", 601, 201, matrix, pose @ BODY_FROM_OPTICAL, 0.0)


def seen(scene, number, view):
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        return sighted(trace, now, view, now.things[number])


def test_the_distance_is_that_on_the_ground_to_the_middle_of_the_box(scenes):
    scene = placed(scenes, (12.0, 5.0))
    assert away(camera(height=40.0), moment(scene, 0.0).things[1]) == pytest.approx(13.0)


def test_what_stands_free_is_not_hidden(scenes):
    found = seen(placed(scenes, (20.0, 0.0)), 1, camera())
    assert found.occlusion == pytest.approx(0, abs=0.02), "its lower edge lies in the ground"
    assert found.distance == pytest.approx(20.0)


@pytest.mark.parametrize("shift", [-0.3, -0.1, 0.0, 0.15, 0.4])
def test_a_box_before_it_hides_the_share_that_its_shadow_covers(scenes, shift):
    """The rear of the farther box, 2 m wide, is 28 m away; the nearer one, from 8 to 12 m away and
    from `shift + 0.05` m to the left, covers all left of the smaller tangent of its right corners.
    """
    edge = shift + 0.05
    far, right = (-1 / 28, 1 / 28), min(edge / 8, edge / 12)
    share = np.clip((far[1] - right) / (far[1] - far[0]), 0, 1)
    scene = placed(scenes, (30.0, 0.0), (10.0, shift + 1.05))
    assert seen(scene, 1, camera()).occlusion == pytest.approx(share, abs=0.03)


def test_what_is_wholly_hidden_and_what_is_beside_the_image(scenes):
    scene = placed(scenes, (30.0, 0.0), (10.0, 0.0), (10.0, 30.0), (-20.0, 0.0))
    assert seen(scene, 1, camera()).occlusion == 1.0
    assert seen(scene, 3, camera()) is None
    assert seen(scene, 4, camera()) is None


def test_what_the_image_cuts_off_counts_for_what_the_image_holds(scenes):
    scene = placed(scenes, (30.0, 0.0), (10.0, 1.05))
    whole = seen(scene, 1, camera()).occlusion
    cut = seen(scene, 1, camera(column=0.0)).occlusion
    assert 0.3 < whole < 0.7
    assert cut == pytest.approx(0, abs=0.02)


def test_in_sight_reaches_as_far_as_the_radius():
    view = camera()
    edge = np.array([BONNET + 20.0, 20.0 * 300 / 600, 0.75])
    assert in_sight(view, edge + np.array([0, 1.0, 0]), 2.0)
    assert not in_sight(view, edge + np.array([0, 9.0, 0]), 2.0)
    assert not in_sight(view, np.array([-30.0, 0, 0]), 2.0)
