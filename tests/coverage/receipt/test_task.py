"""task=receipt, whole: what an audit counts of a data set is what a receipt says it brings."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from synthgen.__main__ import main
from synthgen.coverage.folder import open_audit, seal
from synthgen.coverage.pictures.measure import measure

DEFINITION = """
axes:
  time_of_day: {column: time_of_day, values: [day, dusk, night]}
  class: {column: class, values: [car, bus, pedestrian, dog]}
  distance: {column: distance, unit: m, edges: [0, 10, 20, 50]}
  occlusion: {column: occlusion, edges: [0, 0.2, 0.5, 1.0]}
cells:
  - [class, distance]
  - [class, occlusion]
  - [time_of_day]
targets:
  - {where: {class: car, distance: [5, 45]}, want: 9}
  - {where: {class: dog, distance: "0-10"}, want: 2}
  - {where: {class: bus, time_of_day: night}, want: 3}
"""


@pytest.fixture(scope="module")
def audited(toy_data, tmp_path_factory):
    """The audit of a data set, that data set, and a fill that holds the same once more."""
    home = tmp_path_factory.mktemp("audited")
    (home / "mine.yaml").write_text(DEFINITION)
    asked = [f"data={toy_data}", f"coverage={home}/mine.yaml", f"out={home}/audit", "workers=1"]
    assert main(["task=audit", *asked]) == 0
    shutil.copytree(toy_data, home / "filled" / "again")
    return home


def receipt(home, *more, data="filled"):
    return main(["task=receipt", f"audit={home}/audit", f"data={home}/{data}",
                 f"out={home}/receipt", "workers=1", *more])  # fmt: skip


def test_a_data_set_brings_what_its_own_audit_counts(audited, capsys):
    assert receipt(audited) == 0
    told = json.loads((audited / "receipt/receipt.json").read_text())
    assert told["cells"]
    for cell in told["cells"]:
        assert cell["before"] == cell["got"]
        assert cell["shards"]
    for target in told["targets"]:
        assert target["before"] == target["got"]
        assert target["asked"] == target["wanted"] - target["before"]
    assert told["targets"][0]["got"] == 2
    assert told["totals"]["before"] == told["totals"]["added"]
    for one in told["distributions"]:
        assert one["before"] == one["added"]
    assert [one["name"] for one in told["shards"]] == [
        "again/shards/000000", "again/shards/000001",
    ]  # fmt: skip
    printed = capsys.readouterr().out
    assert "t00  car, distance 5-45 m" in printed
    assert "short by" in printed


def test_equal_inputs_are_equal_bytes(audited):
    def files():
        assert receipt(audited) == 0
        return {path.name: path.read_bytes() for path in (audited / "receipt").iterdir()}

    first = files()
    assert set(first) == {"receipt.html", "receipt.json"}
    assert files() == first
    shutil.copytree(audited / "filled", audited / "moved")
    assert receipt(audited, data="moved") == 0
    assert (audited / "receipt/receipt.json").read_bytes() == first["receipt.json"]


def test_a_plan_that_lies_in_the_fill_tells_what_cannot_be_reached(audited, tmp_path):
    shutil.copytree(audited / "filled", tmp_path / "filled")
    lines = [{"plan": 1, "audit": open_audit(audited / "audit").digest},
             {"unreachable": "t02", "why": "too dark", "proof": "0 of 400 worlds"}]  # fmt: skip
    (tmp_path / "filled/plan.jsonl").write_text("\n".join(json.dumps(one) for one in lines))
    assert receipt(audited, f"data={tmp_path}/filled") == 0
    told = json.loads((audited / "receipt/receipt.json").read_text())
    assert [one["state"] for one in told["targets"]][2] == "unreachable"
    assert told["targets"][2]["proof"] == "0 of 400 worlds"
    assert told["sources"]["plan"]["version"] == 1


def test_the_real_page_shows_real_pictures_with_the_box_over_the_object(audited, open_page):
    assert receipt(audited) == 0
    view = open_page((audited / "receipt/receipt.html").read_text())
    view.locator("[data-goal]").first.click()
    image = view.locator("dialog .shot img").first
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    data = json.loads(view.locator("#data").text_content())
    picture, box, _ = data["goals"][0]["examples"][0]
    told = data["pictures"][picture]
    label, left, top, right, _ = told["boxes"][box]
    assert label == "car"
    whole, own = image.bounding_box(), view.locator("dialog .shot rect.own").first.bounding_box()
    scale = whole["width"] / told["width"]
    assert own["x"] == pytest.approx(whole["x"] + left * scale, abs=2)
    assert own["y"] == pytest.approx(whole["y"] + top * scale, abs=2)
    assert own["width"] == pytest.approx((right - left) * scale, abs=4)


@pytest.fixture
def opened(audited, toy_data, tmp_path):
    """The audit with what its images show, as an audit with pictures=true has it."""
    shutil.copytree(audited / "audit", tmp_path / "audit")
    folder = tmp_path / "audit"
    told = measure(pq.read_table(folder / "frames.parquet"), toy_data, 1)
    pq.write_table(told.pictures, folder / "pictures.parquet")
    pq.write_table(told.duplicates, folder / "duplicates.parquet")
    record = json.loads((folder / "audit.json").read_text())
    (folder / "audit.json").unlink()
    seal(folder, {key: one for key, one in record.items() if key not in ("version", "files")})
    return tmp_path


def test_images_made_that_the_audited_data_have_are_found(audited, opened):
    assert receipt(audited, f"audit={opened}/audit") == 0
    told = json.loads((audited / "receipt/receipt.json").read_text())
    twice = [one["images"] for one in told["duplicates"] if one["between"] == "audited"]
    assert len(twice) == 5
    for made, there in twice:
        assert (audited / "filled" / made).read_bytes() == (
            opened_data(opened) / there
        ).read_bytes()
    bright = {one["name"]: one for one in told["distributions"]}["brightness of images"]
    assert bright["before"] == bright["added"]
    assert sum(bright["before"]) == 5


def opened_data(opened):
    return Path(json.loads((opened / "audit/audit.json").read_text())["data"])


def test_without_pictures_duplicates_are_not_told(audited):
    assert receipt(audited) == 0
    assert json.loads((audited / "receipt/receipt.json").read_text())["duplicates"] is None


def _refused(home, capsys, *more, **changed):
    shutil.rmtree(home / "receipt", ignore_errors=True)
    assert receipt(home, *more, **changed) == 2
    assert not (home / "receipt").exists()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_an_audit_of_another_version_is_one_clear_line(audited, tmp_path, capsys):
    shutil.copytree(audited / "audit", tmp_path / "audit")
    path = tmp_path / "audit/audit.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 99}))
    assert "version 99" in _refused(audited, capsys, f"audit={tmp_path}/audit")


def test_data_that_are_not_ours_are_one_clear_line(audited, tmp_path, capsys):
    said = _refused(audited, capsys, f"data={tmp_path}")
    assert f"data={tmp_path}: expected what task=fill made" in said


def test_a_missing_image_is_one_clear_line(audited, tmp_path, capsys):
    shutil.copytree(audited / "filled", tmp_path / "filled")
    for path in tmp_path.glob("filled/again/shards/*/sensor/*/*.png"):
        path.unlink()
    said = _refused(audited, capsys, f"data={tmp_path}/filled")
    assert ".png: missing, the image of frame again/" in said


def test_a_place_that_cannot_be_written_is_one_clear_line(audited, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["task=receipt", f"audit={audited}/audit", f"data={audited}/filled",
                 f"out={tmp_path}/file", "workers=1"]) == 2  # fmt: skip
    assert "expected a writable folder" in capsys.readouterr().err
    assert Path(tmp_path / "file").read_text() == ""
