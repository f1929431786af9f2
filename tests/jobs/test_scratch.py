import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from synthgen.jobs import scratch as module
from synthgen.jobs.owner import myself
from synthgen.jobs.scratch import scratch, sweep_scratch


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_by(owner, home, monkeypatch) -> Path:
    """Return a folder that `owner` left, as it names it."""
    with monkeypatch.context() as once:
        once.setattr(module, "myself", lambda: owner)
        with scratch() as folder:
            name = folder.name
    (home / name).mkdir()
    (home / name / "net.xml").write_text("half")
    return home / name


def test_a_folder_is_there_during_the_block_only_and_no_sweep_takes_it(home):
    with scratch() as folder:
        assert folder.parent == home
        assert sweep_scratch() == 0
        assert folder.is_dir()
    assert list(home.iterdir()) == []


def test_folders_of_the_dead_go_and_those_that_may_live_stay(home, monkeypatch):
    dead = left_by(replace(myself(), start=1), home, monkeypatch)
    container = left_by(replace(myself(), room="pid:[1]", start=1), home, monkeypatch)
    (home / "synthgen-scratch-of-mine").mkdir()
    assert sweep_scratch() == 1
    assert not dead.exists()
    assert container.is_dir()
    assert (home / "synthgen-scratch-of-mine").is_dir()


def test_two_sweeps_at_once_do_not_disturb_each_other(home, monkeypatch):
    dead = left_by(replace(myself(), start=1), home, monkeypatch)

    def slow(owner):
        shutil.rmtree(dead)  # the other sweep, between our look at the name and at the folder
        return True

    monkeypatch.setattr(module, "ended", slow)
    assert sweep_scratch() == 0
