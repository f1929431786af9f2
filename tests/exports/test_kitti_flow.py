"""Read back as KITTI's kit does (flow_read.m): 16 bit, (x - 2^15) / 64, blue is valid."""

import shutil
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.jobs.export import export
from synthgen.readers.dataset import open_dataset
from synthgen.readers.sensors import read_pixels
from synthgen.verify.exported.kitti_flow import check
from synthgen.verify.faults import Tally
from synthgen.writers.files import png


@pytest.fixture(scope="module")
def flowing(toy_data, tmp_path_factory):
    """Return the toy data set with a flow of random numbers that leads from frame to frame."""
    folder = tmp_path_factory.mktemp("flowing") / "data"
    shutil.copytree(toy_data, folder)
    rng = np.random.default_rng(3)
    for shard in open_dataset(folder).shards:
        table = pq.read_table(shard.folder / "frames.parquet")
        rows = table.to_pylist()
        for row, later in zip(rows, [*rows[1:], rows[-1]], strict=True):
            camera = row["cameras"][0]
            camera["flow_span"] = later["cameras"][0]["time"] - camera["time"]
            height, width = camera["height"], camera["width"]
            code = rng.integers(0, 65_536, (height, width, 3)).astype(np.uint16)
            code[..., 2] %= 4
            code[code[..., 2] == 0] = 0
            home = shard.folder / "sensor" / camera["name"] / "flow_next"
            home.mkdir(exist_ok=True)
            (home / f"{row['frame']:06d}.png").write_bytes(png(code))
        pq.write_table(pa.Table.from_pylist(rows, table.schema), shard.folder / "frames.parquet")
    return folder


@pytest.fixture(scope="module")
def home(flowing, tmp_path_factory):
    out = tmp_path_factory.mktemp("flow_export")
    run = SimpleNamespace(
        data=str(flowing), out=str(out), format=("kitti_flow",), workers=1, store=""
    )
    assert export(run) == 0
    return out / "kitti_flow"


def flow_read(path):
    code = read_pixels(path).astype(float)
    return (code[..., :2] - 2**15) / 64, code[..., 2]


def shards(flowing):
    return [shard.folder for shard in open_dataset(flowing).shards]


def test_every_pair_of_neighbours_has_two_pictures_and_both_flows(flowing, home):
    count = sum(
        len(clip.frames) - 1 for shard in open_dataset(flowing).shards for clip in shard.clips()
    )
    for kind, many in (("image_2", 2 * count), ("flow_occ", count), ("flow_noc", count)):
        assert len(list((home / "training" / kind).iterdir())) == many
    named = [(home / f"ImageSets/{split}.txt").read_text().split() for split in ("train", "val")]
    assert len({*named[0], *named[1]}) == len(named[0]) + len(named[1]) == count


def test_flow_comes_back_with_and_without_what_is_hidden(flowing, home):
    frame = next(iter(open_dataset(flowing).shards)).frames[0]
    told, state = flow_read(frame.camera.beside("flow_next", ".png"))
    for kind, known in (("flow_occ", state > 0), ("flow_noc", state == 1)):
        flow, valid = flow_read(home / "training" / kind / f"{frame.number:06d}_10.png")
        assert (valid == known).all()
        assert (flow[known] == told[known]).all()


def test_its_check_passes(flowing, home):
    tally = Tally()
    check(home, shards(flowing), tally)
    assert not tally.violations
    assert tally.checks["flow_noc told"] > 0


@pytest.mark.parametrize(
    ("kind", "told"),
    [("flow_occ", "flow_occ told"), ("flow_noc", "flow_noc told"), ("image_2", "pictures of pairs"),
     ("lost", "flow pairs"), ("twice", "pairs in one split")],
)  # fmt: skip
def test_every_mistake_is_told(flowing, home, tmp_path, kind, told):
    tree = tmp_path / "tree"
    shutil.copytree(home, tree)
    if kind == "lost":
        next(iter(sorted((tree / "training/flow_occ").iterdir()))).unlink()
    elif kind == "twice":
        shutil.copyfile(tree / "ImageSets/train.txt", tree / "ImageSets/val.txt")
    else:
        path = sorted((tree / "training" / kind).iterdir())[0]
        path.write_bytes(png(np.roll(read_pixels(path), 1, axis=1)))
    tally = Tally()
    check(tree, shards(flowing), tally)
    assert told in {fault.kind for fault in tally.violations}


def test_a_data_set_without_flow_is_refused_in_one_line(toy_data, tmp_path, capsys):
    run = SimpleNamespace(
        data=str(toy_data), out=str(tmp_path), format=("kitti_flow",), workers=1, store=""
    )
    assert export(run) != 0
    assert "has no flow; make the data set with flow=true clip=drive" in capsys.readouterr().err
    assert not (tmp_path / "kitti_flow").exists()
