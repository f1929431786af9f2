"""Plans: reasons and proofs are read, the wrong plan and nonsense are one clear line."""

import hashlib
import json

import pytest

from synthgen.coverage.receipt.planned import planned
from synthgen.errors import UserError

HEAD = {"plan": 1, "audit": "a1", "coverage": {}, "seed": 0, "budget": 10}
OUT = {"unreachable": "t03", "why": "too far", "proof": "exp(-3 d / V)"}


def write(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_reasons_and_proofs_are_read_with_the_plans_digest(tmp_path):
    digest = write(tmp_path / "plan.jsonl", HEAD, {"job": "night", "frames": 4}, OUT)
    told = {"plan": digest, "state": "done", "targets": [{"id": "t01", "why": "budget spent"}]}
    (tmp_path / "fill.json").write_text(json.dumps(told))
    found = planned(tmp_path, "", "a1")
    assert (found.state, found.short) == ("done", {"t01": "budget spent"})
    assert found.out == {"t03": ("too far", "exp(-3 d / V)")}
    assert (found.digest, found.version, found.jobs) == (digest, 1, 1)


def test_a_plan_elsewhere_is_the_one_named(tmp_path):
    (tmp_path / "data").mkdir()
    digest = write(tmp_path / "mine.jsonl", HEAD)
    assert planned(tmp_path / "data", str(tmp_path / "mine.jsonl"), "a1").digest == digest


def test_data_made_by_hand_have_no_plan(tmp_path):
    assert planned(tmp_path, "", "a1") is None


def test_the_wrong_plan_is_one_clear_line(tmp_path):
    write(tmp_path / "plan.jsonl", HEAD)
    with pytest.raises(UserError, match=r"^plan=.*: was made from another audit"):
        planned(tmp_path, "", "other")
    (tmp_path / "fill.json").write_text('{"plan": "another"}')
    with pytest.raises(UserError, match=r"^plan=.*: is not the plan that data=.* was made by$"):
        planned(tmp_path, "", "a1")
    (tmp_path / "fill.json").write_text("{")
    with pytest.raises(UserError, match=r"fill.json: expected what task=fill wrote"):
        planned(tmp_path, "", "a1")
    (tmp_path / "plan.jsonl").unlink()
    with pytest.raises(UserError, match=r"^plan: missing; data=.* was made by a plan"):
        planned(tmp_path, "", "a1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: expected a plan"),
        ('{"plan": 1}\n', "line 1: expected a plan"),
        ('{"plan": 1, "audit": "a1"}\n{"job":\n', "line 2: expected JSON"),
        ('{"plan": 1, "audit": "a1"}\n3\n', "line 2: expected keys"),
    ],
)
def test_nonsense_is_named_with_its_line(tmp_path, text, said):
    (tmp_path / "plan.jsonl").write_text(text)
    with pytest.raises(UserError, match=said):
        planned(tmp_path, "", "a1")
