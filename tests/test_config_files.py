"""Rigs, label rules and maps that users bring as files."""

from dataclasses import replace
from pathlib import Path

import pytest

from synthgen.config import read, run_spec
from synthgen.config_compose import folder
from synthgen.errors import UserError
from tests.test_config import compose_once, plain

RIG = folder() / "rig" / "kitti.yaml"
LABELS = folder() / "labels" / "default.yaml"


def changed(tmp_path, source: Path, old: str, new: str) -> str:
    text = source.read_text()
    assert old in text
    (tmp_path / "mine.yaml").write_text(text.replace(old, new, 1))
    return str(tmp_path / "mine.yaml")


def test_a_rig_may_be_a_file(tmp_path):
    run = read([f"rig='{changed(tmp_path, RIG, 'name: kitti', 'name: mine')}'"])
    assert run.rig.name == "mine"
    assert run.identity != plain().identity


def test_a_copied_rig_has_the_same_identity(tmp_path):
    assert read([f"rig={changed(tmp_path, RIG, 'a', 'a')}"]).identity == plain().identity


def test_label_rules_may_be_a_file(tmp_path):
    run = read([f"labels={changed(tmp_path, LABELS, 'min_pixels: 20', 'min_pixels: 50')}"])
    assert run.labels.min_pixels == 50


@pytest.mark.parametrize(
    ("source", "old", "new", "expected"),
    [
        (RIG, "width: 1242", "width: far", "rig.cameras.image_2.model.width=far: expected a whole"),
        (RIG, "width: 1242", "width: -1", "camera width must be > 0, got -1"),
        (RIG, "width: 1242", "width: 1242\n      widht: 3", "mean rig.cameras.image_2.model.width"),
        (RIG, "position: [-0.52, 0.0, 1.73]", "", "rig.lidars.velodyne.mount.position: missing"),
        (RIG, "name: kitti", "name: [", "expected YAML"),
        (RIG, "name: kitti", "_target_: os.system", "rig._target_=os.system: refused"),
        (LABELS, "min_pixels: 20", "min_pixls: 2", "labels.min_pixls=2: no such key; did you mean"),
    ],
)
def test_a_faulty_file_is_refused_by_key(tmp_path, source, old, new, expected):
    file = {"file": changed(tmp_path, source, old, new)}
    job = replace(compose_once(), tree={**compose_once().tree, source.parent.name: file})
    with pytest.raises(UserError) as caught:
        run_spec(job)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_map_counts_by_content(tmp_path):
    (tmp_path / "a.osm").write_text("<osm/>")
    (tmp_path / "b.osm").write_text("<osm/>")
    first, second = (read(["place=osm", f"file={tmp_path}/{name}.osm"]) for name in "ab")
    assert first.identity == second.identity
    assert first.file == str(tmp_path / "a.osm")
