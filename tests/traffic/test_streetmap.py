from pathlib import Path

import numpy as np
import pytest

from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.projection import project
from synthgen.traffic.streetmap import height_of, import_network, read_street_map

CENTER = (45.0, 9.0)


def osm(body: str) -> str:
    return f'<?xml version="1.0"?><osm version="0.6">{body}</osm>'


def cross_roads() -> str:
    """Two streets of 300 m crossing at the centre, a building of 12 x 18 m and a tree."""
    degree = 1.35e-3
    places = [CENTER, (45 + degree, 9), (45 - degree, 9), (45, 9 + degree), (45, 9 - degree)]
    places += [(45.0002, 9.0003), (45.0002, 9.00045), (45.00036, 9.00045), (45.00036, 9.0003)]
    nodes = [f'<node id="{i + 1}" lat="{a}" lon="{b}"/>' for i, (a, b) in enumerate(places)]
    tree = '<node id="77" lat="45.0001" lon="9.0002"><tag k="natural" v="tree"/></node>'
    ways = [
        '<way id="10"><nd ref="2"/><nd ref="1"/><nd ref="3"/>'
        '<tag k="highway" v="residential"/></way>',
        '<way id="11"><nd ref="4"/><nd ref="1"/><nd ref="5"/>'
        '<tag k="highway" v="secondary"/></way>',
        '<way id="12"><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="9"/><nd ref="6"/>'
        '<tag k="building" v="retail"/><tag k="building:levels" v="4"/></way>',
    ]
    return osm("".join([*nodes, tree, *ways]))


@pytest.fixture
def imported(tmp_path):
    file = tmp_path / "cross.osm"
    file.write_text(cross_roads(), encoding="utf-8")
    folder = tmp_path / "net"
    folder.mkdir()
    network, net_file = import_network(file, folder)
    return file, network, net_file


def test_junctions_footprints_and_trees_share_one_projection(imported):
    file, network, net_file = imported
    street_map, source = read_street_map(file), read_net_file(net_file)
    middle = project(np.array([CENTER]), street_map.center)[0] + source.offset
    junction = next(j for j in network.junctions if j.name == "1")
    np.testing.assert_allclose(junction.position, middle, atol=0.02)
    building = network.footprints[0]
    assert (building.name, building.height, building.use) == ("12", 12.0, "retail")
    np.testing.assert_allclose(np.ptp(building.shape, axis=0), [11.83, 17.78], atol=0.05)
    np.testing.assert_allclose(building.shape[0] - middle, [23.65, 22.23], atol=0.05)
    np.testing.assert_allclose(network.trees[0] - middle, [15.77, 11.11], atol=0.05)


def test_sidewalks_and_crossings_are_guessed_and_the_source_is_named(imported):
    _, network, _ = imported
    assert {lane.kind for lane in network.lanes} >= {"drive", "walk"}
    assert len(network.crossings) == 4
    assert {lane.road for lane in network.lanes} == {"residential", "secondary"}
    assert network.attribution == "© OpenStreetMap contributors, ODbL 1.0"
    assert (network.name, network.kind) == ("cross", "osm")


@pytest.mark.parametrize(
    ("tags", "height"),
    [
        ({"height": "12.5"}, 12.5),
        ({"height": "9 m", "building:levels": "8"}, 9.0),
        ({"height": "tall", "building:levels": "5"}, 15.0),
        ({"building:levels": "nan"}, 0.0),
        ({}, 0.0),
    ],
)
def test_heights_come_from_tags(tags, height):
    assert height_of(tags) == height


NODE = '<node id="1" lat="45" lon="9"/>'
ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("not xml", "not well-formed"),
        (cross_roads()[:-40], "not well-formed"),
        ("<html/>", "is not an OpenStreetMap file"),
        (osm(""), "has no nodes"),
        (osm(NODE), "impossible bounds"),
        (osm(NODE + '<node id="2" lat="45.001" lon="9.001"/>'), "has no streets"),
        (osm('<node id="1" lat="45"/>'), "lacks its attribute 'lon'"),
        (osm('<node id="1" lat="north" lon="9"/>'), "could not convert"),
        (osm('<node id="1" lat="nan" lon="9"/>'), "without a place"),
        (cross_roads().replace("45.00036", "46.0"), "at most 4000"),
        (
            cross_roads().replace('"residential"', '"steps"').replace('"secondary"', '"steps"'),
            "No edges",
        ),
        (cross_roads().replace("<osm", ENTITY + "<osm"), "document type or entity"),
    ],
)
def test_a_broken_map_gives_one_line_with_file_and_fault(text, fault, tmp_path):
    file = tmp_path / "broken.osm"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=fault) as caught:
        import_network(file, tmp_path)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_map_gives_one_line(tmp_path):
    with pytest.raises(ValueError, match=r"map .*nowhere.osm: is not a file"):
        import_network(Path(tmp_path / "nowhere.osm"), tmp_path)


def test_streets_are_cut_beyond_the_bounds_and_their_ends_lie_on_the_line(tmp_path):
    bounds = '<bounds minlat="44.9995" minlon="8.9995" maxlat="45.0005" maxlon="9.0005"/>'
    file = tmp_path / "cut.osm"
    file.write_text(cross_roads().replace('"0.6">', '"0.6">' + bounds).replace("1.35e-3", "1"))
    network, _ = import_network(file, tmp_path)
    # 111 m x 79 m within the bounds, 120 m more on each side, never beyond the streets' ends.
    size = network.high - network.low
    np.testing.assert_allclose(size, [212.8 + 6, 300.0 + 6], atol=12)
