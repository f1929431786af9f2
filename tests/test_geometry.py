import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synthgen.geometry import inverse, pose, transform, wrap, yaw_of, yaw_quaternion

angles = st.floats(-20, 20)


@given(angles)
def test_yaw_of_a_yaw_quaternion_is_the_wrapped_yaw(yaw):
    difference = wrap(yaw_of(yaw_quaternion(yaw)) - yaw)
    assert abs(difference) < 1e-9


@given(arrays(float, 3, elements=st.floats(-100, 100)), angles)
def test_inverse_undoes_a_pose(position, yaw):
    there = pose(position, yaw_quaternion(yaw))
    points = np.array([[1.0, 2.0, 3.0], [-5.0, 0.0, 7.0]])
    np.testing.assert_allclose(
        transform(inverse(there), transform(there, points)), points, atol=1e-9
    )


def test_a_quarter_turn_takes_forward_to_left():
    turned = transform(pose(np.zeros(3), yaw_quaternion(np.pi / 2)), np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(turned, [[0.0, 1.0, 0.0]], atol=1e-12)
