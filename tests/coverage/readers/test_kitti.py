"""KITTI's object labels as rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from synthgen.coverage.readers import kitti

LINE = "Car 0.25 1 1.85 387.63 181.54 423.81 203.12 1.67 1.87 3.69 -3.00 2.39 4.00 1.57"
CENTS = st.integers(0, 9000).map(lambda n: n / 100)


@pytest.fixture
def tree(tmp_path):
    """Return a function that writes label files and returns the root."""

    def made(**texts):
        folder = tmp_path / "training/label_2"
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / f"{name[1:]}.txt").write_text(text)
        return tmp_path

    return made


def test_a_line_becomes_what_its_columns_mean(tree, whole):
    data = tree(_000001=LINE + "\n")
    assert kitti.recognises(data)
    found = whole("kitti", data)
    (row,) = found.objects
    assert row["frame"] == "000001"
    assert (row["class"], row["label"], row["ignored"]) == ("car", "Car", False)
    assert (row["left"], row["bottom"]) == (387.63, 203.12)
    assert row["distance"] == 5.0
    assert row["lateral"] == 3.0
    assert (row["length"], row["width"], row["height"]) == (3.69, 1.87, 1.67)
    assert (row["occlusion_low"], row["occlusion_high"]) == (0.1, 0.5)
    assert (row["truncation_low"], row["truncation_high"]) == (0.25, 0.25)
    assert row["track"] is row["score"] is row["lidar_points"] is None
    assert found.frames[0]["world"] is None
    assert not found.broken


@pytest.mark.parametrize(
    ("alpha", "side"), [(-np.pi / 2, 0), (np.pi / 2, np.pi), (0, -np.pi / 2), (np.pi, np.pi / 2)]
)
def test_the_side_that_is_seen_follows_alpha(alpha, side, tree, whole):
    """A car ahead that drives away has alpha -pi/2; one that drives to the right, 0."""
    words = LINE.split()
    words[3] = f"{alpha:.6f}"
    (row,) = whole("kitti", tree(_0=" ".join(words))).objects
    assert np.cos(row["aspect"] - side) == pytest.approx(1)


def test_dont_care_is_ignored_and_has_only_a_box(tree, whole):
    line = "DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10"
    (row,) = whole("kitti", tree(_0=line)).objects
    assert row["ignored"]
    assert row["left"] == 503.89
    told = {name for name, value in row.items() if value is not None}
    assert told == {"frame", "label", "left", "top", "right", "bottom", "ignored"}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (4, "nan", "left=nan"),
        (6, "100.0", "right and bottom lie before"),
        (1, "1.5", "truncated=1.5"),
        (2, "7", "occluded=7"),
        (9, "-2.0", "width=-2"),
        (13, "inf", "z=inf"),
        (5, "x1", "top=x1: expected a number"),
        (14, "", "14 columns"),
    ],
)
def test_a_broken_line_is_named_and_the_others_kept(column, value, said, tree, whole):
    words = LINE.split()
    words[column] = value
    found = whole("kitti", tree(_000007="\n".join([LINE, " ".join(words), "", LINE])))
    assert len(found.objects) == 2
    (bad,) = found.broken
    assert (bad.file, bad.record) == ("training/label_2/000007.txt", "line 2")
    assert said in bad.why


def test_pictures_give_sizes_and_image_sets_the_split(tree, whole):
    data = tree(_000001=LINE, _000002="")
    (data / "training/image_2").mkdir()
    Image.new("RGB", (31, 17)).save(data / "training/image_2/000001.png")
    (data / "ImageSets").mkdir()
    (data / "ImageSets/val.txt").write_text("000002\n")
    first, second = whole("kitti", data).frames
    assert (first["image"], first["width"], first["height"]) == (
        "training/image_2/000001.png", 31, 17,
    )  # fmt: skip
    assert (second["image"], second["split"]) == (None, "val")


def test_a_picture_that_is_none_is_named(tree, whole):
    data = tree(_000001=LINE)
    (data / "training/image_2").mkdir()
    (data / "training/image_2/000001.png").write_text("no picture")
    found = whole("kitti", data)
    assert [one.record for one in found.broken] == ["training/image_2/000001.png"]
    assert len(found.frames) == len(found.objects) == 1


def test_labels_of_five_columns_are_no_kitti(tree):
    assert not kitti.recognises(tree(_0="0 0.5 0.5 0.1 0.1"))


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["Car", "Pedestrian", "Cyclist", "Tram"]),
            CENTS, CENTS, CENTS, CENTS, CENTS, CENTS, st.sampled_from([0, 1, 2, 3]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_what_is_written_is_read_back(rows, tmp_path_factory, whole):
    folder = tmp_path_factory.mktemp("kitti") / "label_2"
    folder.mkdir()
    lines = [
        f"{kind} 0.00 {level} 0.10 {a:.2f} {b:.2f} {a + c:.2f} {b + d:.2f} "
        f"1.50 1.60 4.00 {e:.2f} 1.65 {f:.2f} 0.10"
        for kind, a, b, c, d, e, f, level in rows
    ]
    (folder / "7.txt").write_text("".join(f"{line}\n" for line in lines))
    found = whole("kitti", folder.parent)
    assert not found.broken
    for row, (kind, a, b, c, d, e, f, level) in zip(found.objects, rows, strict=True):
        assert row["label"] == kind
        assert [row["left"], row["top"]] == [a, b]
        assert [row["right"], row["bottom"]] == pytest.approx([a + c, b + d], abs=0.006)
        assert row["distance"] == pytest.approx((e * e + f * f) ** 0.5)
        assert (row["occlusion_low"] is None) == (level == 3)
