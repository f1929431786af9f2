"""A configuration runs no code, asks no environment, and does not unfold into a bomb."""

import json

import pytest

from synthgen import __main__ as program
from synthgen.config import read
from synthgen.config_compose import folder
from synthgen.config_trust import check_text
from synthgen.errors import UserError

SECRET = "hunter2-in-the-environment"
BOMB = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
"""Nine aliases of nine aliases: 9 ** 10 values."""


def scene(tmp_path, text, head="# @package _global_\n"):
    path = tmp_path / "conf/scene/mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(head + text)
    return [f"--config-dir={tmp_path / 'conf'}", "scene=mine", f"out={tmp_path / 'o'}"]


def refused(arguments, capsys):
    """Return the one line with which the command line refuses `arguments`."""
    assert program.main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("synthgen: ")
    assert said.err.count("\n") == 1
    assert SECRET not in said.err + said.out
    return said.err


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("file: ${oc.env:MY_SECRET}\n", "file="),
        ("weather: {rain: '${oc.decode:12}'}\n", "weather.rain="),
        ("events: ['${oc.create:{}}']\n", "events.0="),
        ("file: a${oc.select:seed}b\n", "file="),
        ("file: ${${oc.env:MY_SECRET}}\n", "file="),
        ("file: '${hydra:runtime.cwd}'\n", "file="),
    ],
)
def test_a_scene_asks_neither_the_environment_nor_a_resolver(
    text, key, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("MY_SECRET", SECRET)
    assert f"{key}" in refused(scene(tmp_path, text), capsys)


def test_a_choice_of_a_group_does_not_ask_the_environment(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MY_SECRET", SECRET)
    text = "defaults: ['override /weather: ${oc.env:MY_SECRET}', _self_]\n"
    refused(scene(tmp_path, text), capsys)


@pytest.mark.parametrize("group", ["rig", "labels"])
def test_a_file_of_ones_own_does_not_ask_the_environment(group, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_SECRET", SECRET)
    name = {"rig": "kitti", "labels": "default"}[group]
    text = (folder() / group / f"{name}.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text + "\nextra: ${oc.env:MY_SECRET}\n")
    with pytest.raises(UserError, match=rf"{group}\.extra=.*: refused") as caught:
        read([f"{group}={tmp_path / 'mine.yaml'}"])
    assert SECRET not in str(caught.value)


def test_a_configuration_may_name_its_own_keys(tmp_path):
    path = tmp_path / "scene/mine.yaml"
    path.parent.mkdir()
    path.write_text("# @package _global_\ngrid: {fed: 0.5, generator: '${grid.fed}'}\n")
    run = read(["scene=mine"], str(tmp_path))
    assert run.draws["grid.generator"].form() == run.draws["grid.fed"].form() == 0.5


@pytest.mark.parametrize("flag", ["--help", "--info", "--cfg=job"])
@pytest.mark.parametrize("name", ["hydra_logging", "job_logging"])
def test_a_set_up_of_logging_runs_nothing(name, flag, tmp_path, capsys):
    made = tmp_path / "made.txt"
    text = (
        f"hydra:\n  {name}:\n    version: 1\n    root: {{handlers: [a]}}\n"
        f"    handlers: {{a: {{class: logging.FileHandler, filename: '{made}'}}}}\n"
    )
    line = refused([*scene(tmp_path, text), flag], capsys)
    assert f"hydra.{name}=" in line
    assert not made.exists()


def test_no_package_is_imported_to_be_searched(tmp_path, monkeypatch, capsys):
    (tmp_path / "evil_conf.py").write_text(f"open({str(tmp_path / 'made')!r}, 'w')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for flags in ([], ["--cfg", "job"]):
        line = refused(["hydra.searchpath=[pkg://evil_conf]", *flags], capsys)
        assert "expected --config-dir" in line
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['false']", "!!python/name:os.system", "!<x> 1"]
)
def test_no_tag_of_yaml_makes_an_object(tag, tmp_path, capsys):
    assert "expected YAML" in refused(scene(tmp_path, f"file: {tag}\n"), capsys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "has more than 100,000 values, its aliases written out"),
        ("a: " + "[" * 5000 + "]" * 5000, "nests its values more than 32 deep"),
        ("a: &a [*a]", "alias *a stands within what it names, or before it"),
        ("a: " + "1, " * 400_000, "1,200,003 bytes, expected at most 1,000,000"),
    ],
)
@pytest.mark.parametrize("where", ["scene", "rig", "make"])
def test_a_bomb_is_one_line(text, said, where, tmp_path, capsys):
    if where == "scene":
        arguments = scene(tmp_path, text, head="")
    else:
        rig = (folder() / "rig/kitti.yaml").read_text().replace("flea2", f"{tmp_path}/bomb.yaml")
        (tmp_path / "rig.yaml").write_text(rig)
        (tmp_path / "bomb.yaml").write_text(text)
        name = {"rig": "bomb", "make": "rig"}[where]
        arguments = [f"rig={tmp_path}/{name}.yaml", f"out={tmp_path}/o"]
    assert said in refused(arguments, capsys)


@pytest.mark.parametrize("one", ["+=", "a=" + "[" * 3000 + "]" * 3000])
def test_what_hydra_does_not_expect_is_one_line(one, capsys):
    for flags in ([], ["--cfg", "job"]):
        assert "expected key=value that Hydra can compose" in refused([one, one, *flags], capsys)


def test_all_of_our_own_configuration_is_far_from_the_bounds():
    for path in sorted(folder().rglob("*.yaml")):
        check_text(path.read_bytes())
        assert path.stat().st_size < 100_000


def test_what_a_run_records_holds_nothing_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_SECRET", SECRET)
    from synthgen.jobs.generate import _record

    assert SECRET not in json.dumps(_record(read([f"out={tmp_path}"])))
