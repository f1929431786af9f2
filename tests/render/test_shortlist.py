import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.render.raycast.lantern import bound, reach
from synthgen.render.raycast.shortlist import cell_key, cells, slot_of
from synthgen.rng import stream


@pytest.fixture(scope="module")
def street(lamps_within):
    """Forty lamps of all patterns, pointing anywhere."""
    return lamps_within(stream(0, "lamps"), 40, (60.0, 20.0))


def level(every, lamp, point):
    return reach(every.rows, every.tables, lamp, point)[0] * every.rows[lamp, 12]


def test_the_strongest_lamp_at_a_point_is_in_its_cells_list(street):
    known, rng = cells(0.02, np.zeros(3), 0.0), stream(1, "points")
    missed = 0
    for point in rng.uniform([-50, -15, 0], [50, 15, 6], (400, 3)):
        every = [level(street, lamp, tuple(point)) for lamp in range(len(street.rows))]
        best = int(np.argmax(every))
        slot = slot_of(known, street, cell_key(*point, 10.0))
        listed = known.lamps[slot, : known.kept[slot]]
        # The edge of a beam that only grazes a corner of a cell may be missed.
        missed += every[best] > 0.2 and best not in listed
    assert missed <= 4


def test_a_cells_list_is_the_same_after_it_has_lost_its_slot(street):
    known = cells(0.02, np.zeros(3), 0.0)
    key = cell_key(3.0, 2.0, 0.1, 10.0)
    slot = slot_of(known, street, key)
    count = int(known.kept[slot])
    first = known.lamps[slot, :count].copy()
    known.key[slot], known.lamps[slot] = -1, 7
    assert slot_of(known, street, key) == slot
    assert int(known.kept[slot]) == count > 0
    np.testing.assert_array_equal(known.lamps[slot, :count], first)


def test_cells_grow_with_the_distance_and_part_points_that_lie_apart():
    near = {cell_key(x, 0.1, 0.1, 5.0) for x in np.arange(-3, 3, 0.1) + 0.05}
    far = {cell_key(x, 0.1, 0.1, 500.0) for x in np.arange(-3, 3, 0.1) + 0.05}
    assert len(near) == 8
    assert len(far) == 2
    assert not near & far
    assert cell_key(0.1, 0.1, 0.1, 5.0) != cell_key(0.1, 0.1, -0.1, 5.0)
    assert all(key >= 0 for key in near | far)


def test_no_lamp_gives_more_than_its_bound(street):
    rng = stream(2, "bounds")
    for _ in range(3000):
        lamp = int(rng.integers(len(street.rows)))
        center, radius = rng.uniform([-50, -15, 0], [50, 15, 6]), rng.uniform(0.1, 3.0)
        way = unit(rng.normal(size=3)) * radius * rng.random()
        most = bound(street.rows, 0.0, lamp, tuple(center), radius)
        assert level(street, lamp, tuple(center + way)) <= most * 1.001 + 1e-9
