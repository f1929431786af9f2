from collections import Counter
from hashlib import sha256

import numpy as np
import pytest

from synthgen.rng import stream
from synthgen.traffic import city
from synthgen.traffic.city import generate_network, street_key
from synthgen.traffic.graph import road_graph
from synthgen.traffic.netfile import read_net_file


@pytest.mark.parametrize("kind", ["downtown", "suburb", "arterial", "industrial"])
def test_a_city_has_streets_sidewalks_and_crossings_on_the_right_scale(kind, tmp_path):
    network, file = generate_network(kind, stream(3, "city"), tmp_path)
    assert file.parent == tmp_path
    kinds = Counter(lane.kind for lane in network.lanes)
    assert kinds["drive"] > 40
    assert kinds["walk"] > 40
    assert len(network.crossings) > 10
    assert (network.high - network.low < 1100).all()
    assert all(lane.shape.shape[1] == 3 and (lane.shape[:, 2] == 0).all() for lane in network.lanes)


def test_country_roads_are_long_fast_and_without_sidewalks(tmp_path):
    network, _ = generate_network("rural", stream(3, "city"), tmp_path)
    drive = [lane for lane in network.lanes if lane.kind == "drive"]
    assert len(drive) == len(network.lanes) > 30
    assert not network.crossings
    assert {round(3.6 * lane.speed) for lane in drive} == {70, 100}
    ways = [np.linalg.norm(np.diff(lane.shape, axis=0), axis=1).sum() for lane in drive]
    assert np.quantile(ways, 0.6) > 300
    sharpest = max(
        np.abs(np.diff(np.unwrap(np.arctan2(*np.diff(lane.shape[:, :2], axis=0).T[::-1])))).max()
        for lane in drive
        if len(lane.shape) > 12
    )
    assert sharpest < np.radians(8)


def test_traffic_keeps_to_the_right(tmp_path):
    """Lane 0 lies to the right of the edge's last lane, and opposite edges to the left of it."""
    network, _ = generate_network("downtown", stream(4, "city"), tmp_path)
    first = {lane.edge: lane for lane in network.lanes if lane.index == 0}
    for lane in network.lanes:
        if lane.index == 0:
            continue
        ahead = lane.shape[-1, :2] - lane.shape[0, :2]
        aside = first[lane.edge].shape[0, :2] - lane.shape[0, :2]
        assert ahead[0] * aside[1] - ahead[1] * aside[0] < 0


def test_signal_heads_stand_at_the_ends_of_their_lanes(tmp_path):
    network, _ = generate_network("downtown", stream(5, "city"), tmp_path)
    lanes = {lane.name: lane for lane in network.lanes}
    assert len(network.heads) > 50
    for head in network.heads:
        np.testing.assert_array_equal(head.position, lanes[head.lane].shape[-1])
        assert lanes[head.lane].yields == "signal"


@pytest.mark.parametrize("kind", ["downtown", "suburb"])
def test_ways_through_junctions_join_the_lanes_they_name(kind, tmp_path):
    network, _ = generate_network(kind, stream(5, "city"), tmp_path)
    lanes = {lane.name: lane for lane in network.lanes}
    driven = [link for link in network.links if lanes[link.start].kind == "drive"]
    assert len(driven) > 100 if kind == "downtown" else 30
    for link in driven:
        start, end = lanes[link.start], lanes[link.end]
        assert link.junction == start.end == end.start
        ahead, onward = start.shape[-1] - start.shape[-2], end.shape[1] - end.shape[0]
        for gap, way in ((link.shape[0] - start.shape[-1], ahead),
                         (end.shape[0] - link.shape[-1], onward)):  # fmt: skip
            assert np.linalg.norm(gap) < 1.5
            assert gap @ way <= 1e-9
    led = {link.start for link in driven}
    ends = {one.name for one in network.junctions if one.kind == "dead_end"}
    assert all(lane.name in led for lane in network.lanes
               if lane.kind == "drive" and lane.end not in ends)  # fmt: skip


def test_same_seed_same_bytes_and_other_seed_other_city(tmp_path):
    digests = []
    for number, seed in enumerate((7, 7, 8)):
        folder = tmp_path / str(number)
        folder.mkdir()
        _, file = generate_network("suburb", stream(seed, "city"), folder)
        digests.append(sha256(file.read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_streets_keep_their_character_from_end_to_end():
    assert street_key("A0", "A1") == street_key("A2", "A1") == street_key("A0", "bottom0") == "A"
    assert street_key("left1", "A1") == street_key("B1", "A1") == "1"
    assert street_key("12", "3") == street_key("3", "12")


def test_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must be one of downtown, .*, motorway, got moon"):
        generate_network("moon", stream(1), tmp_path)


def test_streets_that_form_a_tree_are_drawn_anew(tmp_path):
    """This suburb's first plan has no way round: whoever drove out could not come back."""
    rng = stream(1630023944, "city", 772761674, "streets")
    _, file = generate_network("suburb", rng, tmp_path)
    assert len(road_graph(read_net_file(file), "bicycle").length) > 20


def test_a_plan_that_never_has_a_round_trip_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(city, "has_round_trip", lambda source, vehicle_class: False)
    monkeypatch.setattr(city, "DRAWS", 2)
    with pytest.raises(ValueError, match="2 plans of a suburb in a row have no round trip"):
        generate_network("suburb", stream(1, "city"), tmp_path)
