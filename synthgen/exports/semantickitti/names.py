"""SemanticKITTI's classes, and the YAML file that describes a data set of them."""

from collections.abc import Mapping
from dataclasses import dataclass

UNLABELLED, OUTLIER = 0, 1
BICYCLIST, MOTORCYCLIST = 31, 32


@dataclass(frozen=True)
class Name:
    """One class.

    Attributes:
        id: in label files.
        name: SemanticKITTI's word.
        learned: id in training, 0 for what is not learned.
        color: [sRGB 0-255].
        moving: id of what moves, 0 where there is no such class.
    """

    id: int
    name: str
    learned: int
    color: tuple[int, int, int]
    moving: int = 0


NAMES = (
    Name(0, "unlabeled", 0, (0, 0, 0)),
    Name(1, "outlier", 0, (255, 255, 255)),
    Name(10, "car", 1, (0, 110, 220), 252),
    Name(11, "bicycle", 2, (180, 60, 200)),
    Name(13, "bus", 5, (0, 170, 150), 257),
    Name(15, "motorcycle", 3, (120, 60, 230)),
    Name(16, "on-rails", 5, (90, 90, 160), 256),
    Name(18, "truck", 4, (70, 60, 150), 258),
    Name(20, "other-vehicle", 5, (60, 160, 230), 259),
    Name(30, "person", 6, (230, 30, 70), 254),
    Name(31, "bicyclist", 7, (255, 120, 60), 253),
    Name(32, "motorcyclist", 8, (255, 160, 100), 255),
    Name(40, "road", 9, (128, 64, 128)),
    Name(44, "parking", 10, (250, 170, 160)),
    Name(48, "sidewalk", 11, (244, 35, 232)),
    Name(49, "other-ground", 12, (60, 120, 200)),
    Name(50, "building", 13, (110, 110, 110)),
    Name(51, "fence", 14, (170, 130, 110)),
    Name(52, "other-structure", 0, (150, 100, 100)),
    Name(60, "lane-marking", 9, (220, 220, 220)),
    Name(70, "vegetation", 15, (90, 142, 35)),
    Name(71, "trunk", 16, (110, 80, 40)),
    Name(72, "terrain", 17, (152, 251, 152)),
    Name(80, "pole", 18, (190, 190, 140)),
    Name(81, "traffic-sign", 19, (220, 220, 0)),
    Name(99, "other-object", 0, (120, 100, 80)),
)
"""Ids and words are SemanticKITTI's, colours ours.

Source: J. Behley et al., "SemanticKITTI", ICCV 2019; configuration file of its development kit.
"""

BY_ID: dict[int, Name] = {one.id: one for one in NAMES}
BY_ID |= {
    one.moving: Name(one.moving, f"moving-{one.name}", one.learned, one.color)
    for one in NAMES
    if one.moving
}
THINGS = frozenset({10, 11, 13, 15, 16, 18, 20, 30, 31, 32})
"""Ids of what is counted one by one; only these have instances."""


def description(count: Mapping[int, int], split: Mapping[str, list[int]]) -> str:
    """Return `semantic-kitti.yaml` with the keys of the original.

    Args:
        count: points of each id in all label files.
        split: sequences by train, valid and test.
    """
    total = max(sum(count.values()), 1)
    ids = sorted(BY_ID)
    inverse = {0: 0} | {one.learned: one.id for one in reversed(NAMES) if one.learned}
    sections: dict[str, Mapping] = {
        "labels": {one: f'"{BY_ID[one].name}"' for one in ids},
        "color_map": {one: list(reversed(BY_ID[one].color)) for one in ids},
        "content": {one: f"{count.get(one, 0) / total:.17g}" for one in ids},
        "learning_map": {one: BY_ID[one].learned for one in ids},
        "learning_map_inv": dict(sorted(inverse.items())),
        "learning_ignore": {one: str(one == 0) for one in sorted(inverse)},
        "split": split,
    }
    comments = {"color_map": " # bgr", "content": " # share of all points"}
    rows = [
        f"{key}:{comments.get(key, '')}\n" + "".join(f"  {k}: {v}\n" for k, v in values.items())
        for key, values in sections.items()
    ]
    return 'name: "synthgen"\n' + "".join(rows)
