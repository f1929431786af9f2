"""The toy data set in every format, made once."""

from types import SimpleNamespace

import pytest

from synthgen.jobs.export import export

NAMES = (
    "coco_keypoints", "kitti_depth", "kitti_mots", "kitti_tracking", "scalabel", "semantickitti",
    "webdataset",
)  # fmt: skip


@pytest.fixture(scope="session")
def trees(toy_data, tmp_path_factory):
    """Return the folder with the toy data set in all formats."""
    out = tmp_path_factory.mktemp("trees")
    run = SimpleNamespace(data=str(toy_data), out=str(out), format=NAMES, workers=1, store="")
    assert export(run) == 0
    return out
