import numpy as np
import pytest
import shapely

from synthgen.road_user import RoadUser
from synthgen.room import Room
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import ground, rectangles, repair


def design(kind: str, size: tuple[float, float], axles: tuple[float, ...] = ()) -> RoadUser:
    """A design that takes `size`, with tyres 0.2 m wide, 1.5 m apart outside."""
    half = size[0] / 2, size[1] / 2
    tyres = tuple((x, side * y) for x in axles for side in (1, -1) for y in (0.75, 0.55))
    return RoadUser(kind, "", *size, 1.5, 0, room=Room((-half[0], -half[1]), half, tyres))


CAR = (1.4, -1.3)
USERS = (
    design("ego", (4.6, 2.1), CAR),
    design("car", (4.4, 2.1), CAR),
    design("pedestrian", (1.0, 0.6)),
    design("truck", (16.0, 2.6), (6.9, -6.5)),
    design("prop", (4.4, 2.1), CAR),
    design("prop", (1.0, 0.4)),
)


def agent(name: str, user: int, x: float, y: float, yaw: float = 0.0) -> Agent:
    time = np.round(np.arange(10, 36) * 0.1, 6)
    place = np.tile([x, y, 0.0], (26, 1))
    zero = np.zeros(26)
    heading = np.full(26, yaw)
    kind = USERS[user].kind
    return Agent(
        name, kind, user, time, place, heading, zero, zero.astype(int), zero, ((1.0, 3.5),)
    )


def scene(*agents: Agent) -> Drive:
    return Drive(agents[0].time, (3.0,), 0, agents, {})


NONE = np.zeros((0, 5))


def overlaps(drive: Drive, obstacles: np.ndarray = NONE, margin: float = 0.0) -> int:
    count = 0
    for time in [frame + offset for frame in drive.frames for offset in (-0.06, 0.0, 0.06)]:
        there = [agent for agent in drive.agents if agent.present(time)]
        rows = [ground(agent, USERS[agent.user], [time]) for agent in there]
        shapes = rectangles(np.concatenate([*rows, obstacles]), margin)
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        count += int((first < second).sum())
    return count


def test_a_rectangle_has_the_area_of_its_body_and_margin():
    shape = rectangles(np.array([[3.0, 4.0, 0.6, 4.0, 2.0]]), 0.1)[0]
    np.testing.assert_allclose(shape.area, 4.1 * 2.1)
    np.testing.assert_allclose([shape.centroid.x, shape.centroid.y], [3, 4])


def test_who_is_clear_stays_untouched():
    drive = scene(agent("ego", 0, 0, 0), agent("vehicle/1", 1, 4.65, 0), agent("person/1", 2, 0, 2))
    moved = scene(agent("ego", 0, 0, 0), agent("vehicle/1", 1, 4.61, 0), agent("person/1", 2, 0, 2))
    fixed, done = repair(drive, USERS, NONE)
    assert (done.moved, done.removed, done.obstacles) == (0, 0, ())
    np.testing.assert_array_equal(fixed.agents[1].position, drive.agents[1].position)
    assert overlaps(fixed) == overlaps(moved) == 0


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
def test_a_small_overlap_is_mended_by_the_smallest_move_aside(yaw):
    left = np.array([-np.sin(yaw), np.cos(yaw)])
    beside = agent("vehicle/1", 1, *(1.95 * left), yaw)
    fixed, done = repair(scene(agent("ego", 0, 0, 0, yaw), beside), USERS, NONE)
    assert (done.moved, done.removed) == (1, 0)
    # 1.95 + 0.3 leaves 0.11 m between mirrors 2.14 m apart; 0.2 would leave 0.01 m.
    np.testing.assert_allclose(fixed.agents[1].position[:, :2], [2.25 * left] * 26, atol=1e-9)
    assert overlaps(fixed, margin=0.1) == 0


@pytest.mark.parametrize(("place", "left_over"), [(2.0, 0.0), (0.6, 0.2), (0.3, None)])
def test_wheels_that_would_stand_on_the_kerb_are_moved_off_it_or_taken_out(place, left_over):
    road = shapely.box(-50, 0, 80, 7)
    drive = scene(agent("ego", 0, 0, 4), agent("vehicle/1", 1, 20, place))
    fixed, done = repair(drive, USERS, NONE, road)
    cars = [one for one in fixed.agents if one.name == "vehicle/1"]
    assert len(cars) == done.removed * -1 + 1 == (left_over is not None)
    for car in cars:
        np.testing.assert_allclose(car.position[:, 1], place + left_over)
    walker = agent("person/1", 2, 20, -1)
    beside = scene(agent("ego", 0, 0, 4), walker, agent("vehicle/1", 1, 20, 3))
    assert repair(beside, USERS, NONE, road)[1].removed == 0


@pytest.mark.parametrize(("radius", "shift"), [(10.8, 0.0), (10.6, -0.2), (10.3, None)])
def test_a_long_truck_whose_rear_axle_cuts_the_corner_swings_wide_or_goes(radius, shift):
    """Left around the origin its inner rear tyre, 0.75 m from the axle's middle, is nearest to the
    kerb, which is a circle of 10 m; all else of the truck is farther out.
    """
    ring = shapely.Point(0, 0).buffer(40, 200).difference(shapely.Point(0, 0).buffer(10, 200))
    truck = agent("vehicle/1", 3, radius, 6.5, np.pi / 2)
    fixed, done = repair(scene(agent("ego", 0, -25, 0), truck), USERS, NONE, ring)
    assert (done.moved, done.removed) == (bool(shift), shift is None)
    for one in fixed.agents[1:]:
        np.testing.assert_allclose(one.position[:, 0], radius - shift)


def test_the_ego_car_is_moved_off_a_kerb_and_others_make_way():
    road = shapely.box(-50, 0, 80, 7)
    other = agent("vehicle/1", 1, 0, 2.75)
    fixed, done = repair(scene(agent("ego", 0, 0, 0.3), other), USERS, NONE, road)
    assert (done.moved, done.removed) == (2, 0)
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 0.8)
    np.testing.assert_allclose(fixed.agents[1].position[:, 1], 3.05)


@pytest.mark.parametrize("place", [0.3, 0.8])
def test_the_ego_car_is_moved_clear_of_a_post_but_not_of_a_parked_car(place):
    road, post = shapely.box(-50, 0, 80, 7), np.array([[0, -0.4, 0, 0.2, 0.2]])
    fixed, done = repair(scene(agent("ego", 0, 0, place)), USERS, post, road, fixed=1)
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 0.9)
    assert done.obstacles == ()
    fixed, done = repair(scene(agent("ego", 0, 0, place)), USERS, post, road)
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 0.8)
    assert done.obstacles == (0,)


def test_what_has_crashed_is_moved_off_the_kerb_as_a_whole():
    road = shapely.box(-50, 0, 80, 7)
    parts = [agent("event/0.1/0", 4, 20, 0.5, 0.0), agent("event/0.1/1", 5, 23, 2.0, 0.4)]
    fixed, done = repair(scene(agent("ego", 0, 0, 4), *parts), USERS, NONE, road)
    assert (done.moved, done.removed) == (0, 0)
    np.testing.assert_allclose([one.position[0, 1] for one in fixed.agents[1:]], [0.8, 2.3])
    np.testing.assert_allclose([one.position[0, 0] for one in fixed.agents[1:]], [20, 23])


def test_where_the_road_is_narrower_than_the_ego_car_it_stays():
    fixed, done = repair(scene(agent("ego", 0, 0, 0.7)), USERS, NONE, shapely.box(-50, 0, 80, 1.4))
    assert (done.moved, done.removed) == (0, 0)
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 0.7)


def test_nobody_is_in_a_building():
    house = shapely.box(10, 0.2, 20, 9)
    drive = scene(agent("ego", 0, 0, 0), agent("person/1", 2, 15, 3), agent("person/2", 2, 12, 0))
    fixed, done = repair(drive, USERS, NONE, None, [house])
    assert [one.name for one in fixed.agents] == ["ego", "person/2"]
    assert (done.moved, done.removed) == (1, 1)
    assert fixed.agents[1].position[0, 1] < -0.1


def test_what_cannot_be_moved_is_taken_out_but_never_the_ego_car():
    drive = scene(agent("ego", 0, 0, 0), agent("vehicle/1", 1, 0.5, 0), agent("person/1", 2, 1, 0))
    fixed, done = repair(drive, USERS, NONE)
    assert [a.name for a in fixed.agents] == ["ego"]
    assert done.removed == 2


def test_walkers_give_way_to_vehicles_whatever_their_order():
    drive = scene(agent("ego", 0, 0, 0), agent("person/1", 2, 21, 0), agent("vehicle/1", 1, 20, 0))
    fixed, _ = repair(drive, USERS, NONE)
    assert [a.name for a in fixed.agents] == ["ego", "vehicle/1"]


def test_obstacles_in_the_ego_cars_way_are_reported_and_ignored():
    obstacles = np.array([[30.0, 0, 0, 4, 2], [1.0, 0, 0.3, 4, 2], [20.0, 0, 0, 4, 2]])
    drive = scene(agent("ego", 0, 0, 0), agent("vehicle/1", 1, 20, 0.3))
    fixed, done = repair(drive, USERS, obstacles)
    assert done.obstacles == (1,)
    assert [a.name for a in fixed.agents] == ["ego"]
    assert overlaps(fixed, obstacles[[0, 2]]) == 0


def test_parts_of_one_event_may_touch_and_others_make_way():
    parts = [agent("event/0.1/0", 1, 20, 0), agent("event/0.1/1", 1, 23, 0.5)]
    other = [agent("event/1.0/0", 1, 26, 0.0), agent("vehicle/1", 1, 20, 1.2)]
    fixed, done = repair(scene(agent("ego", 0, 0, 0), *parts, *other), USERS, NONE)
    names = [one.name for one in fixed.agents]
    assert {"event/0.1/0", "event/0.1/1"} <= set(names)
    for part in parts:
        kept = fixed.agents[names.index(part.name)]
        np.testing.assert_array_equal(kept.position, part.position)
    assert "vehicle/1" not in names
    assert "event/1.0/0" not in names
    assert done.removed == 2
