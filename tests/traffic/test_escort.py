"""Companions are where the scene says, measured from the finished motion."""

import numpy as np
import pytest

from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic.city import generate_network
from synthgen.traffic.escort import LEAST, is_near, wanted
from synthgen.traffic.plan import DrivePlan, Post
from synthgen.traffic.simulate import drive
from synthgen.traffic.witness import gaps

USERS = (
    RoadUser("ego", "any", 4.6, 1.8, 1.6, 0, False),
    RoadUser("car", "any", 4.4, 1.8, 1.6, 1, False),
    RoadUser("ambulance", "any", 6.0, 2.1, 2.4, 2, True),
    RoadUser("police_car", "any", 4.8, 1.9, 1.6, 3, False),
)
STILLS = {"frames": 8}
FILM = {"frames": 40, "gap": 0.1, "distance": 0.0}


def run(folder, place, *posts, **changes):
    network, file = generate_network(place, stream(2, "city"), folder)
    plan = DrivePlan(vehicles=40, pedestrians=0, shares={"car": 1.0}, companions=posts, **changes)
    return drive(file, network, USERS, plan, stream(1, "drive"))


def along(driven, number):
    """Return the distance [m] along the ego car's heading from bumper to bumper, and the turn
    between both headings [rad], at each frame that shows the companion: a second route.
    """
    ego, rows = driven.agents[driven.ego], []
    for frame in driven.frames:
        for other in driven.agents:
            if other.name.startswith(f"companion/{number}.") and other.present(frame, 0.0):
                x, y, yaw = ego.place(frame)
                step = other.place(frame)[:2] - (x, y)
                middle = step @ (np.cos(yaw), np.sin(yaw))
                room = (USERS[0].length + USERS[other.user].length) / 2
                turn = np.angle(np.exp(1j * (other.place(frame)[2] - yaw)))
                rows.append((np.sign(middle) * (abs(middle) - room), turn))
    return np.array(rows).reshape(-1, 2)


@pytest.mark.parametrize(
    ("place", "kind"),
    [("suburb", STILLS), ("downtown", STILLS), ("motorway", STILLS), ("downtown", FILM),
     ("motorway", FILM)],
)  # fmt: skip
def test_one_ahead_and_one_behind_keep_their_distance(tmp_path, place, kind):
    posts = Post(2, 28.0), Post(3, -14.0)
    driven = run(tmp_path, place, *posts, **kind)
    for number, post in enumerate(posts):
        seen = along(driven, number)
        assert len(seen) >= 0.75 * len(driven.frames)
        straight = seen[np.abs(seen[:, 1]) < 0.1, 0]
        assert len(straight) >= 2
        assert np.mean(np.abs(straight - post.ahead) <= max(3.0, 0.25 * abs(post.ahead))) >= 0.8
        assert np.nanmedian(gaps(driven, USERS, number)) == pytest.approx(post.ahead, rel=0.25)


def test_a_companion_drives_no_nearer_than_others_do(tmp_path):
    assert wanted(Post(2, 1.0)) == LEAST
    assert wanted(Post(2, -0.5)) == -LEAST
    assert wanted(Post(2, 31.0)) == 31.0
    driven = run(tmp_path, "downtown", Post(2, 1.0), **STILLS)
    found = gaps(driven, USERS, 0)
    assert np.nanmin(found) > 1.0
    assert sum(is_near(gap, LEAST) for gap in found) >= 5


def test_gaps_count_from_body_to_body_and_say_who_is_not_there(tmp_path):
    driven = run(tmp_path, "downtown", Post(2, 28.0), **STILLS)
    found, seen = gaps(driven, USERS, 0), along(driven, 0)
    there = np.isfinite(found)
    assert there.sum() == len(seen)
    straight = np.abs(seen[:, 1]) < 0.02
    assert straight.any()
    np.testing.assert_allclose(found[there][straight], seen[straight, 0], atol=0.6)
    assert np.isnan(gaps(driven, USERS, 1)).all()
