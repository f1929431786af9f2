import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthgen.road_user import RoadUser
from synthgen.room import Room

FAR = st.floats(-100, 100)


def test_a_rectangle_lies_round_its_middle_not_its_origin():
    room = Room((-0.5, -0.3), (1.1, 0.5))
    (row,) = room.rectangles(np.array([[3.0, 4.0, np.pi / 2]]))
    np.testing.assert_allclose(row, [3 - 0.1, 4 + 0.3, np.pi / 2, 1.6, 0.8])


@given(x=FAR, y=FAR, yaw=st.floats(-7, 7))
def test_tyres_keep_their_distance_from_the_origin_and_stay_ahead(x, y, yaw):
    room = Room((-2, -1), (2, 1), ((1.5, 0.8), (-1.5, -0.8)))
    (front, rear) = room.touched(np.array([[x, y, yaw]]))[0]
    np.testing.assert_allclose(np.hypot(*(front - [x, y])), 1.7, rtol=1e-9)
    np.testing.assert_allclose((front - rear) @ [np.cos(yaw), np.sin(yaw)], 3.0, rtol=1e-9)


def test_a_design_without_a_body_takes_its_length_and_width_and_has_no_tyres():
    user = RoadUser("car", "compact", 4.0, 1.7, 1.5, 0)
    assert user.takes == Room((-2.0, -0.85), (2.0, 0.85))
    assert user == RoadUser("car", "compact", 4.0, 1.7, 1.5, 0, room=Room((0, 0), (1, 1)))
