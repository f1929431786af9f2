"""An audit that opens the images."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.config import read
from synthgen.coverage.audit import audit
from synthgen.coverage.folder import open_audit
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage
from tests.coverage.pictures.test_measures import street

COVERAGE = Coverage(axes={"fault": Axis(column="fault")}, cells=(("fault",),))


def kitti(folder, images):
    for name in ("label_2", "image_2"):
        (folder / "training" / name).mkdir(parents=True, exist_ok=True)
    for number, image in enumerate([*images, None]):
        line = "Car 0.00 0 1.85 10.0 20.0 60.0 70.0 1.67 1.87 3.69 -16.53 2.39 58.49 1.57\n"
        (folder / "training" / "label_2" / f"{number:06d}.txt").write_text(line)
        if image is not None:
            cv2.imwrite(str(folder / "training" / "image_2" / f"{number:06d}.png"), image)
    return folder


def run(data, out):
    base = read(["task=audit", f"data={data}", f"out={out}", "pictures=true", "workers=1"])
    return replace(base, survey=replace(base.survey, coverage=COVERAGE))


def test_faults_and_copies_reach_the_audit_and_its_cells(tmp_path):
    images = [street(0), street(1), street(0), np.zeros((80, 120, 3), np.uint8)]
    audit(run(kitti(tmp_path / "data", images), tmp_path / "audit"))
    made = open_audit(tmp_path / "audit")
    faults = dict(zip(made.table("frames")["frame"].to_pylist(),
                      made.table("frames")["fault"].to_pylist(), strict=True))  # fmt: skip
    assert [faults[name] for name in sorted(faults)][:4] == ["none", "none", "none", "blank"]
    rows = made.table("cells").to_pylist()
    assert {row["fault"]: row["frames"] for row in rows if row["fault"] != "unknown"} == {
        "none": 3, "blank": 1,
        **{fault: 1 for fault in list(faults.values())[4:] if fault},
    }  # fmt: skip
    twins = made.table("duplicates").to_pylist()
    assert [(row["kind"], row["image"][-10:]) for row in twins] == [
        ("bytes", "000000.png"), ("bytes", "000002.png"),
    ]  # fmt: skip


def test_an_audit_of_images_that_are_not_there_is_refused_and_leaves_nothing(tmp_path):
    data = kitti(tmp_path / "data", [])
    with pytest.raises(UserError, match=r"pictures=true: .*"):
        audit(run(data, tmp_path / "audit"))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
