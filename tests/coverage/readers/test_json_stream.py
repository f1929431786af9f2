"""JSON files read record by record."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.readers import json_stream
from synthgen.coverage.readers.json_stream import records
from synthgen.errors import UserError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def flat(tree):
    """Return what `records` promises, by the other way round: from the whole tree."""
    if isinstance(tree, list):
        return [("", item) for item in tree]
    return [
        (key, item)
        for key, value in tree.items()
        for item in (value if isinstance(value, list) else [value])
    ]


@settings(max_examples=60, deadline=None)
@given(
    tree=st.lists(VALUES) | st.dictionaries(st.text(), VALUES, max_size=5),
    indent=st.sampled_from([None, 1]),
    wide=st.booleans(),
    chunk=st.sampled_from([1, 2, 7, 1 << 20]),
)
def test_records_are_those_of_the_whole_tree_however_it_is_cut(
    tree, indent, wide, chunk, tmp_path_factory
):
    path = tmp_path_factory.mktemp("json") / "a.json"
    text = json.dumps(tree, indent=indent, ensure_ascii=wide)
    path.write_bytes(text.encode("utf-8", "surrogatepass").replace(b"\xed", b"?"))
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    tree = json.loads(path.read_text("utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        assert list(records(path)) == flat(tree)


def test_nan_is_a_value_and_no_broken_file(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"a": [NaN, 1]}')
    (_, first), second = records(path)
    assert math.isnan(first)
    assert second == ("a", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": [{"b": 1},\n {"c": 2', "line 2, byte 25: ends in the middle: truncated"),
        ('{"a": [1, 2]', "line 1, byte 12: ends in the middle: truncated"),
        ('{"a": [1, "tex', "byte 14: ends in the middle: truncated"),
        ('{"a": [1,\n 2 3]}', "line 2, byte 13: expected , or ], got 3"),
        ('{"a": [{"b": nope}, 4]}', "line 1, byte 13: Expecting value"),
        ('{"a": 1} {', "line 1, byte 9: something follows"),
        ("a,b\n1,2\n", "line 1, byte 0: expected JSON"),
        ("", "line 1, byte 0: expected JSON"),
        ('{"ä": [1, x]}', "line 1, byte 11: Expecting value"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_byte(text, said, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        list(records(path))
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_other_than_utf8_is_named(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'["\xff\xfe"]')
    with pytest.raises(UserError, match="expected UTF-8"):
        list(records(path))


def test_a_record_without_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "LONGEST", 1000)
    monkeypatch.setattr(json_stream, "CHUNK", 100)
    path = tmp_path / "a.json"
    path.write_text('["' + "x" * 5000 + '"]')
    with pytest.raises(UserError, match="a record of more than 1000 characters"):
        list(records(path))


def test_a_record_longer_than_a_chunk_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "CHUNK", 10)
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"a": list(range(300))}, 5]))
    assert list(records(path)) == [("", {"a": list(range(300))}), ("", 5)]
