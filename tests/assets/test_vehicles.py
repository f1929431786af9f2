import pickle
from dataclasses import replace

import numpy as np
import open3d as o3d
import pytest

from synthgen.assets.assembly import body_bounds
from synthgen.assets.finishes import is_mirror
from synthgen.assets.fleet import MODELS, draw_member
from synthgen.assets.vehicles import vehicle
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Beam

KINDS = ("car", "van", "truck", "bus", "ambulance", "fire_engine", "police_car", "ego")
EVERY = [(kind, subtype) for kind in KINDS for subtype in MODELS[kind]
         if not subtype.startswith("articulated")]  # fmt: skip
ALWAYS = {
    "low_beam", "high_beam", "daytime", "tail", "brake", "indicator_left", "indicator_right",
    "reverse",
}  # fmt: skip
SERVICES = [key for key in EVERY if key[0] in ("ambulance", "fire_engine", "police_car")]


def ordered(kind: str, subtype: str, seed: int = 1) -> RoadUser:
    """The mean of the subtype."""
    return RoadUser(kind, subtype, *MODELS[kind][subtype].size, seed)


@pytest.fixture(scope="module")
def bodies():
    return {key: vehicle(ordered(*key), "vehicle/1") for key in EVERY}


def lit(body, name):
    """Middle of the triangles of circuit `name`."""
    mesh = body.mesh
    return mesh.vertices[mesh.triangles[mesh.circuit == body.circuit_index(name)]].mean(axis=1)


@pytest.mark.parametrize("key", EVERY)
def test_body_without_mirrors_fills_the_ordered_box(bodies, key):
    body, user = bodies[key], ordered(*key)
    low, high = body_bounds(body.mesh)
    size = np.array([user.length, user.width, user.height])
    np.testing.assert_allclose(high - low, size, atol=0.011)
    np.testing.assert_allclose((low + high) / 2, [0, 0, user.height / 2], atol=0.006)
    assert body.extent.size == tuple(size)
    assert body.extent.center == (0.0, 0.0, user.height / 2)


@pytest.mark.parametrize("key", EVERY)
def test_only_mirrors_reach_beyond_the_box_and_only_sideways(bodies, key):
    mesh = bodies[key].mesh
    half = np.array(bodies[key].extent.size) / 2
    beyond = np.abs(mesh.vertices - [0, 0, half[2]]) > half + 0.011
    assert not beyond[:, [0, 2]].any()
    outer = mesh.material[beyond[mesh.triangles].any(axis=(1, 2))]
    assert all(is_mirror(mesh.materials[number]) for number in np.unique(outer))
    assert len(outer) > 0


@pytest.mark.parametrize("key", EVERY)
def test_lamps_are_where_traffic_looks_for_them(bodies, key):
    body = bodies[key]
    names = {circuit.name for circuit in body.circuits}
    assert names >= ALWAYS
    for name, sign in (
        ("low_beam", 1),
        ("high_beam", 1),
        ("daytime", 1),
        ("tail", -1),
        ("reverse", -1),
    ):
        assert (sign * lit(body, name)[:, 0] > 0.2 * body.extent.size[0]).all(), name
    assert (lit(body, "indicator_left")[:, 1] > 0.2).all()
    assert (lit(body, "indicator_right")[:, 1] < -0.2).all()
    for name in ("indicator_left", "indicator_right"):
        assert lit(body, name)[:, 0].max() > 0 > lit(body, name)[:, 0].min()


@pytest.mark.parametrize("key", EVERY)
def test_two_low_beams_look_ahead_and_down_from_the_nose(bodies, key):
    body = bodies[key]
    beams = [lamp for lamp in body.lamps if lamp.circuit == body.circuit_index("low_beam")]
    assert len(beams) == 2
    assert beams[0].position[1] * beams[1].position[1] < 0
    for lamp in beams:
        assert lamp.direction[0] > 0.99
        assert lamp.direction[2] < 0
        assert 10_000 <= lamp.intensity <= 30_000
        assert 0.4 < lamp.position[2] < 1.2


@pytest.mark.parametrize("key", EVERY)
def test_signal_lamps_keep_to_the_regulations(bodies, key):
    body = bodies[key]
    limits = {"tail": (4, 17), "brake": (60, 185), "reverse": (80, 600)}
    for lamp in body.lamps:
        name = body.circuits[lamp.circuit].name
        if name in limits:
            third = name == "brake" and abs(lamp.position[1]) < 0.2
            low, high = (25, 110) if third else limits[name]
            assert low <= lamp.intensity <= high
            assert lamp.direction[0] < -0.99


@pytest.mark.parametrize("key", EVERY)
def test_lamps_that_aim_stand_before_their_own_lens(bodies, key):
    body = bodies[key]
    aimed = [lamp for lamp in body.lamps if lamp.beam != Beam.ISOTROPIC]
    for lamp in aimed:
        corner = body.mesh.vertices[body.mesh.triangles[body.mesh.circuit == lamp.circuit]]
        weight = np.random.default_rng(0).dirichlet((0.7, 0.7, 0.7), 100)
        points = np.einsum("kc,tcx->tkx", weight, corner).reshape(-1, 3)
        off = np.linalg.norm(np.cross(points - lamp.position, lamp.direction), axis=1)
        assert off.min() < 0.11
    cars = {"saloon", "estate", "suv", "compact", "eu_estate", "us_saloon", "us_suv"}
    brakes = [lamp for lamp in body.lamps if body.circuits[lamp.circuit].name == "brake"]
    assert len(brakes) == (3 if body.subtype in cars else len(brakes))


@pytest.mark.parametrize("key", EVERY)
def test_nothing_hides_the_lenses_of_lamps_that_aim(bodies, key):
    body = bodies[key]
    aimed = [lamp for lamp in body.lamps if lamp.beam != Beam.ISOTROPIC]
    ways = np.array([lamp.direction for lamp in aimed])
    np.testing.assert_allclose(np.linalg.norm(ways, axis=1), 1.0, atol=1e-6)
    eyes = np.array([lamp.position for lamp in aimed]) + 3.0 * ways
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor(body.mesh.vertices.astype(np.float32)),
        o3d.core.Tensor(body.mesh.triangles.astype(np.uint32)),
    )
    for lamp, eye in zip(aimed, eyes, strict=True):
        circuit = body.mesh.circuit == lamp.circuit
        corners = body.mesh.vertices[body.mesh.triangles[circuit]].reshape(-1, 3)
        near = corners[np.linalg.norm(corners - lamp.position, axis=1) < 0.3]
        way = near - eye
        rays = np.concatenate([np.broadcast_to(eye, way.shape), 0.97 * way + 0.03 * way.mean(0)], 1)
        met = scene.cast_rays(o3d.core.Tensor(rays.astype(np.float32)))["primitive_ids"].numpy()
        seen = circuit[met[met < len(circuit)]]
        assert seen.mean() > 0.2, body.circuits[lamp.circuit].name


@pytest.mark.parametrize("key", EVERY)
def test_colors_of_light_have_luminance_one(bodies, key):
    for circuit in bodies[key].circuits:
        color = np.array(circuit.color)
        np.testing.assert_allclose(color @ [0.2126, 0.7152, 0.0722], 1.0)
        assert (color >= 0).all()
        assert circuit.luminance > 0


@pytest.mark.parametrize("key", EVERY)
def test_whatever_flashes_does_so_one_to_four_times_a_second(bodies, key):
    flashes = [circuit.flash for circuit in bodies[key].circuits if circuit.flash]
    assert flashes
    for flash in flashes:
        assert 1.0 <= 1 / flash.period <= 4.0
        assert all(start >= 0 and start + length <= flash.period for start, length in flash.pulses)


@pytest.mark.parametrize("key", SERVICES)
def test_the_two_halves_of_a_light_bar_never_burn_together(bodies, key):
    body = bodies[key]
    a, b = (body.circuits[body.circuit_index(name)].flash for name in ("beacon_a", "beacon_b"))
    times = np.arange(0, 2, 0.005)
    assert not any(a.on(time) and b.on(time) for time in times)
    assert any(a.on(time) for time in times)
    assert any(b.on(time) for time in times)


def test_colors_of_beacons_follow_the_service(bodies):
    def hue(key, name):
        body = bodies[key]
        return np.argmax(np.array(body.circuits[body.circuit_index(name)].color) * [1, 0.5, 1])

    assert hue(("police_car", "us_suv"), "beacon_a") == 0
    assert hue(("police_car", "us_suv"), "beacon_b") == 2
    assert hue(("police_car", "eu_estate"), "beacon_a") == 2
    assert hue(("fire_engine", "pumper"), "beacon_a") == 0
    assert hue(("fire_engine", "eu_pumper"), "beacon_a") == 2
    for subtype in ("tow_truck", "road_works"):
        truck = bodies["truck", subtype]
        amber = truck.circuits[truck.circuit_index("beacon_a")].color
        assert amber[0] > amber[1] > 3 * amber[2]
    assert bodies["car", "taxi"].circuit_index("taxi_sign") >= 0


@pytest.mark.parametrize("key", EVERY)
def test_surfaces_face_outwards(bodies, key):
    mesh = bodies[key].mesh
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    assert np.einsum("ij,ij->", a, np.cross(b, c)) / 6 > 0.25 * np.prod(bodies[key].extent.size)
    facing = np.einsum("tij,tj->ti", mesh.normals, np.cross(b - a, c - a))
    assert (facing > 0).mean() > 0.97


@pytest.mark.parametrize("key", EVERY)
def test_rays_from_the_road_meet_front_faces(bodies, key):
    body = bodies[key]
    mesh, size = body.mesh, np.array(body.extent.size)
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 4000)
    eye = np.stack([15 * np.cos(angle), 15 * np.sin(angle), rng.uniform(1.2, 2.0, 4000)], 1)
    aim = rng.uniform(-0.5, 0.5, (4000, 3)) * size + [0, 0, size[2] / 2]
    way = (aim - eye) / np.linalg.norm(aim - eye, axis=1, keepdims=True)
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor(mesh.vertices.astype(np.float32)),
        o3d.core.Tensor(mesh.triangles.astype(np.uint32)),
    )
    rays = o3d.core.Tensor(np.concatenate([eye, way], 1).astype(np.float32))
    answer = scene.cast_rays(rays)
    hit = np.isfinite(answer["t_hit"].numpy())
    normal = answer["primitive_normals"].numpy()[hit]
    assert hit.mean() > 0.6
    assert (np.einsum("ij,ij->i", normal, way[hit]) < 0).mean() > 0.995


@pytest.mark.parametrize("key", EVERY)
def test_meshes_are_finite_and_without_empty_triangles(bodies, key):
    mesh = bodies[key].mesh
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.normals).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=2), 1.0, atol=1e-9)
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() > 0
    assert 1_500 < len(mesh.triangles) < 12_500
    assert np.abs(mesh.vertices[:, 2].min()) < 1e-6


@pytest.mark.parametrize("key", EVERY)
def test_the_same_seed_gives_the_same_bytes(bodies, key):
    again = vehicle(ordered(*key), "vehicle/1")
    assert pickle.dumps(again) == pickle.dumps(pickle.loads(pickle.dumps(again)))
    for name in ("vertices", "triangles", "normals", "material", "circuit"):
        assert getattr(again.mesh, name).tobytes() == getattr(bodies[key].mesh, name).tobytes()
    assert again.mesh.materials == bodies[key].mesh.materials


def material_at(body, name):
    """Middle of the triangles of the materials whose name is `name`."""
    mesh = body.mesh
    which = [i for i, material in enumerate(mesh.materials) if material.name == name]
    return mesh.vertices[mesh.triangles[np.isin(mesh.material, which)]].mean(axis=1)


@pytest.mark.parametrize("key", SERVICES)
def test_services_wear_reflective_film_on_both_flanks(bodies, key):
    mesh = bodies[key].mesh
    film = [i for i, m in enumerate(mesh.materials) if m.retroreflection >= 250 or "film" in m.name]
    spots = mesh.vertices[mesh.triangles[np.isin(mesh.material, film)]].mean(axis=1)
    half = bodies[key].extent.size[1] / 2
    assert (spots[:, 1] > 0.8 * half).any()
    assert (spots[:, 1] < -0.8 * half).any()


STRIPED = [("ambulance", "us_box"), ("ambulance", "eu_van"), ("fire_engine", "pumper"),
           ("fire_engine", "eu_pumper"), ("fire_engine", "ladder")]  # fmt: skip


@pytest.mark.parametrize("key", STRIPED)
def test_chevrons_behind_are_yellow_and_red(bodies, key):
    for color in ("yellow", "red"):
        spots = material_at(bodies[key], f"film {color}")
        assert (spots[:, 0] < -0.45 * bodies[key].extent.size[0]).sum() > 4


def test_a_roof_box_tops_the_car_and_a_ladder_the_van(bodies):
    for key, name in (
        (("car", "roof_box"), "paint roof box"),
        (("van", "ladder_van"), "aluminium"),
    ):
        body = bodies[key]
        load = material_at(body, name)
        assert load[:, 2].max() > body.extent.size[2] - 0.05
        roof = [m.name for m in body.mesh.materials if m.name.startswith("glass")]
        assert material_at(body, roof[0])[:, 2].max() < body.extent.size[2] - 0.28


def test_some_pickups_are_loaded_below_their_roofs():
    designs = [vehicle(ordered("car", "pickup", seed), "car") for seed in range(10)]
    loaded = [body for body in designs if len(material_at(body, "paint crate"))]
    assert 2 <= len(loaded) <= 8
    for body in loaded:
        crates = material_at(body, "paint crate")
        assert crates[:, 2].max() < body.extent.size[2]
        assert crates[:, 0].max() < 0.0


def test_low_swept_noses_keep_their_lamps():
    rng = stream(11, "car/sports")
    for _ in range(8):
        body = vehicle(draw_member("car", "sports", rng), "car")
        assert sum(lamp.circuit == body.circuit_index("low_beam") for lamp in body.lamps) == 2


def test_seeds_change_shape_and_color():
    designs = [vehicle(ordered("car", "saloon", seed), "v") for seed in range(8)]
    assert len({body.mesh.vertices.tobytes() for body in designs}) == 8
    assert len({body.color for body in designs}) >= 3


def test_a_body_survives_pickling(bodies):
    body = bodies["police_car", "us_suv"]
    copy = pickle.loads(pickle.dumps(body))
    np.testing.assert_array_equal(copy.mesh.vertices, body.mesh.vertices)
    assert copy.circuits == body.circuits
    assert copy.lamps == body.lamps
    assert copy.extent == body.extent


@pytest.mark.parametrize("seed", range(6))
def test_the_ego_car_stays_below_its_sensors(seed):
    body = vehicle(replace(ordered("ego", "estate"), seed=seed), "ego")
    assert body.mesh.vertices[:, 2].max() < 1.53
    assert body.kind == "ego"
    assert body.mesh.classes == ("ego",)


def test_unknown_orders_are_refused():
    with pytest.raises(ValueError, match="hovercraft"):
        vehicle(RoadUser("hovercraft", "fast", 4.0, 2.0, 1.5, 0), "x")
