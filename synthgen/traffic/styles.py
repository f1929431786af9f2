"""Kinds of made-up cities: what their streets are like."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """What makes a kind of city; pairs are (least, most) of a uniform draw.

    Attributes:
        plan: `grid` of streets or `rand`om plan.
        size: grid: columns and rows; random plan: tries.
        block: [m] width and height of blocks (random plan: least and most street length).
        main: lanes per direction of main streets.
        side: lanes per direction of side streets.
        main_share: of the streets that are main streets.
        speed: [m/s] of main and of side streets.
        lane_width: [m].
        sidewalk: [m] width; nothing at all where there are neither sidewalks nor crossings.
        signals: share of the junctions with signals, where a main street is met or not.
        unsignalled: junction types of the rest.
        jitter: [m] standard deviation of the junctions' places.
        bend: sagitta over length of curved streets, standard deviation.
        one_way: share of one-way side streets.
        missing: share of streets left out.
        bicycle: probability of lanes for bicycles.
        side_road: class of side streets, as OpenStreetMap names them.
    """

    plan: str
    size: tuple[tuple[int, int], tuple[int, int]]
    block: tuple[tuple[float, float], tuple[float, float]]
    main: tuple[int, int]
    side: tuple[int, int]
    main_share: float
    speed: tuple[float, float]
    lane_width: tuple[float, float]
    sidewalk: tuple[float, float]
    signals: tuple[float, float]
    unsignalled: tuple[str, ...]
    jitter: float
    bend: float
    one_way: float
    missing: float
    bicycle: float
    side_road: str = "residential"


STYLES: Mapping[str, Style] = {
    "downtown": Style(
        plan="grid",
        size=((5, 6), (5, 6)),
        block=((90, 130), (85, 115)),
        main=(2, 3),
        side=(1, 2),
        main_share=0.5,
        speed=(50 / 3.6, 30 / 3.6),
        lane_width=(3.0, 3.3),
        sidewalk=(3.0, 4.5),
        signals=(0.95, 0.7),
        unsignalled=("allway_stop", "priority_stop"),
        jitter=4.0,
        bend=0.0,
        one_way=0.25,
        missing=0.05,
        bicycle=0.35,
    ),
    "suburb": Style(
        plan="rand",
        size=((22, 27), (0, 0)),
        block=((80, 95), (140, 170)),
        main=(1, 1),
        side=(1, 1),
        main_share=0.25,
        speed=(50 / 3.6, 30 / 3.6),
        lane_width=(3.0, 3.4),
        sidewalk=(1.6, 2.2),
        signals=(0.15, 0.0),
        unsignalled=("priority", "priority_stop", "right_before_left", "allway_stop"),
        jitter=6.0,
        bend=0.07,
        one_way=0.0,
        missing=0.0,
        bicycle=0.1,
    ),
    "arterial": Style(
        plan="grid",
        size=((4, 4), (4, 5)),
        block=((180, 220), (110, 160)),
        main=(3, 3),
        side=(1, 2),
        main_share=0.34,
        speed=(70 / 3.6, 50 / 3.6),
        lane_width=(3.3, 3.6),
        sidewalk=(2.0, 3.0),
        signals=(1.0, 0.1),
        unsignalled=("priority_stop", "priority"),
        jitter=8.0,
        bend=0.02,
        one_way=0.0,
        missing=0.08,
        bicycle=0.35,
    ),
    "rural": Style(
        plan="grid",
        size=((4, 4), (3, 4)),
        block=((340, 460), (340, 460)),
        main=(1, 1),
        side=(1, 1),
        main_share=0.55,
        speed=(100 / 3.6, 70 / 3.6),
        lane_width=(3.0, 3.5),
        sidewalk=(0.0, 0.0),
        signals=(0.0, 0.0),
        unsignalled=("priority", "priority_stop"),
        jitter=50.0,
        bend=0.08,
        one_way=0.0,
        missing=0.1,
        bicycle=0.0,
        side_road="unclassified",
    ),
    "industrial": Style(
        plan="grid",
        size=((4, 5), (4, 4)),
        block=((190, 240), (150, 190)),
        main=(1, 2),
        side=(1, 1),
        main_share=0.4,
        speed=(50 / 3.6, 50 / 3.6),
        lane_width=(3.6, 4.2),
        sidewalk=(1.5, 2.2),
        signals=(0.35, 0.0),
        unsignalled=("priority", "priority_stop"),
        jitter=6.0,
        bend=0.03,
        one_way=0.0,
        missing=0.06,
        bicycle=0.1,
    ),
}
"""The kinds of city. Speed limits are those of European city, residential, trunk and country
streets."""
