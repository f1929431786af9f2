"""Read back as the format's own development kit does: semantic-kitti-api, auxiliary/laserscan.py
(a label is a 32-bit word, class in its low half and instance in its high half; as many as points)
and its generate_sequential.py (poses of the lidar are Tr^-1 pose Tr).
"""

import numpy as np
import pytest
import yaml

from synthgen.geometry import inverse, transform

HALF = 0xFFFF


@pytest.fixture(scope="module")
def home(exported):
    return exported("semantickitti")


def frames(home, sequence):
    """Yield points, classes and instances of a sequence."""
    folder = home / "dataset/sequences" / sequence
    for path in sorted((folder / "velodyne").glob("*.bin")):
        points = np.fromfile(path, np.float32).reshape(-1, 4)
        words = np.fromfile(folder / "labels" / f"{path.stem}.label", np.uint32)
        assert len(words) == len(points)
        yield points, words & HALF, words >> 16


def poses(home, sequence):
    """Return the pose of the lidar in its first frame, of every frame."""
    folder = home / "dataset/sequences" / sequence
    rows = dict(row.split(":") for row in (folder / "calib.txt").read_text().splitlines())
    turn = np.vstack([np.array(rows["Tr"].split(), float).reshape(3, 4), [0, 0, 0, 1]])
    found = np.loadtxt(folder / "poses.txt").reshape(-1, 3, 4)
    whole = np.tile(np.eye(4), (len(found), 1, 1))
    whole[:, :3] = found
    return np.linalg.inv(turn) @ whole @ turn


def instances(source, clip, name):
    """Return the ids that the data set gives to a thing, by subtype or class."""
    rows = next(one for one in source.clips() if one.number == clip).frames[0].things()
    return {row["instance"] for row in rows if name in (row["class"], row["subtype"])}


def test_every_point_has_a_known_class_and_counts_agree(home, source):
    names = yaml.safe_load((home / "semantic-kitti.yaml").read_text())["labels"]
    for clip, sequence in zip(source.clips(), ("00", "02"), strict=True):
        found = list(frames(home, sequence))
        for frame, (points, kinds, _) in zip(clip.frames, found, strict=True):
            assert len(points) == frame.lidar.row["points"]
            assert set(kinds.tolist()) <= set(names)
            sweep = frame.lidar.sweep()
            np.testing.assert_array_equal(points[:, :3], sweep.point)
            assert (kinds == 40).sum() == (sweep.semantic == 24).sum() > 1000


def test_who_moves_has_a_moving_class_and_one_instance_in_all_frames(home, source):
    kinds = {"saloon": 10, "estate": 252, "bus": 13, "rider": 253, "dog": 0}
    found = list(frames(home, "00"))
    for name, kind in kinds.items():
        (instance,) = instances(source, 0, name)
        seen = [set(c[i == instance].tolist()) for _, c, i in found]
        assert seen == [{kind}] * 3 if kind else seen == [set()] * 3, name
    moving, waiting = sorted(instances(source, 0, "pedestrian"))
    for _, classes, instance in found:
        assert set(classes[instance == moving].tolist()) == {254}
        assert set(classes[instance == waiting].tolist()) <= {30}


def test_a_bicycle_that_is_ridden_is_one_with_its_rider(home, source):
    (bicycle,), (rider,) = (instances(source, 0, one) for one in ("bicycle", "rider"))
    for (_, classes, instance), frame in zip(
        frames(home, "00"), source.shards[0].frames, strict=True
    ):
        own = frame.lidar.sweep().instance
        assert (own == bicycle).sum() > 3
        assert set(instance[own == bicycle].tolist()) == {rider}
        assert (classes == 253).sum() == np.isin(own, [bicycle, rider]).sum()


def test_poses_put_what_stands_at_one_place(home, source):
    """The bus stands: through poses and calibration its points fill one and the same box."""
    (bus,) = instances(source, 0, "bus")
    clip = next(iter(source.clips()))
    row = next(one for one in clip.frames[0].things() if one["instance"] == bus)
    first = clip.frames[0].lidar.world_from_lidar
    for pose, (points, _, instance) in zip(poses(home, "00"), frames(home, "00"), strict=True):
        world = transform(first @ pose, points[instance == bus, :3].astype(float))
        assert len(world) > 50
        assert (np.abs(world - row["center"]) <= np.array(row["size"]) / 2 + 1e-3).all()


def test_poses_and_times_are_those_of_the_tables(home, source):
    for clip, sequence in zip(source.clips(), ("00", "02"), strict=True):
        world = [one.lidar.world_from_lidar for one in clip.frames]
        wanted = [inverse(world[0]) @ one for one in world]
        np.testing.assert_allclose(poses(home, sequence), wanted, atol=1e-9)
        folder = home / "dataset/sequences" / sequence
        times = np.loadtxt(folder / "times.txt")
        np.testing.assert_allclose(times, [0.1 * k for k in range(len(world))], atol=1e-6)
        assert (home / f"dataset/poses/{sequence}.txt").samefile(folder / "poses.txt")
        picture = folder / "image_2/000001.png"
        assert picture.samefile(clip.frames[1].camera.path)


def test_the_yaml_has_the_keys_of_the_original_and_covers_every_label(home):
    found = yaml.safe_load((home / "semantic-kitti.yaml").read_text())
    assert set(found) == {
        "name", "labels", "color_map", "content", "learning_map", "learning_map_inv",
        "learning_ignore", "split",
    }  # fmt: skip
    for key in ("color_map", "content", "learning_map"):
        assert set(found[key]) == set(found["labels"])
    assert set(found["learning_map"].values()) == set(range(20))
    for learned, one in found["learning_map_inv"].items():
        assert found["learning_map"][one] == learned
    assert found["learning_ignore"] == {n: n == 0 for n in range(20)}
    np.testing.assert_allclose(sum(found["content"].values()), 1)
    assert found["split"] == {"train": [0], "valid": [2], "test": []}
    words = np.concatenate([kinds for s in ("00", "02") for _, kinds, _ in frames(home, s)])
    np.testing.assert_allclose(found["content"][252], (words == 252).mean())
