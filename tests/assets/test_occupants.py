import numpy as np
import pytest

from synthgen.assets.finishes import glass
from synthgen.assets.fleet import MODELS
from synthgen.assets.occupants import PERSON, emptied
from synthgen.assets.vehicles import vehicle
from synthgen.road_user import RoadUser

KEYS = [("car", "saloon"), ("car", "suv"), ("van", "panel_van"), ("truck", "box_truck"),
        ("bus", "city_bus"), ("police_car", "us_suv"), ("fire_engine", "ladder")]  # fmt: skip


@pytest.fixture(scope="module")
def bodies():
    return {
        key: vehicle(RoadUser(*key, *MODELS[key[0]][key[1]].size, 7), "vehicle/1") for key in KEYS
    }


def of(body, *names):
    """Which triangles have a material whose name begins with one of `names`."""
    which = np.array([m.name.startswith(names) for m in body.mesh.materials])
    return which[body.mesh.material]


@pytest.mark.parametrize("key", KEYS)
def test_a_driver_sits_on_the_left_behind_the_windscreen(bodies, key):
    body = bodies[key]
    mesh, size = body.mesh, np.array(body.extent.size)
    spots = mesh.vertices[mesh.triangles[of(body, f"{PERSON}: skin")]].mean(axis=1)
    ahead = spots[spots[:, 0] > 0.02 * size[0]]
    driver = ahead[(ahead[:, 1] > 0.1 * size[1]) & (ahead[:, 1] < 0.42 * size[1])]
    assert len(driver) > 4
    # The eyes of drivers are 1.0 to 2.6 m above the road.
    assert 1.0 < driver[:, 2].mean() < 2.6


@pytest.mark.parametrize("key", KEYS)
def test_whoever_sits_inside_costs_less_than_five_hundred_triangles(bodies, key):
    behind = of(bodies[key], PERSON, "interior behind glass").sum()
    assert 40 < behind < 500


@pytest.mark.parametrize("key", KEYS)
def test_to_every_other_sense_people_are_the_pane_before_them(bodies, key):
    pane = glass().material
    behind = [m for m in bodies[key].mesh.materials if "behind glass" in m.name]
    assert len(behind) >= 4
    for material in behind:
        for name in ("roughness", "reflectance", "transmission", "metallic", "retroreflection"):
            assert getattr(material, name) == getattr(pane, name)
        assert max(material.color) < 0.3


@pytest.mark.parametrize("key", KEYS)
def test_people_keep_within_a_hand_of_the_glass(bodies, key):
    body = bodies[key]
    mesh = body.mesh
    spots = mesh.vertices[mesh.triangles[of(body, PERSON)]].mean(axis=1)
    panes = mesh.triangles[of(body, "glass")]
    corners = mesh.vertices[panes]
    # Points sampled over the panes, so that large triangles count too.
    mix = np.random.default_rng(0).dirichlet([1, 1, 1], 60)
    sampled = np.einsum("sk,tkc->tsc", mix, corners).reshape(-1, 3)
    gap = np.linalg.norm(spots[:, None] - sampled[None], axis=2).min(axis=1)
    assert gap.max() < 0.12


@pytest.mark.parametrize("key", KEYS)
def test_a_parked_vehicle_is_empty_and_keeps_all_the_rest(bodies, key):
    body = bodies[key]
    parked = emptied(body)
    assert not of(parked, PERSON).any()
    assert len(parked.mesh.triangles) == (~of(body, PERSON)).sum()
    assert of(parked, "interior behind glass").sum() == of(body, "interior behind glass").sum()
    assert parked.extent == body.extent
    assert len(parked.wheels) == len(body.wheels) >= 4
    for before, after in zip(body.wheels, parked.wheels, strict=True):
        one = body.mesh.triangles[slice(*before.triangles)]
        two = parked.mesh.triangles[slice(*after.triangles)]
        np.testing.assert_array_equal(one, two)
    assert emptied(parked) is parked
