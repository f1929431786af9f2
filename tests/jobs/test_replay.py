"""One frame made again, alone, has the bytes that it has in its shard."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs import replay as task
from synthgen.jobs.failures import failed, keep_failure
from synthgen.jobs.shard import make_shard
from synthgen.verify import shard as verification
from synthgen.verify.faults import VerificationError
from tests.scripts import script

pytestmark = pytest.mark.long
TOP = Path(__file__).parents[2]
DRIVE = ("clip=drive", "clip.frames=3", "n=6", "twin=[night]")
"""Two clips of a shard; the camera's exposure and its faults carry from frame to frame."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    """Return a small rig with a camera that fails at times, a radar and microphones."""
    small = script("chaos").small(3)
    model = small["cameras"]["image_2"]["model"]
    model["faults"] = {"black": 0.15, "frozen": 0.3, "lasting": 0.2}
    small["lidars"]["velodyne"]["clean"] = True
    taxi = yaml.safe_load((TOP / "conf" / "rig" / "robotaxi.yaml").read_text())["sensors"]
    kinds = {one["kind"]: one for one in taxi.values()}
    small["sensors"] = {"radar": kinds["radar"], "ears": kinds["microphones"]}
    path = tmp_path_factory.mktemp("rig") / "small.yaml"
    path.write_text(yaml.safe_dump(small))
    return path


def words(rig, out, *more):
    told = ["scene=clear_day", "place=motorway", f"rig={rig}", "traffic.vehicles=6", "seed=1"]
    return [*told, "workers=1", f"out={out}", *more]


def program(*arguments):
    command = [sys.executable, "-m", "synthgen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def made(rig, out, *more):
    done = program(*words(rig, out, *more))
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def drive(rig, tmp_path_factory):
    return made(rig, tmp_path_factory.mktemp("drive") / "out", *DRIVE)


@pytest.fixture(scope="module")
def stills(rig, tmp_path_factory):
    return made(rig, tmp_path_factory.mktemp("stills") / "out", "clip.frames=2", "n=4")


def hashes(home, frame):
    """Return the SHA-256 of every file that is of the frame by its name."""
    found = [path for path in home.rglob(f"{frame:06d}.*") if path.is_file()]
    return {
        str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found
    }  # fmt: skip


def rows(home, table, frame):
    return repr([one for one in pq.read_table(home / table).to_pylist() if one["frame"] == frame])


def coco(home, name, frame):
    told = json.loads((home / "coco" / f"{name}.json").read_text())
    return [one for one in told["annotations"] if one["image_id"] == frame]


@pytest.mark.parametrize(
    ("kind", "frame"), [("drive", 0), ("drive", 2), ("drive", 5), ("stills", 2)]
)
def test_a_frame_of_a_finished_shard_is_made_again_byte_by_byte(kind, frame, request):
    data = request.getfixturevalue(kind)
    done = program("task=replay", f"data={data}", f"frame={frame}")
    assert done.returncode == 0, done.stdout + done.stderr
    verified, compared = done.stdout.splitlines()
    assert verified.endswith(" checks, 0 violations"), verified
    assert compared.startswith("same bytes as in shards/000000: "), compared
    home, shard = data / "replay" / f"{frame:06d}", data / "shards" / "000000"
    assert hashes(home, frame) == hashes(shard, frame)
    assert len(hashes(home, frame)) > (40 if kind == "drive" else 20)
    for table in ("frames", "objects", "lidar_objects", "lamps", "lane_lines", "sensors"):
        assert rows(home, f"{table}.parquet", frame) == rows(shard, f"{table}.parquet", frame)
    for name in ("instances", "panoptic", "person_keypoints"):
        assert coco(home, name, frame) == coco(shard, name, frame)
    others = [p for p in home.rglob("*") if p.stem.isdigit() and p.is_file()]
    assert {path.stem for path in others} == {f"{frame:06d}"}


def test_the_drive_has_what_carries_from_frame_to_frame(drive):
    table = pq.read_table(drive / "shards" / "000000" / "frames.parquet").to_pylist()
    cameras = [row["cameras"][0] for row in table]
    assert cameras[2]["balance"] != cameras[1]["balance"]  # followed from what frame 1 showed
    assert cameras[5]["fault"] == "frozen"


def test_a_frame_that_differs_from_its_sealed_shard_is_told(drive, tmp_path):
    image = next((drive / "shards" / "000000" / "sensor" / "image_2").glob("000001.png"))
    content = image.read_bytes()
    try:
        image.unlink()
        image.write_bytes(content + b"x")
        done = program("task=replay", f"data={drive}", "frame=1", f"out={tmp_path / 'one'}")
    finally:
        image.write_bytes(content)
    assert done.returncode == 1
    assert "differs from shards/000000 in 1 of " in done.stdout
    assert done.stdout.rstrip().endswith(": sensor/image_2/000001.png")


def test_a_frame_that_verification_refused_is_kept_and_fails_again(
    rig, tmp_path, monkeypatch, capsys
):
    """Verification is made to find fault with one frame of a real shard."""
    real = verification.check_lidar

    def strict(files, name, tally):
        real(files, name, tally)
        tally.check("made up", files.frame != 3, files.frame, 7, "of no account")

    monkeypatch.setattr(verification, "check_lidar", strict)
    out = tmp_path / "out"
    told = words(rig, out, "clip.frames=2", "n=4")
    run = read(told)
    (out / "shards").mkdir(parents=True)
    (out / "run.json").write_text(json.dumps({"identity": run.identity, "command": told}))
    with pytest.raises(VerificationError) as caught:
        make_shard(run, 0, lambda frame: None, lambda: False)
    violations = [vars(one) for one in caught.value.violations]
    keep_failure(out, 0, {"frames": [0, 1, 2, 3], "violations": violations})
    assert list((out / "shards").iterdir()) == []
    kept = out / "failed" / "000000"
    assert {path.stem for path in kept.rglob("*") if path.stem.isdigit()} == {"000003"}

    again = read(["task=replay", f"data={out}", "frame=3"])
    assert task.replay(again, read) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(" checks, 1 violations")
    assert said[1:2] == ["  made up: frame 3 track 7: of no account"]
    assert said[2].startswith("same bytes as in failed/000000: ")
    assert hashes(out / "replay" / "000003", 3) == hashes(kept, 3)
    assert list(failed(out)) == [0]

    monkeypatch.setattr(verification, "check_lidar", real)
    assert task.replay(again, read) == 0
    assert "and not found in this frame alone:" in capsys.readouterr().out


def test_a_folder_with_other_files_is_not_written_into(drive, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    run = read(["task=replay", f"data={drive}", "frame=1", f"out={tmp_path}"])
    with pytest.raises(UserError, match="holds other files; expected an empty or new folder"):
        task.replay(run, read)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
