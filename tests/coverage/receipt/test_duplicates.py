"""Duplicates between what was made and what was audited."""

import hashlib

import cv2
import numpy as np
import pyarrow as pa
import pytest

from synthgen.coverage.pictures.duplicates import perceptual
from synthgen.coverage.receipt.duplicates import among, between
from synthgen.coverage.receipt.findings import Twin


def image(seed, change=0):
    """A drawing of its own for each seed; `change` makes it lighter by so little."""
    random = np.random.default_rng(seed)
    pixels = np.full((120, 160, 3), 60, np.uint8)
    for _ in range(12):
        x, y = random.integers(0, 140), random.integers(0, 100)
        color = tuple(int(v) for v in random.integers(0, 230, 3))
        cv2.rectangle(pixels, (int(x), int(y)), (int(x) + 40, int(y) + 30), color, -1)
    return pixels + np.uint8(change)


def prints(folder, pictures):
    """Write pictures and return the columns of `pictures.parquet` that tell them apart."""
    folder.mkdir()
    rows = []
    for name, pixels in pictures.items():
        cv2.imwrite(str(folder / name), pixels[..., ::-1])
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        rows.append({"image": name, "digest": digest, "hash": f"{perceptual(pixels):016x}"})
    return pa.Table.from_pylist(rows)


@pytest.fixture
def both(tmp_path):
    audited = prints(tmp_path / "audited", {f"a{i}.png": image(i) for i in range(6)})
    made = {"same.png": image(2), "like.png": image(3, change=2), "new.png": image(77)}
    return prints(tmp_path / "made", made), audited


def test_the_same_file_is_exact_and_a_little_change_is_near(both, tmp_path):
    assert between(both[0], tmp_path / "made", both[1], tmp_path / "audited") == (
        Twin("exact", "audited", ("same.png", "a2.png")),
        Twin("near", "audited", ("like.png", "a3.png")),
    )


def test_near_hashes_of_images_that_differ_are_none(both, tmp_path):
    cv2.imwrite(str(tmp_path / "audited/a3.png"), np.zeros((120, 160, 3), np.uint8))
    found = between(both[0], tmp_path / "made", both[1], tmp_path / "audited")
    assert [one.kind for one in found] == ["exact"]


def test_an_image_that_is_gone_cannot_be_ruled_out(both, tmp_path):
    (tmp_path / "audited/a3.png").unlink()
    found = between(both[0], tmp_path / "made", both[1], tmp_path / "audited")
    assert found[1] == Twin("near", "audited", ("like.png", "a3.png"))


def test_groups_of_made_images_are_told_by_kind():
    groups = pa.table({"group": [0, 0, 1, 1, 1], "kind": ["near"] * 2 + ["pixels"] * 3,
                       "image": list("abcde")})  # fmt: skip
    assert among(groups) == (
        Twin("near", "made", ("a", "b")), Twin("exact", "made", ("c", "d", "e")),
    )  # fmt: skip
