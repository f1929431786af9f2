import json
import threading
from datetime import UTC, datetime, timedelta

from synthgen.jobs.journal import append, entry, journal

RECORD = {"shard": 3, "frames": 20, "bytes": 7, "files": 5, "peak": 9, "worker": 44, "process": 8.0,
          "host": "n1", "processor": {"class": "one of many", "model": "x"},
          "seconds": {"whole shard": 2.0, "to disk": 0.25, "camera": 1.0},
          "core": {"whole shard": 1.5, "to disk": 0.125, "camera": 1.0}}  # fmt: skip


def test_a_shard_that_was_made_is_told_with_what_it_took():
    told = entry("shard", 3, RECORD)
    assert told.pop("time")
    assert told == {
        "status": "made", "shard": 3, "seconds": 2.25, "core": 1.625, "frames": 20, "bytes": 7,
        "files": 5, "peak": 9, "worker": 44, "host": "n1", "processor": "one of many", "why": None,
    }  # fmt: skip


def test_every_line_has_the_same_keys_whatever_became_of_the_shard():
    made, failed = entry("shard", 3, RECORD), entry("failed", 4, "worker died")
    dropped = entry("dropped", 5, "stopped")
    assert list(made) == list(failed) == list(dropped)
    assert (failed["status"], failed["why"], failed["frames"]) == ("failed", "worker died", None)
    assert (dropped["status"], dropped["why"]) == ("dropped", "stopped")


def test_times_are_of_now_and_say_their_zone():
    told = datetime.fromisoformat(entry("failed", 4, "")["time"])
    assert told.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - told) < timedelta(seconds=30)


def test_lines_from_many_threads_stay_whole(tmp_path):
    def write(number):
        for shard in range(50):
            append(tmp_path, entry("failed", 1000 * number + shard, "x" * 3000))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    lines = journal(tmp_path).read_text().splitlines()
    assert {json.loads(line)["shard"] for line in lines} == {
        1000 * number + shard for number in range(4) for shard in range(50)
    }
    assert len(lines) == 200


def test_each_process_has_a_file_of_its_own(tmp_path, monkeypatch):
    mine = journal(tmp_path)
    assert mine.parent == tmp_path / "log"
    monkeypatch.setattr("os.getpid", lambda: 1)
    assert journal(tmp_path) != mine
