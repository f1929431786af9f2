"""Fills with a stand-in for the generator, whose shards hold what a table says."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.filling.choice import GIVE_UP, State, Step, Tried
from synthgen.coverage.filling.counting import Held
from synthgen.coverage.filling.order import read_order
from synthgen.coverage.filling.record import claim, document
from synthgen.coverage.filling.task import Shop, _dry, fill, work
from synthgen.errors import UserError
from synthgen.jobs.signals import INTERRUPTED
from synthgen.rng import stream
from tests.coverage.filling.test_order import head, job, note, write

PER_CLIP = 2


class KilledError(Exception):
    """Stands for SIGKILL: nothing after it runs."""


class Maker:
    """Makes shards of two clips as JSON; each clip meets a target with the job's chance."""

    def __init__(self, chances, stop_after=10**9, failing=()):
        self.chances, self.left, self.failing, self.made = chances, stop_after, failing, []

    def __call__(self, run):
        home, code = Path(run.out), 0
        size = 2 * PER_CLIP
        for number in range(-(-run.n // size)):
            frames = min(size, run.n - number * size)
            path = home / "shards" / f"{number:06d}.json"
            if path.is_file() and json.loads(path.read_text())["frames"] == frames:
                continue
            if (home.name, number) in self.failing:
                code = 1
                continue
            if not self.left:
                raise KilledError
            self.left -= 1
            self.made.append((home.name, number))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.shard(home.name, number, frames)))
        return code

    def shard(self, name, number, frames):
        clips = [2 * number + k for k in range(-(-frames // PER_CLIP))]
        hits = {
            target: [c for c in clips if stream(c, name, target).random() < chance]
            for target, chance in self.chances.get(name, {}).items()
        }
        return {"frames": frames, "clips": clips, "hits": hits}


def count(home, numbers):
    found = []
    for number in numbers:
        path = home / "shards" / f"{number:06d}.json"
        if path.is_file():
            told = json.loads(path.read_text())
            hits = {target: tuple(clips) for target, clips in told["hits"].items()}
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found.append(Held(number, digest, told["frames"], tuple(told["clips"]), hits))
    return tuple(found)


@dataclass(frozen=True)
class Run:
    """What a fill needs of a run."""

    out: str
    clip: SimpleNamespace
    n: int = 0


def done(out, order, maker):
    out.mkdir(parents=True, exist_ok=True)
    runs = {one.name: Run(str(out / one.name), SimpleNamespace(frames=PER_CLIP))
            for one in order.jobs}  # fmt: skip
    return work(order, Shop(out, runs, maker, count))


def plan(tmp_path, *jobs, budget=200, missing=(6,)):
    notes = [note(f"t{number:02}", wanted) for number, wanted in enumerate(missing)]
    return read_order(write(tmp_path / "plan.jsonl", head(budget=budget), *jobs, *notes))


def fine(frames, **expects):
    return {"clips": frames // PER_CLIP, "frames": frames, "expects": expects}


def record(out):
    return json.loads((out / "fill.json").read_text())


def test_a_sure_job_stops_as_soon_as_its_target_is_reached(tmp_path):
    order = plan(tmp_path, job("sure", **fine(80, t00=6.0)))
    maker = Maker({"sure": {"t00": 1.0}})
    made, code = done(tmp_path / "out", order, maker)
    assert code == 0
    told = record(tmp_path / "out")
    assert told["targets"][0]["got"] >= 6
    assert told["jobs"][0]["frames"] < 80
    assert told["state"] == "done"
    assert made.state.frames == told["frames"]


def test_what_falls_short_is_topped_up_from_the_job_with_the_best_measured_yield(tmp_path):
    order = plan(tmp_path, job("poor", **fine(16, t00=8.0)), job("rich", **fine(16, t00=2.0)),
                 missing=(30,))  # fmt: skip
    maker = Maker({"poor": {"t00": 0.05}, "rich": {"t00": 0.9}})
    done(tmp_path / "out", order, maker)
    told = record(tmp_path / "out")
    assert told["targets"][0]["got"] >= 30
    assert told["jobs"][0]["frames"] == 16
    assert told["jobs"][1]["frames"] > 16


def test_a_short_last_shard_that_grows_is_counted_anew(tmp_path):
    order = plan(tmp_path, job("sure", **fine(6, t00=3.0)), missing=(9,))
    made, _ = done(tmp_path / "out", order, Maker({"sure": {"t00": 1.0}}))
    target = record(tmp_path / "out")["targets"][0]
    assert target["got"] == made.state.tried["sure"].worlds == made.state.frames // PER_CLIP
    assert target["by"]["sure/shards/000001"] == [2, 3]


def test_a_gain_begins_the_count_of_dry_worlds_anew():
    tried = {"a": Tried(frames=8, worlds=4, hits={"t00": 1})}
    state = State(tried, {"a": PER_CLIP}, {"t00": 30, "t01": 7})
    more = replace(state, tried={"a": Tried(frames=20, worlds=10, hits={"t00": 2})})
    assert _dry(state, more, Step("a", 20, "t00")) == {"t00": 0, "t01": 7}
    assert _dry(state, more, Step("a", 20, "t01")) == {"t00": 30, "t01": 13}
    assert _dry(state, more, Step("a", 20)) == {"t00": 30, "t01": 7}


def test_numbers_are_those_of_the_shards_that_stand_behind_them(tmp_path):
    order = plan(tmp_path, job("some", **fine(40, t00=8.0)), missing=(8,))
    done(tmp_path / "out", order, Maker({"some": {"t00": 0.5}}))
    told = record(tmp_path / "out")
    target = told["targets"][0]
    assert sum(len(clips) for clips in target["by"].values()) == target["got"]
    for name, clips in target["by"].items():
        path = tmp_path / "out" / f"{name}.json"
        assert json.loads(path.read_text())["hits"]["t00"] == clips
        assert hashlib.sha256(path.read_bytes()).hexdigest() == told["shards"][name]


def test_the_budget_is_never_passed_and_said_to_be_spent(tmp_path):
    order = plan(tmp_path, job("some", **fine(20, t00=8.0)), budget=50, missing=(60,))
    done(tmp_path / "out", order, Maker({"some": {"t00": 0.5}}))
    told = record(tmp_path / "out")
    assert told["frames"] == 50
    assert told["targets"][0]["why"] == "the budget of 50 frames is spent, 50 are made"


def test_a_target_that_never_gains_is_given_up(tmp_path):
    order = plan(tmp_path, job("none", **fine(8, t00=4.0)), budget=10_000)
    made, _ = done(tmp_path / "out", order, Maker({}))
    told = record(tmp_path / "out")
    assert "brought none" in told["targets"][0]["why"]
    assert GIVE_UP <= made.state.dry["t00"] <= 2 * GIVE_UP


def test_a_target_that_no_job_serves_is_said_so(tmp_path):
    order = plan(tmp_path, job("some", **fine(8, t00=4.0)), missing=(2, 5))
    done(tmp_path / "out", order, Maker({"some": {"t00": 1.0}}))
    told = record(tmp_path / "out")
    assert told["targets"][1]["why"] == "no job of the plan brings any"


def test_shards_that_fail_are_left_out_of_all_counts_and_named(tmp_path):
    order = plan(tmp_path, job("some", **fine(16, t00=8.0)), missing=(100,), budget=16)
    made, _ = done(tmp_path / "out", order, Maker({"some": {"t00": 1.0}}, failing={("some", 1)}))
    told = record(tmp_path / "out")
    assert told["jobs"][0]["failed"] == [1]
    assert told["targets"][0]["got"] == 6
    assert made.absent == {"some": [1]}


def test_a_signal_ends_it_with_what_is_counted(tmp_path):
    order = plan(tmp_path, job("some", **fine(16, t00=8.0)))
    made, code = done(tmp_path / "out", order, lambda run: INTERRUPTED)
    assert code == INTERRUPTED
    assert not (tmp_path / "out/fill.json").exists()
    assert made.state.frames == 0


@settings(max_examples=25, deadline=None)
@given(
    chances=st.lists(st.sampled_from([0.0, 0.1, 0.4, 0.9]), min_size=2, max_size=2),
    cuts=st.lists(st.integers(0, 12), min_size=2, max_size=2),
    missing=st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
def test_killed_twice_and_resumed_is_the_same_file(tmp_path_factory, chances, cuts, missing):
    home = tmp_path_factory.mktemp("killed")
    order = plan(home, job("a", **fine(24, t00=4.0)), job("b", **fine(16, t01=4.0)),
                 missing=missing, budget=120)  # fmt: skip
    table = {"a": {"t00": chances[0], "t01": 0.1}, "b": {"t01": chances[1]}}
    whole = Maker(table)
    done(home / "whole", order, whole)
    resumed = []
    for cut in cuts:
        maker = Maker(table, stop_after=cut)
        with suppress(KilledError):
            done(home / "cut", order, maker)
        resumed += maker.made
    last = Maker(table)
    done(home / "cut", order, last)
    files = [
        {str(path.relative_to(one)): path.read_bytes() for path in sorted(one.rglob("*"))
         if path.is_file()} for one in (home / "whole", home / "cut")
    ]  # fmt: skip
    assert files[0] == files[1]
    assert sorted(resumed + last.made) == sorted(whole.made)


def test_no_more_is_made_than_whole_clips_and_targets_never_lose(tmp_path):
    order = plan(tmp_path, job("some", **fine(20, t00=8.0)), budget=51, missing=(60,))
    made, _ = done(tmp_path / "out", order, Maker({"some": {"t00": 0.3}}))
    assert made.state.frames == 50
    assert document(order, made, done=True)["frames"] == 50


def test_another_plan_s_folder_is_refused(tmp_path):
    first = plan(tmp_path, job("a"))
    claim(tmp_path / "out", first)
    claim(tmp_path / "out", first)
    with pytest.raises(UserError, match="holds the fill of another plan"):
        claim(tmp_path / "out", plan(tmp_path, job("b")))


def test_a_folder_with_something_else_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("keep")
    with pytest.raises(UserError, match=r"not of a fill \(mine.txt\)"):
        claim(tmp_path / "out", plan(tmp_path, job("a")))


def test_a_line_that_no_run_can_be_read_from_is_named_before_anything_is_made(tmp_path):
    from synthgen.__main__ import read_line

    path = write(tmp_path / "plan.jsonl", head(), job(), job("odd", overrides=["scene=nigth"]),
                 note("t00", 3))  # fmt: skip
    run = SimpleNamespace(
        survey=SimpleNamespace(plan=str(path)), out=str(tmp_path / "out"), workers=1
    )
    with pytest.raises(UserError, match=r"line 2: frames=8: expected \d+, as many as 4 clips"):
        fill(run, read_line, lambda run: 0)
    write(path, head(), job("odd", overrides=["scene=nigth"]), note("t00", 3))
    with pytest.raises(UserError, match=r"line 2: overrides: scene=nigth: expected .*night"):
        fill(run, read_line, lambda run: 0)
    assert not (tmp_path / "out").exists()
