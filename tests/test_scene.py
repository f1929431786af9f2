"""Moments that are close share what stands still between them."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.motion import Motion, Track, standing
from synthgen.scene import moment


def still(phase):
    """Return the track of a figure that stands, its limbs as `phase` (one or two) says."""
    one = standing((5.0, 0.0, 0.0), (0, 0, 0, 1))
    if len(phase) == 1:
        return replace(one, phase=np.array(phase))
    return Track(
        time=np.array([0.0, 1.0]), position=np.tile([5.0, 0, 0], (2, 1)),
        quaternion=np.tile([0, 0, 0, 1.0], (2, 1)), phase=np.array(phase),
        level=np.zeros((2, 0)), windows=((-1.0, 2.0),),
    )  # fmt: skip


@pytest.mark.parametrize(("phase", "calls"), [((0.3,), 1), ((0.3, 0.3), 1), ((0.0, 1.0), 2)])
def test_only_limbs_that_move_are_posed_anew(scenes, phase, calls):
    scene, asked = scenes([(5.0, 0.0)]), []
    box = scene.world.things[1]

    def pose(at):
        asked.append(at)
        return box.mesh, box.extent

    world = replace(scene.world, things=(scene.world.things[0], replace(box, pose=pose)))
    motion = Motion((scene.motion.tracks[0], still(phase)), (0.5,))
    moved = replace(scene, world=world, motion=motion)
    first = moment(moved, 0.5)
    later = moment(moved, 0.54, like=first)
    assert len(asked) == calls
    assert [one.number for one in later.things] == [one.number for one in first.things]
    assert later.time == 0.54
    assert (later.things[1] is first.things[1]) == (calls == 1)


def test_what_drives_is_never_taken_over(scenes):
    scene = scenes([(5.0, 0.0)])
    drives = Track(
        time=np.array([0.0, 1.0]), position=np.array([[5.0, 0, 0], [6.0, 0, 0]]),
        quaternion=np.tile([0, 0, 0, 1.0], (2, 1)), phase=np.zeros(2), level=np.zeros((2, 0)),
        windows=((-1.0, 2.0),),
    )  # fmt: skip
    moved = replace(scene, motion=Motion((scene.motion.tracks[0], drives), (0.5,)))
    first = moment(moved, 0.5)
    later = moment(moved, 0.54, like=first)
    assert later.things[1] is not first.things[1]
    assert later.things[0] is first.things[0]
