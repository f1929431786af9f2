"""A frame's run is read again from its record; where it would be another, that is one line."""

import json
from dataclasses import replace

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs.failures import keep_failure
from synthgen.jobs.origin import origin
from synthgen.jobs.versions import versions

WORDS = ["scene=fog", "clip.frames=2", "n=6"]


@pytest.fixture(scope="module")
def run():
    return read(WORDS)


@pytest.fixture
def data(tmp_path, run):
    """Return a data set whose first shard is there."""
    (tmp_path / "run.json").write_text(json.dumps({"identity": run.identity, "command": WORDS}))
    shard = tmp_path / "shards" / "000000"
    shard.mkdir(parents=True)
    told = {"frames": [0, 1, 2, 3], "versions": versions(run)}
    (shard / "manifest.json").write_text(json.dumps(told))
    return tmp_path


@pytest.mark.parametrize(("frame", "shard"), [(0, 0), (3, 0), (4, 1), (5, 1)])
def test_a_frame_is_of_the_run_that_its_data_set_began_with(data, run, frame, shard):
    found = origin(data, frame, read)
    assert (found.run, found.frame, found.shard) == (run, frame, shard)


def test_a_frame_that_no_shard_has_is_refused(data):
    with pytest.raises(UserError, match=r"^frame=6: expected a frame of .*, 0 to 5$"):
        origin(data, 6, read)


def test_of_a_data_set_that_has_grown_the_new_frames_are_known(data):
    keep_failure(data, 2, {"why": "refused", "frames": [8, 9, 10], "violations": [{"frame": 9}]})
    assert origin(data, 9, read).failure["violations"] == [{"frame": 9}]


def test_a_run_that_would_be_another_is_refused(data, run):
    changed = replace(run, file_digest="another")
    with pytest.raises(UserError, match=rf"another spec \({run.identity}, its command now asks "):
        origin(data, 0, lambda words: changed)


def test_other_versions_are_refused_by_name(data, run):
    path = data / "shards" / "000000" / "manifest.json"
    told = json.loads(path.read_text())
    told["versions"]["numpy"] = "0.1"
    path.write_text(json.dumps(told))
    here = versions(run)["numpy"]
    with pytest.raises(UserError, match=rf"shard 000000 was made with numpy 0.1, here is {here}:"):
        origin(data, 0, read)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "no run.json, so no run of synthgen began here"),
        ("{", "not a run record of synthgen"),
        ('{"identity": "1"}', "not a run record of synthgen"),
        ('{"identity": "1", "command": "scene=fog"}', "command: expected a list of key=value"),
        (
            '{"identity": "1", "command": ["scene=fog", "rig=gone.yaml"]}',
            "its command cannot be read again: rig=gone.yaml: no such file; paths in it are as "
            "typed: start in the same folder, with the same --config-dir",
        ),
    ],
)
def test_a_record_that_makes_no_sense_is_refused_in_a_line(tmp_path, content, line):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(UserError, match=line):
        origin(tmp_path, 0, read)
