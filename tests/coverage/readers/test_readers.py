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


def coco(folder: Path, name: str = "instances_val.json") -> Path:
    path = folder / name
    path.write_text('{"images": [], "annotations": [], "categories": []}')
    return path


def test_labels_of_another_format_are_called_what_they_look_like(tmp_path: Path):
    coco(tmp_path)
    with pytest.raises(UserError, match=r"^data_format=kitti: data=.* looks like coco$"):
        readers.told_format(tmp_path, "kitti")
    assert readers.told_format(tmp_path, "coco") == readers.told_format(tmp_path, "") == "coco"


def test_what_looks_like_two_formats_must_be_told(tmp_path: Path):
    coco(tmp_path)
    (tmp_path / "objects.csv").write_text("frame,class\na,car\n")
    with pytest.raises(UserError, match=r"looks like coco and table; say which with data_format="):
        readers.detect(tmp_path)
    assert readers.told_format(tmp_path, "table") == "table"


@pytest.mark.parametrize("name", readers.names())
def test_a_folder_with_nothing_in_it_is_one_line_in_every_format(name: str, tmp_path: Path):
    assert readers.told_format(tmp_path, name) == name
    with pytest.raises(UserError, match=r"^data=[^\n]*: expected [^\n]*$"):
        list(readers.open_reader(name).read(tmp_path, print))


def test_our_own_folders_are_ours_although_they_hold_other_formats(toy_data: Path):
    assert readers.detect(toy_data) == "synthgen"
    assert readers.detect(toy_data / "shards/000000/kitti") == "kitti"
    assert readers.detect(toy_data / "shards/000000/coco") == "coco"
