"""Examples: of different worlds, of middling size, within their bytes, from the right file."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.coverage.receipt.examples import Candidate, Frame, album, chosen
from synthgen.coverage.receipt.findings import Box
from synthgen.coverage.receipt.thumbnails import close_up, thumbnail
from synthgen.errors import UserError


def frame(size, name="a"):
    return Frame(f"{name}.png", 1200, 400, 0, (Box("car", 0, 0, size, size),))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 300)), max_size=20), st.integers(1, 4))
def test_examples_are_of_different_worlds_and_as_many_as_there_are(told, count):
    frames = {f"f{i}": frame(size) for i, (_, size) in enumerate(told)}
    candidates = [Candidate(f"f{i}", str(world), 0) for i, (world, _) in enumerate(told)]
    found = chosen(candidates, frames, {}, count)
    worlds = [one.world for one in found]
    assert len(worlds) == len(set(worlds)) == min(count, len({world for world, _ in told}))
    for one in found:
        of_world = [size for i, (world, size) in enumerate(told) if str(world) == one.world]
        assert frames[one.frame].boxes[0].right == max(of_world)


def test_one_example_is_of_the_middling_size():
    frames = {str(size): frame(size) for size in (10, 20, 30, 40, 50)}
    candidates = [Candidate(name, name, 0) for name in frames]
    assert [one.frame for one in chosen(candidates, frames, {}, 1)] == ["30"]


def test_what_is_shown_already_is_shown_again():
    frames = {str(size): frame(size) for size in (10, 20, 30)}
    candidates = [Candidate(name, name, 0) for name in frames]
    assert [one.frame for one in chosen(candidates, frames, {"10": None}, 1)] == ["10"]


@pytest.fixture
def folder(tmp_path):
    """Two images: grey, with a box of one colour."""
    for name, color in (("a", (0, 0, 250)), ("b", (250, 0, 0))):
        image = np.full((400, 1200, 3), 90, np.uint8)
        image[100:160, 200:300] = color
        cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    return tmp_path


def two():
    box = (Box("car", 200, 100, 300, 160),)
    return {name: Frame(f"{name}.png", 1200, 400, 0, box) for name in "ab"}


def test_a_picture_is_small_and_its_close_view_holds_the_box(folder):
    found = album(folder, two(), [(("t00",), [Candidate("a", "w", 0)], 2)])
    assert [one.frame for one in found.pictures] == ["a"]
    small = cv2.imdecode(np.frombuffer(found.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert small.shape == (213, 640, 3)
    near = cv2.imdecode(np.frombuffer(found.crops[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert near.shape == (180, 240, 3)
    box = found.crops[0].box
    assert (box.left, box.top, box.right, box.bottom) == (70, 60, 170, 120)
    assert near[90, 120].astype(int) == pytest.approx([0, 0, 250], abs=6)
    example = found.examples["t00",][0]
    assert (example.picture, example.box, example.crop) == (0, 0, 0)


def test_pictures_are_kept_once_and_no_more_than_there_is_room(folder):
    wanted = [(("t00",), [Candidate("a", "w", 0)], 1), (("t01",), [Candidate("a", "w", -1)], 1),
              (("t02",), [Candidate("b", "v", 0)], 1)]  # fmt: skip
    whole = album(folder, two(), wanted)
    assert len(whole.pictures) == len(whole.crops) == 2
    assert whole.examples["t01",][0].crop == -1
    spent = len(whole.pictures[0].jpeg) + len(whole.crops[0].jpeg)
    bounded = album(folder, two(), wanted, spent)
    assert bounded.pictures == whole.pictures[:1]
    assert set(bounded.examples) == {("t00",), ("t01",)}


def test_a_missing_and_a_broken_image_are_one_clear_line(folder):
    (folder / "a.png").unlink()
    with pytest.raises(UserError, match=r"a.png: missing, the image of frame a$"):
        album(folder, two(), [(("t00",), [Candidate("a", "w", 0)], 1)])
    (folder / "a.png").write_bytes(b"no image")
    with pytest.raises(UserError, match=r"a.png: expected an image, of frame a$"):
        album(folder, two(), [(("t00",), [Candidate("a", "w", 0)], 1)])


@given(st.floats(-50, 1190), st.floats(-50, 390), st.floats(1, 1300), st.floats(1, 500))
def test_a_close_view_is_within_its_size_wherever_the_box_is(left, top, wide, high):
    image = np.zeros((400, 1200, 3), np.uint8)
    near = close_up(image, Box("car", left, top, left + wide, top + high))
    found = cv2.imdecode(np.frombuffer(near.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert found.shape[:2] == (near.height, near.width)
    assert near.height <= 180
    assert near.width <= 240


def test_a_small_image_is_not_made_larger():
    small = np.zeros((40, 60, 3), np.uint8)
    data = thumbnail(small)
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == small.shape
