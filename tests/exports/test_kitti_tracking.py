from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.exports.kitti_tracking import write_seqmaps
from synthgen.readers.dataset import DataSet
from synthgen.readers.oxts import ORIGIN, RADIUS, degrees_at

SEQUENCES = {"0000": 3, "0002": 2}


@pytest.fixture(scope="module")
def home(exported):
    return exported("kitti_tracking") / "training"


def rows(home, sequence):
    return [
        line.split(" ") for line in (home / f"label_02/{sequence}.txt").read_text().splitlines()
    ]


def test_every_label_line_of_the_object_benchmark_is_there_with_its_track(home, source):
    thin = 0
    for clip, sequence in zip(source.clips(), SEQUENCES, strict=True):
        found = rows(home, sequence)
        assert {len(row) for row in found} == {17}
        for index, frame in enumerate(clip.frames):
            own = [row for row in found if row[0] == str(index)]
            label = frame.lidar.folder / f"kitti/training/label_2/{frame.number:06d}.txt"
            lines = label.read_text().splitlines()
            assert len(own) == len(lines) > 4
            for row, line in zip(own, lines, strict=True):
                whole = line.split(" ")
                if whole[4] == whole[6]:
                    assert (row[1], row[2], row[6:10]) == ("-1", "DontCare", whole[4:8])
                    thin += 1
                    continue
                assert [row[2], *row[4:]] == [whole[0], *whole[2:]]
                assert (row[1] == "-1") == (row[2] == "DontCare")
                assert row[3] in (("-1",) if row[1] == "-1" else ("0", "1", "2"))
    assert thin == 1  # the last frame has a car of which one column shows


def test_a_track_keeps_its_id_and_a_cyclist_has_the_riders(home, source):
    by_type = {}
    for row in rows(home, "0000"):
        if row[1] != "-1":
            by_type.setdefault(row[2], []).append((int(row[1]), float(row[13])))
    rider = next(o for o in source.shards[0].frames[0].things() if o["class"] == "rider")
    assert [one for one, _ in by_type["Cyclist"]] == [rider["instance"]] * 3
    cars = {one for one, _ in by_type["Car"]}
    assert all(sum(one == car for one, _ in by_type["Car"]) == 3 for car in cars)


def test_a_car_that_is_cut_by_the_images_edge_has_a_level_of_truncation(home, source):
    frame = source.shards[0].frames[0]
    wanted = {}
    for row in frame.seen_by("front"):
        if row["kitti_class"] in ("Car", "Pedestrian"):
            wanted[str(row["instance"])] = str(
                (row["truncation"] >= 0.15) + (row["truncation"] >= 0.5)
            )
    found = {row[1]: row[3] for row in rows(home, "0000") if row[0] == "0"}
    assert {one: found[one] for one in wanted} == wanted
    assert set(wanted.values()) > {"0"}


def test_sequences_are_listed_with_their_lengths(home):
    for split, names in {"training": ["0000", "0002"], "train": ["0000"], "val": ["0002"]}.items():
        lines = (home / f"evaluate_tracking.seqmap.{split}").read_text().splitlines()
        assert lines == [f"{name} empty 000000 {SEQUENCES[name]:06d}" for name in names]


def test_a_data_set_of_one_world_has_no_list_for_validation(tmp_path):
    manifest = {"shard": 0, "frames": [0, 1, 2], "clips": [
        {"clip": 0, "frames": 3, "place": {"file": "", "kind": "suburb", "city": 0}}]}  # fmt: skip
    data = DataSet(tmp_path, {}, (SimpleNamespace(manifest=manifest),))
    write_seqmaps(data, tmp_path, "evaluate_mots")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"evaluate_mots.seqmap.{split}": "0000 empty 000000 000003\n"
        for split in ("training", "train")
    }


def test_calibration_has_this_benchmarks_names_and_the_object_ones_numbers(home, source):
    lines = (home / "calib/0002.txt").read_text().splitlines()
    names = [line.split(" ")[0] for line in lines]
    assert names == ["P0:", "P1:", "P2:", "P3:", "R_rect", "Tr_velo_cam", "Tr_imu_velo"]
    other = source.shards[1].folder / "kitti/training/calib/000020.txt"
    for mine, theirs in zip(lines, other.read_text().splitlines(), strict=False):
        numbers = [np.array(line.split(" ")[1:], float) for line in (mine, theirs)]
        np.testing.assert_allclose(numbers[0], numbers[1], atol=1e-12)


def test_the_unit_tells_velocity_and_gravity_in_its_own_frame(home):
    """The toy car drives at (8, 0.3) m/s and turns left at 0.05 rad/s about its own origin."""
    packets = np.loadtxt(home / "oxts/0000.txt")
    assert packets.shape == (3, 30)
    for index, packet in enumerate(packets):
        yaw = 0.005 * index
        np.testing.assert_allclose(packet[3:6], [0, 0.02, yaw], atol=2e-4)
        arm = Rotation.from_euler("z", yaw).apply([-0.27 - 0.8, 0.02 + 0.3, 0])
        east, north = 8 - 0.05 * arm[1], 0.3 + 0.05 * arm[0]
        np.testing.assert_allclose(packet[[7, 6]], [east, north], atol=3e-3)
        np.testing.assert_allclose(np.hypot(*packet[8:10]), np.hypot(east, north), atol=3e-3)
        np.testing.assert_allclose(np.linalg.norm(packet[11:14]), 9.81, atol=1e-3)
        np.testing.assert_allclose(packet[14:17], [0, 0, 9.81], atol=1e-3)
        np.testing.assert_allclose(packet[20:23], [0, 0, 0.05], atol=1e-5)


def test_degrees_are_metres_by_the_projection_of_the_development_kit():
    latitude, longitude = degrees_at(120.0, -340.0)
    scale = np.cos(np.radians(ORIGIN[0]))
    tell = lambda lat, lon: (  # noqa: E731
        scale * lon * np.pi * RADIUS / 180,
        scale * RADIUS * np.log(np.tan((90 + lat) * np.pi / 360)),
    )
    way = np.subtract(tell(latitude, longitude), tell(*ORIGIN))
    np.testing.assert_allclose(way, [120, -340], atol=1e-6)
