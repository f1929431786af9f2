import numpy as np
import pytest
import shapely

from synthgen.road_user import RoadUser
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import ground, rectangles, repair, size_of

USERS = (
    RoadUser("ego", "saloon", 4.6, 1.8, 1.5, 0),
    RoadUser("car", "estate", 4.4, 1.8, 1.5, 1),
    RoadUser("pedestrian", "adult", 0.4, 0.5, 1.7, 2),
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


@pytest.mark.parametrize(("place", "left_over"), [(2.0, 0.0), (0.75, 0.2), (0.5, None)])
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


def test_the_ego_car_is_moved_off_a_kerb_where_there_is_room_and_else_stays():
    road = shapely.box(-50, 0, 80, 7)
    fixed, done = repair(scene(agent("ego", 0, 0, 0.7)), USERS, NONE, road)
    assert done.moved == 1
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 1.0)
    beside = scene(agent("ego", 0, 0, 0.7), agent("vehicle/1", 1, 0, 3.1))
    fixed, done = repair(beside, USERS, NONE, road)
    assert (done.moved, done.removed) == (0, 0)
    np.testing.assert_allclose(fixed.agents[0].position[:, 1], 0.7)


def test_nobody_is_in_a_building():
    house = shapely.box(10, 0.2, 20, 9)
    drive = scene(agent("ego", 0, 0, 0), agent("person/1", 2, 15, 3), agent("person/2", 2, 12, 0))
    fixed, done = repair(drive, USERS, NONE, None, [house])
    assert [one.name for one in fixed.agents] == ["ego", "person/2"]
    assert (done.moved, done.removed) == (1, 1)
    assert fixed.agents[1].position[0, 1] < -0.1


def test_a_walker_takes_the_room_of_the_longest_stride_and_a_car_that_of_its_mirrors():
    for user, room in ((USERS[2], (0.62 * 1.7, 0.6)), (USERS[1], (4.4, 2.14))):
        np.testing.assert_allclose(size_of(user), room)


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
