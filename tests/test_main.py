import os
import subprocess
import sys

import pytest

from synthgen import __main__ as program
from synthgen.errors import UserError
from synthgen.jobs.environment import ONE_THREAD
from synthgen.traffic import maps


def run(*arguments, folder):
    """Run the program the way a user does."""
    command = [sys.executable, "-m", "synthgen", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def asked(monkeypatch):
    """Stand in for the task: collect the runs that it is given."""
    runs = []
    collect = "collections.deque", lambda _, run, read: runs.append(run)
    tasks = dict.fromkeys(program.TASKS, collect)
    monkeypatch.setattr(program, "TASKS", tasks)
    return runs


@pytest.mark.parametrize("arguments", [("scene=strom_night",), ("n=abc",)])
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(arguments, tmp_path):
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("synthgen: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_hydra_answers_questions_and_leaves_no_trace(tmp_path):
    shown = run("--cfg", "job", "scene=fog", "weather.rain={uniform: [1, 2]}", folder=tmp_path)
    assert shown.returncode == 0
    assert "visibility:" in shown.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["storm_night", "format", "weather: clear"]),
        (["scene=fog", "--cfg", "job"], ["scale: place.vehicles", "arterial"]),
        (["scene=fog", "--info", "defaults"], ["weather/fog"]),
        (["-sc", "install=bash"], ["hydra_bash_completion"]),
    ],
)
def test_hydras_own_commands_work(arguments, words, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["synthgen"])
    assert program.main(arguments) == 0
    said = capsys.readouterr()
    assert all(word in said.out + said.err for word in words)
    assert list(tmp_path.iterdir()) == []


def test_a_run_reaches_its_task(asked, tmp_path):
    assert program.main(["scene=fog", f"out={tmp_path}/o", "n=3", "task=preview"]) == 0
    assert [(r.scene, r.n, r.task) for r in asked] == [("fog", 3, "preview")]
    assert (tmp_path / "o").is_dir()


def test_options_may_stand_between_overrides(asked, tmp_path):
    folder = tmp_path / "own" / "scene"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("# @package _global_\nweather: {rain: 7}\n")
    arguments = ["scene=mine", "--config-dir", str(tmp_path / "own"), f"out={tmp_path}/o"]
    assert program.main(arguments) == 0
    assert asked[0].draws["weather.rain"].value == 7


def test_lines_that_a_task_reads_see_the_folder_of_the_command_line(monkeypatch, tmp_path):
    folder = tmp_path / "own" / "scene"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("# @package _global_\nweather: {rain: 7}\n")
    found = []
    reading = "collections.deque", lambda _, run, read: found.append(read(["scene=mine"]))
    monkeypatch.setattr(program, "TASKS", {"status": reading})
    words = ["task=status", f"out={tmp_path}", "--config-dir", str(tmp_path / "own")]
    assert program.main(words) == 0
    assert found[0].draws["weather.rain"].value == 7


def test_the_look_at_a_map_happens_in_a_folder_that_says_whose_it_is(asked, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(maps, "import_map", lambda kind, file, folder: seen.append(folder))
    (tmp_path / "own.osm").write_text("<osm/>")
    words = ["place=osm", f"file={tmp_path / 'own.osm'}", f"out={tmp_path / 'out'}"]
    assert program.main(words) == 0
    assert seen[0].name.startswith("synthgen-scratch-")
    assert f"-{os.getpid()}-" in seen[0].name
    assert not seen[0].exists()


def test_multirun_makes_one_run_per_combination(asked, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert program.main(["-m", "scene=fog", "seed=1,2", "n=1"]) == 0
    assert [(r.scene, r.seed) for r in asked] == [("fog", 1), ("fog", 2)]
    assert len({r.out for r in asked}) == 2
    assert asked[0].out == str(tmp_path / "out" / "fog" / "seed=1")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("out", ["/proc/nothing/here", "/dev/null/x"])
def test_an_unwritable_out_is_refused(out, asked, capsys):
    assert program.main([f"out={out}"]) == 2
    assert f"synthgen: out={out}: expected a writable folder:" in capsys.readouterr().err
    assert asked == []


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("out=x: holds\nanother data set"), 2, "synthgen: out=x: holds another data set"),
        (
            OSError(28, "No space left on device", "/t/a.png"),
            1,
            "synthgen: /t/a.png: No space left",
        ),
        (KeyboardInterrupt(), 130, "synthgen: interrupted"),
    ],
)
def test_what_a_task_meets_is_told_in_one_line(error, code, line, monkeypatch, capsys):
    def fail(_arguments):
        raise error

    monkeypatch.setattr(program, "_run", fail)
    assert program.main([]) == code
    said = capsys.readouterr().err
    assert said.startswith(line)
    assert said.count("\n") == 1


def test_numerical_libraries_are_told_to_use_one_thread(asked, monkeypatch, tmp_path):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    program.main([f"out={tmp_path}"])
    assert {os.environ[name] for name in ONE_THREAD} == {"1"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--experimental-rerun", "x.pickle"],
        ["--config-path", "/tmp"],
        ["--config-dir", "/no/such/folder"],
    ],
)
def test_ways_around_the_door_are_shut(arguments, asked, capsys):
    assert program.main(arguments) == 2
    assert capsys.readouterr().err.startswith(f"synthgen: {arguments[0]}")
    assert asked == []


OSM = '<osm version="0.6"><node id="1" lat="45" lon="9"/></osm>'
BROKEN_MAPS = [
    ("opendrive", None, "a.map: no such file"),
    ("opendrive", "folder", "a.map: is a folder, expected a map file"),
    ("opendrive", "", "a.map: is empty"),
    ("osm", "", "a.map: is empty"),
    ("osm", "no xml", "a.map: is not well-formed XML"),
    ("opendrive", "\0\x01PK", "a.map: is not well-formed XML"),
    ("opendrive", OSM, "a.map: is an OpenStreetMap file, which place=osm reads, not place="),
    ("osm", "<OpenDRIVE/>", "a.map: is an OpenDRIVE file, which place=opendrive reads, not place="),
    ("opendrive", "<OpenDRIVE/>", "a.map: has no roads"),
    ("osm", OSM, "a.map: has impossible bounds"),
]


@pytest.mark.parametrize(("place", "content", "fault"), BROKEN_MAPS)
def test_a_broken_map_is_one_line_and_nothing_is_made(
    place, content, fault, asked, tmp_path, capsys
):
    file = tmp_path / "a.map"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_text(content)
    arguments = [f"place={place}", f"file={file}", f"out={tmp_path}/o", "n=1"]
    assert program.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("synthgen: ")
    assert fault in said.err
    assert said.err.count("\n") == 1
    assert not asked
    assert not (tmp_path / "o").exists()


def test_a_map_that_is_too_large_is_not_even_read(asked, tmp_path, capsys):
    file = tmp_path / "a.osm"
    with file.open("wb") as large:
        large.truncate(64_000_001)
    assert program.main(["place=osm", f"file={file}", f"out={tmp_path}/o"]) == 2
    assert f"file={file}: 64,000,001 bytes, expected at most 64,000,000" in capsys.readouterr().err
    assert not asked


def test_a_line_of_overrides_is_the_run_that_the_command_line_makes():
    run = program.read_line(
        ["scene=fog", "n=7", "seed=3", "weather.visibility={uniform: [50, 60]}"]
    )
    assert (run.task, run.n, run.seed) == ("generate", 7, 3)
    assert run.draws["weather.visibility"].form() == {"uniform": [50, 60]}
    with pytest.raises(UserError, match="n=0"):
        program.read_line(["n=0"])
