import json
import shutil
from types import SimpleNamespace

import pytest

from synthgen import __main__ as program
from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs.export import export

NAME = "semantickitti"


@pytest.fixture
def data(toy_data, tmp_path):
    shutil.copytree(toy_data, tmp_path / "data")
    return tmp_path / "data"


def run(data, out, formats=(NAME,)):
    return SimpleNamespace(data=str(data), out=str(out), format=formats, workers=1, store="")


def tree(folder):
    """Return content by name of every file but hidden ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-9:])
    }


def said(call) -> str:
    with pytest.raises(UserError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_export_is_whole_and_made_once(data, tmp_path, capsys):
    assert export(run(data, tmp_path / "a")) == 0
    assert "5 frames of 2 shards" in capsys.readouterr().out
    first = tree(tmp_path / "a")
    assert {name.split("/")[0] for name in first} == {NAME}
    receipt = json.loads(first[f"{NAME}/export.json"])
    assert [one["shard"] for one in receipt["shards"]] == [0, 1]
    assert export(run(data, tmp_path / "a")) == 0
    assert "as it was" in capsys.readouterr().out
    assert export(run(data, tmp_path / "b")) == 0
    assert tree(tmp_path / "b") == first


def test_a_stopped_export_goes_on_and_shows_nothing_half_written(data, tmp_path, capsys):
    """A shard that cannot be read fails the format; the other's part is kept, not made again."""
    broken = data / "shards/000001/sensor/roof/ring/000021.bin"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-3])
    out = tmp_path / "out"
    assert export(run(data, out)) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "ring/000021.bin: holds" in error
    assert not (out / NAME).exists()
    kept = out / ".parts" / NAME / "000000/dataset/sequences/00/labels/000000.label"
    before = kept.stat().st_mtime_ns
    assert not list(out.glob(".parts/*/.partial*"))
    broken.write_bytes(whole)
    assert export(run(data, out)) == 0
    assert kept.stat().st_mtime_ns == before
    assert export(run(data, tmp_path / "fresh")) == 0
    assert tree(out) == tree(tmp_path / "fresh")


def test_a_data_set_that_has_grown_is_exported_anew_where_it_has(data, tmp_path):
    late = data / "shards/000001"
    late.rename(tmp_path / "later")
    out = tmp_path / "out"
    assert export(run(data, out)) == 0
    assert not (out / NAME / "dataset/sequences/02").exists()
    kept = out / ".parts" / NAME / "000000/dataset/sequences/00/poses.txt"
    before = kept.stat().st_mtime_ns
    (tmp_path / "later").rename(late)
    assert export(run(data, out)) == 0
    assert (out / NAME / "dataset/sequences/02").is_dir()
    assert kept.stat().st_mtime_ns == before


def test_folders_that_are_not_ours_are_left_alone(data, tmp_path):
    (tmp_path / NAME).mkdir()
    assert "is not an export of synthgen" in said(lambda: export(run(data, tmp_path)))
    (tmp_path / NAME / "export.json").write_text('{"identity": "other"}')
    assert "export of another data set (other, this" in said(lambda: export(run(data, tmp_path)))


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["format=semantickitti"], "data: missing; task=export needs the data set to export"),
        (["format=semantickiti", "data={d}"], "format=semantickiti: expected one of "),
        (["format=semantickiti", "data={d}"], " when exporting; did you mean semantickitti?"),
        (["data={d}"], "format=kitti: expected one of "),
        (["format=semantickitti", "data={d}/no"], "no such folder"),
    ],
)
def test_bad_input_is_one_line(overrides, words, data):
    given = [one.format(d=data) for one in overrides]
    assert words in said(lambda: read(["task=export", *given]))


def test_a_folder_without_a_data_set_is_one_line(tmp_path, capsys):
    assert program.main(["task=export", "format=semantickitti", f"data={tmp_path}"]) == 2
    assert "expected a data set of synthgen" in capsys.readouterr().err


def test_an_export_goes_into_its_data_sets_folder_unless_told(data):
    asked = read(["task=export", "format=[semantickitti]", f"data={data}"])
    assert asked.out == str(data / "export")
    assert asked.format == ("semantickitti",)
