import json
import os
import threading
from dataclasses import replace

import pytest

from synthgen.errors import UserError
from synthgen.jobs import ledger
from synthgen.jobs.claims import claimed, claims
from synthgen.jobs.owner import myself


def finished(folder, frames):
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"frames": frames}))


def test_only_a_folder_with_a_manifest_counts(tmp_path):
    (tmp_path / "shards" / "000000").mkdir(parents=True)
    assert ledger.finished_frames(tmp_path, 0) == ()
    finished(tmp_path / "shards" / "000001", [20, 21])
    assert ledger.finished_frames(tmp_path, 1) == (20, 21)


def test_a_grown_shard_takes_the_place_of_the_shorter_one(tmp_path):
    finished(ledger.shard_folder(tmp_path, 3), [60])
    partial = ledger.partial_folder(tmp_path, 3)
    finished(partial, [60, 61])
    ledger.publish(tmp_path, 3, partial)
    assert ledger.finished_frames(tmp_path, 3) == (60, 61)
    assert [path.name for path in (tmp_path / "shards").iterdir()] == ["000003"]


def partial(out, shard, process=2**22 - 3, host="here"):
    (out / "shards").mkdir(exist_ok=True)
    folder = out / "making" / f"{ledger.PARTIAL}{shard:06d}-{process}-{host}"
    folder.mkdir(parents=True)
    return folder


def test_what_dead_processes_left_is_swept_and_living_work_stays(tmp_path):
    dead, alive, foreign = (partial(tmp_path, shard) for shard in range(3))
    making = tmp_path / "making"
    gone, far = replace(myself(), start=1), replace(myself(), boot="another")
    (making / "claim-000000.0").write_text(json.dumps(gone.plain()))
    (making / "claim-000002.0").write_text(json.dumps(far.plain()))
    (making / "claim-000009.0").write_text(json.dumps(gone.plain()))
    (making / ".now-1-2").touch()
    (tmp_path / ".run-77-here.json").touch()
    with claimed(tmp_path, 1):
        assert ledger.sweep(tmp_path) == 1
        assert not dead.exists()
        assert alive.exists()
        assert foreign.exists()
        assert claims(tmp_path) == ["000001", "000002"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["making", "shards"]


def test_a_whole_version_moved_aside_by_who_died_goes_back(tmp_path):
    aside = tmp_path / "making" / f"{ledger.PARTIAL}000003-77-here{ledger.OLD}"
    finished(aside, [60])
    partial(tmp_path, 3)
    assert ledger.sweep(tmp_path) == 2
    assert ledger.finished_frames(tmp_path, 3) == (60,)
    assert [path.name for path in (tmp_path / "shards").iterdir()] == ["000003"]


def test_a_version_moved_aside_goes_when_the_new_one_is_there(tmp_path):
    finished(tmp_path / "making" / f"{ledger.PARTIAL}000003-77-here{ledger.OLD}", [60])
    finished(ledger.shard_folder(tmp_path, 3), [60, 61])
    ledger.sweep(tmp_path)
    assert ledger.finished_frames(tmp_path, 3) == (60, 61)
    assert [path.name for path in (tmp_path / "shards").iterdir()] == ["000003"]


def test_a_shard_of_the_same_frames_that_is_there_stays(tmp_path):
    final = ledger.shard_folder(tmp_path, 3)
    finished(final, [60])
    before = final.stat().st_ino
    late = partial(tmp_path, 3)
    (late / "manifest.json").write_text(json.dumps({"frames": [60]}))
    ledger.publish(tmp_path, 3, late)
    assert final.stat().st_ino == before
    assert not late.exists()


def test_every_file_and_folder_is_on_the_disk_before_the_shard_has_its_name(tmp_path, monkeypatch):
    part = partial(tmp_path, 3)
    for name in ("a/b/one.png", "a/two.bin", "manifest.json"):
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_text(json.dumps({"frames": [60]}))
    told, real, replaced = [], os.fsync, os.replace

    def sync(handle):
        told.append(os.readlink(f"/proc/self/fd/{handle}").removeprefix(f"{part}"))
        real(handle)

    def move(source, target):
        told.append("renamed")
        replaced(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", move)
    ledger.publish(tmp_path, 3, part)
    before, after = told[: told.index("renamed")], told[told.index("renamed") + 1 :]
    assert set(before) == {"/a/b/one.png", "/a/two.bin", "/manifest.json", "/a/b", "/a", ""}
    assert len(before) == 6
    assert after == [str(tmp_path / "shards"), str(tmp_path / "making")]


def test_data_of_another_spec_are_refused(tmp_path):
    ledger.claim(tmp_path / "out", {"identity": "aaaa"})
    ledger.claim(tmp_path / "out", {"identity": "aaaa"})
    with pytest.raises(UserError, match=r"holds data of another spec \(aaaa, this one is bbbb\)"):
        ledger.claim(tmp_path / "out", {"identity": "bbbb"})


def begin_together(out, identities):
    """Claim `out` in as many threads as there are `identities`, all past the first look."""
    gate = threading.Barrier(len(identities))
    look, refused = ledger._not_foreign, []

    def claim(identity):
        try:
            ledger.claim(out, {"identity": identity})
        except UserError as error:
            refused.append(str(error))

    def wait_for_all(folder):
        look(folder)
        gate.wait(timeout=30)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "_not_foreign", wait_for_all)
        patch.setattr(ledger.os, "getpid", threading.get_ident)
        threads = [threading.Thread(target=claim, args=(one,)) for one in identities]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return refused


def test_tasks_that_begin_together_share_one_record(tmp_path):
    assert begin_together(tmp_path, ["aaaa"] * 12) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["making", "run.json", "shards"]


def test_of_two_specs_that_begin_together_one_is_refused(tmp_path):
    refused = begin_together(tmp_path, ["aaaa", "bbbb"])
    assert len(refused) == 1
    assert "holds data of another spec" in refused[0]
    kept = json.loads((tmp_path / "run.json").read_text())["identity"]
    assert f"({kept}, this one" in refused[0]


def test_a_record_that_the_first_task_swept_away_half_born_is_compared(tmp_path, monkeypatch):
    bring = ledger.sync_file

    def swept(path):
        if path.name.startswith(".run-"):
            path.unlink()
            (tmp_path / "run.json").write_text(json.dumps({"identity": "aaaa"}))
        bring(path)

    monkeypatch.setattr(ledger, "sync_file", swept)
    ledger.claim(tmp_path, {"identity": "aaaa"})
    (tmp_path / "run.json").unlink()
    with pytest.raises(UserError, match="holds data of another spec"):
        ledger.claim(tmp_path, {"identity": "bbbb"})


def test_the_beginning_of_another_process_is_no_foreign_file(tmp_path):
    (tmp_path / ".run-17-elsewhere").write_text("{")
    ledger.claim(tmp_path, {"identity": "aaaa"})
    assert (tmp_path / "run.json").is_file()


def test_a_folder_with_foreign_files_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(UserError, match=r"holds files that are not of synthgen \(thesis.tex\)"):
        ledger.claim(tmp_path, {"identity": "aaaa"})


def test_a_file_in_the_place_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        ledger.claim(tmp_path / "out", {"identity": "aaaa"})


def test_a_shard_of_another_spec_is_named_and_nothing_is_made(tmp_path):
    for shard, identity in ((0, "own"), (2, "other")):
        folder = ledger.shard_folder(tmp_path, shard)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps({"frames": [1], "identity": identity}))
    assert ledger.foreign(tmp_path, "own") == {2: "other"}
    with pytest.raises(UserError, match=r"000002: of another spec \(other, this run is own\)"):
        ledger.check_own(tmp_path, "own", range(4))
    ledger.check_own(tmp_path, "own", [0, 1, 3])  # a part looks at its own shards only
    ledger.check_own(tmp_path / "elsewhere", "own", range(4))
