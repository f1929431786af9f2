import json
import os
import socket
import threading

import pytest

from synthgen.errors import UserError
from synthgen.jobs import ledger


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


def test_what_dead_processes_left_is_swept_and_living_work_stays(tmp_path):
    host = socket.gethostname()
    dead = tmp_path / "shards" / f"{ledger.PARTIAL}000000-{2**22 - 3}-{host}"
    alive = tmp_path / "shards" / f"{ledger.PARTIAL}000001-{os.getpid()}-{host}"
    foreign = tmp_path / "shards" / f"{ledger.PARTIAL}000002-{2**22 - 3}-elsewhere"
    for folder in (dead, alive, foreign):
        folder.mkdir(parents=True)
    assert ledger.sweep(tmp_path) == 1
    assert not dead.exists()
    assert alive.exists()
    assert foreign.exists()


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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "shards"]


def test_of_two_specs_that_begin_together_one_is_refused(tmp_path):
    refused = begin_together(tmp_path, ["aaaa", "bbbb"])
    assert len(refused) == 1
    assert "holds data of another spec" in refused[0]
    kept = json.loads((tmp_path / "run.json").read_text())["identity"]
    assert f"({kept}, this one" in refused[0]


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
