import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.render.path.quality import PathQuality


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("render.samples=0", "render: samples=0: expected a whole number, 1 to 4096"),
        ("render.bounces=1.5", "render.bounces=1.5: expected a whole number"),
        ("render.device=gpu", "render: device=gpu: expected one of auto, llvm, cuda"),
    ],
)
def test_a_bad_key_of_the_path_tracer_gives_one_line(override, message):
    with pytest.raises(UserError) as caught:
        read(["render=path", override])
    assert str(caught.value) == message


def test_the_path_tracer_has_keys_of_its_own():
    run = read(["render=path", "render.samples=3", "render.denoise=false"])
    assert run.render.path == PathQuality(samples=3, denoise=False)
    assert read(["render=raycast"]).render.path is None
    other = read(["render=path", "render.samples=4", "render.denoise=false"])
    assert run.identity != other.identity


def test_the_rasteriser_has_no_keys_and_an_identity_of_its_own():
    run = read(["render=raster"])
    assert (run.render.name, run.render.path) == ("raster", None)
    assert run.identity != read(["render=raycast"]).identity
    with pytest.raises(UserError, match=r"render\.samples=4: no such key"):
        read(["render=raster", "+render.samples=4"])


def test_a_lens_that_a_rasteriser_cannot_draw_gives_one_line():
    with pytest.raises(UserError) as caught:
        read(["render=raster", "rig=fisheye"])
    assert str(caught.value) == (
        "render=raster: camera front has projection_model=fisheye, expected pinhole: "
        "a rasteriser draws straight lines straight; take render=raycast"
    )
