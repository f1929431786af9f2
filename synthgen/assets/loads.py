"""What private cars and vans carry: roof boxes, ladders on racks, freight on pickups."""

from dataclasses import replace

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.cars import Car, car
from synthgen.assets.draping import surface_at
from synthgen.assets.shells import Finish, Shell, Side, block, mirrored, rounded_box
from synthgen.road_user import RoadUser

_BOX, _RACK = 0.40, 0.28
"""[m] height of a roof box with its bars, of a ladder rack with what lies on it."""
_WOODS = ((150, 116, 78), (128, 100, 70), (90, 96, 100), (60, 84, 120), (120, 40, 36))


def boxed_car(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return a compact, estate or SUV with a roof box; the order's height is to its top."""
    paint, word = coat.drawn_paint(rng)
    style = str(rng.choice(["compact", "estate", "estate", "suv"]))
    body = car(replace(user, subtype=style, height=user.height - _BOX), paint, rng)
    code = ((28, 28, 30), (36, 36, 38), (196, 198, 200))[int(rng.integers(3))]
    skin = coat.solid("roof box", code, 0.2)
    fore, aft = _roof(body)
    middle, long = (fore + aft) / 2, min(float(rng.uniform(1.7, 2.2)), fore - aft)
    half, side = float(rng.uniform(0.36, 0.45)), float(rng.uniform(-0.12, 0.12))
    low = user.height - _BOX + 0.05
    box = rounded_box(
        (middle - long / 2, side - half, low), (middle + long / 2, side + half, user.height),
        (0.42, 0.14, 0.14), (2, 2, 1), skin,
    )  # fmt: skip
    bars = [bar for x in (middle - 0.42, middle + 0.42) for bar in _bar(body, x, low)]
    return [body.shell, *body.parts, box, *bars], word


def ladder_van(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return a craftsman's van: ladders and pipes on its roof, up to the order's height."""
    paint, word = coat.named_paint("white", rng) if rng.random() < 0.6 else coat.drawn_paint(rng)
    order = replace(user, subtype="panel_van", height=user.height - _RACK)
    body = car(order, paint, rng)
    fore, aft = _roof(body)
    low = user.height - 0.13
    bars = [bar for x in np.linspace(aft + 0.3, fore - 0.4, 3) for bar in _bar(body, float(x), low)]
    long = min(float(rng.uniform(2.6, 3.4)), fore - aft)
    ladder = _ladder((fore + aft) / 2, long, user.height)
    pipe = coat.solid(
        "pipe", ((196, 120, 60), (120, 122, 124), (60, 90, 150))[int(rng.integers(3))]
    )
    pipes = [
        block(((fore + aft) / 2, -0.3 - 0.09 * n, low + 0.04), (0.9 * long, 0.07, 0.07), pipe)
        for n in range(int(rng.integers(1, 4)))
    ]
    return [body.shell, *body.parts, *bars, *ladder, *pipes], word


def bed_load(body: Car, rng: np.random.Generator) -> list[Shell]:
    """Return what stands in a pickup's bed, lower than its cab: often nothing."""
    frame = body.frame
    if rng.random() < 0.55:
        return []
    floor = frame.style.wheel * 2 + 0.04
    rear, front = -frame.length / 2 + 0.14, frame.x(frame.style.rear_base) - 0.18
    high = min(float(rng.uniform(0.4, 0.95)), frame.height - floor - 0.1)
    shells, x = [], rear + 0.02
    while x < front - 0.5:
        long = float(min(rng.uniform(0.4, 1.0), front - x))
        wide, tall = float(rng.uniform(0.6, 1.1)), float(high * rng.uniform(0.55, 1.0))
        skin = coat.matt(coat.solid("crate", _WOODS[int(rng.integers(len(_WOODS)))]))
        y = float(rng.uniform(-0.5, 0.5)) * max(1.3 * frame.half - wide, 0.0)
        shells.append(block((x + long / 2, y, floor + tall / 2), (long, wide, tall), skin))
        x += long + 0.04
    return shells


def _roof(body: Car) -> tuple[float, float]:
    """Front and rear end [m] of the level part of the roof."""
    style = body.frame.style
    return body.frame.x(style.header) - 0.12, body.frame.x(style.roof_end) + 0.12


def _bar(body: Car, x: float, top: float) -> list[Shell]:
    """A cross bar at `x`, its upper side at `top` [m], on two feet."""
    half = body.frame.half * body.frame.style.roof_width * 0.92
    roof = surface_at(body.shell, (x, half - 0.06), Side.TOP)
    foot = block((x, half - 0.05, (roof + top) / 2 - 0.01), (0.09, 0.05, top - roof), coat.trim())
    return [block((x, 0.0, top - 0.015), (0.06, 2 * half, 0.03), coat.aluminium()), foot,
            mirrored(foot)]  # fmt: skip


def _ladder(middle: float, long: float, top: float) -> list[Shell]:
    """An aluminium ladder that lies on its rails, the upper side at `top` [m]."""
    metal: Finish = coat.aluminium()
    rails = [block((middle, y, top - 0.05), (long, 0.05, 0.10), metal) for y in (0.12, 0.52)]
    rungs = np.arange(middle - long / 2 + 0.2, middle + long / 2 - 0.1, 0.28).tolist()
    return [*rails, *(block((x, 0.32, top - 0.05), (0.03, 0.4, 0.03), metal) for x in rungs)]
