"""A JSON file of any size, one record at a time, with the place of what is wrong in it.

Python's own C scanner reads each record, because files that Python or numpy wrote hold bare NaN,
at which stricter parsers stop: here it is a broken record and not a broken file.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from synthgen.errors import UserError

CHUNK = 1 << 20
"""Characters that are read at once."""
LONGEST = 1 << 26
"""Characters of one record at most, so that memory stays bounded."""
_DECODE = json.JSONDecoder().raw_decode
_SPACE = " \t\r\n"
_BEHIND = ",]}: \t\r\n"
"""What stands behind a value; else a number that the buffer cuts would pass for a shorter one."""
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")


@dataclass
class _Cursor:
    """Where reading is.

    Attributes:
        path: of the file.
        file: open.
        buffer: what was read and is still needed.
        place: in the buffer.
        size: bytes before the buffer.
        lines: ends of lines before the buffer.
    """

    path: Path
    file: TextIO
    buffer: str = ""
    place: int = 0
    size: int = 0
    lines: int = 0


def records(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield (key, item) of a JSON file, in the file's order.

    Of a list at the top its items, with key "". Of an object at the top each item of its lists
    and each of its other values, with the key.

    Raises:
        UserError: where the file is no JSON or ends too early, with line and byte.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        cursor = _Cursor(path, file)
        first = _peek(cursor)
        if first == "[":
            for item in _list(cursor):
                yield "", item
        elif first == "{":
            yield from _object(cursor)
        else:
            raise _wrong(cursor, 0, "expected JSON, an object or a list")
        if _peek(cursor):
            raise _wrong(cursor, cursor.place, "something follows the end of the JSON")


def _object(cursor: _Cursor) -> Iterator[tuple[str, Any]]:
    for _ in _parts(cursor, "}"):
        key = _value(cursor)
        if not isinstance(key, str):
            raise _wrong(cursor, cursor.place, "expected the name of a key")
        _take(cursor, ":")
        if _peek(cursor) == "[":
            for item in _list(cursor):
                yield key, item
        else:
            yield key, _value(cursor)


def _list(cursor: _Cursor) -> Iterator[Any]:
    for _ in _parts(cursor, "]"):
        yield _value(cursor)


def _parts(cursor: _Cursor, end: str) -> Iterator[None]:
    """Yield before each part of a list or object; whoever asks reads it.

    Most commas are passed over at once; those near the buffer's end one character at a time.
    """
    cursor.place += 1
    if _peek(cursor) == end:
        cursor.place += 1
        return
    while True:
        yield
        comma = _COMMA.match(cursor.buffer, cursor.place)
        if comma and comma.end() < len(cursor.buffer):
            cursor.place = comma.end()
        elif _take(cursor, "," + end) == end:
            return


def _peek(cursor: _Cursor) -> str:
    """Return the next character that is no white space, empty at the file's end."""
    while True:
        buffer, place = cursor.buffer, cursor.place
        while place < len(buffer):
            if buffer[place] not in _SPACE:
                cursor.place = place
                return buffer[place]
            place += 1
        cursor.place = place
        if not _fill(cursor, CHUNK):
            return ""


def _take(cursor: _Cursor, expected: str) -> str:
    found = _peek(cursor)
    if not found:
        raise _truncated(cursor)
    if found not in expected:
        raise _wrong(cursor, cursor.place, f"expected {' or '.join(expected)}, got {found}")
    cursor.place += 1
    return found


def _value(cursor: _Cursor) -> Any:
    if not _peek(cursor):
        raise _truncated(cursor)
    more = CHUNK
    while True:
        try:
            found, end = _DECODE(cursor.buffer, cursor.place)
        except json.JSONDecodeError as error:
            if not _fill(cursor, more):
                raise _spoilt(cursor, error) from error
            more *= 2
            continue
        except RecursionError as error:
            raise _wrong(cursor, cursor.place, "nested too deeply") from error
        whole = end < len(cursor.buffer) and cursor.buffer[end] in _BEHIND
        if whole or not _fill(cursor, more):
            cursor.place = end
            return found
        more *= 2


def _fill(cursor: _Cursor, length: int) -> bool:
    """Read on and forget what is behind; return whether there was more."""
    passed = cursor.buffer[: cursor.place]
    if len(cursor.buffer) - len(passed) > LONGEST:
        raise _wrong(cursor, cursor.place, f"a record of more than {LONGEST} characters")
    try:
        found = cursor.file.read(length)
    except UnicodeDecodeError as error:
        raise _wrong(cursor, cursor.place, "expected UTF-8 text") from error
    if found:
        cursor.size += _size(passed)
        cursor.lines += passed.count("\n")
        cursor.buffer = cursor.buffer[cursor.place :] + found
        cursor.place = 0
    return bool(found)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _spoilt(cursor: _Cursor, error: json.JSONDecodeError) -> UserError:
    """Return what is wrong with the record at the cursor, the whole rest of the file being read."""
    cut = error.msg.startswith("Unterminated") or not cursor.buffer[error.pos :].strip(_SPACE)
    return _truncated(cursor) if cut else _wrong(cursor, error.pos, error.msg)


def _truncated(cursor: _Cursor) -> UserError:
    return _wrong(cursor, len(cursor.buffer), "ends in the middle: truncated")


def _wrong(cursor: _Cursor, place: int, why: str) -> UserError:
    before = cursor.buffer[:place]
    line = cursor.lines + before.count("\n") + 1
    return UserError(f"{cursor.path}: line {line}, byte {cursor.size + _size(before)}: {why}")
