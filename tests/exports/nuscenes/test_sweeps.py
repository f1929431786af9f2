import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.exports.nuscenes.categories import INDEX
from synthgen.exports.nuscenes.sweeps import (
    LARGEST,
    Sweep,
    native_sweep,
    numbered,
    panoptic,
    write_npz,
)
from synthgen.readers import sensors


def ours(kinds, instance):
    count = len(kinds)
    rng = np.random.default_rng(0)
    return sensors.Sweep(
        rng.normal(0, 20, (count, 3)).astype(np.float32),
        np.linspace(0, 1, count).astype(np.float32),
        np.array([CLASSES[kind].semantic if kind else 0 for kind in kinds], np.uint16),
        np.array(instance, np.uint16), np.zeros(count, np.uint8), np.zeros(count, np.float32),
        np.arange(count).astype(np.uint8),
    )  # fmt: skip


def test_forward_is_y_and_left_is_minus_x_without_a_bit_lost():
    sweep = ours(["road"] * 4, [0] * 4)
    rows = native_sweep(sweep, 32, {}).rows
    assert rows.dtype == np.dtype("<f4")
    assert (rows[:, 1] == sweep.point[:, 0]).all()
    assert (rows[:, 0] == -sweep.point[:, 1]).all()
    assert (rows[:, 2] == sweep.point[:, 2]).all()


def test_intensity_ends_at_255_and_rings_count_from_the_lowest_beam():
    rows = native_sweep(ours(["road"] * 4, [0] * 4), 32, {}).rows
    assert rows[:, 3].min() == 0
    assert rows[:, 3].max() == 255
    assert rows[:, 4].tolist() == [31, 30, 29, 28]


def test_air_is_noise_and_a_subtype_decides_where_the_object_is_known():
    sweep = ours(["", "pedestrian", "pedestrian", "tree"], [0, 3, 4, 0])
    found = native_sweep(sweep, 32, {3: INDEX["human.pedestrian.child"]}).category
    names = ("noise", "human.pedestrian.child", "human.pedestrian.adult", "static.vegetation")
    assert found.tolist() == [INDEX[name] for name in names]


def test_instances_are_counted_by_category_and_a_cycle_with_its_rider_once():
    labels = numbered({5: (17, 105), 6: (17, 106), 7: (14, 107), 8: (14, 107)})
    assert labels == {5: 17_001, 6: 17_002, 7: 14_001, 8: 14_001}


def test_more_instances_than_a_label_can_tell_apart_are_refused():
    with pytest.raises(ValueError, match="more than 999 instances of category 17"):
        numbered({number: (17, number) for number in range(1, LARGEST + 2)})


def test_panoptic_labels_are_index_times_1000_and_the_instance_of_things():
    category = np.array([17, 17, 24, 14], np.uint8)
    sweep = Sweep(np.zeros((4, 5), "<f4"), category, np.array([5, 0, 5, 8], np.uint16))
    found = panoptic(sweep, {5: 17_001, 8: 14_003})
    assert found.dtype == np.uint16
    assert found.tolist() == [17_001, 17_000, 24_000, 14_003]


def test_archives_hold_the_data_and_have_the_same_bytes_each_time(tmp_path):
    data = np.array([1000, 24_000], np.uint16)
    for name in ("a.npz", "b.npz"):
        write_npz(tmp_path / name, data)
    assert (np.load(tmp_path / "a.npz")["data"] == data).all()
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
