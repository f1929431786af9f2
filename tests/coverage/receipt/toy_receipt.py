"""A small receipt made by hand: two crossings, four targets, drawn pictures with known boxes."""

import cv2
import numpy as np

from synthgen.coverage.receipt.findings import (
    Box,
    Cell,
    CloseUp,
    Count,
    Example,
    Goal,
    Histogram,
    Picture,
    Receipt,
    ShardProof,
    Twin,
)
from synthgen.spec.coverage import Axis, Coverage

WIDE, HIGH = 1200, 400
ODD = "</script><b>x"
AXES = {
    "class": Axis(column="class", values=("car", "bus", ODD)),
    "distance": Axis(column="distance", unit="m", edges=(0, 10, 40, 60)),
    "time_of_day": Axis(column="time_of_day", values=("day", "night")),
}
DEFINITION = Coverage(
    axes=AXES, cells=(("class", "distance", "time_of_day"), ("time_of_day", "distance"))
)
BOX = Box("car", 300.0, 120.0, 420.0, 240.0)
BUS = {"class": "bus", "time_of_day": "night"}
FILL = (20, 200, 40)


def picture(number, boxes=(BOX,)):
    """Return a picture whose boxes are filled with one colour."""
    image = np.full((HIGH // 2, WIDE // 2, 3), 60, np.uint8)
    for box in boxes:
        corners = [round(v / 2) for v in (box.left, box.top, box.right, box.bottom)]
        cv2.rectangle(image, (corners[0], corners[1]), (corners[2] - 1, corners[3] - 1), FILL, -1)
    data = cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()
    return Picture(f"night/{number}", 0, WIDE, HIGH, data, tuple(boxes))


def crop():
    pixels = cv2.imencode(".jpg", np.full((60, 80, 3), 120, np.uint8))[1].tobytes()
    return CloseUp(pixels, 80, 60, Box("car", 20, 15, 60, 45))


def receipt(**changes):
    where = {"class": "car", "distance": (40, 60), "time_of_day": "night"}
    content = {
        "definition": DEFINITION,
        "sources": {"audit": "a" * 64, "plan": {"digest": "b" * 64, "version": 1}},
        "totals": {
            "before": {"frames": 1200, "objects": 5200, "worlds": 21, "broken": 2},
            "added": {"frames": 60, "objects": 340, "worlds": 30, "broken": 0},
        },
        "goals": (
            Goal("t00", "car · 40–60 m · night", where, 20, 0, 20, 21, shards=(0, 1)),
            Goal("t01", "bus · night", BUS, 10, 4, 6, 5, shards=(1,), unsure=7,
                 note="the budget is spent"),
            Goal(
                "t02", f"{ODD} · 0–10 m", {"class": ODD, "distance": "0-10"}, 5, 1, 4, 0,
                why="no such class can be made", proof="classes.py names 20 classes, not this",
            ),
            Goal("t03", "car · day", {"class": "car", "time_of_day": "day"}, 10, 900, 0, 0),
        ),
        "cells": (
            Cell(0, ("car", "0-10", "day"), Count(900, 500, 12), Count()),
            Cell(0, ("car", "40-60", "night"), Count(), Count(40, 30, 21), (0, 1)),
            Cell(0, ("bus", "10-40", "night"), Count(7, 7, 4), Count(6, 6, 5), (1,)),
            Cell(0, (ODD, "0-10", "day"), Count(1, 1, 1), Count()),
            Cell(0, ("car", "unknown", "day"), Count(12, 9, 3), Count()),
            Cell(1, ("day", "0-10"), Count(901, 501, 13), Count()),
            Cell(1, ("night", "40-60"), Count(), Count(40, 30, 21), (0, 1)),
        ),
        "histograms": (
            Histogram("distance", "m", "objects", ("0", "10", "40+"), (900, 8, 3), (0, 6, 40),
                      (12, 0)),
            Histogram("classes", "", "objects", ("car", "bus", ODD), (912, 7, 1), (40, 6, 0)),
        ),
        "shards": (
            ShardProof("night/shards/000000", "c" * 64, 30),
            ShardProof("night/shards/000001", "d" * 64, 30),
        ),
        "duplicates": (Twin("exact", "made", ("night/1", "night/2")),),
        "pictures": (picture(1), picture(2, (BOX, Box(ODD, 700, 100, 800, 300)))),
        "crops": (crop(),),
        "examples": {
            ("t00",): (Example(0, 0, 0), Example(1, 0)),
            ("t01",): (Example(1, 1),),
            (0, "car", "40-60", "night"): (Example(0, 0, 0),),
        },
    }  # fmt: skip
    return Receipt(**(content | changes))
