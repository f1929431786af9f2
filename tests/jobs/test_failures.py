import errno
import json

import pytest

from synthgen.jobs import refused as refusal
from synthgen.jobs.failures import (
    failed,
    forget_failure,
    keep_failure,
    sweep_failures,
)
from synthgen.jobs.refused import refused_kept
from synthgen.verify.faults import VerificationError, Violation


def test_the_last_failure_of_a_shard_is_kept_until_it_succeeds(tmp_path):
    keep_failure(tmp_path, 12, {"why": "first"})
    keep_failure(tmp_path, 12, {"why": "second"})
    keep_failure(tmp_path, 7, {"why": "other"})
    assert failed(tmp_path) == {
        7: {"shard": 7, "why": "other"},
        12: {"shard": 12, "why": "second"},
    }
    assert sorted(p.name for p in (tmp_path / "failed").iterdir()) == ["000007.json", "000012.json"]
    forget_failure(tmp_path, 12)
    forget_failure(tmp_path, 3)
    assert list(failed(tmp_path)) == [7]
    forget_failure(tmp_path, 7)
    assert list(tmp_path.iterdir()) == []


def test_the_half_of_a_record_is_no_record_and_is_swept(tmp_path):
    keep_failure(tmp_path, 12, {"why": "whole"})
    (tmp_path / "failed" / ".000013-77.json").write_text('{"why": "ha')
    (tmp_path / "failed" / "notes.txt").write_text("mine")
    assert list(failed(tmp_path)) == [12]
    sweep_failures(tmp_path)
    names = sorted(path.name for path in (tmp_path / "failed").iterdir())
    assert names == ["000012.json", "notes.txt"]
    assert json.loads((tmp_path / "failed" / "000012.json").read_text())["why"] == "whole"


def refused(out, made, *frames):
    violations = [Violation("box", frame, 0, "") for frame in frames]
    with pytest.raises(VerificationError), refused_kept(out, 12, made, 10):
        raise VerificationError(violations)


@pytest.fixture
def made(tmp_path):
    """Return a shard of six frames that is being made."""
    home = tmp_path / "made"
    (home / "sensor" / "roof").mkdir(parents=True)
    for frame in range(6):
        (home / "sensor" / "roof" / f"{frame:06d}.bin").write_bytes(bytes([frame]))
    return home


def kept(out):
    return sorted(path.name for path in (out / "failed").rglob("*.bin"))


def test_of_a_refused_shard_the_first_three_frames_are_kept_until_it_succeeds(tmp_path, made):
    refused(tmp_path, made, 4, -1, 1, 4, 5, 3)
    assert kept(tmp_path) == ["000001.bin", "000003.bin", "000004.bin"]
    keep_failure(tmp_path, 12, {"why": "refused", "violations": [{"frame": 1}]})
    assert list(failed(tmp_path)) == [12]
    refused(tmp_path, made, 2)
    assert kept(tmp_path) == ["000002.bin"]
    forget_failure(tmp_path, 12)
    assert not (tmp_path / "failed").exists()


def test_what_was_refused_goes_when_the_shard_fails_otherwise(tmp_path, made):
    refused(tmp_path, made, 2)
    keep_failure(tmp_path, 12, {"why": "worker died", "violations": []})
    assert [path.name for path in (tmp_path / "failed").iterdir()] == ["000012.json"]


def test_the_half_of_what_was_refused_is_swept(tmp_path):
    (tmp_path / "failed" / ".000012-77" / "sensor").mkdir(parents=True)
    sweep_failures(tmp_path)
    assert list((tmp_path / "failed").iterdir()) == []


def test_a_disk_without_room_for_what_was_refused_keeps_the_error(tmp_path, made, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(refusal, "keep", full)
    refused(tmp_path, made, 2)
    assert kept(tmp_path) == []
