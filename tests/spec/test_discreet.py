import json
from dataclasses import replace

import pytest

from synthgen import __main__ as program
from synthgen.config import read
from synthgen.jobs.generate import _record
from synthgen.spec.discreet import discreet, discreet_tree


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("s3://key:secret@bucket/a", "s3://bucket/a"),
        ("out=s3://key:s%2Fe@host:9000/a: no", "out=s3://host:9000/a: no"),
        ("https://h/a?X-Amz-Signature=secret&b=1", "https://h/a"),
        ("{a: 'gs://token@h/x', b: \"ftp://u:p@h\"}", "{a: 'gs://h/x', b: \"ftp://h\"}"),
        ("/home/me/s3:/key:secret@bucket/a?sig=x", "/home/me/s3:/bucket/a"),
        ("mail a@b.c, 3 /tmp/x@y?z", "mail a@b.c, 3 /tmp/x@y?z"),
    ],
)
def test_addresses_are_told_without_their_secrets(text, told):
    assert discreet(text) == told
    assert discreet_tree({text: [(text, 1)]}) == {told: [[told, 1]]}


def test_neither_the_record_nor_the_screen_of_a_run_holds_a_secret(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.chdir(tmp_path)
    address = "s3://me:hunter2@bucket/labels.yaml"
    run = replace(read(["seed=1"]), command=("seed=1", f"out={address}?sig=hunter2"))
    told = json.dumps(_record(run))
    assert "bucket/labels.yaml" in told
    assert "hunter2" not in told
    assert program.main([f"out={address}"]) == 2
    said = capsys.readouterr().err
    assert "out=s3://bucket/labels.yaml: expected no user" in said
    assert "hunter2" not in said
    assert program.main([f"labels={address}"]) == 2
    said = capsys.readouterr()
    assert "labels=s3://bucket/labels.yaml: no such file" in said.err
    assert "hunter2" not in said.err + said.out
