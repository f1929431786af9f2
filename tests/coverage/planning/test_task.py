"""A whole plan, with a generator of numbers in the place of the renderer."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.coverage.planning.document import text
from synthgen.coverage.planning.match import Traffic
from synthgen.coverage.planning.reach import View
from synthgen.coverage.planning.study import Tools
from synthgen.coverage.planning.table import table
from synthgen.coverage.planning.task import Task, make_plan, own_overrides
from synthgen.coverage.planning.wish import Wish
from synthgen.errors import UserError
from synthgen.rng import stream
from synthgen.spec.quantity import ROAD_USERS
from synthgen.spec.resolve import draw

VIEW = View(721.5, 16000.0, 10, 0.1, True, {"dog": 0.82, "pedestrian": 1.95})
CITY = {"downtown": 6.0, "suburb": 4.0}
NIGHT, FRAME, CLIP = 1.0, 2.0, 1.5
CHANCE = {"t00": 0.7, "t01": 0.5}


@dataclass(frozen=True)
class Line:
    """What the stand-in reads of a line: the keys it needs."""

    told: dict
    line: tuple
    identity: str = "drawn"

    @property
    def out(self):
        return Path(self.told["out"])


def read(overrides):
    return Line(dict(one.partition("=")[::2] for one in overrides), tuple(overrides))


class Factory:
    """Makes data sets of numbers; counts what it made."""

    def __init__(self, chance=CHANCE):
        self.made, self.chance = [], chance

    def generate(self, line):
        frames, per_clip = int(line.told["n"]), int(line.told["clip.frames"])
        clips = frames // per_clip
        self.made.append((line.out.name, clips))
        (line.out / "timing").mkdir(parents=True, exist_ok=True)
        (line.out / "run.json").write_text(json.dumps({"command": line.line}))
        for shard in range((clips + 1) // 2):
            here = min(2, clips - 2 * shard)
            folder = line.out / "shards" / f"{shard:06d}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "manifest.json").write_text(json.dumps({"clips": [{}] * here}))
            self._time(line, shard, here, per_clip)
        return 0

    def _time(self, line, shard, clips, per_clip):
        city = CITY[line.told["place"]] + (3.0 if shard == 0 else 0.0)
        frame = FRAME + (NIGHT if line.told["light"] == "night" else 0.0)
        parts = {"build city": city, "build clip": CLIP * clips, "camera": frame * per_clip * clips}
        core = {**parts, "whole shard": sum(parts.values())}
        record = {"shard": shard, "worker": 1, "host": "here", "core": core,
                  "frames": per_clip * clips}  # fmt: skip
        (line.out / "timing" / f"{shard:06d}.json").write_text(json.dumps(record))

    def count(self, folder):
        """Return hits by chance, of a stream of the folder's own."""
        command = json.loads((folder / "run.json").read_text())["command"]
        told = dict(one.partition("=")[::2] for one in command)
        worlds = int(told["n"]) // int(told["clip.frames"])
        draws = stream(4, folder.name).random(worlds)
        ids = [i for i, who in (("t00", "ambulance"), ("t01", "dog")) if who in told["events"]]
        return {i: int((draws < self.chance[i]).sum()) for i in ids}


def wishes(asked=20):
    return [
        Wish("t00", "an ambulance at night", {"class": frozenset({"ambulance"}),
             "time_of_day": frozenset({"night"})}, asked, 0),
        Wish("t01", "a dog at night", {"class": frozenset({"dog"}),
             "time_of_day": frozenset({"night"})}, asked, 5),
        Wish("t02", "a pedestrian far in fog", {"class": frozenset({"pedestrian"}),
             "distance": (150.0, 200.0), "visibility": (0.0, 50.0)}, 5, 0),
    ]  # fmt: skip


def planned(folder, factory, *more, asked=20, wanted=None, base=()):
    run = run_spec(
        compose(["task=generate", f"out={folder}/plan.jsonl", "workers=2", "budget=500", *more])
    )
    said = []
    tools = Tools(read, factory.generate, factory.count, said.append)
    task = Task({"audit": "abc"}, wanted or wishes(asked), VIEW, base)
    return make_plan(run, task, tools), said


def test_a_plan_reaches_what_can_be_reached_and_proves_what_cannot(tmp_path):
    plan, said = planned(tmp_path, Factory())
    assert [one.id for one in plan.out] == ["t02"]
    for target, missing in (("t00", 20), ("t01", 15)):
        assert sum(job.expects.get(target, 0.0) for job in plan.jobs) >= missing
    assert not plan.short
    assert all(job.frames == job.clips * int(read(job.overrides).told["clip.frames"])
               for job in plan.jobs)  # fmt: skip
    assert len(said) == 1, "one recipe serves both targets: it alone is tried"


def test_costs_of_a_plan_are_those_that_its_worlds_will_have(tmp_path):
    factory = Factory()
    plan, _ = planned(tmp_path, factory)
    for job in plan.jobs:
        line = read([*job.overrides, f"n={job.frames}", f"out={tmp_path / job.job}"])
        factory.generate(line)
        records = [json.loads(f.read_text()) for f in (tmp_path / job.job).glob("timing/*.json")]
        real = sum(one["core"]["whole shard"] for one in records) - 3.0
        assert job.core_seconds == pytest.approx(real, rel=0.2)


def test_a_second_plan_learns_from_the_pilot_and_makes_nothing(tmp_path):
    factory = Factory()
    first, _ = planned(tmp_path, factory)
    made = list(factory.made)
    again, said = planned(tmp_path, factory)
    assert factory.made == made
    assert not said
    assert text(again) == text(first)


def test_what_is_never_found_is_looked_for_longer_and_then_said_with_its_bound(tmp_path):
    factory = Factory({"t00": 0.7, "t01": 0.0})
    plan, said = planned(tmp_path, factory)
    out = {one.id: one for one in plan.out}
    assert set(out) == {"t01", "t02"}
    assert "nothing found in 16 worlds" in out["t01"].why
    assert "at most 17 %" in out["t01"].proof
    assert len(said) == 2
    assert all("t01" not in job.expects for job in plan.jobs)


def test_a_budget_too_small_is_filled_as_far_as_it_goes(tmp_path):
    plan, _ = planned(tmp_path, Factory(), "budget=10", asked=60)
    assert 0 < plan.totals["frames"] <= 10
    assert {one.short for one in plan.short} <= {"t00", "t01"}
    assert "budget=10: too small for" in table(plan)


def test_without_a_pilot_and_without_knowledge_there_is_no_plan(tmp_path):
    with pytest.raises(UserError, match="pilot=0: nothing of these recipes was made yet"):
        planned(tmp_path, Factory(), "pilot=0")


def test_fills_of_before_are_learnt_from_too(tmp_path):
    factory = Factory()
    plan, _ = planned(tmp_path, factory)
    job = plan.jobs[0]
    past = tmp_path / "filled" / job.job
    factory.generate(read([*job.overrides, f"n={job.frames}", f"out={past}"]))
    (tmp_path / "other").mkdir()
    known, said = planned(tmp_path / "other", factory, f"data={tmp_path / 'filled'}", "pilot=0")
    assert not said
    assert sum(one.expects.get("t00", 0.0) for one in known.jobs) >= 20
    assert not (tmp_path / "other" / "plan.jsonl.pilot").exists()


def test_jobs_take_over_what_is_not_the_plans_own():
    line = ["task=plan", "audit=a", "budget=3", "rig=waymo", "image.format=jpeg", "out=p", "seed=4"]
    assert own_overrides(line) == ("rig=waymo", "image.format=jpeg")


TRAFFIC = Traffic({**dict.fromkeys(ROAD_USERS, 0.25), "car": 10.0}, 0.4, 17.0)
"""As `match=` fits it."""


def test_fitted_traffic_is_in_every_job_and_the_gap_is_beside_it(tmp_path):
    """Two targets of other conditions: two jobs, whose worlds draw the traffic that was fitted."""
    night, dog, _ = wishes()
    rain = {"class": frozenset({"dog"}), "weather": frozenset({"rain"})}
    wanted = [night, replace(dog, columns=rain)]
    base = tuple(TRAFFIC.overrides())
    plan, _ = planned(tmp_path, Factory(), wanted=wanted, base=base)
    events = [read(job.overrides).told["events"] for job in plan.jobs]
    assert any("who:ambulance" in one for one in events)
    assert any("who:dog" in one for one in events)
    for job in plan.jobs:
        run = run_spec(compose([*job.overrides, f"n={job.frames}"]))
        drawn = draw(run, 0)
        assert [one for one in job.overrides if one.startswith("traffic.")] == list(base)
        assert (drawn["traffic.parked"], drawn["traffic.pedestrians"]) == (0.4, 17.0)
        assert drawn["traffic.vehicles"] == pytest.approx(sum(TRAFFIC.moving.values()), rel=0.01)
        assert drawn["traffic.shares.car"] == pytest.approx(10.0 / drawn["traffic.vehicles"], 0.01)
        assert run.events, "whom the gap asks for is met beside that traffic"


def test_the_screen_says_what_is_made_and_what_is_left_out(tmp_path):
    plan, _ = planned(tmp_path, Factory())
    shown = table(plan)
    assert "t02  a pedestrian far in fog" in shown
    assert "cannot be reached: nothing stands out of such fog" in shown
    assert all(job.job in shown for job in plan.jobs)


def test_lines_are_json_the_first_tells_the_totals(tmp_path):
    plan, _ = planned(tmp_path, Factory())
    lines = [json.loads(line) for line in text(plan).splitlines()]
    head, jobs = lines[0], [line for line in lines if "job" in line]
    assert head["plan"] == 1
    assert head["totals"]["frames"] == sum(job["frames"] for job in jobs)
    assert [line["unreachable"] for line in lines if "unreachable" in line] == ["t02"]
    assert {line["target"] for line in lines if "target" in line} == {"t00", "t01", "t02"}
