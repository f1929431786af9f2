import json

from synthgen.jobs.failures import failed, forget_failure, keep_failure, sweep_failures


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
