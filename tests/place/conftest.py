"""A crossroads drawn by hand: four arms of two lanes each way, sidewalks, signals, crossings."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.network import Crossing, Junction, Lane, Network
from synthgen.place.city import build_place
from synthgen.rng import stream
from synthgen.spec.quantity import PLACES

HALF, REACH, LANE, WALK = 11.0, 90.0, 3.2, 2.4
KERB = 2 * LANE


def turn(points, quarter):
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
    return np.asarray(points, float) @ np.array([[cos, sin], [-sin, cos]])


def lane(name, edge, index, kind, ends, width, junctions, yields):
    shape = np.column_stack([ends, np.zeros(len(ends))])
    return Lane(
        name, edge, index, kind, shape, width, 13.9, "primary", junctions[0], junctions[1], yields
    )


def arm(quarter):
    """Lanes of one arm, driving in on positive y."""
    found = []
    for way, sign in (("in", 1), ("out", -1)):
        names = (f"end{quarter}", "middle") if sign > 0 else ("middle", f"end{quarter}")
        rows = [
            (0, "walk", KERB + WALK / 2, WALK),
            (1, "drive", 1.5 * LANE, LANE),
            (2, "drive", 0.5 * LANE, LANE),
        ]
        for index, kind, y, width in rows:
            xs = (REACH, HALF) if sign > 0 else (HALF, REACH)
            ends = turn([[x, sign * y] for x in xs], quarter)
            yields = "signal" if sign > 0 and kind == "drive" else "none"
            edge = f"{way}{quarter}"
            found.append(lane(f"{edge}_{index}", edge, index, kind, ends, width, names, yields))
    return found


def connectors(quarter):
    straight = [[[HALF, y], [-HALF, y]] for y in (0.5 * LANE, 1.5 * LANE)]
    right = [[HALF, 4.8], [6.0, 4.8], [4.8, 6.0], [4.8, HALF]]
    left = [[HALF, 1.6], [3.0, 0.5], [-1.0, -4.0], [-1.6, -HALF]]
    lines = [turn(line, quarter) for line in (*straight, right, left)]
    return [np.column_stack([line, np.zeros(len(line))]) for line in lines]


@pytest.fixture(scope="session")
def crossroads():
    square = [[-HALF, -HALF], [HALF, -HALF], [HALF, HALF], [-HALF, HALF]]
    corner = [[KERB, KERB], [HALF, KERB], [HALF, HALF], [KERB, HALF]]
    arms = range(4)
    ends = [
        Junction(f"end{q}", "dead_end", turn([[REACH, 0]], q)[0], np.zeros((0, 2))) for q in arms
    ]
    return Network(
        name="crossroads",
        kind="downtown",
        lanes=tuple(one for q in arms for one in arm(q)),
        connectors=tuple(line for q in arms for line in connectors(q)),
        junctions=(Junction("middle", "traffic_light", np.zeros(2), np.array(square)), *ends),
        crossings=tuple(
            Crossing(f"c{q}", "middle", turn([[9.2, -KERB], [9.2, KERB]], q), 3.0, True)
            for q in arms
        ),
        walking_areas=tuple(turn(corner, q) for q in arms),
        heads=(),
        footprints=(),
        trees=np.zeros((0, 2)),
        low=np.array([-REACH, -REACH]),
        high=np.array([REACH, REACH]),
    )


@pytest.fixture(scope="session", params=[*PLACES])
def place(request, crossroads):
    network = replace(crossroads, kind=request.param)
    return build_place(network, stream(1, "place", request.param))


@pytest.fixture(scope="session")
def downtown(crossroads):
    return build_place(crossroads, stream(1, "place", "downtown"))
