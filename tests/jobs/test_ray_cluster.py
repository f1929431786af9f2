"""Which cluster of Ray is taken, without one."""

import json
import socket
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest

from synthgen.__main__ import main
from synthgen.errors import UserError
from synthgen.jobs import ray_cluster
from synthgen.jobs.owner import myself


def test_without_ray_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError) as caught:
        ray_cluster.load()
    assert "scripts/setup ray, or pip install 'synthgen[ray]'" in str(caught.value)


@pytest.mark.parametrize("address", ["ray://head:10001", "head", "head:", ":6379", "head:ray"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(UserError, match="expected host:port, auto or local"):
        ray_cluster._check(address)


def test_an_address_where_nobody_listens_is_told_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UserError, match=f"RAY_ADDRESS=127.0.0.1:{port}: nobody listens"):
        ray_cluster._check(f"127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["127.0.0.1:99999", "no.such.host.invalid:6379"])
def test_an_address_that_cannot_be_is_one_line(address):
    with pytest.raises(UserError, match="nobody listens"):
        ray_cluster._check(address)


@pytest.mark.skipif(find_spec("ray") is None, reason="scripts/setup ray")
def test_a_command_for_a_cluster_that_is_not_there_makes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RAY_ADDRESS", "ray://head:10001")
    assert main(["cluster=ray", f"out={tmp_path / 'out'}"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(
        "synthgen: cluster=ray: RAY_ADDRESS=ray://head:10001: expected host:port"
    )
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_folders_of_dead_clusters_are_swept_and_no_others(tmp_path):
    dead = replace(myself(), start=myself().start - 1)
    elsewhere = replace(dead, boot="another")
    for name, owner in (("dead", dead), ("alive", myself()), ("elsewhere", elsewhere)):
        home = tmp_path / f"{ray_cluster.HOME}{name}"
        home.mkdir()
        (home / "owner.json").write_text(json.dumps(owner.plain()))
    (tmp_path / f"{ray_cluster.HOME}strange").mkdir()
    (tmp_path / f"{ray_cluster.HOME}strange" / "owner.json").write_text("[1]")
    assert ray_cluster.sweep_homes(tmp_path) == 1
    left = {path.name.removeprefix(ray_cluster.HOME) for path in tmp_path.iterdir()}
    assert left == {"alive", "elsewhere", "strange"}
