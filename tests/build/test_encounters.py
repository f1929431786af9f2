"""Encounters: who is met on purpose stands as asked, and takes nobody's room."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.build.cast import CROWD, clip_plan, crowded, on_duty, spare
from synthgen.build.city import build_city
from synthgen.build.clip import staged_clip
from synthgen.build.encounters import NO_ROOM, NOBODY, _told
from synthgen.build.meeting import Meeting, Search, recast
from synthgen.build.sighting import Sighting, sighted
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.events import Encounter
from synthgen.road_user import RoadUser
from synthgen.scene import Moment, moment
from synthgen.sensors.camera import view_of
from synthgen.spec.resolve import resolve
from synthgen.traffic.plan import Agent


def clip(*said, **more):
    keys = [f"{key}={value}" for key, value in more.items()]
    return resolve(read([f"events=[{', '.join(said)}]", *keys]), 0)


def driver(kind="car", yaw=0.0):
    time = np.arange(26) / 10
    place = np.stack([time * np.cos(yaw), time * np.sin(yaw), 0 * time], axis=1)
    still = np.zeros(26)
    return Agent("vehicle/3", kind, 0, time, place, still + yaw, still + 1, still.astype(int), time,
                 ((0.0, 2.5),))  # fmt: skip


def test_another_body_has_its_front_where_the_first_had_it():
    users = RoadUser("car", "estate", 4.5, 1.8, 1.5, 1), RoadUser("ambulance", "", 6.3, 2.1, 2.6, 2)
    before, after = driver(yaw=0.7), recast(driver(yaw=0.7), users, 1)
    ahead = np.array([np.cos(0.7), np.sin(0.7), 0.0])
    np.testing.assert_allclose(after.position + 6.3 / 2 * ahead, before.position + 4.5 / 2 * ahead)
    assert (after.kind, after.user, after.name) == ("ambulance", 1, before.name)


def turning(radius, speed=6.0):
    """Drives round the origin: its rear axle, 0.3 of 4.5 m behind the middle, on a circle."""
    way = np.arange(26) / 10 * speed
    yaw = way / radius
    axle = radius * np.stack([np.sin(yaw), -np.cos(yaw), 0 * yaw], axis=1)
    middle = axle + 1.35 * np.stack([np.cos(yaw), np.sin(yaw), 0 * yaw], axis=1)
    return replace(driver(), position=middle, yaw=yaw, gait=way, speed=0 * way + speed)


@pytest.mark.parametrize("length", [3.9, 6.3, 8.7])
@pytest.mark.parametrize("radius", [-10.0, 8.0, 60.0])
def test_in_a_bend_another_body_rolls_on_its_own_rear_axle(length, radius):
    users = RoadUser("car", "estate", 4.5, 1.8, 1.5, 1), RoadUser("truck", "", length, 2, 2, 2)
    after = recast(turning(radius), users, 1)
    ahead = np.stack([np.cos(after.yaw), np.sin(after.yaw), 0 * after.yaw], axis=1)
    axle = after.position - 0.3 * length * ahead
    velocity = np.gradient(axle, 0.1, axis=0)[1:-1]
    aside = velocity[:, 1] * ahead[1:-1, 0] - velocity[:, 0] * ahead[1:-1, 1]
    np.testing.assert_allclose(aside, 0, atol=1e-9)


def test_each_window_is_judged_by_its_own_way():
    users = RoadUser("car", "estate", 4.5, 1.8, 1.5, 1), RoadUser("ambulance", "", 6.3, 2.1, 2.6, 2)
    bent, straight = turning(10.0), driver()
    both = replace(
        bent, windows=((0.0, 2.5), (4.0, 6.5)), time=np.r_[bent.time, straight.time + 4.0],
        position=np.r_[bent.position, straight.position], yaw=np.r_[bent.yaw, straight.yaw],
        gait=np.r_[bent.gait, straight.gait + 20.0], speed=np.r_[bent.speed, straight.speed],
        signals=np.r_[bent.signals, straight.signals],
    )  # fmt: skip
    after = recast(both, users, 1).position
    np.testing.assert_allclose(after[:26], recast(bent, users, 1).position)
    np.testing.assert_allclose(after[26:], recast(straight, users, 1).position)


def test_a_dog_goes_where_a_walker_went():
    users = RoadUser("pedestrian", "adult", 0.3, 0.5, 1.7, 1), RoadUser("dog", "", 0.9, 0.3, 0.6, 2)
    after = recast(driver("pedestrian"), users, 1)
    np.testing.assert_array_equal(after.position, driver().position)


def test_rare_kinds_are_made_less_rare_and_told_by_how_much():
    spec = clip("{encounter: {who: bus}}", "{encounter: {who: car}}", "{encounter: {who: dog}}")
    shares = spec.traffic.shares
    rest = sum(shares.values()) - shares["bus"]
    raised = CROWD / (1 - CROWD) * rest
    assert crowded(spec) == pytest.approx({"bus": raised / shares["bus"]})


def test_whose_place_others_take_need_not_be_made_less_rare():
    assert crowded(clip("{encounter: {who: ambulance, responding: off}}")) == {}
    assert set(crowded(clip("{encounter: {who: ambulance, responding: on}}"))) == {"ambulance"}


def test_who_is_made_frequent_comes_on_top_of_the_others():
    lanes = [SimpleNamespace(kind="drive", shape=np.array([[0.0, 0, 0], [10_000, 0, 0]]))]
    city = SimpleNamespace(network=SimpleNamespace(lanes=lanes))
    asked = ["{encounter: {who: bus}}", "{encounter: {who: motorcycle}}"]
    with_them, plain = (clip_plan(city, (), clip(*said, scene="night")) for said in (asked, []))
    for kind in ("car", "van", "ambulance"):
        plans = (with_them, plain)
        one, two = (plan.vehicles * share_of(plan, kind) for plan in plans)
        assert one == pytest.approx(two, abs=0.6)
    for kind in ("bus", "motorcycle"):
        assert share_of(with_them, kind) == pytest.approx(CROWD)
        left = with_them.vehicles * CROWD / crowded(clip(*asked, scene="night"))[kind]
        assert left == pytest.approx(plain.vehicles * share_of(plain, kind), abs=0.1)


def share_of(plan, kind):
    vehicles = {name: share for name, share in plan.shares.items()
                if name not in ("pedestrian", "dog", "cat")}  # fmt: skip
    return vehicles[kind] / sum(vehicles.values())


def spared(spec, agents, users=(), pool=()):
    users = users or (RoadUser("car", "estate", 4.5, 1.8, 1.5, 1),)
    city = SimpleNamespace(pool=pool)
    return spare(city, spec, users, agents, np.random.default_rng(4))


def people(*subtypes):
    return tuple(RoadUser("pedestrian", name, 0.5, 0.5, 1.7, n) for n, name in enumerate(subtypes))


def test_without_those_who_are_spare_subtypes_are_as_frequent_as_the_city_has_them():
    pool = people("adult", *["child"] * 48, "wheelchair")
    spec = clip("{encounter: {who: pedestrian, subtype: wheelchair}}")
    users, many = people("adult", "wheelchair"), 50_000
    rolls = np.random.default_rng(5).random(many) < CROWD
    agents = [replace(driver("pedestrian"), name=f"person/{n}", user=int(one))
              for n, one in enumerate(rolls)]  # fmt: skip
    gone = spared(spec, agents, users, pool)
    left = [one for one in agents if one.name not in gone]
    assert {one.user for one in agents if one.name in gone} == {1}
    share = sum(one.user for one in left) / len(left)
    assert share == pytest.approx(0.02, abs=4 * np.sqrt(0.02 * 0.98 / many))


def test_a_subtype_that_the_city_lacks_is_there_only_to_be_met():
    spec = clip("{encounter: {who: pedestrian, subtype: wheelchair}}")
    agents = [replace(driver("pedestrian"), name=f"person/{n}", user=n % 2) for n in range(10)]
    gone = spared(spec, agents, people("adult", "wheelchair"), people("adult", "child"))
    assert gone == {f"person/{n}" for n in range(1, 10, 2)}


def test_without_those_who_are_spare_kinds_are_as_frequent_as_the_scene_has_them():
    spec = clip("{encounter: {who: bus}}", scene="night")
    agents = [replace(driver("bus"), name=f"vehicle/{n}") for n in range(6000)]
    agents += [replace(driver("car"), name=f"vehicle/{n}") for n in range(6000, 6100)]
    left = {one.name for one in agents} - spared(spec, agents)
    buses = sum(one.kind == "bus" for one in agents if one.name in left)
    wanted = 1 / crowded(spec)["bus"]
    assert buses / 6000 == pytest.approx(wanted, abs=4 * np.sqrt(wanted * (1 - wanted) / 6000))
    assert len(left) == buses + 100


def test_who_is_not_in_the_scene_at_all_is_there_only_to_be_met():
    spec = clip("{encounter: {who: bus}}", **{"traffic.shares.bus": 0})
    agents = [replace(driver("bus"), name=f"vehicle/{n}") for n in range(9)]
    assert len(spared(spec, agents)) == 9


def test_on_duty_as_asked_or_as_the_traffic_has_it():
    assert on_duty(clip("{encounter: {who: ambulance, responding: on}}"), 0)
    assert not on_duty(clip("{encounter: {who: ambulance, responding: off}}"), 0)
    assert not on_duty(clip("{encounter: {who: car, responding: on}}"), 0)
    asked = "{encounter: {who: ambulance}}"
    assert on_duty(clip(asked, **{"traffic.responding": 1}), 0)
    assert not on_duty(clip(asked, **{"traffic.responding": 0}), 0)


def test_it_is_told_where_it_is_or_why_it_is_nowhere():
    one = Meeting(7, "vehicle/3", 9, True, Sighting(41.23456, 0.3))
    drive = SimpleNamespace(frames=(1.0,), agents=(driver(),))
    told = {"frame": 0, "body": "vehicle/3", "distance": 41.235, "occlusion": 0.3}
    assert _told(one, {7: 0}, drive) == told
    more = replace(one, sighting=Sighting(41.23456, 0.3, {"truncation": 0.45678}))
    assert _told(more, {7: 0}, drive) == {**told, "truncation": 0.457}
    assert _told(None, {}, drive) == {"reason": NOBODY}
    assert _told(one, {7: 0}, SimpleNamespace(frames=(1.0,), agents=())) == {"reason": NO_ROOM}
    stands = replace(one, name="parked/1", moves=False)
    assert _told(stands, {7: 0}, drive)["body"] == "parked/1"


@pytest.mark.long
def test_a_bus_that_is_met_does_not_stand_among_buses_made_for_it(tmp_path):
    """None at all in the scene: the one that is met is the only one."""
    run = read(["events=[{encounter: {who: bus, nearest: 5, farthest: 80}}]", "scene=night",
                "traffic.shares.bus=0", "seed=3", "clip.frames=3"])  # fmt: skip
    first = resolve(run, 0)
    city = build_city(first.place, 3, run.rig.ego, tmp_path)
    scene, _ = staged_clip(city, first, rig=run.rig)
    facts = scene.world.facts
    moving = [body.name for body in scene.world.things
              if body.kind == "bus" and body.name.startswith("vehicle/") and not body.part_of
              and not body.rides]  # fmt: skip
    assert moving == [facts["event_0_body"]]


@pytest.mark.long
def test_who_is_met_stands_so_in_the_finished_scene(tmp_path):
    asked = (
        "{encounter: {who: ambulance, nearest: 20, farthest: 60, responding: off}}",
        "{encounter: {who: dog, nearest: 10, farthest: 30, occlusion_most: 0.5}}",
        "{encounter: {who: car, nearest: 30, farthest: 40, occlusion_least: 0.2}}",
    )
    run = read([f"events=[{', '.join(asked)}]", "clip.frames=4", "scene=night", "seed=3"])
    first = resolve(run, 0)
    city = build_city(first.place, 3, run.rig.ego, tmp_path)
    spec = replace(resolve(run, 1), place=first.place)
    scene, _ = staged_clip(city, spec, rig=run.rig)
    facts, camera = scene.world.facts, run.rig.camera("image_2")
    assert len(scene.motion.times) == 4
    assert facts["events_happened"] == 3
    assert len({facts[f"event_{n}_frame"] for n in range(3)}) == 3
    with tracer(scene.world) as trace:
        for number, event in enumerate(spec.events):
            now = moment(scene, scene.motion.times[facts[f"event_{number}_frame"]])
            name = facts[f"event_{number}_body"]
            thing = next(one for one in now.things if one.body.name == name)
            assert thing.body.kind == event.who
            seen = sighted(trace, now, view_of(camera, now), thing)
            assert event.nearest - 0.1 <= seen.distance < event.farthest + 0.1
            assert event.occlusion_least - 0.02 <= seen.occlusion < event.occlusion_most + 0.02
            assert seen.occlusion == pytest.approx(facts[f"event_{number}_occlusion"], abs=0.02)


class Crossing(Search):
    """A search among people who are all known."""

    def _candidates(self, event, duty, taken):
        return iter(self.spec.rows)

    def _sighting(self, event, frame, index, user, trace):
        return Sighting(20.0, 0.0) if index not in self.spec.hidden else None

    @property
    def scene(self):
        told = {"kind": "pedestrian", "subtype": "adult"}
        bodies = [SimpleNamespace(name=f"person/{n}", **told) for n in range(4)]
        return SimpleNamespace(world=SimpleNamespace(things=bodies))


def crossing(rows, hidden=()):
    spec = SimpleNamespace(rows=rows, hidden=hidden, events=(ASKED,))
    return Crossing(SimpleNamespace(pool=[]), spec, None, None, np.random.default_rng(3))


ASKED = Encounter(who="pedestrian", nearest=0, farthest=50, occlusion_least=0, occlusion_most=1,
                  responding="any")  # fmt: skip
DRAWS = 4000
ROLLS = "{encounter: {who: pedestrian, subtype: wheelchair}}"
ANYBODY = "{encounter: {who: pedestrian}}"


def frequencies(search, monkeypatch):
    monkeypatch.setattr(Search, "agents", {}, raising=False)
    met = [search._meeting(0, ASKED, [], None) for _ in range(DRAWS)]
    return np.bincount([int(one.name[-1]) for one in met], minlength=4) / DRAWS


def test_all_who_stand_so_are_as_likely_at_whatever_moment(monkeypatch):
    """Not the first that comes along, who would always just be entering the range: chance."""
    rows = [(0, 0, 1.0), (3, 1, 1.0), (3, 2, 1.0), (9, 3, 1.0)]
    found = frequencies(crossing(rows), monkeypatch)
    assert np.abs(found - 1 / 4).max() < 4 * np.sqrt(1 / 4 * 3 / 4 / DRAWS)


def test_who_weighs_twice_is_twice_as_likely_among_those_who_stand_so(monkeypatch):
    rows = [(0, 0, 1.0), (1, 1, 2.0), (2, 2, 1.0), (3, 3, 1.0)]
    found = frequencies(crossing(rows, hidden=(3,)), monkeypatch)
    assert found[3] == 0
    wanted = np.array([1 / 4, 1 / 2, 1 / 4])
    assert (np.abs(found[:3] - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / DRAWS)).all()


def test_nobody_is_met_where_nobody_stands_so():
    assert crossing([])._meeting(0, ASKED, [], None) is None
    assert crossing([(0, 0, 1.0)], hidden=(0,))._meeting(0, ASKED, [], None) is None


def thing(name, **more):
    return SimpleNamespace(
        body=SimpleNamespace(**{"name": name, "part_of": "", "rides": "", **more})
    )


def test_who_is_spare_hides_nobody_but_is_whole_where_it_is_met():
    met, rider = thing("vehicle/1"), thing("vehicle/1/rider", rides="vehicle/1")
    lead, towed = thing("vehicle/2"), thing("vehicle/2/towed", part_of="vehicle/2")
    car = thing("vehicle/3")
    search = crossing([])
    search.spare = frozenset({"vehicle/1", "vehicle/2"})
    now = Moment(None, 0.0, (met, rider, lead, towed, car))
    assert search._thinned(now, met).things == (met, rider, car)
    assert search._thinned(now, rider).things == (met, rider, car)
    assert search._thinned(now, car).things == (car,)


def test_who_is_there_for_another_encounter_is_nobody_else_to_meet(monkeypatch):
    monkeypatch.setattr(Search, "agents", {"person/1": driver("pedestrian")}, raising=False)
    search = Search(SimpleNamespace(pool=people("adult", "child")), clip(ROLLS, ANYBODY), None,
                    None, np.random.default_rng(3))  # fmt: skip
    search.trip = SimpleNamespace(play=SimpleNamespace(users=people("wheelchair")))
    body = SimpleNamespace(name="person/1", kind="pedestrian", subtype="wheelchair", part_of="")
    for gone, weight in ((frozenset({"person/1"}), 0.0), (frozenset(), 1.0)):
        search.spare = gone
        assert search._weight(ASKED, body, False) == weight


def test_a_moment_has_one_encounter():
    taken = [Meeting(0, "person/9", -1, True, Sighting(20.0, 0.0))]
    assert crossing([(0, 0, 1.0)])._meeting(0, ASKED, taken, None) is None
