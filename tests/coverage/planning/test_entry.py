"""task=plan on audits made by hand."""

import json
from types import SimpleNamespace

import pyarrow as pa
import pytest

from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.coverage import audit as auditing
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.planning import entry, holdings
from synthgen.coverage.planning.asked import columns
from synthgen.coverage.readers import Batch
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage

DEFINITION = """
axes:
  time_of_day: {column: time_of_day, values: [day, dusk, night]}
  weather: {column: weather, values: [clear, overcast, rain, snow, fog]}
  class: {column: class, values: [car, pedestrian]}
  distance: {column: distance, unit: m, edges: [0, 20, 60, 200]}
  visibility: {column: visibility, unit: km, edges: [0, 0.05, 1]}
cells: [[class, distance]]
targets:
"""
FAR = "  - {where: {class: pedestrian, distance: [150, 200], visibility: 0-0.05}, want: 4}\n"
CAR = "  - {where: {class: car, time_of_day: day}, want: 2}\n"


class Rows:
    """A reader of two worlds with a car by day in each; in one of them it is ignored."""

    def recognises(self, data):
        return True

    def read(self, data, broken):
        frames = [{"frame": f"f{n}", "world": f"{n}", "time_of_day": "day"} for n in (0, 1)]
        objects = [{"frame": f"f{n}", "class": "car", "distance": 10.0 + n, "ignored": n == 1,
                    "top": 0.0, "bottom": 40.0} for n in (0, 1)]  # fmt: skip
        yield Batch(_batch(frames, FRAMES), _batch(objects, OBJECTS))


def _batch(rows, schema):
    kinds = pa.schema([schema.field(name) for name in rows[0]])
    return pa.RecordBatch.from_pylist(rows, schema=kinds)


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    monkeypatch.setattr(auditing, "open_reader", lambda kind: Rows())
    monkeypatch.setattr(auditing, "told_format", lambda data, said: "rows")
    monkeypatch.setattr(holdings, "open_reader", lambda kind: Rows())


def audit(tmp_path, targets):
    (tmp_path / "mine.yaml").write_text(DEFINITION + targets)
    (tmp_path / "data").mkdir(exist_ok=True)
    auditing.audit(
        run_spec(compose(["task=audit", f"data={tmp_path}/data", f"out={tmp_path}/audit",
                          f"coverage={tmp_path}/mine.yaml"]))
    )  # fmt: skip
    return tmp_path / "audit"


def plan(tmp_path, *more):
    line = ["task=plan", f"audit={tmp_path}/audit", f"out={tmp_path}/plan.jsonl", *more]
    code = entry.plan(run_spec(compose(line)), lambda overrides: SimpleNamespace())
    return code, [json.loads(one) for one in (tmp_path / "plan.jsonl").read_text().splitlines()]


def test_nothing_missing_is_said_and_is_no_fault(tmp_path, capsys):
    audit(tmp_path, "  - {where: {class: car, time_of_day: day}, want: 1}\n")
    code, lines = plan(tmp_path)
    assert code == 0
    assert "nothing is missing of 1 targets" in capsys.readouterr().out
    assert lines[0]["totals"]["frames"] == 0
    assert len(lines) == 1


def test_what_cannot_be_reached_costs_nothing(tmp_path, capsys):
    audit(tmp_path, FAR)
    _, lines = plan(tmp_path)
    assert [one["unreachable"] for one in lines if "unreachable" in one] == ["t00"]
    assert not (tmp_path / "plan.jsonl.pilot").exists()
    assert "cannot be reached: nothing stands out of such fog" in capsys.readouterr().out


def test_the_first_line_carries_the_audit_and_its_definition(tmp_path):
    from synthgen.coverage.folder import open_audit

    made = audit(tmp_path, FAR)
    head = plan(tmp_path, "seed=7", "budget=33")[1][0]
    assert head["audit"] == open_audit(made).digest
    assert head["coverage"]["axes"]["distance"]["edges"] == [0, 20, 60, 200]
    assert (head["seed"], head["budget"]) == (7, 33)


def test_without_a_pilot_a_reachable_target_has_no_plan_and_no_file(tmp_path):
    audit(tmp_path, CAR)
    with pytest.raises(UserError, match="pilot=0"):
        plan(tmp_path, "pilot=0")
    assert not (tmp_path / "plan.jsonl").exists()


def test_an_audit_of_another_version_is_one_line(tmp_path):
    made = audit(tmp_path, CAR)
    told = json.loads((made / "audit.json").read_text())
    (made / "audit.json").write_text(json.dumps({**told, "version": 99}))
    with pytest.raises(UserError, match="version 99"):
        plan(tmp_path)


def test_a_plan_does_not_take_the_place_of_a_folder(tmp_path):
    audit(tmp_path, CAR)
    (tmp_path / "plan.jsonl").mkdir()
    with pytest.raises(UserError, match="a folder, expected a file"):
        plan(tmp_path)


def test_a_data_set_of_ours_is_counted_as_an_audit_counts(tmp_path):
    coverage = Coverage(axes={"class": Axis(column="class", values=("car",))})
    assert holdings.count(tmp_path, coverage, {"t00": {"class": "car"}}) == {"t00": 1}


def test_bins_and_bounds_become_properties_in_their_own_units():
    axes = {
        "far": Axis(column="distance", unit="km", edges=(0, 0.02, 0.06, 0.2)),
        "class": Axis(column="class", values=("car", "dog")),
        "speed": Axis(column="ego_speed", unit="km/h", edges=(0, 36, 72), names=("slow", "fast")),
    }
    found = columns(
        {"far": ("0-0.02", "0.02-0.06"), "class": ("car", "dog"), "speed": "fast"}, axes
    )
    assert found["distance"] == pytest.approx((0, 60))
    assert found["class"] == {"car", "dog"}
    assert found["ego_speed"] == pytest.approx((10, 20))
    assert columns({"far": (0.1, 0.2)}, axes)["distance"] == pytest.approx((100, 200))


def test_frames_with_lidar_points_and_no_boxes_are_sweeps():
    for told, found in ((("lidar_points", "distance"), True), (("lidar_points", "top"), False),
                        (("distance",), False)):  # fmt: skip
        audit = SimpleNamespace(known={"objects": dict.fromkeys(told, 3)})
        assert entry.sweeps(audit) is found
