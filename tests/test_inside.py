"""Names in records never lead out of their folder: up, away, through links, whatever record."""

import json
import shutil

import pytest

from synthgen import __main__ as program
from synthgen.coverage.definition import plain_coverage
from synthgen.coverage.filling.order import read_order
from synthgen.coverage.folder import RECORD, open_audit, seal
from synthgen.errors import UserError
from synthgen.inside import located
from synthgen.merge import merge
from synthgen.readers.shard import read_shard
from synthgen.spec.coverage import Coverage
from synthgen.verify.shard import tally_shard

SHARD = "shards/000000"


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.png"
    path.write_bytes(b"not yours")
    return path


@pytest.fixture
def data(toy_data, tmp_path):
    shutil.copytree(toy_data, tmp_path / "data")
    return tmp_path / "data"


def ways(folder, secret):
    """Return names that lead from `folder` to the file `secret`."""
    (folder / "link.png").symlink_to(secret)
    (folder / "above").symlink_to(secret.parent)
    up = "/".join([".."] * (len(folder.parts) - len(secret.parent.parts)))
    return [f"{up}/secret.png", str(secret), "link.png", "above/secret.png"]


@pytest.mark.parametrize("name", ["", "a\0b", None, 3, ["a"], ".", "no", "folder"])
def test_what_is_no_file_of_the_folder_is_refused(name, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=r"is no file name|no such file|is not a file"):
        located(tmp_path, name)


def test_a_file_of_the_folder_is_found_through_links_inside(tmp_path):
    (tmp_path / "a").write_text("")
    (tmp_path / "b").symlink_to("a")
    assert located(tmp_path, "b") == (tmp_path / "a").resolve()


def test_an_audit_names_no_file_outside(tmp_path, secret):
    folder = tmp_path / "audit"
    folder.mkdir()
    keys = ("format", "data", "counts", "known", "axes", "coverage")
    seal(folder, {key: {} for key in keys})
    for name in ways(folder, secret):
        told = json.loads((folder / RECORD).read_text())
        (folder / RECORD).write_text(json.dumps({**told, "files": {name: "0"}}))
        with pytest.raises(UserError, match=r"audit\.json: files: .* (leaves|is an absolute)"):
            open_audit(folder)


def test_a_manifest_names_no_file_outside(data, secret):
    home = data / SHARD
    path = home / "manifest.json"
    for name in ways(home, secret):
        told = json.loads(path.read_text())
        told["files"] = [{**told["files"][0], "path": name}]
        path.write_text(json.dumps(told))
        with pytest.raises(UserError, match=r"(leaves|is an absolute)"):
            read_shard(home).check_hashes()
        found = [one for one in tally_shard(home).violations if one.kind == "file hash"]
        assert [name in one.detail for one in found] == [True]


def test_merging_links_no_file_from_outside(data, secret):
    home = data / SHARD
    path = home / "coco/instances.json"
    for name in ways(home, secret):
        told = json.loads(path.read_text())
        told["images"][0]["file_name"] = name
        path.write_text(json.dumps(told))
        with pytest.raises(UserError, match=r"(leaves|is an absolute)"):
            merge(data)
        assert not list(data.glob("dataset/**/secret.png"))


@pytest.mark.parametrize("one", ["hydra.searchpath=[pkg://os]", "+hydra.run.dir=/x", "hydra/x=y"])
def test_a_plan_does_not_set_up_hydra(one, tmp_path):
    told = plain_coverage(Coverage(axes={}))
    head = {"plan": 1, "audit": "0", "coverage": told, "budget": 1, "start_core_seconds": 0}
    job = {"job": "a", "overrides": [one], "clips": 1, "frames": 1, "expects": {},
           "core_seconds": 1, "bytes": 1}  # fmt: skip
    path = tmp_path / "plan.jsonl"
    path.write_text(f"{json.dumps(head)}\n{json.dumps(job)}\n")
    with pytest.raises(UserError, match=r"line 2: overrides: .*: expected a setting of synthgen"):
        read_order(path)


# Spoilt records ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["run.json", "manifest.json"])
@pytest.mark.parametrize("text", ["false", "[]", "{}", "z", "[" * 9000])
def test_a_spoilt_record_is_one_line_to_every_task(name, text, data, tmp_path, capsys):
    path = data / name if name == "run.json" else data / SHARD / name
    path.write_text(text)
    for task in ("export", "merge", "verify"):
        if (name, task) in (("run.json", "verify"), ("run.json", "merge")):
            continue  # they do not read it
        out = data if task == "merge" else tmp_path / "o"
        arguments = [f"task={task}", f"data={data}", f"out={out}"]
        more = ["format=[kitti_depth]"] if task == "export" else []
        assert program.main([*arguments, *more]) == 2
        said = capsys.readouterr().err
        assert said.startswith("synthgen: ")
        assert said.count("\n") == 1


@pytest.mark.parametrize("name", ["frames.parquet", "coco/instances.json"])
def test_what_verification_cannot_read_is_a_violation(name, data, tmp_path, capsys):
    (data / SHARD / name).write_text("{}")
    assert program.main(["task=verify", f"data={data}", f"out={tmp_path / 'o'}"]) == 1
    said = capsys.readouterr()
    assert "readable: frame -1 track 0: shard 000000: " in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "told", [[], {"format": "os", "source": ".", "shards": []}, {"format": "coco_keypoints"}]
)
def test_the_receipt_of_an_export_names_formats_and_no_modules(told, tmp_path, capsys):
    (tmp_path / "export.json").write_text(json.dumps(told))
    assert program.main(["task=verify", f"data={tmp_path}", f"out={tmp_path / 'o'}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_without_shards_is_one_line_to_merge(tmp_path, capsys):
    assert program.main(["task=merge", f"out={tmp_path}"]) == 2
    assert "no finished shard" in capsys.readouterr().err


def test_a_table_of_an_audit_that_is_none_is_one_line(tmp_path):
    (tmp_path / "frames.parquet").write_bytes(b"PAR1 and nothing else PAR1")
    told = {key: {} for key in ("format", "data", "counts", "known", "axes")}
    seal(tmp_path, {**told, "coverage": plain_coverage(Coverage(axes={}))})
    with pytest.raises(UserError, match=r"frames\.parquet: expected a table in Parquet: "):
        open_audit(tmp_path).table("frames")
