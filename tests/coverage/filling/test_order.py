import json

import pytest

from synthgen.coverage.definition import plain_coverage
from synthgen.coverage.filling.order import read_order
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target

COVERAGE = Coverage(
    axes={"class": Axis(column="class", values=("car", "dog")),
          "time_of_day": Axis(column="time_of_day", values=("day", "night"))},
    targets=(
        Target(where={"class": "dog"}, want=6),
        Target(where={"class": "car", "time_of_day": "night"}, want=9),
        Target(where={"time_of_day": "night"}, want=3),
    ),
)  # fmt: skip


def job(name="dogs", **told):
    return {
        "job": name, "overrides": ["scene=night", "seed=5"], "clips": 4, "frames": 8,
        "expects": {"t00": 2.5}, "core_seconds": 80.0, "bytes": 1000, **told,
    }  # fmt: skip


def head(**told):
    return {"plan": 1, "audit": "0", "coverage": plain_coverage(COVERAGE), "seed": 0, "budget": 100,
            "totals": {}, "start_core_seconds": 3.0, **told}  # fmt: skip


def note(target, missing, **told):
    return {"target": target, "name": f"name of {target}", "there": 0, "asked": missing,
            "missing": missing, "yields": {}, **told}  # fmt: skip


def write(path, *lines):
    text = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("".join(f"{one}\n" for one in text))
    return path


def test_a_plan_is_read_whole(tmp_path):
    found = read_order(
        write(tmp_path / "plan.jsonl", head(), job(), job("cars", expects={"t01": 1}),
              {"unreachable": "t02", "why": "w", "proof": "p"},
              {"short": "t00", "why": "w", "expects": 2.0, "asked": 6},
              note("t00", 6), note("t01", 7), note("t02", 3))
    )  # fmt: skip
    assert [one.name for one in found.jobs] == ["dogs", "cars"]
    assert [(want.id, want.missing) for want in found.wants] == [("t00", 6), ("t01", 7)]
    assert found.wants[1].where == {"class": "car", "time_of_day": "night"}
    assert (found.budget, found.jobs[0].overrides) == (100, ("scene=night", "seed=5"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (job(frames=-4), r"line 2: frames=-4: expected a whole number of at least 1"),
        (job(frames=1.5), r"line 2: frames=1.5: expected a whole number"),
        (job(clips=True), r"line 2: clips=[Tt]rue: expected a whole number"),
        (job(overrides="scene=night"), r"line 2: overrides=scene=night: expected a list"),
        (job(overrides=["n=9"]), r"line 2: overrides: n=9: task=fill sets n itself"),
        (job(overrides=["out=/tmp/x"]), r"line 2: overrides: out=/tmp/x: task=fill sets out"),
        (job("../up"), r"line 2: job=../up: expected a name"),
        (job(expects={"t0": 1}), r"line 2: expects: target=t0: expected one of t00, t01, t02"),
        (job(expects={"t00": "many"}), r"line 2: expects: t00=many: expected a number"),
        (job(core_seconds=float("nan")), r"line 2: core_seconds=nan: expected a number"),
        ({**job(), "frame": 3}, r"line 2: frame: no such key.*frames"),
        ({"jobs": 3}, r"line 2: expected a line with job, unreachable, short, target"),
        ('{"job": "dogs",', r"line 2: expected JSON: "),
        ("[1, 2]", r"line 2: expected keys with values"),
        (note("t07", 3), r"line 2: target=t07: expected one of t00, t01, t02"),
        (note("t00", -1), r"line 2: missing=-1: expected a whole number of at least 0"),
    ],
)
def test_nonsense_is_one_line_with_its_number(tmp_path, line, said):
    with pytest.raises(UserError, match=said) as caught:
        read_order(write(tmp_path / "plan.jsonl", head(), line, note("t00", 2)))
    assert "\n" not in str(caught.value)


def test_a_target_that_no_line_says_the_gap_of_is_refused(tmp_path):
    with pytest.raises(UserError, match="line 2: expects: t00: expected a line"):
        read_order(write(tmp_path / "plan.jsonl", head(), job(), note("t01", 2)))


def test_two_jobs_of_one_name_are_refused(tmp_path):
    with pytest.raises(UserError, match="line 3: job=dogs: there is one of this name"):
        read_order(write(tmp_path / "plan.jsonl", head(), job(), job()))


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ({"audit": "0"}, "line 1: expected a plan of task=plan"),
        (head(plan=99), "version 99, this program reads 1"),
        (head(budget=0), "line 1: budget=0: expected a whole number of at least 1"),
        (head(coverage={"axes": {}}), "line 1: coverage: "),
    ],
)
def test_a_first_line_that_is_no_plan_s_is_refused(tmp_path, first, said):
    with pytest.raises(UserError, match=said):
        read_order(write(tmp_path / "plan.jsonl", first, job()))


def test_a_folder_is_no_plan(tmp_path):
    with pytest.raises(UserError, match="expected a file that task=plan wrote"):
        read_order(tmp_path)


def test_an_empty_file_is_no_plan(tmp_path):
    with pytest.raises(UserError, match="line 1: expected a plan"):
        read_order(write(tmp_path / "plan.jsonl"))
