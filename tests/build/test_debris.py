"""Debris of a storm in a real city: where it lies, what it touches, how it flies."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.spatial.transform import Rotation

from synthgen.build.city import City
from synthgen.build.debris import STORM, outer_lanes, strewn, tumbling
from synthgen.config import read
from synthgen.place.city import build_place
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.resolve import resolve
from synthgen.street.fixture import Furniture
from synthgen.traffic.city import generate_network
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import rectangles

EGO = RoadUser("ego", "estate", 4.77, 1.82, 1.515, 0)
NOTHING = np.zeros((0, 5))


@pytest.fixture(scope="module")
def storm(tmp_path_factory):
    """Return a city, a clip of it in a gale and the ego car alone on one of its lanes."""
    run = read(["scene=storm_night", "seed=3"])
    spec = resolve(run, 0)
    spec = replace(spec, environment=replace(spec.environment, wind=20.0))
    folder = Path(tmp_path_factory.mktemp("city"))
    network, net_file = generate_network("suburb", stream(3, "streets"), folder)
    furniture = Furniture((), (), (), NOTHING)
    place = build_place(network, stream(3, "place"))
    city = City(network, net_file, place, furniture, place.streets, (), (EGO,), {})
    ways = outer_lanes(city.network.lanes)
    lane = max(ways, key=lambda x: shapely.LineString(x.shape[:, :2]).length)
    line = shapely.LineString(lane.shape[:, :2])
    place = np.array(line.interpolate(line.length / 3).coords[0])
    end = np.array(line.interpolate(line.length / 3 + 1).coords[0])
    yaw = float(np.arctan2(*(end - place)[::-1]))
    time = np.round(np.arange(0, 60, 0.1), 6)
    still = np.zeros(len(time))
    ego = Agent(
        "ego", "ego", 0, time, np.tile([*place, 0.0], (len(time), 1)), still + yaw, still,
        still.astype(int), still, ((0.0, 59.9),),
    )  # fmt: skip
    drive = Drive(time, tuple(np.arange(3.0, 58.0, 3.0)), 0, (ego,), {})
    return city, spec, drive


def test_a_storm_strews_pieces_that_lie_on_the_carriageway(storm):
    city, spec, drive = storm
    pieces = strewn(city, spec, drive, NOTHING)
    assert len(pieces) >= 3
    for piece in pieces:
        track = piece.track
        points = Rotation.from_quat(track.quaternion[0]).apply(piece.body.mesh.vertices)
        points = points + track.position[0]
        assert abs(points[:, 2].min()) < 1e-9
        assert track.stands
        assert city.place.roads.contains(shapely.MultiPoint(points[:, :2]))
        box = rectangles(piece.footprint[None], 0.01)[0]
        assert box.covers(shapely.MultiPoint(points[:, :2]))


def test_pieces_keep_clear_of_each_other_and_of_what_stands_there(storm):
    city, spec, drive = storm
    free = strewn(city, spec, drive, NOTHING)
    boxes = rectangles(np.array([piece.footprint for piece in free]))
    for number, box in enumerate(boxes):
        assert not shapely.intersects(box, boxes[number + 1 :]).any()
    taken = free[0].footprint[None]
    rest = strewn(city, spec, drive, taken)
    assert free[0].body.name not in {piece.body.name for piece in rest}


def test_light_wind_brings_nothing(storm):
    city, spec, drive = storm
    calm = replace(spec, environment=replace(spec.environment, wind=STORM - 1))
    assert strewn(city, calm, drive, NOTHING) == []
    assert tumbling(city, calm, drive, (EGO,), NOTHING) == []


def test_what_tumbles_stays_above_the_road_and_is_driven_along_the_street(storm):
    city, spec, drive = storm
    pieces = tumbling(city, spec, drive, (EGO,), NOTHING)
    assert pieces
    yaw, azimuth = drive.agents[0].yaw[0], spec.environment.wind_azimuth
    blow = np.array([np.cos(yaw), np.sin(yaw)]) * np.sign(np.cos(azimuth - yaw))
    for piece in pieces:
        track = piece.track
        assert not track.stands
        lowest = [
            (Rotation.from_quat(q).apply(piece.body.mesh.vertices) + p)[:, 2].min()
            for p, q in zip(track.position, track.quaternion, strict=True)
        ]
        assert min(lowest) > -0.03
        assert (track.position[-1, :2] - track.position[0, :2]) @ blow > 1.0
        assert ((track.quaternion[1:] * track.quaternion[:-1]).sum(axis=1) > 0).all()
        frames = [f for f in drive.frames if track.present(f - 0.06, f + 0.06)]
        assert len(frames) == 1


def test_the_same_clip_has_the_same_debris(storm):
    city, spec, drive = storm
    one, two = (strewn(city, spec, drive, NOTHING) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        assert a.track.position.tobytes() == b.track.position.tobytes()
        assert a.body.mesh.vertices.tobytes() == b.body.mesh.vertices.tobytes()
