from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.cost.estimate import amount, core, size, wall
from synthgen.cost.measured import Joined, Measured, Spread
from synthgen.spec.shard import CLIPS_PER_SHARD, ClipPlan, Slice, shards

TOLD = Measured(
    shards=4,
    frames=20.0,
    failed=0,
    start=20.0,
    told_apart=True,
    city=5.0,
    world=2.0,
    frame=3.0,
    rest=1.0,
    core=Spread(70.0, 7.0, 2, 2),
    bytes=Spread(8e7, 1e6, 4, 3),
    disk=Spread(9e7, 1e6, 4, 3),
    files=Spread(200.0, 0.0, 4, 3),
    joined=Joined(0.2, 1000.0, 5.0),
    peak=10**9,
    stretch=1.1,
)


def plan(frames: int) -> ClipPlan:
    return ClipPlan("stills", frames, 3.0, 20.0)


@given(
    st.integers(1, 500), st.integers(1, 12), st.integers(1, 9).flatmap(
        lambda k: st.tuples(st.integers(0, k - 1), st.just(k))
    ),
)  # fmt: skip
def test_a_size_counts_as_the_shards_themselves_do(n, frames, part):
    each = shards(n, frames, Slice(*part))
    found = size(n, plan(frames), Slice(*part))
    assert found.shards == len(each)
    assert found.frames == sum(len(one.frames) for one in each)
    assert found.worlds == sum(len(one.clips) for one in each)


def test_a_thousand_hours_are_counted_without_making_a_list():
    found = size(36_000_000, plan(10), Slice())
    assert (found.frames, found.worlds, found.shards) == (36_000_000, 3_600_000, 1_800_000)


def test_core_seconds_are_the_parts_times_their_numbers():
    asked = size(400, plan(10), Slice())
    assert core(TOLD, asked, 3).expected == 3 * 20 + 20 * (5 + 1) + 40 * 2 + 400 * 3


def test_no_more_processes_start_than_there_are_shards():
    asked = size(40, plan(10), Slice())
    assert core(TOLD, asked, 1000).expected == core(TOLD, asked, 2).expected


def test_a_short_last_shard_costs_its_city_and_its_own_frames():
    whole, short = (core(TOLD, size(n, plan(10), Slice()), 1).expected for n in (40, 33))
    assert whole - short == 7 * 3
    whole, short = (core(TOLD, size(n, plan(10), Slice()), 1).expected for n in (40, 30))
    assert whole - short == 10 * 3 + 2


def test_one_core_takes_the_core_seconds():
    asked = size(400, plan(10), Slice())
    assert wall(TOLD, asked, 1).making == core(TOLD, asked, 1)


def test_a_last_round_leaves_cores_idle():
    asked = size(60, plan(10), Slice())  # three shards
    one, two, three, many = (wall(TOLD, asked, k).making.expected - 20 for k in (1, 2, 3, 9))
    assert two == pytest.approx(one * 2 / 3)
    assert three == many == pytest.approx(one / 3)


def test_bytes_and_files_go_with_frames():
    asked = size(36_000_000, plan(10), Slice())
    assert amount(TOLD, TOLD.bytes, asked).expected == pytest.approx(8e7 / 20 * 36e6)
    found = amount(TOLD, TOLD.files, asked)
    assert found.low == found.expected == found.high == 200 * 1_800_000


def test_what_one_shard_tells_has_no_interval():
    bare = replace(TOLD, core=Spread(70.0, None, 1, 0))
    found = core(bare, size(400, plan(10), Slice()), 1)
    assert (found.low, found.high) == (None, None)


def test_the_interval_holds_the_sum_of_other_shards_in_95_of_100_pilots():
    draw, held = np.random.default_rng(0), 0
    for _ in range(2000):
        seen = draw.normal(60, 9, 5)
        told = Spread(seen.mean(), seen.std(ddof=1), 5, 4)
        rest, half = draw.normal(60, 9, 40).sum(), told.half(40)
        held += abs(rest - 40 * told.mean) <= half
    assert 0.93 < held / 2000 < 0.97


def test_a_world_has_as_many_shards_as_the_rest_of_synthgen_says():
    assert size(CLIPS_PER_SHARD * 10, plan(10), Slice()).shards == 1
