"""Skirts and coats: closed round both legs in every stance."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.drape import SIDES, _kept
from synthgen.assets.people import person
from synthgen.road_user import RoadUser


@cache
def wearers(subtype):
    """Return the first six people of a subtype who wear something long."""
    made = (person(RoadUser("pedestrian", subtype, 0.6, 0.55, 1.66, n), "p") for n in range(90))
    return [body for body in made if body.pose.figure.skin.loose][:6]


def winding(points, corners):
    """Return how often the surface goes round each point: 1 inside, 0 outside.

    Source: A. Van Oosterom and J. Strackee, "The solid angle of a plane triangle", IEEE Trans.
    Biomedical Engineering 30, 1983.
    """
    a, b, c = (corners[None, :, i] - points[:, None] for i in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=2) for v in (a, b, c))
    top = np.einsum("pti,pti->pt", a, np.cross(b, c))
    low = la * lb * lc + (a * b).sum(2) * lc + (b * c).sum(2) * la + (c * a).sum(2) * lb
    return np.arctan2(top, low).sum(axis=1) / (2 * np.pi)


def closed(mesh, drape):
    """Return the triangles [m] of a drape with a lid on its rim and one on its hem."""
    sides = mesh.triangles[drape.triangles]
    both = np.sort(sides[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    edges, count = np.unique(both, axis=0, return_counts=True)
    assert count.max() == 2
    directed = {(a, b) for a, b in sides[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).tolist()}
    lids = []
    for ring in (drape.rim, drape.rows[-1]):
        own = edges[(count == 1) & np.isin(edges, ring).all(axis=1)]
        assert len(own) == len(ring)
        middle = mesh.vertices[ring].mean(axis=0)
        for a, b in own.tolist():
            one, two = (b, a) if (a, b) in directed else (a, b)
            lids.append([mesh.vertices[one], mesh.vertices[two], middle])
    return np.concatenate([mesh.vertices[sides], np.array(lids)])


@pytest.mark.parametrize("subtype", ["adult", "elder", "standing"])
def test_it_is_one_closed_tube_that_no_leg_leaves(subtype):
    assert len(wearers(subtype)) >= 4
    for body in wearers(subtype):
        skin = body.pose.figure.skin
        for phase in (0.0, 0.13, 0.3, 0.55, 0.75):
            mesh, _ = body.pose(phase)
            for drape in skin.loose:
                points = mesh.vertices
                legs = skin.weights[:, Bone.THIGH_LEFT : Bone.SHANK_RIGHT + 1].sum(axis=1) > 0.9
                legs[np.concatenate([drape.rim, drape.rows.ravel()])] = False
                low = points[drape.rows[-1], 2].max() + 0.01
                high = points[drape.rim, 2].min() - 0.08
                legs &= (points[:, 2] > low) & (points[:, 2] < high) & skin.counted
                if legs.any():
                    inside = np.abs(winding(points[legs], closed(mesh, drape))) > 0.5
                    assert inside.mean() > 0.97


@pytest.mark.parametrize("subtype", ["adult", "standing"])
def test_columns_run_down_in_order_and_the_hem_is_as_far_down_as_cut(subtype):
    for body in wearers(subtype):
        for phase in (0.1, 0.6):
            mesh, _ = body.pose(phase)
            for drape in body.pose.figure.skin.loose:
                rings = mesh.vertices[drape.rows].mean(axis=1)
                steps = np.linalg.norm(np.diff(rings, axis=0), axis=1)
                assert steps.max() < 1.4 * np.diff(drape.deep).max()
                fall = mesh.vertices[drape.rim, 2].mean() - rings[-1, 2]
                assert 0.85 * drape.deep[-1] < fall < 1.02 * drape.deep[-1]


def test_cloth_keeps_its_girth_while_legs_are_inside_it_and_gives_when_they_are_not():
    around = np.arange(SIDES) / SIDES * 2 * np.pi
    hanging = np.hypot(0.15 * np.cos(around), 0.2 * np.sin(around))[None]
    for apart, held in ((0.04, True), (0.09, True), (0.3, False)):
        legs = np.maximum(apart * np.cos(around), -apart * np.cos(around))[None] + 0.08
        found = _kept(legs, hanging)
        assert (found >= legs - 1e-12).all()
        girth = found.mean() / hanging.mean()
        assert (abs(girth - 1) < 0.02) == held


def test_it_never_jumps_from_phase_to_phase():
    body = wearers("adult")[0]
    steps = [body.pose(phase)[0].vertices for phase in np.arange(0, 1.001, 0.02)]
    drape = body.pose.figure.skin.loose[0]
    rings = [points[drape.rows] for points in steps]
    assert max(np.abs(b - a).max() for a, b in pairwise(rings)) < 0.09
