"""Where the focus of a camera is asked for, and who sees to it."""

from types import SimpleNamespace

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.pipeline import _placed

FOCUS = "rig.cameras.image_2.model.focus"


@pytest.mark.parametrize(("renderer", "sampled"), [("raycast", False), ("path", True)])
def test_the_path_tracer_alone_lets_light_through_all_of_the_lens(renderer, sampled):
    run = read([f"{FOCUS}=8", f"render={renderer}"])
    clip = SimpleNamespace(rig=run.rig, spec=SimpleNamespace(render=run.render))
    camera = _placed(clip, "image_2")
    assert (camera.sampled, camera.model.focus) == (sampled, 8.0)
    # f / N, focused almost at infinity.
    assert camera.model.aperture == pytest.approx(721.5377 * 4.65e-6 / 1.8, rel=1e-3)


def test_all_is_sharp_unless_asked():
    model = read([]).rig.cameras["image_2"].model
    assert (model.focus, model.aperture) == (0.0, 0.0)


def test_a_focus_out_of_reach_gives_one_line():
    with pytest.raises(UserError) as caught:
        read([f"{FOCUS}=0.01"])
    assert str(caught.value) == (
        "rig.cameras.image_2.model: camera focus must be 0 (all is sharp) or in [0.1, 10000.0] m, "
        "got 0.01"
    )
