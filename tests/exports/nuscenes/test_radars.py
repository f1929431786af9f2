import numpy as np

from synthgen.exports.nuscenes.radars import DETECTION, pcd


def parsed(data):
    """Return the header lines and what lies behind them."""
    head, _, body = data.partition(b"DATA binary\n")
    return head.decode().splitlines(), body


def test_the_header_has_the_lines_and_sizes_of_nuscenes():
    lines, _ = parsed(pcd(np.zeros(3, DETECTION)))
    assert lines[0].startswith("#")
    assert lines[3] == "SIZE 4 4 4 1 2 4 4 4 4 4 1 1 1 1 1 1 1 1"
    assert lines[4] == "TYPE F F F I I F F F F F I I I I I I I I"
    assert lines[6:8] == ["WIDTH 3", "HEIGHT 1"]


def test_detections_are_packed_in_43_bytes_with_one_more_byte_at_the_end():
    rows = np.zeros(2, DETECTION)
    rows["x"], rows["rcs"], rows["id"] = (10.5, 99), (3.5, -7), (1, 300)
    _, body = parsed(pcd(rows))
    assert len(body) == 2 * 43 + 1
    back = np.frombuffer(body, DETECTION, 2)
    assert back["x"].tolist() == [10.5, 99]
    assert back["id"].tolist() == [1, 300]


def test_an_empty_list_is_one_detection_of_nan():
    lines, body = parsed(pcd(np.zeros(0, DETECTION)))
    assert "WIDTH 1" in lines
    assert np.isnan(np.frombuffer(body, DETECTION, 1)["x"]).all()
