"""Values that nobody should write, and damage to files."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import yaml
from hypothesis import strategies as st

BAIT = "pwned"
"""Name of the file that a value would make if it were ever run."""


def _nested(depth: int) -> Any:
    found: Any = 0
    for _ in range(depth):
        found = [found]
    return found


VALUES: Sequence[Any] = (
    None, True, False, -1, 0, 10**30, -(10**400), 1e308, float("nan"), float("inf"), 1e-320, "",
    " ", "\0", "\u202eabc\u0301", "\ud83d\ude00" * 50, "x" * 5000, "null", "???", "=", "a=b",
    "../../x", "/etc/passwd", "~/x", "${oc.env:HOME}", "${n}", "${nope}", "${", "\\${n}",
    "${oc.decode:'[1]'}", "${oc.create:{a: 1}}", "${hydra:runtime.cwd}", "1e999", "0x10", "1_0",
    f"!!python/object/apply:os.system ['touch {BAIT}']", [], {}, [[]], [None], {"": 0}, {"a": {}},
    _nested(40), {"_target_": "os.system", "command": f"touch {BAIT}"}, {"uniform": [1, 0]},
    {"uniform": [0]}, {"uniform": "ab"}, {"log_uniform": [-1, 1]}, {"normal": [0, -1]},
    {"choice": {}}, {"choice": {"on": -1}}, {"choice": {"a": float("nan")}},
    {"table": "no.parquet"},
    {"table": "conf/scene/mine.yaml", "column": "a"}, {"scale": "nope"},
    {"scale": "seed", "by": "x"},
    {"given": "power", "cases": {"on": 1}}, {"stratified": {"uniform": [0, 1]}, "strata": 10**18},
    {"file": "/etc/passwd"}, {"(": "os.system"}, {"()": "os.system"},
)  # fmt: skip


def values() -> st.SearchStrategy[Any]:
    """Return a strategy of hostile values, plain and nested."""
    leaf = st.one_of(
        st.sampled_from(VALUES), st.integers(), st.floats(), st.text(max_size=20), st.booleans()
    )
    return st.one_of(
        st.sampled_from(VALUES),
        leaf,
        st.recursive(
            leaf,
            lambda one: (
                st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3)
            ),
            max_leaves=6,
        ),
    )


# Trees ------------------------------------------------------------------------------------------


def places(tree: Any, place: tuple = ()) -> list[tuple]:
    """Return the way to every value in a tree of dicts and lists, itself first."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) \
        else ()  # fmt: skip
    return [place, *(way for key, value in inner for way in places(value, (*place, key)))]


def replaced(tree: Any, place: Sequence, value: Any) -> Any:
    """Return a copy of `tree` with `value` at `place`."""
    if not place:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[place[0]] = replaced(tree[place[0]], place[1:], value)
    return copy


def without(tree: Any, place: Sequence) -> Any:
    """Return a copy of `tree` that has nothing at `place`."""
    if not place:
        return None
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    if len(place) == 1:
        del copy[place[0]]
    else:
        copy[place[0]] = without(tree[place[0]], place[1:])
    return copy


@st.composite
def trees(draw: Callable, tree: Any) -> Any:
    """Return `tree` with one or two values replaced, left out or renamed."""
    for _ in range(draw(st.integers(1, 2))):
        way = draw(st.sampled_from(places(tree)))
        how = draw(st.sampled_from(("value", "value", "gone", "renamed")))
        if how == "value" or not way:
            tree = replaced(tree, way, draw(values()))
        elif how == "gone":
            tree = without(tree, way)
        else:
            tree = replaced(tree, way, {draw(st.text(max_size=4)): 0})
        if not isinstance(tree, dict | list):
            return tree
    return tree


# Bytes ------------------------------------------------------------------------------------------

_MARKS = (b"", b"\0", b"\xff\xfe", b"NaN", b"-", b"1e999", b"9" * 40, b"&a *a", b"<", b"'", b"{",
          b"../", b"\xf0\x9f\x98\x80", b"!!python/name:os.system ", b"- " * 3000,
          b"[" * 3000)  # fmt: skip


@st.composite
def damaged(draw: Callable, content: bytes) -> bytes:
    """Return `content` with one to four bytes flipped, cut, doubled or written over."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        how = draw(st.sampled_from(("flip", "flip", "cut", "end", "twice", "mark")))
        if how == "flip" and content:
            flipped = bytes([content[at] ^ (1 << draw(st.integers(0, 7)))])
            content = content[:at] + flipped + content[at + 1 :]
        elif how == "cut":
            content = content[:at] + content[at + draw(st.integers(1, 64)) :]
        elif how == "end":
            content = content[:at]
        elif how == "twice":
            content = content[:at] + content[at : at + 200] * 3 + content[at + 200 :]
        elif how == "mark":
            content = content[:at] + draw(st.sampled_from(_MARKS)) + content[at:]
    return content


def spoilt_json(content: bytes) -> st.SearchStrategy[bytes]:
    """Return damage to a JSON document: of its bytes, or of its tree."""
    text = trees(json.loads(content)).map(lambda tree: json.dumps(tree).encode())
    return st.one_of(damaged(content), text, text)


def spoilt_lines(content: bytes) -> st.SearchStrategy[bytes]:
    """Return damage to a document with JSON in each of its lines."""
    rows = [json.loads(row) for row in content.splitlines()]
    text = trees(rows).map(lambda tree: b"".join(map(_row, tree if isinstance(tree, list) else ())))
    return st.one_of(damaged(content), text, text)


def _row(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def spoilt_yaml(content: bytes) -> st.SearchStrategy[bytes]:
    """Return damage to a YAML document: of its bytes, or of its tree."""
    dump = partial(yaml.safe_dump, allow_unicode=True)
    text = trees(yaml.safe_load(content)).map(lambda tree: _encoded(dump(tree)))
    return st.one_of(damaged(content), text, text)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
