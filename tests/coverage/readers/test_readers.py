"""The door to the readers."""

from pathlib import Path

import pytest

from synthgen.coverage import readers
from synthgen.errors import UserError


def test_an_unknown_format_is_named_in_one_line():
    with pytest.raises(UserError, match=r"^data_format=koko: expected "):
        readers.open_reader("koko")


def test_what_looks_like_no_format_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"^data=.*: no known format; expected data_format="):
        readers.detect(tmp_path)


def test_every_module_that_reads_a_format_is_tried():
    files = Path(readers.__file__).parent.glob("[!_]*.py")
    found = {file.stem for file in files if "def recognises(" in file.read_text()}
    assert found == set(readers.names())
