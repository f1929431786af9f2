import numpy as np
import pytest

from synthgen.exports.nuscenes.recording import Clip, Frame
from synthgen.exports.nuscenes.scenes import scenes


def clip(times):
    frames = tuple(Frame(number, time, {}, ()) for number, time in enumerate(times))
    return Clip(7, "suburb", "", "2026-06-21", frames)


@pytest.mark.parametrize(("rate", "step"), [(2, 1), (10, 5), (20, 10)])
def test_key_frames_come_twice_a_second(rate, step):
    (found,) = scenes(clip(np.arange(41) / rate))
    keys = [frames[-1].number for frames in found.samples]
    assert keys == list(range(0, 41, step))


def test_sweeps_belong_to_the_key_frame_that_follows_and_none_is_left_over_at_the_end():
    (found,) = scenes(clip(np.arange(13) / 10))
    numbers = [[frame.number for frame in frames] for frames in found.samples]
    assert numbers == [[0], [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]


def test_stills_are_scenes_of_one_sample_each():
    found = scenes(clip([0.0, 3.0, 6.5]))
    assert [len(scene.samples) for scene in found] == [1, 1, 1]
    assert len({scene.name for scene in found}) == 3
