"""The main job as a user runs it: in processes of its own."""

import copy
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.scripts import script

pytestmark = pytest.mark.long
JOB = ("scene=storm_night", "place=suburb", "clip.frames=1", "seed=0", "n=8")
"""Four shards of two frames."""
ROOT = Path(__file__).parents[1]
CHAOS = script("chaos")


def command(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "synthgen", *JOB, f"out={out}", *more]


def run(out: Path, *more: str) -> subprocess.CompletedProcess:
    return told(command(out, *more))


def told(line: Sequence[str]) -> subprocess.CompletedProcess:
    return subprocess.run(line, capture_output=True, text=True, timeout=1200)


def hashes(out: Path) -> dict[str, str]:
    shards = sorted(path for path in (out / "shards").rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in shards
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """Return a data set made by two workers."""
    out = tmp_path_factory.mktemp("first") / "out"
    made = run(out, "workers=2")
    assert made.returncode == 0, made.stderr + made.stdout
    assert "0 violations" in made.stdout
    return out


@pytest.fixture(scope="module")
def cheap(tmp_path_factory) -> list[str]:
    """Return what asks for the cheapest place there is."""
    return ["place=opendrive", *CHAOS.cheap(tmp_path_factory.mktemp("world"))]


def stills(place: Sequence[str], out: Path, *more: str) -> list[str]:
    """Return the command that makes four shards of two frames."""
    words = ["scene=storm_night", "clip.frames=1", "traffic.vehicles=1", "n=8", f"out={out}"]
    return [sys.executable, "-m", "synthgen", *place, *words, *more]


@pytest.fixture(scope="module")
def quick(cheap, tmp_path_factory) -> Path:
    """Return a data set of cheap worlds made by two workers."""
    out = tmp_path_factory.mktemp("quick") / "out"
    made = told(stills(cheap, out, "workers=2"))
    assert made.returncode == 0, made.stderr + made.stdout
    return out


def wait_for(out: Path, pattern: str) -> None:
    deadline = time.monotonic() + 400
    while not list(out.glob(pattern)):
        assert time.monotonic() < deadline, f"no {pattern}"
        time.sleep(0.2)


def test_one_worker_killed_three_times_ends_with_the_bytes_of_two(cheap, quick, tmp_path):
    out = tmp_path / "out"
    for pattern, pause in (
        ("making/partial-000000*", 1), ("shards/000000", 2), ("making/partial-000002*", 1)
    ):  # fmt: skip
        process = subprocess.Popen(stills(cheap, out, "workers=1"), start_new_session=True)
        wait_for(out, pattern)
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        sealed = hashes(out)
        assert not [name for name in sealed if "manifest" in name and ".partial" in name]
        assert len(list(out.glob("shards/0*"))) < 4
    again = told(stills(cheap, out, "workers=1"))
    assert again.returncode == 0, again.stderr
    assert hashes(out) == hashes(quick)


def test_shards_made_apart_and_in_reverse_have_the_bytes_of_one_run(cheap, quick, tmp_path):
    out = tmp_path / "out"
    for index in (3, 2, 1, 0):
        made = told(stills(cheap, out, f"shard={index}/4", "workers=1"))
        assert made.returncode == 0, made.stderr
        assert len(list(out.glob("shards/0*"))) == 4 - index
    assert hashes(out) == hashes(quick)


def test_a_second_camera_leaves_the_files_of_the_others_as_they_were(first, tmp_path):
    rig = yaml.safe_load((ROOT / "conf" / "rig" / "kitti.yaml").read_text())
    side = copy.deepcopy(rig["cameras"]["image_2"])
    del side["projection"]
    side["mount"] = {"position": [0.2, 0.7, 1.4], "yaw_deg": 60.0}
    rig["cameras"]["side"] = side
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(rig))
    out = tmp_path / "out"
    made = run(out, "n=2", f"rig={tmp_path / 'two.yaml'}")
    assert made.returncode == 0, made.stderr
    one, two = (sensor_files(hashes(place), "000000") for place in (first, out))
    assert len(one) >= 12
    assert {name: two.get(name) for name in one} == one
    assert len(two) > len(one)


def test_masks_and_silhouettes_are_those_of_a_caster_without_a_tree(first):
    oracle = [sys.executable, str(ROOT / "scripts" / "oracle.py"), str(first), "4"]
    compared = subprocess.run(oracle, capture_output=True, text=True, timeout=600)
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "4 frames: 0 of 18" in compared.stdout
    assert " 0 silhouettes" not in compared.stdout
    assert "\n0 things cut" not in compared.stdout


def test_other_peoples_tools_read_the_data_set(first):
    accept = [sys.executable, str(ROOT / "scripts" / "accept.py"), str(first)]
    read = subprocess.run(accept, capture_output=True, text=True, timeout=600)
    assert read.returncode == 0, read.stdout + read.stderr
    assert "AP boxes 1.000, masks 1.000, keypoints 1.000; 8 panoptic images" in read.stdout


def sensor_files(found: dict[str, str], shard: str) -> dict[str, str]:
    return {name: sha for name, sha in found.items() if name.startswith(f"shards/{shard}/sensor/")}


def test_a_complete_run_does_nothing(first):
    before = hashes(first)
    again = run(first)
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert hashes(first) == before


def test_verify_finds_checks_and_no_violation(first):
    verify = [sys.executable, "-m", "synthgen", "task=verify", f"data={first}"]
    checked = subprocess.run(verify, capture_output=True, text=True, timeout=300)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 violations" in checked.stdout


def test_another_spec_in_the_same_folder_is_refused(first):
    other = run(first, "seed=5")
    assert other.returncode == 2
    assert "another spec" in other.stderr
    assert "Traceback" not in other.stderr


def test_the_same_drive_on_a_map_of_ones_own_has_the_same_bytes(cheap, tmp_path):
    found = []
    words = ["scene=clear_day", *cheap, "traffic.vehicles=4", "clip.frames=2", "n=2", "workers=1"]
    for name in ("one", "two"):
        out = tmp_path / name
        made = told([sys.executable, "-m", "synthgen", *words, f"out={out}"])
        assert made.returncode == 0, made.stderr + made.stdout
        assert "0 violations" in made.stdout
        found.append(hashes(out))
    assert len(found[0]) > 20
    assert found[0] == found[1]
