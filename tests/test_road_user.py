import numpy as np
import pytest

from synthgen.road_user import RoadUser, drawn, taken


def users(*shares):
    return [RoadUser("car", str(n), 4.0, 1.8, 1.5, n, share=s) for n, s in enumerate(shares)]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0, 0, 0, 0), (0.25, 0.25, 0.25, 0.25)),
        ((0, 0.5, 0), (0.25, 0.5, 0.25)),
        ((0, 0, 0.2, 0.4), (0.2, 0.2, 0.2, 0.4)),
        ((0.3, 0.1), (0.75, 0.25)),
        ((0, 1.0), (0.0, 1.0)),
        ((0, 0.4, 0.6), (0.0, 0.4, 0.6)),
    ],
)
def test_each_design_takes_its_share_and_the_others_what_is_left(shares, expected):
    places = (np.arange(10_000) + 0.5) / 10_000
    counts = np.bincount([taken(users(*shares), place) for place in places], minlength=len(shares))
    np.testing.assert_allclose(counts / 10_000, expected, atol=2e-4)


@pytest.mark.parametrize("place", [0.0, np.nextafter(1.0, 0.0)])
@pytest.mark.parametrize("shares", [(0, 0), (0, 1.0), (0.1, 0.7), (0.1, 0.2, 0.7), (0.9, 0)])
def test_both_ends_are_somebodys(shares, place):
    assert 0 <= taken(users(*shares), place) < len(shares)


def test_without_shares_the_draw_is_one_whole_number():
    one, two = np.random.default_rng(3), np.random.default_rng(3)
    assert [drawn(users(0, 0, 0), one) for _ in range(9)] == [
        int(two.integers(3)) for _ in range(9)
    ]


def test_with_shares_the_draw_follows_them():
    rng = np.random.default_rng(0)
    counts = np.bincount([drawn(users(0, 0.8), rng) for _ in range(2000)])
    np.testing.assert_allclose(counts / 2000, [0.2, 0.8], atol=0.03)
