"""The keys of audits, plans, fills and receipts."""

import pytest

from synthgen.config import read
from synthgen.errors import UserError


def test_an_audit_needs_data_that_are_there(tmp_path):
    with pytest.raises(UserError, match="data: missing; task=audit needs the data set to audit"):
        read(["task=audit"])
    with pytest.raises(UserError, match="no such file or folder"):
        read(["task=audit", f"data={tmp_path}/none"])
    assert read(["task=audit", f"data={tmp_path}"]).survey.data_format == ""


@pytest.mark.parametrize(
    ("task", "key"), [("plan", "audit"), ("fill", "plan"), ("receipt", "audit")]
)
def test_each_task_names_what_it_lacks(task, key):
    with pytest.raises(UserError, match=f"^{key}: missing; task={task} needs"):
        read([f"task={task}"])


def test_a_budget_is_at_least_one_frame():
    with pytest.raises(UserError, match="budget=0: expected a whole number of at least 1 frame"):
        read(["budget=0"])


def test_what_a_survey_is_told_changes_no_frame(tmp_path):
    assert read(["budget=7"]).identity == read([]).identity


def test_a_definition_of_coverage_with_an_odd_key_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("axes: {}\ncels: []\n")
    with pytest.raises(UserError, match=r"coverage.cels.*did you mean coverage.cells"):
        read([f"coverage={file}"])


def test_a_pilot_has_no_negative_number_of_worlds():
    with pytest.raises(UserError, match="pilot=-1: expected a whole number of worlds, 0 for none"):
        read(["pilot=-1"])
    assert read(["pilot=0"]).survey.pilot == 0
