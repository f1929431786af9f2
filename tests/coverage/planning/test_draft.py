"""What first shards of a process cost beside."""

from pathlib import Path

import pytest

from synthgen.coverage.planning.costs import Made
from synthgen.coverage.planning.draft import expected_core, learnt_costs
from synthgen.coverage.planning.experience import Lot

SUBURB = {"place": "suburb"}


def _shard(frames, more=(0.0, 0.0, 0.0), place=SUBURB):
    city, clip, frame = 4.0 + more[0], 3.0 + more[1], 2.0 * frames + more[2]
    core = {"build city": city, "build clip": clip, "camera": frame}
    return Made(place, 2, frames, {**core, "whole shard": city + clip + frame}, 1000 * frames)


def _lot(later, first):
    return Lot(Path("."), (), 2, tuple(later), tuple(first))


def test_what_loading_costs_is_found_stage_by_stage_and_taken_off():
    loading = (2.0, 3.0, 4.0)
    lots = [_lot([_shard(4)] * 3, [_shard(4, loading)]), _lot([], [_shard(8, loading)])]
    costs, start = learnt_costs(lots)
    assert start == pytest.approx(9.0)
    assert expected_core(costs, _shard(8)) == pytest.approx(4 + 3 + 16)


def test_first_shards_alone_are_all_that_is_known():
    costs, start = learnt_costs([_lot([], [_shard(4)])])
    assert start == 0.0
    assert expected_core(costs, _shard(4)) == pytest.approx(4 + 3 + 8)


def test_features_that_only_first_shards_have_are_learnt_too():
    """A place where every process made but one shard is as dear as it was, without loading."""
    dear = {"place": "downtown"}
    rich = [_shard(4, (7.0, 3.0, 4.0), dear)] * 20
    lots = [_lot([_shard(4)] * 20, [_shard(4, (2.0, 3.0, 4.0))] * 4), _lot([], rich)]
    costs, _ = learnt_costs(lots)
    assert expected_core(costs, _shard(4, (5.0, 0.0, 0.0), dear)) == pytest.approx(20.0, rel=0.03)
