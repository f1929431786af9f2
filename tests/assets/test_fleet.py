import numpy as np
import pytest

from synthgen.assets.fleet import MODELS, draw_member, draw_user
from synthgen.assets.vehicles import sections
from synthgen.rng import stream

# Mean and tolerance of length, width, height [m]: nuScenes means and standard deviations where
# sensors see many of them; for ambulances the span of box bodies, for the bus width without the
# mirrors that nuScenes counts.
TABLE = {
    "car": ((4.62, 1.95, 1.73), (0.46, 0.19, 0.24)),
    "truck": ((8.53, 2.55, 3.05), (2.2, 0.45, 0.6)),
    "bus": ((11.23, 2.55, 3.47), (2.07, 0.05, 0.52)),
    "ambulance": ((6.35, 2.1, 2.8), (0.35, 0.1, 0.1)),
    "police_car": ((5.04, 2.03, 1.85), (0.33, 0.14, 0.19)),
    "fire_engine": ((9.0, 2.52, 3.25), (0.8, 0.05, 0.15)),
    "van": ((5.07, 1.90, 2.20), (0.5, 0.1, 0.25)),
}


@pytest.mark.parametrize("kind", TABLE)
def test_mean_dimensions_lie_within_the_table(kind):
    rng = stream(3, "fleet", kind)
    users = [draw_user(kind, rng) for _ in range(300)]
    mean = np.mean([(user.length, user.width, user.height) for user in users], axis=0)
    want, spread = np.array(TABLE[kind])
    assert (np.abs(mean - want) <= spread).all(), mean


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_draws_every_subtype_that_has_a_share(kind):
    rng = stream(1, "fleet", kind)
    wanted = {subtype for subtype, model in MODELS[kind].items() if model.share > 0}
    assert {draw_user(kind, rng).subtype for _ in range(200)} == wanted


def test_only_the_asked_share_responds():
    rng = stream(5, "fleet")
    share = np.mean([draw_user("ambulance", rng, 0.3).responding for _ in range(1000)])
    assert abs(share - 0.3) < 0.05
    assert not any(draw_user("ambulance", rng).responding for _ in range(50))


def test_draws_follow_the_stream_alone():
    first = [draw_user("car", stream(2, "a")) for _ in range(2)]
    assert first[0] == first[1]
    assert first[0] != draw_user("car", stream(2, "b"))


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="tank"):
        draw_user("tank", stream(0))
    with pytest.raises(ValueError, match="hovercraft"):
        draw_member("car", "hovercraft", stream(0))


def test_a_member_of_a_subtype_is_drawn_whatever_its_share():
    assert draw_member("car", "sports", stream(0)).subtype == "sports"
    assert draw_member("bus", "city_bus", stream(4)).kind == "bus"


@pytest.mark.long
@pytest.mark.parametrize("kind", TABLE)
def test_any_draw_can_be_built_to_size(kind):
    rng = stream(7, "fleet", kind)
    for _ in range(25):
        user = draw_user(kind, rng)
        bodies = sections(user, "v")
        if len(bodies) == 1:
            assert bodies[0].extent.size == (user.length, user.width, user.height)
