import json
import shutil
from types import SimpleNamespace

import pytest

from synthgen.errors import UserError
from synthgen.verify.files import verify


@pytest.fixture
def data(clean_shard, tmp_path):
    shutil.copytree(clean_shard, tmp_path / "shards/000002")
    return tmp_path


def test_a_clean_data_set_passes(data, capsys):
    assert verify(SimpleNamespace(data=str(data), out="")) == 0
    assert "0 violations" in capsys.readouterr().out


def test_shards_of_another_layout_are_named(data):
    path = data / "shards/000002/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 1}))
    with pytest.raises(UserError, match="shard 000002 has layout 1, expected 2"):
        verify(SimpleNamespace(data=str(data), out=""))


def test_merged_people_that_are_missing_are_named(data, capsys):
    home = data / "dataset/coco"
    home.mkdir(parents=True)
    for name in ("instances", "person_keypoints"):
        content = json.loads((data / f"shards/000002/coco/{name}.json").read_text())
        if name == "person_keypoints":
            content["annotations"].pop()
        (home / f"{name}.json").write_text(json.dumps(content))
    assert verify(SimpleNamespace(data=str(data), out="")) == 1
    assert "merged people: frame -1" in capsys.readouterr().out
