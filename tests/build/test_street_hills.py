"""Streets of OpenStreetMap whose nodes tell their height: what rays meet and wheels touch."""

import numpy as np
import pytest

from synthgen.build.slopes import settled
from synthgen.embree import tracer
from synthgen.geometry import transform, yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import standing
from synthgen.place.city import build_place
from synthgen.place.heightfield import heightfield
from synthgen.place.lift import lift
from synthgen.rays import Rays
from synthgen.rng import stream
from synthgen.traffic.streetmap import import_network
from synthgen.world import Body, Environment, Extent, World

NOON = Environment(1, 0, -1, 0, 0, 0, 0, 1e4, 0, 0, 0, 0, True)
RISE = 0.05
"""Of the street that leads north over 300 m; the one that leads east is level."""
NORTH, EAST = 1.35e-3, 1.35e-3 / np.cos(np.deg2rad(45.0))
PLACES = {1: (0, 0), 2: (NORTH, 0), 3: (-NORTH, 0), 4: (0, EAST), 5: (0, -EAST)}
LENGTH = 300.06
"""[m] of 0.0027 degrees of latitude at 45 degrees north (WGS 84)."""


def crossroads():
    ends = {2: RISE * LENGTH / 2, 3: -RISE * LENGTH / 2, 4: 0.0, 5: 0.0}
    nodes = "".join(
        f'<node id="{number}" lat="{45 + north}" lon="{9 + east}">'
        + (f'<tag k="ele" v="{200 + ends[number]:.3f}"/>' if number in ends else "")
        + "</node>"
        for number, (north, east) in PLACES.items()
    )
    ways = "".join(
        f'<way id="{name}">{"".join(f"""<nd ref="{node}"/>""" for node in row)}'
        '<tag k="highway" v="secondary"/></way>'
        for name, row in ((10, (2, 1, 3)), (11, (4, 1, 5)))
    )
    return f'<osm version="0.6">{nodes}{ways}</osm>'


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The lifted stuff, the field, and the middle of the crossing."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "town.osm").write_text(crossroads())
    network, _ = import_network(folder / "town.osm", folder)
    place = build_place(network, stream(1, "town"))
    low, high = np.array(place.plan.region.bounds).reshape(2, 2)
    field = heightfield(network.ribbons, low, high)
    middle = next(one for one in network.junctions if one.name == "1").position
    return lift(place.stuff, place.buildings, field), field, middle


def test_rays_meet_the_street_on_its_plane(town):
    stuff, field, middle = town
    zero = field.height(middle[None])[0]
    spots = np.random.default_rng(0).uniform([-3.0, 25.0], [3.0, 140.0], (2000, 2))
    spots[::2, 1] *= -1
    height = zero + RISE * spots[:, 1]
    start = np.column_stack([middle + spots, height + 1.5])
    down = np.tile([0.0, 0.0, -1.0], (len(start), 1))
    world = World(stuff, (), -1, NOON)
    with tracer(world) as trace:
        hits = trace.stuff_hits(Rays(start, down, np.zeros(len(start))))
    road = np.array([i >= 0 and world.bodies[i].kind == "road" for i in hits.body])
    assert road.mean() > 0.9
    np.testing.assert_allclose((1.5 - hits.distance)[road], 0.0, atol=0.01)


@pytest.mark.parametrize("yaw", [np.pi / 2, -np.pi / 2, 0.0])
def test_wheels_touch_the_ground(town, yaw):
    _, field, middle = town
    speck = mesh(np.eye(3) * 0.01, np.array([[0, 1, 2]]), Material("x", (0.5,) * 3), "car")
    body = Body("car", "car", "", speck, Extent((0, 0, 0.8), (4.4, 1.8, 1.6)))
    way = np.array([np.cos(yaw), np.sin(yaw)])
    for along in (-120.0, -60.0, -12.0, 0.0, 12.0, 60.0, 120.0):
        place = middle + along * way + 1.7 * np.array([way[1], -way[0]])
        pose = settled(standing(np.array([*place, 0.0]), yaw_quaternion(yaw)), body, field)
        x, y = 0.31 * 4.4, 0.4 * 1.8
        wheels = np.array([(x, y, 0), (x, -y, 0), (-x, y, 0), (-x, -y, 0)])
        there = transform(pose.world_from_body(0.0), wheels)
        assert np.abs(there[:, 2] - field.height(there[:, :2])).max() < 0.03
        if abs(along) > 50:
            rise = pose.world_from_body(0.0)[:3, :3] @ [1.0, 0.0, 0.0]
            assert rise[2] / np.hypot(*rise[:2]) == pytest.approx(RISE * np.sin(yaw), abs=2e-3)
