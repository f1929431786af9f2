import numpy as np
import pytest
import shapely

from synthgen.traffic.graph import road_graph, walk_graph
from synthgen.traffic.maps import import_map
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.opendrive import import_opendrive, read_document


@pytest.fixture
def imported(tmp_path):
    """Import the OpenDRIVE text that is given."""

    def do(text):
        file = tmp_path / "map.xodr"
        file.write_text(text, encoding="utf-8")
        (tmp_path / "net").mkdir(exist_ok=True)
        return import_opendrive(file, tmp_path / "net")

    return do


def offset_of(net_file):
    return read_net_file(net_file).offset


def area(network, *kinds):
    rings = [shapely.Polygon(one.ring) for one in network.strips if one.kind in kinds]
    return shapely.union_all(rings)


def test_lanes_keep_use_width_and_place(imported, xodr):
    network, net_file = imported(xodr.straight())
    offset = offset_of(net_file)
    lanes = {lane.index: lane for lane in network.lanes if lane.edge == "-1"}
    assert [lanes[i].kind for i in range(3)] == ["walk", "paved", "drive"]
    assert [lanes[i].width for i in range(3)] == [2.0, 0.5, 3.5]
    aside = [lanes[i].shape[:, 1] - offset[1] for i in range(3)]
    for found, wanted in zip(aside, (-5.0, -3.75, -1.75), strict=True):
        np.testing.assert_allclose(found, wanted, atol=0.02)
    assert lanes[2].speed == pytest.approx(50 / 3.6, abs=0.01)
    assert (network.kind, network.name, network.attribution) == ("opendrive", "map", "")


def test_strips_cover_the_road_exactly(imported, xodr):
    network, _ = imported(xodr.straight())
    assert area(network, "drive", "paved").area == pytest.approx(400 * 8)
    assert area(network, "walk").area == pytest.approx(400 * 4)


def test_a_lane_that_widens_is_a_wedge(imported, xodr):
    wide = xodr.lane(1, "driving", 3.5)
    wedge = wide.replace('a="3.5" b="0"', 'a="2.5" b="0.005"')
    network, _ = imported(xodr.straight().replace(wide, wedge))
    assert area(network, "drive").area == pytest.approx(400 * 3.5 + 400 * 3.5)
    cut = area(network, "drive").intersection(shapely.box(-1, -9, 1, 99)).area
    assert cut == pytest.approx(3.5 + 2.5025)


def test_borders_in_place_of_widths_say_the_same(imported, xodr):
    text = xodr.straight(made=xodr.lanes((), (("driving", 3.5),)))
    border = text.replace("<width ", "<border ").replace('a="3.5"', 'a="-3.5"')
    for one in (text, border):
        network, _ = imported(one)
        assert area(network, "drive").area == pytest.approx(1400)
        assert [lane.width for lane in network.lanes] == [3.5]


def test_traffic_turns_everywhere_and_people_cross(imported, xodr):
    network, net_file = imported(xodr.crossing_roads())
    source = read_net_file(net_file)
    graph = road_graph(source, "passenger")
    assert len(graph.length) == 8
    assert {len(after) for edge, after in graph.next.items() if not edge.startswith("-")} >= {3}
    assert len(walk_graph(source).length) == 8
    assert len(network.crossings) == 4


def test_signals_stand_where_the_map_has_them(imported, xodr):
    with_them, _ = imported(xodr.crossing_roads())
    without, _ = imported(xodr.crossing_roads(signal=False))
    assert [one.kind for one in with_them.junctions if one.name == "100"] == ["traffic_light"]
    assert {head.signal for head in with_them.heads} == {"100"}
    assert len(without.heads) == 0


def test_lines_are_those_of_the_map_and_end_at_the_junction(imported, xodr):
    network, net_file = imported(xodr.crossing_roads())
    middle = offset_of(net_file)
    assert [(one.color, one.width, one.dash) for one in network.lines] == [
        ("yellow", 0.15, (3.0, 6.0))
    ] * 4
    ways = [np.abs(one.shape - middle) for one in network.lines]
    assert all(way.max(axis=1).min() == pytest.approx(12) for way in ways)
    assert all(way.min(axis=1).max() < 1e-6 for way in ways)


def test_double_lines_lie_side_by_side(imported, xodr):
    mark = '<roadMark sOffset="0" type="solid broken" color="standard" width="0.1"/>'
    network, net_file = imported(xodr.straight(made=xodr.lanes(center=mark)))
    lines = [one.shape[:, 1] - offset_of(net_file)[1] for one in network.lines]
    assert np.ptp([line.mean() for line in lines]) == pytest.approx(0.22)
    assert [one.dash[0] for one in network.lines] == [0.0, 3.0]


def test_what_stands_beside_the_road_is_found_there(imported, xodr):
    more = (
        '<signals><signal s="50" t="-6" id="9" name="" dynamic="no" orientation="+" type="274"/>'
        '</signals><objects><object id="1" type="tree" s="80" t="9"/>'
        '<object id="2" name="hall" type="building" s="120" t="20" hdg="1.5707963267948966" '
        'length="24" width="10" height="7"/></objects>'
    )
    network, net_file = imported(xodr.straight(more=more))
    offset = offset_of(net_file)
    sign = network.signs[0]
    assert (sign.face, sign.yaw) == ("speed_limit", 0.0)
    np.testing.assert_allclose(np.array([sign.x, sign.y]) - offset, [50, -6])
    np.testing.assert_allclose(network.trees - offset, [[80, 9]])
    hall = network.footprints[0]
    assert hall.height == 7
    np.testing.assert_allclose(np.ptp(hall.shape, axis=0), [10, 24])
    np.testing.assert_allclose(hall.shape.mean(axis=0) - offset, [120, 20])


def test_land_beyond_the_sidewalk_does_not_stop_people(imported, xodr):
    sides = (("none", 3.0), ("shoulder", 1.0), *xodr.LANES)
    _, net_file = imported(xodr.straight(made=xodr.lanes(sides, sides)))
    assert len(walk_graph(read_net_file(net_file)).length) == 2


def test_ways_through_the_junction_join_lanes_for_wheels(imported, xodr):
    rise = xodr.cubic("elevation", (0, 0, 0, 1e-4, 0))
    network, _ = imported(xodr.crossing_roads(profile=rise))
    kinds = {lane.name: lane.kind for lane in network.lanes}
    assert len(network.links) >= 12
    assert {kinds[one.start] for one in network.links} == {"drive"}
    assert {kinds[one.end] for one in network.links} == {"drive"}
    assert all((one.shape[:, 2] == 0).all() for one in network.links)


def test_parking_lanes_are_carriageway_that_nobody_drives_on(imported, xodr):
    sides = (("sidewalk", 2.0), ("parking", 2.2), ("driving", 3.5))
    network, net_file = imported(xodr.straight(made=xodr.lanes(sides, sides)))
    assert [lane.kind for lane in network.lanes if lane.edge == "1"] == ["walk", "parking", "drive"]
    lanes = read_net_file(net_file).edges["1"].lanes
    assert [bool(lane.classes) for lane in lanes] == [True, False, True]


def test_heights_and_tilts_are_kept_apart_from_the_level_streets(imported, xodr):
    rows = xodr.cubic("elevation", (0, 120, 0.05, 0, 0), (200, 130, 0, 1e-4, 0))
    tilt = xodr.cubic("superelevation", (0, 0, 1e-4, 0, 0))
    network, net_file = imported(xodr.straight(profile=rows, tilt=tilt))
    (one,) = network.ribbons
    way = one.line[:, 0] - offset_of(net_file)[0]
    wanted = np.where(way < 200, 120 + 0.05 * way, 130 + 1e-4 * (way - 200) ** 2)
    np.testing.assert_allclose(one.line[:, 2], wanted, atol=1e-9)
    np.testing.assert_allclose(one.tilt, np.tan(1e-4 * way), atol=1e-12)
    assert set(one.left) == {6.0}
    assert set(one.right) == {-6.0}
    assert all((lane.shape[:, 2] == 0).all() for lane in network.lanes)


def test_a_level_map_has_no_ribbons_whatever_its_height(imported, xodr):
    network, _ = imported(xodr.straight(profile=xodr.cubic("elevation", (0, 73, 0, 0, 0))))
    assert network.ribbons == ()


def test_the_same_file_gives_the_same_bytes(tmp_path, xodr):
    file = tmp_path / "a.xodr"
    file.write_text(xodr.crossing_roads())
    nets = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        nets.append(import_opendrive(file, tmp_path / name)[1].read_bytes())
    assert nets[0] == nets[1]


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><OpenDRIVE'
BROKEN = {
    "empty": (lambda x: "", "is empty"),
    "text": (lambda x: "not xml", "is not well-formed XML"),
    "binary": (lambda x: "\x00\x01PK\x03\x04", "is not well-formed XML"),
    "truncated": (lambda x: x.straight()[:-60], "is not well-formed XML"),
    "another": (lambda x: "<html/>", "is not an OpenDRIVE file: its root is <html>"),
    "osm": (lambda x: "<osm/>", "is an OpenStreetMap file, which place=osm reads"),
    "bomb": (lambda x: x.straight().replace("<OpenDRIVE", ENTITY), "entity declaration"),
    "deep": (lambda x: "<OpenDRIVE>" + "<a>" * 99 + "</a>" * 99 + "</OpenDRIVE>", "64 deep"),
    "no roads": (lambda x: x.document(), "has no roads"),
    "no lanes": (
        lambda x: x.straight(made=x.lanes((("sidewalk", 2.0),), ())),
        "has no lane that cars may drive on",
    ),
    "no plan": (
        lambda x: x.document(x.road("7", 50, "")),
        "road 7 has no plan view or no lanes",
    ),
    "nan": (
        lambda x: x.document(x.road("7", 50, x.geometry(0, "nan", 0, 0, 50))),
        "road 7 has <geometry x='nan'>, expected a number",
    ),
    "word": (
        lambda x: x.document(x.road("7", 50, x.geometry(0, 0, "north", 0, 50))),
        "road 7 has <geometry y='north'>, expected a number",
    ),
    "half a lane": (
        lambda x: x.straight().replace('<lane id="1"', '<lane id="1.5"'),
        "road 1 has <lane id='1.5'>, expected a whole number",
    ),
    "lacking": (lambda x: x.straight().replace(' hdg="0"', ""), "lacks its attribute 'hdg'"),
    "huge": (lambda x: x.straight(19_000.0), "covers 19000 m, at most 4000 m"),
    "absurd": (lambda x: x.straight(1e9), "has a length of 1e+09 m, expected up to 20000"),
    "far apart": (
        lambda x: x.document(
            x.road("1", 50, x.geometry(0, 0, 0, 0, 50)),
            x.road("2", 50, x.geometry(0, 9e12, 0, 0, 50)),
        ),
        "covers 9000000000050 m",
    ),
    "narrow": (
        lambda x: x.straight().replace('a="3.5"', 'a="-3.5"'),
        "lane 1 has a negative width, -3.50 m",
    ),
    "twice": (
        lambda x: x.document(*2 * [x.road("1", 50, x.geometry(0, 0, 0, 0, 50))]),
        "two roads of the same id",
    ),
    "left": (
        lambda x: x.straight().replace('id="1" junction', 'id="1" rule="LHT" junction'),
        "road 1 drives on the left, expected right-hand traffic",
    ),
    "short": (lambda x: x.straight(20.0), "its longest connected roads measure 40 m"),
    "unconnected": (
        lambda x: x.document(
            *(x.road(str(i), 30, x.geometry(0, 0, 90 * i, 0, 30)) for i in range(5))
        ),
        "its longest connected roads measure 60 m",
    ),
    "bridge": (
        lambda x: x.document(
            x.road("1", 200, x.geometry(0, 0, 0, 0, 200)),
            x.road(
                "2",
                200,
                x.geometry(0, 100, -100, 1.5707963267948966, 200),
                profile=x.cubic("elevation", (0, 6, 0, 0, 0)),
            ),
        ),
        "has road 2 6.0 m above or below road 1, expected no bridges",
    ),
    "no way back": (
        lambda x: x.straight(made=x.lanes((), (("driving", 3.5),))),
        "no round trip",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_map_gives_one_line_with_file_and_fault(name, tmp_path, xodr):
    make, fault = BROKEN[name]
    file = tmp_path / "broken.xodr"
    file.write_text(make(xodr), encoding="utf-8")
    with pytest.raises(ValueError, match="map ") as caught:
        import_map("opendrive", file, tmp_path)
    said = str(caught.value)
    assert said.startswith(f"map {file}: ")
    assert fault in said
    assert "\n" not in said


def test_an_opendrive_file_for_osm_is_told_where_it_belongs(tmp_path, xodr):
    file = tmp_path / "town.xodr"
    file.write_text(xodr.straight())
    with pytest.raises(ValueError, match="is an OpenDRIVE file, which place=opendrive reads"):
        import_map("osm", file, tmp_path)


def test_a_folder_and_a_missing_file_are_no_maps(tmp_path):
    with pytest.raises(ValueError, match=r"is a folder$"):
        read_document(tmp_path)
    with pytest.raises(ValueError, match=r"nowhere.xodr: is not a file$"):
        read_document(tmp_path / "nowhere.xodr")
