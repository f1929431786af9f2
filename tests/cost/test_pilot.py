import json
import os

import pytest

from synthgen.config import read
from synthgen.cost import pilot
from synthgen.cost.task import estimate
from synthgen.errors import UserError
from tests.scripts import script

WORDS = ["task=estimate", "scene=fog", "seed=5"]


def test_a_pilot_is_the_first_worlds_of_the_data_set_as_many_for_each_core():
    run = read([*WORDS, "n=36000000", "workers=1000", "pilot=4", "shard=3/9"])
    found = pilot.plan(run, 8)
    assert (found.task, found.workers, found.n) == ("generate", 8, 8 * 2 * 20)
    assert (found.shard.index, found.shard.count) == (0, 1)
    assert (found.identity, found.seed) == (run.identity, 5)


def test_a_pilot_has_no_more_workers_than_the_run_and_no_more_frames():
    assert pilot.plan(read([*WORDS, "n=100", "workers=1"]), 8).workers == 1
    assert pilot.plan(read([*WORDS, "n=100", "workers=8"]), 8).n == 100


def test_an_odd_number_of_worlds_fills_its_shards():
    assert pilot.plan(read([*WORDS, "n=1000", "workers=1", "pilot=3"]), 8).n == 40


def test_without_a_pilot_nothing_can_be_measured():
    with pytest.raises(UserError, match="pilot=0: expected at least 1 world"):
        pilot.plan(read([*WORDS, "pilot=0"]), 8)


@pytest.mark.parametrize(("code", "error"), [(1, UserError), (130, pilot.Interrupted)])
def test_a_pilot_that_made_nothing_or_was_stopped_leaves_nothing(code, error):
    seen = []

    def work(run):
        seen.append(run.out)
        return code

    with pytest.raises(error), pilot.made(read([*WORDS, "workers=1"]), work):
        pytest.fail("nothing was made")
    assert not os.path.exists(seen[0])


def test_a_place_that_cannot_be_written_is_told_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("synthgen.cost.task.made", lambda run: pytest.fail("made"))
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"out=.*deeper: expected a writable folder"):
        estimate(read([*WORDS, f"out={tmp_path / 'file' / 'deeper'}"]))


@pytest.mark.long
def test_an_estimate_is_told_and_written_and_the_run_is_held_against_it(
    tmp_path, tmp_path_factory, capfd
):
    cheap = script("chaos").cheap(tmp_path_factory.mktemp("world"))
    words = ["scene=clear_day", "place=opendrive", "traffic.vehicles=0", "clip.frames=1", "n=8",
             "workers=1", *cheap, f"out={tmp_path}"]  # fmt: skip
    assert estimate(read([*words, "task=estimate"])) == 0
    text, found = capfd.readouterr().out, json.loads((tmp_path / "estimate.json").read_text())
    assert "8 frames of 8 worlds in 4 shards" in text
    assert "pilot: 2 shards of 2 frames by 1 processes" in text
    assert found["size"] == {"frames": 8, "worlds": 8, "shards": 4}
    assert found["measured"]["told_apart"]
    assert [path.name for path in tmp_path.iterdir()] == ["estimate.json"]
    assert pilot.generate(read(words)) == 0
    text = capfd.readouterr().out
    share = float(text.partition(" were taken")[0].rpartition("(")[2].rstrip(")"))
    assert 0.5 < share < 2, text
    lines = [json.loads(line) for path in (tmp_path / "log").iterdir() for line in path.open()]
    assert sorted(line["shard"] for line in lines) == [0, 1, 2, 3]
    assert {line["status"] for line in lines} == {"made"}
