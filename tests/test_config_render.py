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
