"""Traffic fitted to objects per frame."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.coverage.planning.marginals import apart, marginals, total_variation
from synthgen.coverage.planning.match import Clip, fitted, response
from synthgen.spec.quantity import ROAD_USERS

MOVING, PARKED, PEOPLE = 0.4, 6.0, 0.2


def _clip(vehicles, parked, people, shares, frames=10):
    whole = sum(shares.values())
    traffic = {f"traffic.shares.{kind}": shares.get(kind, 0.0) for kind in ROAD_USERS}
    traffic |= {"traffic.vehicles": vehicles, "traffic.parked": parked,
                "traffic.pedestrians": people}  # fmt: skip
    counts = {kind: frames * MOVING * vehicles * share / whole for kind, share in shares.items()}
    counts["car"] += frames * PARKED * parked
    counts["pedestrian"] = frames * PEOPLE * people
    return Clip(traffic, frames, counts)


CLIPS = [
    _clip(8, 0.5, 20, {"car": 0.8, "van": 0.1, "truck": 0.1}),
    _clip(14, 0.8, 40, {"car": 0.7, "van": 0.1, "truck": 0.2}),
    _clip(6, 0.2, 12, {"car": 0.75, "van": 0.2, "truck": 0.05}),
]


def _told(traffic):
    return dict(one.split("=") for one in traffic.overrides())


def test_the_response_of_a_known_traffic_is_found():
    found = response(CLIPS)
    assert found.moving["car"] == pytest.approx(MOVING)
    assert found.parked["car"] == pytest.approx(PARKED)
    assert found.people == pytest.approx(PEOPLE)
    assert found.moving["bus"] == pytest.approx(MOVING), "none was seen: like the others"


def test_fitted_traffic_gives_what_is_wanted():
    found = response(CLIPS)
    wanted = {"car": 7.0, "van": 0.5, "truck": 0.3, "pedestrian": 3.0}
    told = _told(fitted(found, wanted, CLIPS))
    shares = {kind: float(told[f"traffic.shares.{kind}"]) for kind in ROAD_USERS}
    made = _clip(float(told["traffic.vehicles"]), float(told["traffic.parked"]),
                 float(told["traffic.pedestrians"]), shares)  # fmt: skip
    for kind, mean in wanted.items():
        assert made.counts[kind] / made.frames == pytest.approx(mean, rel=0.12, abs=0.02)


def test_nobody_wanted_is_an_empty_street():
    told = _told(fitted(response(CLIPS), {}, CLIPS))
    assert float(told["traffic.pedestrians"]) == 0
    assert float(told["traffic.vehicles"]) < 2


def _objects(distances, kind="car", ignored=False):
    count = len(distances)
    return pa.RecordBatch.from_pydict(
        {"class": [kind] * count, "distance": distances, "top": [0.0] * count,
         "bottom": [700.0 / d for d in distances], "lidar_points": [None] * count,
         "ignored": [ignored] * count}
    )  # fmt: skip


def test_marginals_count_batch_by_batch_and_leave_out_what_is_ignored():
    whole = marginals(2, [_objects([3.0, 12.0]), _objects([250.0]), _objects([5.0], "van", True)])
    assert whole.classes == {"car": 3}
    assert whole.per_frame("car") == 1.5
    assert whole.distances.tolist() == [1, 0, 1, *[0] * 16, 1]
    assert whole.heights.sum() == 3


def test_of_sweeps_only_what_is_near_and_was_hit_counts():
    batch = pa.RecordBatch.from_pydict(
        {"class": ["car", "car", "car", "bollard", "pedestrian"],
         "distance": [10.0, 130.0, 20.0, 5.0, 30.0], "top": pa.nulls(5, pa.float64()),
         "bottom": pa.nulls(5, pa.float64()), "lidar_points": [4, 9, 0, 7, None],
         "ignored": [False] * 5}
    )  # fmt: skip
    assert marginals(1, [batch], 120.0).classes == {"car": 1, "pedestrian": 1}
    assert marginals(1, [batch]).classes == {"car": 3, "pedestrian": 1}


def test_what_the_user_does_not_tell_is_not_compared():
    told = marginals(2, [_objects([3.0, 12.0])])
    bare = replace(told, heights=np.zeros_like(told.heights))
    assert "heights" not in apart(bare, told)
    assert apart(told, bare)["heights"] == 1.0


def test_a_data_set_is_not_apart_from_itself():
    one = marginals(2, [_objects([3.0, 12.0])])
    assert set(apart(one, one).values()) == {0.0}
    far = marginals(2, [_objects([90.0, 95.0], "truck")])
    assert apart(one, far)["distances"] == 1.0
    assert apart(one, far)["classes"] == 1.0


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4),
       st.lists(st.integers(0, 9), min_size=4, max_size=4))  # fmt: skip
def test_total_variation_is_a_distance_between_0_and_1(one, other):
    first, second = np.array(one), np.array(other)
    found = total_variation(first, second)
    assert 0.0 <= found <= 1.0 + 1e-12
    assert found == pytest.approx(total_variation(second, first))


def test_a_fire_engine_met_once_does_not_make_fire_engines_common():
    one = Clip({**CLIPS[0].traffic, "traffic.shares.fire_engine": 0.001}, 10,
               {**CLIPS[0].counts, "fire_engine": 3})  # fmt: skip
    found = response([one, *CLIPS[1:]])
    assert found.moving["fire_engine"] < 3 * MOVING
    assert found.moving["truck"] == pytest.approx(MOVING, rel=0.15)
