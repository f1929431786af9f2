from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from synthgen.assets.assembly import body_bounds
from synthgen.assets.fleet import draw_user
from synthgen.build.city import make_bodies
from synthgen.build.detail import coarse
from synthgen.materials import Material
from synthgen.mesh import Mesh, mesh
from synthgen.rng import stream
from synthgen.thinning import thinning

RED, BLUE = Material("red", (1, 0, 0)), Material("blue", (0, 0, 1))


def sheet(bend=0.0) -> Mesh:
    """A square metre of 20 x 20 cells, its left 0.3 m red and the rest blue."""
    x, y = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21))
    points = np.stack([x, y, bend * x * x], -1).reshape(-1, 3)
    low = (np.arange(20)[:, None] * 21 + np.arange(20)).ravel()
    faces = np.concatenate([np.stack([low, low + 1, low + 22], 1),
                            np.stack([low, low + 22, low + 21], 1)])  # fmt: skip
    flat = mesh(points, faces, RED, "car", uv=points[faces][..., :2])
    right = points[faces][..., 0].mean(axis=1) > 0.3
    return replace(flat, material=right.astype(np.int32), materials=(RED, BLUE))


def thinned(whole: Mesh, tolerance: float) -> Mesh:
    none = np.zeros(len(whole.vertices), bool), np.zeros(len(whole.triangles), np.int64)
    return thinning(whole, tolerance, *none)(whole)


def area(one: Mesh) -> np.ndarray:
    a, b, c = (one.vertices[one.triangles[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def test_a_flat_sheet_of_two_colours_keeps_outline_and_seam_and_little_else():
    flat = thinned(sheet(), 0.005)
    assert len(flat.triangles) < 30
    for color, share in ((0, 0.3), (1, 0.7)):
        assert area(flat)[flat.material == color].sum() == pytest.approx(share, abs=0.01)
    red = flat.vertices[flat.triangles[flat.material == 0]][..., 0]
    assert red.max() == pytest.approx(0.3, abs=0.005)
    np.testing.assert_allclose(flat.uv, flat.vertices[flat.triangles][..., :2])


@pytest.mark.parametrize("tolerance", [0.002, 0.01, 0.04])
def test_a_bent_sheet_stays_within_the_tolerance_of_its_parabola(tolerance):
    bent = thinned(sheet(bend=0.5), tolerance)
    rng = stream(0, "bent")
    share = rng.dirichlet(np.ones(3), (50, len(bent.triangles)))
    place = np.einsum("ntk,tki->nti", share, bent.vertices[bent.triangles])
    assert np.abs(place[..., 2] - 0.5 * place[..., 0] ** 2).max() < tolerance
    assert len(bent.triangles) < 400


def test_the_finer_the_tolerance_the_more_triangles_and_without_any_the_surface_is_the_same():
    less = [thinned(sheet(bend=0.5), t) for t in (0.0, 1e-3, 1e-2)]
    counts = [len(one.triangles) for one in less]
    assert counts[0] > counts[1] > counts[2]
    assert area(less[0]).sum() == pytest.approx(area(sheet(bend=0.5)).sum(), rel=1e-9)


def test_normals_of_a_thinned_ball_point_outwards_and_its_surface_stays_closed():
    rng = stream(0, "ball")
    points = rng.normal(size=(1500, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    faces = ConvexHull(points).simplices
    a, b, c = points[faces].swapaxes(0, 1)
    inward = np.einsum("ti,ti->t", np.cross(b - a, c - a), a) < 0
    ball = mesh(points, np.where(inward[:, None], faces[:, ::-1], faces), RED, "car")
    less = thinned(ball, 0.04)
    assert len(less.triangles) < len(ball.triangles) / 2
    corners = less.vertices[less.triangles]
    assert np.einsum("tki,tki->tk", less.normals, corners).min() > 0.9
    edges = np.sort(less.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


@pytest.fixture(scope="module", params=["car", "van", "truck", "bus", "ambulance"])
def pair(request):
    body = make_bodies(draw_user(request.param, stream(4, "thin", request.param)))[0]
    return body, coarse(body)


def test_a_vehicle_keeps_its_bounds_and_its_box_with_much_fewer_triangles(pair):
    body, less = pair
    # The retroreflective dress of an ambulance is not thinned.
    limit = 0.6 if body.kind == "ambulance" else 0.5
    assert len(less.mesh.triangles) < limit * len(body.mesh.triangles)
    np.testing.assert_array_equal(less.mesh.bounds, body.mesh.bounds)
    for one, other in zip(body_bounds(less.mesh), body_bounds(body.mesh), strict=True):
        np.testing.assert_allclose(one, other, atol=0.01)


def test_lenses_and_what_throws_light_back_stay_as_they_are(pair):
    body, less = pair

    def shining(one: Mesh) -> np.ndarray:
        back = np.array([m.retroreflection > 0 for m in one.materials])[one.material]
        chosen = (one.circuit >= 0) | back
        corners = one.vertices[one.triangles[chosen]].reshape(-1, 9)
        return np.concatenate([one.circuit[chosen, None], corners], axis=1)

    np.testing.assert_allclose(shining(less.mesh), shining(body.mesh), atol=1e-5)


def test_wheels_are_runs_of_their_own_triangles_and_vertices(pair):
    body, less = pair
    for old, new in zip(body.wheels, less.wheels, strict=True):
        inside = less.mesh.triangles[slice(*new.triangles)]
        assert len(inside) > 20
        assert inside.min() >= new.vertices[0]
        assert inside.max() < new.vertices[1]
        outside = np.delete(less.mesh.triangles, np.s_[slice(*new.triangles)], axis=0)
        assert not np.isin(outside, np.arange(*new.vertices)).any()
        place = less.mesh.vertices[slice(*new.vertices)]
        whole = body.mesh.vertices[slice(*old.vertices)]
        np.testing.assert_allclose(np.ptp(place, axis=0), np.ptp(whole, axis=0), atol=0.02)
