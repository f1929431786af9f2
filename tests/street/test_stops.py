import numpy as np
import pytest
from shapely.geometry import box

from synthgen.network import Lane
from synthgen.rng import stream
from synthgen.street.stops import PLATE_AT, SHELTER, STAND, _ground, shelter, street_life
from synthgen.street.verge import Station

LONG, WIDTH = 200.0, 3.2
WALK = box(-5, -9, LONG + 5, -WIDTH)


def level(points):
    return np.full(len(points), 0.12)


@pytest.fixture(scope="module")
def lanes():
    shape = np.array([[0, -WIDTH / 2, 0], [LONG, -WIDTH / 2, 0]])
    return [
        Lane(f"e{i}_0", f"e{i}", 0, "drive", shape, WIDTH, 13.9, "primary", "a", "b", "none")
        for i in range(40)
    ]


def test_stops_and_racks_stand_on_free_ground_and_never_in_each_other(lanes):
    for seed in range(4):
        found, bays = street_life("downtown", lanes, WALK, level, stream(seed, "life"))
        assert found.stuff
        shapes = [
            _ground(Station(x, y, yaw, ""), (long, wide))
            for x, y, yaw, long, wide in found.obstacles
        ]
        assert all(WALK.contains(shape) for shape in shapes)
        for number, shape in enumerate(shapes):
            assert not any(shape.intersects(other) for other in shapes[:number])
        for bay in bays:
            bicycle = _ground(Station(*bay.position[:2], bay.yaw, ""), (STAND, 0.6))
            assert WALK.contains(bicycle)
            assert bay.kinds == ("bicycle",)


def test_nothing_is_built_where_there_is_no_room(lanes):
    narrow = box(-5, -WIDTH - 1.2, LONG + 5, -WIDTH)
    found, bays = street_life("downtown", lanes, narrow, level, stream(0, "life"))
    assert not found.stuff
    assert not bays


def test_a_shelter_is_open_to_the_street_and_fits_its_ground():
    low, high = shelter().bounds
    assert high[0] - low[0] <= SHELTER[0]
    assert high[1] - low[1] <= SHELTER[1]
    tall = shelter().vertices
    across = tall[(tall[:, 2] > 0.5) & (tall[:, 2] < 2.2) & (np.abs(tall[:, 0]) < 1.8)]
    assert across[:, 1].max() < 0


def test_every_sign_lies_whole_in_its_labelled_box(lanes):
    found, _ = street_life("downtown", lanes, WALK, level, stream(1, "life"))
    assert found.fixtures
    for one in found.fixtures:
        assert one.body.mesh.classes == ("traffic_sign",)
        half = np.array(one.body.extent.size) / 2 + 1e-6
        off = np.abs(one.body.mesh.vertices - np.array(one.body.extent.center))
        assert (off <= half).all()
        assert one.position[2] == pytest.approx(0.12 + PLATE_AT)


def test_a_post_carries_every_sign(lanes):
    found, _ = street_life("downtown", lanes, WALK, level, stream(1, "life"))
    stops = [body for body in found.stuff if body.subtype == "bus_stop"]
    for sign, body in zip(found.fixtures, stops, strict=True):
        away = np.linalg.norm(body.mesh.vertices[:, :2] - np.array(sign.position[:2]), axis=1)
        assert away.min() < 0.1
