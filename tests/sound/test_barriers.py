"""Ways around things and off walls, against plane geometry."""

import numpy as np

from synthgen.geometry import inverse
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.sound.air import Air
from synthgen.sound.facades import stacked, walls_of
from synthgen.sound.obstacles import Between, Boxes, Obstacles
from synthgen.sound.ways import off_walls

NONE = np.array([[-1, -1]])


def box(center, size, number=5):
    """Return obstacles with a single box and nothing that stands still."""
    pose = np.eye(4)
    pose[:3, 3] = center
    boxes = Boxes(np.array([number]), inverse(pose)[None, :3], np.array(size)[None] / 2)
    return Obstacles(lambda start, end: np.zeros(len(start), bool), boxes)


def pair(start, end, skip=NONE):
    return Between(np.array([start], float), np.array([end], float), skip)


def test_a_truck_in_between_is_gone_around_over_its_top():
    truck = box([0.0, 0.0, 1.75], [2.5, 30.0, 3.5])
    found = truck.detours(pair([-10, 0, 1.5], [10, 0, 1.5]))[0]
    up = 2.0
    wanted = 2 * np.hypot(10 - 1.25, up) + 2.5 - 20  # over both upper edges
    single = 2 * np.hypot(10, up * 10 / 8.75) - 20  # over one point high enough to see both ends
    assert 0.95 * wanted < found < 1.3 * single


def test_the_near_side_is_shorter_than_the_top():
    truck = box([0.0, 1.0, 10.0], [0.1, 4.0, 20.0])  # reaches from -1 to 3, and 20 up
    found = truck.detours(pair([-5, 0, 1.5], [5, 0, 1.5]))[0]
    np.testing.assert_allclose(found, 2 * np.hypot(5, 1) - 10, rtol=0.15)


def test_what_is_in_sight_or_left_out_has_no_detour():
    truck = box([0.0, 0.0, 1.75], [2.5, 30.0, 3.5])
    assert truck.detours(pair([-10, 0, 5.0], [10, 0, 5.0]))[0] == 0
    assert truck.detours(pair([-10, 0, 1.5], [10, 0, 1.5], np.array([[5, -1]])))[0] == 0


def test_a_shut_room_leaves_no_way():
    shut = box([0.0, 0.0, 0.0], [500.0, 500.0, 500.0])
    assert shut.detours(pair([-300, 0, 0], [0, 0, 0]))[0] == np.inf


def wall_mesh(x=10.0, half=20.0, height=12.0):
    """Return a wall in the plane x that looks back along x, with one ledge."""
    corner = np.array([[x, -half, 0], [x, half, 0], [x, half, height], [x, -half, height]], float)
    faces = np.array([[0, 2, 1], [0, 3, 2]])
    return mesh(corner, faces, Material("grey", (0.5, 0.5, 0.5)), "building")


def test_a_flat_wall_is_found_with_its_edges():
    rows = list(walls_of(wall_mesh()))
    assert len(rows) == 1
    known = stacked(rows)
    np.testing.assert_allclose(known.normal[0], [-1, 0, 0], atol=1e-9)
    np.testing.assert_allclose([known.offset[0], known.area[0]], [-10.0, 480.0])
    np.testing.assert_allclose(known.rise[0], [0, 12])


def test_sound_comes_off_a_wall_by_the_mirrored_way(stage):
    known = stacked(list(walls_of(wall_mesh())))

    def still(start, end):
        side = (start[:, 0] - 10.0) * (end[:, 0] - 10.0)
        return side < 0

    one = stage.source(stage.resting([0.0, -6.0, 1.5]))
    ear, control = stage.resting([4.0, 8.0, 1.8]), np.arange(0.0, 1.0, 0.1)
    ways = off_walls(one, ear, control, (known, still), Air(20.0), (3, 300.0))
    assert [way.kind for way in ways] == ["facade"]
    np.testing.assert_allclose(ways[0].path.at(np.zeros(1))[0], [20.0, -6.0, 1.5], atol=1e-9)
    assert (ways[0].gain > 0.8).all()


def test_no_sound_comes_off_beyond_the_end_of_a_wall_or_from_behind(stage):
    known = stacked(list(walls_of(wall_mesh())))
    open_air = (known, lambda start, end: (start[:, 0] - 10.0) * (end[:, 0] - 10.0) < 0)
    control = np.arange(0.0, 1.0, 0.1)
    for place, ear in (([0.0, 30.0, 1.5], [4.0, 60.0, 1.8]), ([14.0, 0.0, 1.5], [4.0, 1.0, 1.8])):
        one = stage.source(stage.resting(place))
        assert not off_walls(one, stage.resting(ear), control, open_air, Air(20.0), (3, 300.0))
