import numpy as np
import pytest
from scipy.special import fresnel

from synthgen.traffic.planview import Piece, reference


def at(piece, *ways):
    return reference([piece], np.array(ways, float))


def test_a_line_runs_along_its_heading():
    np.testing.assert_allclose(
        at(Piece(0, 5, 7, np.pi / 6, 10, "line"), 10)[0], [5 + 8.660254, 12, np.pi / 6]
    )


@pytest.mark.parametrize("curvature", [0.02, -0.02])
def test_a_quarter_of_an_arc_ends_a_radius_ahead_and_a_radius_aside(curvature):
    end = at(Piece(0, 0, 0, 0, 25 * np.pi, "arc", (curvature,)), 25 * np.pi)[0]
    np.testing.assert_allclose(end, [50, np.sign(curvature) * 50, np.sign(curvature) * np.pi / 2])


def test_a_spiral_from_straight_is_the_fresnel_integral():
    length, last = 60.0, 0.05
    scale = np.sqrt(np.pi * length / last)
    sine, cosine = fresnel(40 / scale)
    end = at(Piece(0, 0, 0, 0, length, "spiral", (0.0, last)), 40)[0]
    np.testing.assert_allclose(end[:2], [scale * cosine, scale * sine], rtol=1e-10)
    np.testing.assert_allclose(end[2], last / length * 40**2 / 2)


def test_a_cubic_is_walked_by_its_length_not_by_its_abscissa():
    slope = Piece(0, 0, 0, 0, 100, "poly3", (0, 0.75, 0, 0))
    np.testing.assert_allclose(at(slope, 50)[0], [40, 30, np.arctan(0.75)], atol=1e-9)


@pytest.mark.parametrize(("normalized", "scale"), [(True, 1.0), (False, 1 / 20)])
def test_parameters_run_over_the_length_or_from_0_to_1(normalized, scale):
    numbers = (0, 20 * scale, 0, 0, 0, 0, 8 * scale**2, 0)
    piece = Piece(0, 0, 0, 0, 20, "paramPoly3", numbers, normalized)
    np.testing.assert_allclose(at(piece, 10)[0], [10, 2, np.arctan2(8, 20)], atol=1e-12)


def test_pieces_follow_each_other():
    quarter = 10 * np.pi / 2
    ends = [(0, 0, 0), (10, 10, np.pi / 2), (0, 20, np.pi), (-10, 10, 3 * np.pi / 2)]
    circle = [Piece(i * quarter, *end, quarter, "arc", (0.1,)) for i, end in enumerate(ends)]
    way = np.linspace(0, 4 * quarter, 101)
    found = reference(circle, way)
    np.testing.assert_allclose(np.hypot(found[:, 0], found[:, 1] - 10), 10)
    np.testing.assert_allclose(found[:, 2], way / 10)
