"""The figures of scripts/scaling.py."""

from datetime import UTC, datetime

import pytest

from tests.scripts import script

SCALING = script("scaling")


def line(worker, end, seconds=40.0):
    time = datetime.fromtimestamp(1000 + end, UTC).isoformat()
    return {"worker": worker, "time": time, "seconds": seconds, "core": 36.0, "frames": 20}


def test_two_workers_of_half_a_frame_a_second_make_one():
    lines = [line(w, 40 * k + 3 * w) for w in (1, 2) for k in (1, 2, 3)]
    assert SCALING.steady(lines) == pytest.approx((1.0, 1.8, 2.0))


def test_slow_first_shards_and_the_last_that_runs_alone_do_not_count():
    one = [line(1, 100, 100.0), line(1, 140), line(1, 180)]
    two = [line(2, 100, 100.0), line(2, 140), line(2, 180), line(2, 220)]
    assert SCALING.steady([*one, *two])[0] == pytest.approx(1.0)


def test_one_shard_for_each_worker_tells_no_steady_state():
    with pytest.raises(SystemExit, match="too few shards"):
        SCALING.steady([line(1, 40), line(2, 40)])
