"""The one table of classes, with their ids in the formats that have one.

`semantic` is our own dense id (semantic images, lidar labels); ids are never reused.
`thing` classes are counted object by object; the rest is stuff.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClassInfo:
    """One class.

    Attributes:
        name: unique name, used in every table we write.
        semantic: id in semantic images and lidar labels; 0 is unlabelled.
        thing: whether objects of it are labelled one by one.
        coco: official COCO category id (instances and panoptic), or our own from 1001.
        cityscapes: Cityscapes label id.
        semantickitti: SemanticKITTI label id.
        color: [sRGB 0-255] for drawings and palettes.
        supercategory: COCO supercategory.
        nuscenes: nuScenes category of the plain kind; `exports.nuscenes.categories` has those
            of subtypes. A rider is part of the box of what it rides.
    """

    name: str
    semantic: int
    thing: bool
    coco: int
    cityscapes: int
    semantickitti: int
    color: tuple[int, int, int]
    supercategory: str
    nuscenes: str


_ROWS = (
    # name            id thing  coco  city skitti color            supercategory  nuScenes
    ("car", 1, True, 3, 26, 10, (0, 110, 220), "vehicle", "vehicle.car"),
    ("van", 2, True, 1001, 26, 20, (60, 160, 230), "vehicle", "vehicle.car"),
    ("truck", 3, True, 8, 27, 18, (70, 60, 150), "vehicle", "vehicle.truck"),
    ("bus", 4, True, 6, 28, 13, (0, 170, 150), "vehicle", "vehicle.bus.rigid"),
    ("trailer", 5, True, 1002, 30, 20, (90, 90, 200), "vehicle", "vehicle.trailer"),
    ("motorcycle", 6, True, 4, 32, 15, (120, 60, 230), "vehicle", "vehicle.motorcycle"),
    ("bicycle", 7, True, 2, 33, 11, (180, 60, 200), "vehicle", "vehicle.bicycle"),
    ("rider", 8, True, 1003, 25, 31, (255, 120, 60), "person", "vehicle.bicycle"),
    ("pedestrian", 9, True, 1, 24, 30, (230, 30, 70), "person", "human.pedestrian.adult"),
    ("dog", 10, True, 18, 0, 0, (200, 140, 60), "animal", "animal"),
    ("ambulance", 11, True, 1004, 27, 20, (255, 80, 160), "vehicle", "vehicle.emergency.ambulance"),
    ("fire_engine", 12, True, 1005, 27, 18, (255, 40, 0), "vehicle", "vehicle.truck"),
    ("police_car", 13, True, 1006, 26, 10, (40, 80, 255), "vehicle", "vehicle.emergency.police"),
    ("traffic_light", 14, True, 10, 19, 81, (250, 170, 30), "outdoor", "static.manmade"),
    ("traffic_sign", 15, True, 1007, 20, 81, (220, 220, 0), "outdoor", "static.manmade"),
    ("traffic_cone", 16, True, 1008, 0, 99, (255, 150, 0), "outdoor", "movable_object.trafficcone"),
    ("barrier", 17, True, 1009, 14, 51, (190, 153, 153), "outdoor", "static.manmade"),
    ("street_light", 18, False, 1010, 17, 80, (160, 160, 120), "outdoor", "static.manmade"),
    ("pole", 19, False, 1011, 17, 80, (153, 153, 153), "outdoor", "static.manmade"),
    ("debris", 20, True, 1012, 5, 99, (120, 100, 80), "outdoor", "movable_object.debris"),
    ("tree", 21, False, 184, 21, 70, (60, 110, 40), "plant", "static.vegetation"),
    ("vegetation", 22, False, 184, 21, 70, (107, 142, 35), "plant", "static.vegetation"),
    ("building", 23, False, 197, 11, 50, (90, 90, 90), "building", "static.manmade"),
    ("road", 24, False, 149, 7, 40, (128, 64, 128), "ground", "flat.driveable_surface"),
    ("lane_marking", 25, False, 1013, 7, 60, (220, 220, 220), "ground", "flat.driveable_surface"),
    ("crosswalk", 26, False, 1014, 7, 60, (200, 200, 240), "ground", "flat.driveable_surface"),
    ("sidewalk", 27, False, 191, 8, 48, (244, 35, 232), "ground", "flat.sidewalk"),
    ("terrain", 28, False, 193, 22, 72, (152, 251, 152), "ground", "flat.terrain"),
    ("water", 29, False, 178, 0, 49, (60, 120, 200), "water", "flat.other"),
    ("sky", 30, False, 187, 23, 0, (70, 130, 180), "sky", "noise"),
    ("ego", 31, False, 1015, 1, 0, (30, 30, 30), "vehicle", "vehicle.ego"),
    ("fence", 32, False, 185, 13, 51, (170, 130, 110), "structural", "static.manmade"),
    ("cat", 33, True, 17, 0, 0, (170, 170, 90), "animal", "animal"),
    ("deer", 34, True, 1016, 0, 0, (140, 100, 40), "animal", "animal"),
)

CLASSES: dict[str, ClassInfo] = {row[0]: ClassInfo(*row) for row in _ROWS}
"""Every class by name. COCO panoptic merges tree and vegetation under one official id (184)."""

BY_SEMANTIC: dict[int, ClassInfo] = {info.semantic: info for info in CLASSES.values()}
EMERGENCY = frozenset({"ambulance", "fire_engine", "police_car"})
