import numpy as np
import pytest

from synthgen.exports.nuscenes.radars import detections
from synthgen.radar.fields import FIELDS, pcd

DETECTION = np.dtype([(name, f"<{kind}") for name, kind in FIELDS])


def test_detections_are_where_the_file_says(tmp_path):
    rows = np.zeros(2, DETECTION)
    rows["x"], rows["y"], rows["z"] = (10.5, 99), (-2, 3), (0, 0.25)
    (tmp_path / "a.pcd").write_bytes(pcd(rows))
    assert detections(tmp_path / "a.pcd").tolist() == [[10.5, -2, 0], [99, 3, 0.25]]


def test_a_list_of_nan_is_empty(tmp_path):
    rows = np.zeros(1, DETECTION)
    rows["x"] = np.nan
    (tmp_path / "a.pcd").write_bytes(pcd(rows))
    assert detections(tmp_path / "a.pcd").shape == (0, 3)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "a.pcd").write_bytes(b"# nothing\nDATA ascii\n1 2 3\n")
    with pytest.raises(ValueError, match="expected a PCD file with binary data"):
        detections(tmp_path / "a.pcd")
