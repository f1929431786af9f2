import hashlib
from dataclasses import replace

import numpy as np
import pytest
import shapely

from synthgen.classes import CLASSES
from synthgen.embree import tracer
from synthgen.place.city import build_place
from synthgen.place.layout import COUNTRY, PAVED
from synthgen.place.place import surface_height
from synthgen.place.relief import STEP
from synthgen.rays import Rays
from synthgen.rng import stream
from synthgen.world import Environment, World

KERB = 6.4
"""[m] from the middle to the edge of the outer lane of `crossroads`."""
NOON = Environment(1, 0, -1, 0, 0, 0, 0, 1e4, 0, 0, 0, 0, True)


def digest(place):
    found = hashlib.sha256()
    for body in place.stuff:
        found.update(body.name.encode())
        for array in (body.mesh.vertices, body.mesh.normals, body.mesh.uv, body.mesh.material):
            found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def test_meshes_are_finite_and_without_empty_triangles(place):
    for body in place.stuff:
        mesh = body.mesh
        corners = mesh.vertices[mesh.triangles]
        area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert np.isfinite(mesh.vertices).all(), body.name
        assert np.isfinite(mesh.uv).all(), body.name
        assert np.linalg.norm(area, axis=1).min() > 0, body.name
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=2), 1, atol=1e-9)


def test_shading_normals_agree_with_faces(place):
    for body in place.stuff:
        corners = body.mesh.vertices[body.mesh.triangles]
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (np.einsum("ni,nki->nk", face, body.mesh.normals) > 0).all(), body.name


def test_ground_faces_up(place):
    for body in place.stuff:
        if body.kind in ("road", "terrain", "lane_marking", "crosswalk"):
            up = body.mesh.normals[:, :, 2]
            level = np.ptp(body.mesh.vertices[body.mesh.triangles][:, :, 2], axis=1) < 1e-9
            assert (up[level] > 0.99).all(), body.name


def test_names_are_unique_and_classes_exist(place):
    names = [body.name for body in place.stuff]
    assert len(set(names)) == len(names)
    for body in place.stuff:
        assert set(body.mesh.classes) <= set(CLASSES)
        assert body.mesh.circuit.max() < len(body.circuits)


def test_no_building_stands_in_the_street_or_in_another(place):
    street = place.plan.street
    for area in place.buildings:
        assert area.intersection(street).area < 1e-6
    tree = shapely.STRtree(place.buildings)
    areas = np.array(place.buildings, object)
    for one, other in tree.query(areas, predicate="overlaps").T:
        assert place.buildings[one].intersection(place.buildings[other]).area < 1e-2


def test_no_wall_reaches_over_the_sidewalk_at_head_height(place):
    walks = place.sidewalks.buffer(-0.3)
    for body in place.stuff:
        if body.kind in ("building", "fence", "vegetation", "tree"):
            low = body.mesh.vertices[body.mesh.vertices[:, 2] < 2.2]
            assert not shapely.contains_xy(walks, low[:, :2]).any(), body.name


def test_places_have_buildings_and_a_bounded_size(place):
    least = {"motorway": 0, "rural": 0, "industrial": 4}.get(place.facts["kind"], 9)
    assert len(place.buildings) >= least
    assert 5_000 < place.facts["triangles"] < 600_000


def test_free_land_is_free(place):
    built = shapely.union_all(place.buildings)
    assert place.free.area > 0
    assert place.free.intersection(built).area < 1e-6
    assert place.free.intersection(place.plan.street).area < 1e-3


def test_kerbs_point_away_from_the_road(place):
    for kerb in place.kerbs:
        middle = (kerb.line[1:] + kerb.line[:-1]) / 2
        assert not shapely.contains_xy(place.roads, middle + 0.01 * kerb.outward).any()
        assert shapely.contains_xy(place.roads, middle - 0.01 * kerb.outward).all()


def test_frontages_have_land_behind_them(place):
    for edge in place.frontages:
        np.testing.assert_allclose(edge.inward @ edge.along, 0, atol=1e-12)
        assert 0 <= edge.depth <= 12


def test_rays_from_above_meet_the_surface_at_its_height(place):
    rng = stream(0, "rays")
    points = rng.uniform(-60, 60, (4000, 2))
    street = place.plan.street.buffer(-0.2)
    points = points[shapely.contains_xy(street, points)]
    down = np.tile([0, 0, -1.0], (len(points), 1))
    origin = np.column_stack([points, np.full(len(points), 2.0)])
    with tracer(World(place.stuff, (), 0, NOON)) as engine:
        rays = Rays(origin.astype(np.float32), down.astype(np.float32), np.zeros(len(points)))
        height = 2.0 - engine.stuff_hits(rays).distance
    off = np.abs(height - surface_height(place, points))
    banks = place.facts["kind"] in COUNTRY  # their corners are mitred
    assert np.quantile(off, 0.98) < (0.02 if banks else 0.006)
    assert off.max() < 0.13


@pytest.mark.parametrize("kind", sorted(COUNTRY))
def test_open_land_meets_the_road_without_a_step(crossroads, kind):
    """Heights across the edge of the carriageway are continuous, and reach the land's."""
    place = build_place(replace(crossroads, kind=kind), stream(1, "place", kind))
    edge = KERB + PAVED
    across = np.array([[50.0, edge + away] for away in (-0.01, 0.01, 0.4, 0.8, 1.5)])
    free = surface_height(place, across)
    np.testing.assert_allclose(free, [0, STEP / 80, STEP / 2, STEP, STEP], atol=1e-6)


def test_same_seed_same_bytes_and_other_seed_other_bytes(crossroads, downtown):
    again = build_place(crossroads, stream(1, "place", "downtown"))
    other = build_place(crossroads, stream(2, "place", "downtown"))
    assert digest(again) == digest(downtown)
    assert digest(other) != digest(downtown)


def test_no_ray_looks_through_the_world_below_the_horizon(downtown):
    angle = np.linspace(0, 2 * np.pi, 2000)
    down = np.column_stack([np.cos(angle), np.sin(angle), np.full(2000, -0.02)])
    down /= np.linalg.norm(down, axis=1, keepdims=True)
    origin = np.tile([3.0, -1.6, 1.65], (2000, 1))
    with tracer(World(downtown.stuff, (), 0, NOON)) as engine:
        rays = Rays(origin.astype(np.float32), down.astype(np.float32), np.zeros(2000))
        assert engine.stuff_hits(rays).hit.all()


@pytest.mark.parametrize("kind", ["building", "road", "sidewalk", "terrain", "crosswalk"])
def test_what_a_street_needs_is_there(place, kind):
    bare = place.facts["kind"] == "motorway" and kind == "building"
    assert any(body.kind == kind for body in place.stuff) != bare
