"""Words of public data sets in ours."""

import pytest

from synthgen.classes import CLASSES
from synthgen.coverage.columns import TIMES_OF_DAY, WEATHERS
from synthgen.coverage.readers import vocabulary
from synthgen.coverage.readers.vocabulary import kind_of

NAMES = """
person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,
stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,
backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,
baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,
banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,
bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,
refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush
"""
COCO = [name.strip() for name in NAMES.split(",")]


def test_of_coco_s_80_names_those_of_the_street_have_a_class():
    assert len(COCO) == 80
    found = {name: kind_of(name)[0] for name in COCO if kind_of(name)[0]}
    assert found == {
        "person": "pedestrian", "bicycle": "bicycle", "car": "car", "motorcycle": "motorcycle",
        "bus": "bus", "truck": "truck", "traffic light": "traffic_light",
        "stop sign": "traffic_sign", "cat": "cat", "dog": "dog",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("REGULAR_VEHICLE", "car"), ("BOX_TRUCK", "truck"), ("Person_sitting", "pedestrian"),
        ("Cyclist", "bicycle"), ("traffic-sign", "traffic_sign"), ("Fire Engine", "fire_engine"),
        ("vehicle.emergency.police", "police_car"), ("hot dog", None), ("Tram", None),
        ("LARGE_VEHICLE", None), ("BOLLARD", None), ("cars", None), ("", None),
    ],
)  # fmt: skip
def test_words_are_looked_up_and_never_guessed(word, kind):
    assert kind_of(word)[0] == kind


def test_every_word_stands_for_what_there_is():
    for word in vocabulary._WORDS:
        assert kind_of(word)[0] in CLASSES
    assert set(vocabulary._TIMES.values()) <= set(TIMES_OF_DAY)
    assert set(vocabulary._WEATHERS.values()) <= set(WEATHERS)


def test_each_class_is_its_own_word():
    assert [kind_of(name) for name in CLASSES] == [(name, None) for name in CLASSES]
