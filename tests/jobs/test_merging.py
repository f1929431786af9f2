"""`task=merge` holds the claim that the merge at the end of a run holds."""

import threading
import time

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs import merging
from synthgen.jobs.claims import claimed, claims


def spec(out):
    return read(["scene=fog", "task=merge", f"out={out}"])


def test_a_merge_by_hand_waits_for_the_one_of_a_job(tmp_path, monkeypatch):
    (tmp_path / "shards").mkdir()
    merged = []
    monkeypatch.setattr(merging, "merge", lambda out, draw: merged.append(claims(out)))
    hand = threading.Thread(target=merging.merge_alone, args=(spec(tmp_path),))
    with claimed(tmp_path, "dataset") as mine:
        assert mine
        hand.start()
        time.sleep(0.3)
        assert merged == []
    hand.join(timeout=30)
    assert merged == [["dataset"]]
    assert claims(tmp_path) == []


def test_where_nothing_is_finished_that_is_said(tmp_path):
    with pytest.raises(UserError, match="no finished shard in"):
        merging.merge_alone(spec(tmp_path))
    assert list(tmp_path.iterdir()) == []
