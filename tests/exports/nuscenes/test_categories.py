import pytest

from synthgen.classes import CLASSES
from synthgen.exports.nuscenes.categories import (
    CATEGORIES,
    INDEX,
    THINGS,
    category,
    semantic_table,
    visibility,
)


def test_there_are_the_32_official_categories_in_the_official_order():
    assert len(CATEGORIES) == 32
    known = {"noise": 0, "animal": 1, "human.pedestrian.wheelchair": 8,
             "movable_object.trafficcone": 12, "vehicle.car": 17, "vehicle.truck": 23,
             "flat.driveable_surface": 24, "static.vegetation": 30, "vehicle.ego": 31}  # fmt: skip
    assert {name: INDEX[name] for name in known} == known


def test_every_class_has_an_official_category():
    assert all(info.nuscenes in INDEX for info in CLASSES.values())


@pytest.mark.parametrize("kind", [name for name, info in CLASSES.items() if not info.thing])
def test_no_stuff_is_boxed(kind):
    assert INDEX[CLASSES[kind].nuscenes] not in THINGS


@pytest.mark.parametrize(
    ("kind", "subtype", "name"),
    [
        ("fire_engine", "ladder", "vehicle.truck"),
        ("van", "minivan", "vehicle.car"),
        ("van", "panel_van", "vehicle.truck"),
        ("bus", "articulated_bus", "vehicle.bus.bendy"),
        ("pedestrian", "child", "human.pedestrian.child"),
        ("bicycle", "e_scooter", "human.pedestrian.personal_mobility"),
        ("barrier", "guard_rail", "static.manmade"),
        ("barrier", "asset:water_wall", "movable_object.barrier"),
        ("car", "asset:my_car", "vehicle.car"),
    ],
)
def test_subtypes_go_where_the_instructions_for_annotators_say(kind, subtype, name):
    assert category(kind, subtype) == name


def test_points_of_a_class_have_the_category_of_the_class():
    table = semantic_table()
    assert {table[info.semantic] == INDEX[info.nuscenes] for info in CLASSES.values()} == {True}
    assert table[0] == 0


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.0, "1"), (0.39, "1"), (0.4, "2"), (0.6, "3"), (0.79, "3"), (0.8, "4"), (1.0, "4")],
)
def test_visibility_levels_end_where_nuscenes_says(share, level):
    assert visibility(share) == level
