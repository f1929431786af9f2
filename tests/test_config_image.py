import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.spec.image import ImageSpec


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("image.format=jpg", "image.format=jpg: expected one of png, jpeg; did you mean jpeg?"),
        ("image.quality=59", "image.quality=59: expected 60 to 100"),
        ("image.quality=101", "image.quality=101: expected 60 to 100"),
        ("image.quality=high", "image.quality=high: expected a whole number"),
        ("image.chroma=411", "image.chroma=411: expected 444, 422 or 420"),
        ("+image.qualty=80", "image.qualty=80: no such key; did you mean image.quality?"),
    ],
)
def test_a_bad_key_of_images_gives_one_line(override, message):
    with pytest.raises(UserError) as caught:
        read([override])
    assert str(caught.value) == message


def test_images_are_png_unless_asked_and_quality_is_no_matter_then():
    run = read([])
    assert run.image == ImageSpec()
    assert run.image.suffix == ".png"
    assert run.rig.cameras["image_2"].model.processing.jpeg == 0


def test_cameras_send_the_jpeg_that_is_stored():
    run = read(["image.format=jpeg", "image.quality=80", "image.chroma=444"])
    processing = run.rig.cameras["image_2"].model.processing
    assert (processing.jpeg, processing.chroma, run.image.suffix) == (80, 444, ".jpg")
    assert run.identity != read([]).identity
    assert run.identity != read(["image.format=jpeg", "image.quality=80"]).identity


def test_a_camera_that_compresses_keeps_its_own_quality():
    own = "rig.cameras.image_2.model.camera=ev76c570"
    before = read([own]).rig.cameras["image_2"].model.processing
    after = read([own, "image.format=jpeg", "image.quality=60"]).rig.cameras["image_2"].model
    assert before.jpeg == 90
    assert after.processing == before
