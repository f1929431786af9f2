import json

import pytest

from synthgen.coverage.filling.choice import State, Tried
from synthgen.coverage.filling.order import read_order
from synthgen.coverage.filling.summary import expected, lines, measured
from tests.coverage.filling.test_order import head, job, note, write


def shard(home, number, core, content, frames=2, worker=7):
    folder = home / "shards" / f"{number:06d}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(content)
    (home / "timing").mkdir(exist_ok=True)
    told = {"core": {"whole shard": core, "labels": core / 2}, "seconds": {"whole shard": 2 * core},
            "frames": frames, "host": "h", "worker": worker}  # fmt: skip
    (home / f"timing/{number:06d}.json").write_text(json.dumps(told))


@pytest.fixture
def made(tmp_path):
    order = read_order(
        write(tmp_path / "plan.jsonl", head(), job("a", core_seconds=100.0, bytes=1000),
              job("b", core_seconds=50.0, bytes=500), note("t00", 6), note("t01", 2))
    )  # fmt: skip
    out = tmp_path / "out"
    shard(out / "a", 0, 30.0, "x" * 700, frames=8)
    shard(out / "a", 1, 25.0, "x" * 500, frames=2, worker=8)
    shard(out / "b", 0, 5.0, "x" * 80)
    (out / "a/timing/000009.json").write_text('{"core": {"whole shard": 999}, "seconds": {}}')
    state = State(
        {"a": Tried(12, 6, {"t00": 6}), "b": Tried(2, 1, {"t01": 1})}, {"a": 2, "b": 2}, {}
    )
    return out, order, state


def test_costs_are_those_of_finished_shards(made):
    out, _, _ = made
    found = measured(out / "a")
    assert (found.cost.seconds, found.cost.bytes, found.frames) == (55.0, 1200, 10)
    assert found.processes == {("h", 7), ("h", 8)}


def test_a_plan_expects_by_the_frames_that_are_there_and_the_processes_that_made_them(made):
    out, order, _ = made
    told = expected(order, {name: measured(out / name) for name in ("a", "b")})
    # 10 of a's 8 frames and 2 of b's 8; one of the two processes made shards of both
    assert told.seconds == pytest.approx(1.25 * 100 + 0.25 * 50 + 2 * 3.0)
    assert told.bytes == 1.25 * 1000 + 0.25 * 500


def test_the_last_lines_say_what_was_reached_and_what_it_cost(made):
    told = "\n".join(lines(*made))
    assert "t00 name of t00: 6 of 6 worlds\n" in told
    assert "t01 name of t01: 1 of 2 worlds; the budget of 100 frames is spent" in told
    assert "0.017 core-hours, expected 0.040 (-58 %)" in told
    assert "0.0 MB, expected 0.0 (-7 %)" in told
    assert "12 frames and 2 that failed of 100, 1 of 2 targets reached" in told
