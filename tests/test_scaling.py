"""The figures of scripts/scaling.py."""

from datetime import UTC, datetime

import pytest

from tests.scripts import script

SCALING = script("scaling")


def line(shard, worker, end, seconds=40.0):
    time = datetime.fromtimestamp(1000 + end, UTC).isoformat()
    own = {"seconds": seconds, "core": 0.9 * seconds, "frames": 20}
    return {"shard": shard, "worker": worker, "time": time, **own}


def in_turn(seconds):
    """Return the log of one worker that made a shard after the other."""
    ends = [sum(seconds[: n + 1]) for n in range(len(seconds))]
    return [line(n, 7, *pair) for n, pair in enumerate(zip(ends, seconds, strict=True))]


def figures(one, two):
    """Return steady state, core-seconds and seconds of one worker and of two."""
    both = SCALING.told([SCALING.Made(1, 0.0, 0.0, one), SCALING.Made(2, 0.0, 0.0, two)])
    return [(each.steady, each.core, each.clock) for each in both]


def test_two_workers_of_half_a_frame_a_second_make_one():
    two = [line(2 * k + w, w, 40 * k + 40 + 3 * w) for w in (0, 1) for k in (0, 1, 2)]
    one, both = figures(in_turn([40.0] * 6), two)
    assert one == pytest.approx((0.5, 1.8, 2.0))
    assert both == pytest.approx((1.0, 1.8, 2.0))


def test_shards_that_cost_more_are_no_loss_of_the_workers_that_make_them():
    one = in_turn([40.0, 40.0, 60.0, 50.0, 60.0, 50.0])
    two = [line(0, 1, 40), line(2, 1, 100, 60.0), line(4, 1, 160, 60.0),
           line(1, 2, 40), line(3, 2, 90, 50.0), line(5, 2, 140, 50.0)]  # fmt: skip
    alone, both = figures(one, two)
    assert both == pytest.approx((2 * alone[0], *alone[1:]))


def test_slow_first_shards_and_the_last_that_runs_alone_do_not_count():
    first = [line(0, 1, 100, 100.0), line(2, 1, 140), line(4, 1, 180)]
    second = [line(1, 2, 100, 100.0), line(3, 2, 140), line(5, 2, 180), line(6, 2, 220)]
    assert figures(in_turn([100.0] + [40.0] * 6), [*first, *second])[1][0] == pytest.approx(1.0)


def test_one_shard_for_each_worker_tells_no_steady_state():
    with pytest.raises(SystemExit, match="too few shards"):
        figures(in_turn([40.0, 40.0]), [line(0, 1, 40), line(1, 2, 40)])
