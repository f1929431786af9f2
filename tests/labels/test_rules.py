from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from pydantic import TypeAdapter

from synthgen.classes import CLASSES
from synthgen.labels.rules import LabelRules, accepted

DEFAULT = Path(__file__).parents[2] / "conf" / "labels" / "default.yaml"


def load(**changes):
    content = yaml.safe_load(DEFAULT.read_text()) | changes
    return TypeAdapter(LabelRules).validate_python(content)


def test_the_defaults_are_those_of_the_design():
    rules = load()
    assert (rules.min_pixels, rules.min_fraction, rules.min_height) == (20, 0.10, 10)
    assert rules.min_width == 2
    assert rules.discernible
    assert rules.kitti["police_car"] == "Car"
    assert rules.kitti["ambulance"] == "Van"
    assert rules.kitti["fire_engine"] == rules.kitti["bus"] == "Truck"
    assert rules.kitti_ridden == {"bicycle": "Cyclist"}
    assert not {"bicycle", "motorcycle", "rider", "dog"} & set(rules.kitti)


def test_a_box_of_one_column_which_has_no_area_does_not_count():
    rules = load()
    assert rules.accepts(25, 25, (2, 13), True)
    assert not rules.accepts(25, 25, (1, 25), True)
    assert not rules.accepts(25, 25, (13, 9), True)
    for right, counts in ((7, False), (8, True)):
        one = SimpleNamespace(
            amodal_box=(7, 3, right, 40), visible_pixels=38, amodal_pixels=38, discernible=True
        )
        assert accepted(rules, one) == counts


def test_every_class_but_the_ego_has_the_coco_id_of_the_class_table():
    rules = load()
    assert set(rules.coco) == set(CLASSES) - {"ego"}
    for name, category in rules.coco.items():
        assert (category.id, category.thing) == (CLASSES[name].coco, CLASSES[name].thing)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kitti": {"lorry": "Truck"}}, "unknown class lorry"),
        ({"kitti": {"car": "Automobile"}}, "no KITTI type"),
        ({"min_fraction": 1.5}, "min_fraction must be in"),
        ({"min_pixels": 0}, "min_pixels must be >= 1 px"),
        ({"occlusion": [0.5, 0.1]}, "two rising shares"),
    ],
)
def test_wrong_rules_are_refused_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message):
        load(**changes)
