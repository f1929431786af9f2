from dataclasses import replace

import numpy as np

from synthgen import embree
from synthgen.assets.fleet import draw_user
from synthgen.build.city import make_bodies
from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.motion import Joints, Track
from synthgen.rays import NOTHING, Rays
from synthgen.rng import stream
from synthgen.scene import Scene, moment


def ways(origin, direction, distance):
    """Return rays as `Tracer.blocked` takes them: origin and whole way."""
    return np.hstack([origin, direction * distance[:, None]]).astype(np.float32)


def fan(count: int, seed: int = 0) -> Rays:
    rng = stream(seed, "fan")
    direction = rng.normal(size=(count, 3)) * [1, 1, 0.2]
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return Rays(np.tile([0.0, 0.0, 1.7], (count, 1)), direction, np.zeros(count))


def slab(origin, direction, low, high):
    """First hit of a box by the slab method, written independently of the engine."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (low - origin) / direction, (high - origin) / direction
    near, far = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
    return np.where((near <= far) & (near > 0), near, np.inf)


def test_first_hits_are_those_of_the_slab_method(scenes):
    places = [(12.0, 0.0), (20.0, 8.0), (-9.0, -4.0), (35.0, -1.0)]
    scene = scenes(places, ground=False)
    rays = fan(5000)
    with tracer(scene.world) as trace:
        hits = trace.first_hits(moment(scene, 0.0), rays)
    expected = np.stack(
        [
            slab(
                rays.origin - [x, y, 0],
                rays.direction,
                np.array([-2, -1, 0]),
                np.array([2, 1, 1.5]),
            )
            for x, y in [(0.0, 0.0), *places]
        ]
    )
    np.testing.assert_array_equal(
        hits.body, np.where(np.isinf(expected.min(0)), NOTHING, expected.argmin(0))
    )
    seen = hits.hit
    np.testing.assert_allclose(hits.distance[seen], expected.min(0)[seen], atol=1e-4)


def test_each_ray_meets_a_moving_body_where_it_is_at_the_rays_time(scenes):
    scene = scenes([(20.0, 0.0)])
    time = np.array([-1.0, 1.0])
    track = Track(
        time, np.array([[20.0, -30, 0], [20.0, 30, 0]]), np.tile(yaw_quaternion(0.0), (2, 1)),
        np.zeros(2), np.zeros((2, 0)), ((-1.0, 1.0),),
    )  # fmt: skip
    scene = Scene(scene.world, replace(scene.motion, tracks=(scene.motion.tracks[0], track)))
    when = np.linspace(-0.05, 0.05, 21)
    rays = Rays(
        np.tile([0, 0, 0.8], (21, 1)) + np.stack([0 * when + 5, 30 * when, 0 * when], 1),
        np.tile([1.0, 0, 0], (21, 1)), when,
    )  # fmt: skip
    with tracer(scene.world) as trace:
        hits = trace.first_hits(moment(scene, 0.0), rays)
    assert (hits.body == 2).all()
    np.testing.assert_allclose(hits.distance, 13.0, atol=1e-5)


def test_layers_ignore_what_stands_in_front(scenes):
    scene = scenes([(10.0, 0.0), (20.0, 0.0)])
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        ahead = Rays(np.array([[3.0, 0, 0.7]]), np.array([[1.0, 0, 0]]), np.zeros(1))
        layers = trace.layers(now, ahead)
        hits = trace.first_hits(now, ahead, layers)
    assert [float(layer.distance[0]) for layer in layers] == [5.0, 15.0]
    assert hits.body[0] == 2


def test_frozen_hits_equal_first_hits_at_the_moments_time(scenes):
    scene = scenes([(12.0, 3.0), (20.0, -8.0)], yaws=[0.4, 1.2])
    now, rays = moment(scene, 0.0), fan(4000, 1)
    with tracer(scene.world) as trace:
        one, two = trace.first_hits(now, rays), trace.frozen_hits(now, rays.origin, rays.direction)
    np.testing.assert_array_equal(one.body, two.body)
    np.testing.assert_allclose(one.distance, two.distance, atol=1e-3)


def test_the_silhouette_of_a_thing_is_all_rays_that_meet_it_whatever_is_before_it(scenes):
    scene = scenes([(10.0, 0.0), (20.0, 0.0), (-300.0, 0.0)])
    now, rays = moment(scene, 0.0, reach=500.0), fan(4000, 1)
    with tracer(scene.world) as trace:
        layers = {layer.thing.number: layer.index for layer in trace.layers(now, rays)}
        for thing in now.things[1:]:
            mask = trace.silhouette(now, thing, rays)
            np.testing.assert_array_equal(np.flatnonzero(mask), layers.get(thing.number, []))
        assert not trace.silhouette(now, now.things[-1], rays.select(slice(0, 1))).any()
        assert not len(trace.silhouette(now, thing, rays.select(slice(0, 0))))
    assert len(layers) >= 2


def test_a_wall_blocks_only_beyond_itself(scenes):
    scene = scenes([(10.0, 0.0)])
    now = moment(scene, 0.0)
    origin, direction = np.tile([3.0, 0, 0.7], (2, 1)), np.tile([1.0, 0, 0], (2, 1))
    with tracer(scene.world) as trace:
        blocked = trace.blocked(now, ways(origin, direction, np.array([4.9, 5.1])))
    np.testing.assert_array_equal(blocked, [False, True])


def test_moving_things_shade_and_are_mirrored_only_near_the_ego_car(scenes):
    scene = scenes([(50.0, 0.0), (70.0, 10.0), (70.0, -10.0)])
    time = np.array([-1.0, 1.0])

    def moving(x, y):
        where = np.array([[x - 1e-3, y, 0], [x + 1e-3, y, 0]])
        quaternion = np.tile(yaw_quaternion(0.0), (2, 1))
        return Track(time, where, quaternion, np.zeros(2), np.zeros((2, 0)), ((-1.0, 1.0),))

    ego, _, _, parked = scene.motion.tracks
    tracks = (ego, moving(50.0, 0.0), moving(70.0, 10.0), parked)
    now = moment(Scene(scene.world, replace(scene.motion, tracks=tracks)), 0.0)
    origin = np.array([[40.0, 0, 0.7], [40.0, 10, 0.7], [40.0, -10, 0.7]])
    direction = np.tile([1.0, 0, 0], (3, 1))
    with tracer(scene.world) as trace:
        hits = trace.frozen_hits(now, origin, direction)
        exact = trace.first_hits(now, Rays(origin, direction, np.zeros(3)))
        blocked = trace.blocked(now, ways(origin, direction, np.full(3, 50.0)))
    np.testing.assert_array_equal(hits.hit, [True, False, True])
    np.testing.assert_array_equal(blocked, [True, False, True])
    assert exact.hit.all()


def test_sweeps_meet_what_single_rays_meet_with_and_without_trees_of_many(scenes):
    scene = scenes([(10.0, 0.0), (20.0, 5.0), (-9.0, 4.0)])
    tracks = list(scene.motion.tracks)
    drive = np.array([[-9.0, 4.0, 0.0], [-5.0, 4.0, 0.0]])
    turn = np.tile(yaw_quaternion(0.3), (2, 1))
    tracks[3] = replace(
        tracks[3], time=np.array([-0.1, 0.1]), position=drive, quaternion=turn, phase=np.zeros(2),
        level=np.zeros((2, 0)),
    )  # fmt: skip
    scene = Scene(scene.world, replace(scene.motion, tracks=tuple(tracks)))
    now, rays = moment(scene, 0.0), fan(40_000, 5)
    rays = replace(rays, time=np.linspace(-0.05, 0.05, 40_000))
    with tracer(scene.world) as trace:
        apart, together = trace.first_hits(now, rays), trace.sweep_hits(now, rays)
        less = trace.sweep_hits(now, rays, without=3)
        assert len(trace.sweep_hits(now, rays.select(slice(0, 0)))) == 0
    assert {2, 3, 4} <= set(together.body.tolist())
    assert set(less.body.tolist()) == set(together.body.tolist()) - {4}
    np.testing.assert_array_equal(together.body, apart.body)
    np.testing.assert_array_equal(together.primitive, apart.primitive)
    hit = apart.hit
    np.testing.assert_allclose(together.distance[hit], apart.distance[hit], atol=1e-4)
    with tracer(scene.world) as trace:
        assert not len(trace.sweep_hits(now, rays.select(np.zeros(0, int))))


def test_standing_things_are_kept_when_another_moment_has_others(scenes):
    scene = scenes([(10.0, 0.0), (20.0, 5.0)])
    ray = np.array([[3.0, 0, 0.7]]), np.array([[1.0, 0, 0]])
    with tracer(scene.world) as trace:
        now = moment(scene, 0.0)
        first = trace.frozen_hits(now, *ray)
        less = replace(now, things=(now.things[0], now.things[2]))
        second = trace.frozen_hits(less, *ray)
        third = trace.frozen_hits(moment(scene, 0.0), *ray)
    assert first.hit[0]
    assert not second.hit[0]
    assert third.distance[0] == first.distance[0]


def test_what_stands_for_a_while_leaves_the_tree_of_standing_things_alone(scenes, monkeypatch):
    scene = scenes([(10.0, 0.0), (20.0, 5.0)])
    ego, guest, parked = scene.motion.tracks
    tracks = (ego, replace(guest, windows=((-1.0, 0.5),)), parked)
    scene = Scene(scene.world, replace(scene.motion, tracks=tracks, times=(0.0, 1.0)))
    ray, built = (np.array([[3.0, 0, 0.7]]), np.array([[1.0, 0, 0]])), []
    place = embree._placed
    monkeypatch.setattr(embree, "_placed", lambda things, time: built.append(
        [thing.thing for thing in things]) or place(things, time))  # fmt: skip
    with tracer(scene.world) as trace:
        hit = [bool(trace.frozen_hits(moment(scene, time), *ray).hit[0]) for time in (0.0, 1.0)]
    assert hit == [True, False]
    assert built == [[0, 2], [1], []]


def test_turned_wheels_are_met_where_they_are_and_as_triangles_of_the_whole_mesh(scenes):
    scene = scenes([(12.0, 0.0)], ground=False)
    car = make_bodies(draw_user("car", stream(0, "rolls")))[0]
    count = len(car.wheels)
    joints = Joints(np.full((2, count), 1.0), np.full(2, 0.5), np.tile([0.02, 0.01, 0.03], (2, 1)))
    there = np.array([[12.0, 0, 0], [12.0, 1e-6, 0]])
    track = Track(
        np.array([-1.0, 1.0]), there, np.tile(yaw_quaternion(2.0), (2, 1)), np.zeros(2),
        np.zeros((2, len(car.circuits))), ((-1.0, 1.0),), joints,
    )  # fmt: skip
    world = replace(scene.world, things=(scene.world.things[0], car))
    scene = Scene(world, replace(scene.motion, tracks=(scene.motion.tracks[0], track)))
    now, rays = moment(scene, 0.0), fan(60_000, 3)
    rays = Rays(rays.origin + np.array([6.0, 0, -1.1]), rays.direction, rays.time)
    assert now.things[1].posed
    with tracer(world) as trace:
        split = trace.first_hits(now, rays)
        whole = trace.frozen_hits(now, rays.origin, rays.direction)
    np.testing.assert_array_equal(split.body, whole.body)
    met = split.body == 1
    np.testing.assert_allclose(split.distance[met], whole.distance[met], atol=1e-4)
    same = split.primitive[met] == whole.primitive[met]
    assert same.mean() > 0.995
    wheel = np.zeros(len(car.mesh.triangles), bool)
    for one in car.wheels:
        wheel[slice(*one.triangles)] = True
    assert wheel[split.primitive[met]].sum() > 100
