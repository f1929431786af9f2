from pathlib import Path

import pytest

from synthgen.config import read
from synthgen.errors import UserError


def test_a_run_into_a_store_is_built_in_one_and_the_same_local_folder(tmp_path):
    stage = f"stage={tmp_path}"
    first = read(["out=s3://bucket/a/", stage])
    again, other = read(["out=s3://bucket/a", stage]), read(["out=s3://bucket/b", stage])
    assert first.store == again.store == "s3://bucket/a"
    assert Path(first.out).parent == tmp_path
    assert first.out == again.out != other.out
    assert first.identity == read(["out=/local"]).identity


def test_without_a_stage_it_lies_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Path(read(["out=s3://bucket/a"]).out).parent == tmp_path / "synthgen/stage"


def test_the_address_of_a_local_folder_is_that_folder(tmp_path):
    run = read([f"out=file://{tmp_path}/a"])
    assert (run.out, run.store) == (f"{tmp_path}/a", "")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["out=s3://KEY:SECRET@bucket/a"], "out=s3://bucket/a: expected no user, password or"),
        (["out=sftp://host/a"], "out=sftp://host/a: expected a path or an address of one of s3"),
        (["out=s3://bucket/a", "task=preview"], "out=s3://bucket/a: task=preview works in a lo"),
        (["out=s3://bucket/a", "task=merge"], "out=s3://bucket/a: task=merge works in a local"),
        (["data=s3://bucket/a", "task=verify"], "data=s3://bucket/a: task=verify reads a local"),
        (["data=s3://bucket/a", "task=audit"], "data=s3://bucket/a: task=audit reads a local"),
        (
            ["data=s3://bucket/a", "task=export", "format=webdataset"],
            "data=s3://bucket/a: task=export reads a local",
        ),
        (["data=/a", "task=fetch"], "data=/a: expected the address of a data set, s3://bucket"),
        (["out=''"], "out=: expected a path"),
    ],
)
def test_what_a_store_cannot_be_used_for_is_one_line(words, line):
    with pytest.raises(UserError) as told:
        read(words)
    assert str(told.value).startswith(line)
    assert "SECRET" not in str(told.value)
