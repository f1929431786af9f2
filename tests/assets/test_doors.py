"""Open doors: cut out of a body, swung about their hinges, a dark room behind them."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.assets.assembly import body_bounds
from synthgen.assets.cabins import skin
from synthgen.assets.doors import opened as swung_open
from synthgen.assets.fleet import MODELS, draw_member
from synthgen.assets.vehicles import _makers, vehicle
from synthgen.rng import stream

SUBTYPES = [(kind, subtype) for kind in ("car", "van") for subtype in MODELS[kind]]
COUPE = {"sports"}
MAYBE = {"compact"}
"""Compact cars have three doors or five."""
CABS = {"panel_van", "delivery_van", "ladder_van"}


def order(kind, subtype):
    return draw_member(kind, subtype, stream(5, "doors", subtype))


def opened(user, door="front_left", angle=0.9):
    return vehicle(replace(user, door=door, opening=angle), "")


@pytest.fixture(scope="module")
def saloon():
    return order("car", "saloon")


def first_hits(mesh, origin, direction):
    """Return where rays meet `mesh` first and on which triangle, by Möller and Trumbore."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    one, two = b - a, c - a
    share, where = np.full(len(origin), np.inf), np.full(len(origin), -1)
    for n, (o, d) in enumerate(zip(origin, direction, strict=True)):
        p = np.cross(d, two)
        det = (one * p).sum(1)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = ((o - a) * p).sum(1) / det
            q = np.cross(o - a, one)
            v, t = (q @ d) / det, (two * q).sum(1) / det
            inside = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
        t = np.where(inside, t, np.inf)
        share[n], where[n] = t.min(), int(np.argmin(t))
    met = np.isfinite(share)
    return np.where(
        met[:, None], origin + np.where(met, share, 0)[:, None] * direction, np.nan
    ), where


def through(body, angles=(-0.4, 0.0, 0.4), count=9):
    """Return rays from the left into the open doorway of `body`, at slants in plan."""
    hinge, edge = np.array(body.door.hinge), np.array(body.door.edge)
    wide = np.hypot(*(edge - hinge)[:2])
    x = hinge[0] - np.linspace(0.08, 0.92, count) * wide
    z = np.linspace(hinge[2] + 0.05, 0.88 * body.extent.size[2], count)
    spots = np.array([(a, body.extent.size[1] / 2 - 0.06, b) for a in x for b in z])
    rays = [np.array([np.sin(turn), -np.cos(turn), -0.05]) for turn in angles]
    origin = np.concatenate([spots - 0.02 * ray for ray in rays])
    return origin, np.repeat(rays, len(spots), axis=0)


@pytest.mark.parametrize(("kind", "subtype"), SUBTYPES)
def test_every_car_and_van_has_its_doors(kind, subtype):
    user = order(kind, subtype)
    shut = vehicle(user, "")
    front, rear = {"front_left", "front_right"}, {"rear_left", "rear_right"}
    assert set(shut.doors) in (front, front | rear)
    if subtype not in MAYBE:
        assert (set(shut.doors) == front) == (subtype in COUPE | CABS)
    body = opened(user, shut.doors[-1])
    assert (body.lamps, body.circuits, body.extent) == (shut.lamps, shut.circuits, shut.extent)
    assert len(body.mesh.triangles) - len(shut.mesh.triangles) < 3000


@pytest.mark.parametrize("angle", [0.4, 1.2])
@pytest.mark.parametrize("door", ["front_left", "front_right", "rear_left", "rear_right"])
def test_the_door_stands_at_its_angle_on_its_side(saloon, door, angle):
    shut, body = opened(saloon, door, 0.0).door, opened(saloon, door, angle)
    sign = 1 if door.endswith("left") else -1
    before, after = (np.array(one.edge) - one.hinge for one in (shut, body.door))
    turned = np.angle(complex(*after[:2]) / complex(*before[:2]))
    assert turned == pytest.approx(-sign * angle, abs=1e-9)
    assert np.linalg.norm(after) == pytest.approx(np.linalg.norm(before), abs=1e-9)
    low, high = body.mesh.bounds[:, 1] * sign if sign > 0 else -body.mesh.bounds[::-1, 1]
    assert high == pytest.approx(sign * body.door.edge[1], abs=0.06)
    assert low > -saloon.width / 2 - 0.2


@pytest.mark.parametrize(
    ("subtype", "door"),
    [
        ("saloon", "front_left"),
        ("suv", "rear_left"),
        ("sports", "front_left"),
        ("pickup", "rear_left"),
        ("panel_van", "front_left"),
        ("minivan", "rear_left"),
    ],
)
def test_nobody_sees_through_the_car(subtype, door):
    user = order("van" if "van" in subtype else "car", subtype)
    body = opened(user, door, 1.2)
    origin, way = through(body)
    skin = first_hits(vehicle(user, "").mesh, origin + way * -0.3, way)[0]
    # Some rays met the mirror of the shut door, and pass the open one.
    behind = (skin[:, 1] > 0.3 * user.width) & (skin[:, 1] <= user.width / 2)
    spot, where = first_hits(body.mesh, (origin - 0.1 * way)[behind], way[behind])
    assert behind.sum() > 150
    assert np.isfinite(spot).all()
    assert (spot[:, 1] > 0.02 - body.extent.size[1] / 2).all()
    names = {body.mesh.materials[m].name for m in body.mesh.material[where]}
    assert {"cabin lining", "seat fabric"} <= names


def test_a_hole_right_through_would_be_seen(saloon):
    body = opened(saloon, "front_left", 1.2)
    lining = [m.name == "cabin lining" for m in body.mesh.materials]
    kept = ~np.array(lining)[body.mesh.material] & (
        body.mesh.vertices[body.mesh.triangles][..., 1].mean(axis=1) > -0.3
    )
    gone = replace(body.mesh, triangles=body.mesh.triangles[kept])
    spot, _ = first_hits(gone, *through(body))
    assert not np.isfinite(spot).all()


def test_the_steering_wheel_stays_on_the_left_whichever_door_is_open(saloon):
    for door in ("front_left", "front_right"):
        body = opened(saloon, door)
        black = [m.name == "plastic" for m in body.mesh.materials]
        points = body.mesh.vertices[body.mesh.triangles[np.array(black)[body.mesh.material]]]
        middle = points.mean(axis=1)
        inside = (np.abs(middle[:, 1]) < 0.7 * saloon.width / 2) & (middle[:, 2] > 0.75)
        assert middle[inside & (middle[:, 0] > 0), 1].min() > 0


def test_doors_of_both_sides_are_mirror_images(saloon):
    left, right = opened(saloon, "front_left"), opened(saloon, "front_right")
    assert right.door.edge == pytest.approx(left.door.edge * np.array([1, -1, 1]))
    assert right.mesh.bounds[1, 1] == pytest.approx(-left.mesh.bounds[0, 1])


def test_mirror_and_handle_go_with_the_door(saloon):
    shut, body = vehicle(saloon, ""), opened(saloon, "front_left", 1.2)
    for name in ("mirror face", "mirror housing"):
        before, after = (_points(one, name) for one in (shut, body))
        assert (before[:, 1] < 0).sum() == (after[:, 1] < 0).sum()
        moved = after[after[:, 1] > 0].mean(axis=0) - before[before[:, 1] > 0].mean(axis=0)
        assert moved[0] > 0.1
        assert np.hypot(*moved[:2]) > 0.15


def _points(body, name):
    number = [m.name for m in body.mesh.materials].index(name)
    return body.mesh.vertices[body.mesh.triangles[body.mesh.material == number]].reshape(-1, 3)


def test_without_its_door_a_body_keeps_its_box(saloon):
    body = opened(saloon, "rear_right", 0.7)
    low, high = body_bounds(body.mesh, 0)
    assert low[1] < -saloon.width / 2 - 0.3
    assert body.extent.size == (saloon.length, saloon.width, saloon.height)
    assert high[1] == pytest.approx(saloon.width / 2, abs=0.01)


def test_a_door_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="door must be one of front_left, front_right, got rear"):
        opened(order("car", "sports"), "rear_left")


@pytest.mark.parametrize(("kind", "subtype"), SUBTYPES)
def test_no_part_of_a_door_is_deeper_than_its_armrest(kind, subtype):
    user = order(kind, subtype)
    shells, _ = _makers()[kind, subtype](user, stream(user.seed, "vehicle", kind, subtype))
    whole = next(shell for shell in shells if shell.doorways)
    for doorway in whole.doorways:
        leaf = swung_open(shells, f"{doorway.name}_left", 0.0).leaf.shell
        points = leaf.points[np.unique(leaf.triangles)]
        spots = points[:, [0, 2]]
        depth = skin(whole, doorway.room, spots) - points[:, 1]
        assert (depth < 0.17).all()
