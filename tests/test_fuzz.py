"""Hostile input of every sort, and a proof that the watch over it sees what it must see.

The whole of it is `scripts/fuzz.py COUNT SEED`; here are a few cases of each quick sort.
"""

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture(scope="module", autouse=True)
def scripts():
    """Let the package of the script be found."""
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def process():
    from fuzzing.runner import runner

    with runner() as found:
        yield found


def case(*arguments, **more):
    from fuzzing.cases import Case

    return Case("by hand", arguments, **more)


def test_a_sound_line_is_read_to_its_end(process):
    verdict = process.run(case("scene=fog", "n=8"))
    assert (verdict.code, verdict.faults) == (0, ())


def test_a_faulty_line_is_one_line(process):
    verdict = process.run(case("n=-1"))
    assert (verdict.code, verdict.faults) == (2, ())
    assert verdict.said == "synthgen: n=-1: expected a whole number of at least 1\n"


def test_hostile_command_lines_and_files_are_read_or_refused(process):
    from fuzz import drawn
    from fuzzing.cases import quick

    found = drawn(process, quick(), 10, start=1)
    assert len(found) >= 10
    assert [one for one in found if one.faults] == []


WATCHED = [
    ("open('../elsewhere', 'w')", "open "),
    ("__import__('os').mkdir('../elsewhere')", "os.mkdir "),
    ("open('beside', 'w').write('1')", "open "),
    ("__import__('os').system('true')", "os.system "),
    ("__import__('subprocess').run(['true'])", "started true"),
    ("__import__('pickle').loads(b'cos\\nsystem\\n.')", "unpickled os.system"),
    ("__import__('socket').create_connection(('127.0.0.1', 9), 0.1)", "socket."),
    ("1 / 0", "traceback: "),
    ("print('a\\nb', file=__import__('sys').stderr) or (2)", "2 lines instead of one"),
]


@pytest.mark.parametrize(("code", "fault"), WATCHED)
def test_the_watch_sees_what_must_not_be(code, fault, tmp_path, monkeypatch):
    from fuzzing import runner, watched

    class Program:
        def main(self, _):
            return eval(code) if fault.startswith("2") else eval(code) and 0

    home = tmp_path / "case"
    for place in (home, tmp_path / "scratch"):
        place.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setattr(watched.tempfile, "tempdir", None)
    watch = watched.Watch()
    sys.addaudithook(watch)
    asked = {"home": str(home), "line": [], "out": "made"}
    told = watched.answer(Program(), watch, asked, str(tmp_path / "cache"))
    faults = [*runner._faults(case(), {**told, "code": told["code"] or 0}), *told["seen"]]
    assert any(one.startswith(fault) for one in faults), faults


def test_what_hangs_or_dies_is_told(tmp_path, monkeypatch):
    from fuzzing import runner

    (tmp_path / "scratch").mkdir()
    for code, fault in (("import time; time.sleep(60)", "hung"), ("import os; os.abort()", "died")):
        monkeypatch.setattr(runner, "START", 2.0)
        monkeypatch.setattr(runner, "COMMAND", (sys.executable, "-c", code))
        with runner.Runner(tmp_path) as process:
            assert process.run(case()).faults[0].startswith(fault)


@pytest.mark.long
def test_a_hundred_hostile_cases_of_all_sorts():
    from fuzz import judged

    found = judged(100, 1)
    assert len(found) >= 100
    assert [one for one in found if one.faults] == []
