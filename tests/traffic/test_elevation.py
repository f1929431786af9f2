import numpy as np
import pytest

from synthgen.traffic.elevation import check_levels, spread, told_height
from synthgen.traffic.streetmap import import_network

DEGREE = 1.35e-3
"""150 m north of 45 degrees."""
EAST = DEGREE / np.cos(np.deg2rad(45.0))
PLACES = {1: (0, 0), 2: (1, 0), 3: (-1, 0), 4: (0, 1), 5: (0, -1), 6: (0.5, 0)}
"""North and east of the middle, in `DEGREE` and `EAST`."""


def town(heights, ways=((2, 6, 1, 3), (4, 1, 5)), extra=""):
    """Return a map of streets through the nodes `ways` with the `heights` that nodes tell."""
    nodes = []
    for number, (north, east) in PLACES.items():
        ele = heights.get(number)
        tag = "" if ele is None else f'<tag k="ele" v="{ele}"/>'
        place = f'lat="{45 + north * DEGREE}" lon="{9 + east * EAST}"'
        nodes.append(f'<node id="{number}" {place}>{tag}</node>')
    rows = [
        f'<way id="{10 + index}">{"".join(f"""<nd ref="{n}"/>""" for n in way)}'
        f'<tag k="highway" v="residential"/>{extra}</way>'
        for index, way in enumerate(ways)
    ]
    return f'<osm version="0.6">{"".join([*nodes, *rows])}</osm>'


def imported(folder, text):
    (folder / "town.osm").write_text(text)
    return import_network(folder / "town.osm", folder)[0]


def test_nodes_without_a_height_lie_evenly_between_those_that_tell():
    places = np.array([[0.0, 0], [10, 0], [40, 0], [40, 50], [200, 0], [210, 0]])
    links = np.array([[0, 1], [1, 2], [2, 3], [4, 5]])
    told = np.array([5.0, np.nan, 9.0, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(spread(places, links, told), [5, 6, 9, 9, 9, 9])


def test_at_a_fork_rises_cancel():
    places = np.array([[0.0, 0], [10, 0], [-10, 0], [0, 20]])
    told = np.array([np.nan, 1.0, 2.0, 7.0])
    found = spread(places, np.array([[0, 1], [0, 2], [0, 3]]), told)[0]
    assert (1 - found) / 10 + (2 - found) / 10 + (7 - found) / 20 == pytest.approx(0)


@pytest.mark.parametrize(("text", "height"), [("12", 12), ("12.5 m", 12.5), ("-3", -3)])
def test_a_height_is_in_metres(text, height):
    assert told_height({"ele": text}) == height


def test_words_tell_no_height_and_mountains_have_an_end():
    assert np.isnan(told_height({"ele": "high"}))
    assert np.isnan(told_height({}))
    with pytest.raises(ValueError, match="has ele=12000 at a node, beyond 9000 m"):
        told_height({"ele": "12000"})


def test_a_map_without_heights_has_no_ribbons(tmp_path):
    assert imported(tmp_path, town({})).ribbons == ()


def test_lanes_rise_with_their_street_and_do_not_tilt(tmp_path):
    """12 m over 300 m north, level east: 4 percent, told at the ends only."""
    network = imported(tmp_path, town({2: 112, 3: 100, 4: 106, 5: 106}))
    assert len(network.ribbons) >= 8
    middle = next(one for one in network.junctions if one.name == "1").position
    for one in network.ribbons:
        off = one.line[:, :2] - middle
        along = np.abs(off[:, 0]) < 9.0
        far = np.abs(off).max(axis=1) > 9.0
        np.testing.assert_allclose(one.line[far, 2], 106 + 0.04 * off[far, 1] * along[far],
                                   atol=0.01)  # fmt: skip
        assert (np.abs(one.line[:, 2] - 106) <= 0.04 * np.abs(off[:, 1]) + 0.4).all()
        assert not one.tilt.any()


def test_streets_above_each_other_are_refused():
    level = np.array([[-50.0, 0, 3], [50, 0, 3]])
    over = np.array([[0.0, -50, 9], [0, 50, 9]])
    with pytest.raises(ValueError, match=r"6.0 m above or below way a, expected no bridges"):
        check_levels({"a": level, "b": over})
    check_levels({"a": level, "b": over - [0, 0, 6]})


def test_a_bridge_with_heights_is_one_line(tmp_path):
    text = town({2: 100, 3: 100, 4: 108, 5: 108}, ways=((2, 6, 3), (4, 5)))
    with pytest.raises(
        ValueError, match=r"map .*town\.osm: has way 11 8.0 m above or below way 10"
    ):
        imported(tmp_path, text)
