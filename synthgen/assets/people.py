"""Pedestrians: who they are, what they wear, what they do."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from synthgen.assets.body.character import draw_shape
from synthgen.assets.body.figure import Figure, Manner, Moving, figure, with_gear
from synthgen.assets.body.gear import pram, wheelchair
from synthgen.assets.body.stances import (
    Push,
    Rest,
    Seat,
    Sit,
    Stand,
    WalkCalling,
    crouching,
    resting,
)
from synthgen.assets.body.umbrellas import Sheltered, Umbrella, draw_umbrella, umbrella
from synthgen.assets.body.wearer import wearer
from synthgen.assets.gait import Run, Style, Walk, stride
from synthgen.assets.wardrobe import BAGS_IN_HAND, Outfit, cloth, draw_outfit
from synthgen.rng import stream
from synthgen.road_user import SEAT_DEPTH, SLACK, RoadUser
from synthgen.world import Body

__all__ = ["person", "stride"]


def person(user: RoadUser, name: str) -> Body:
    """Return a pedestrian, `user.height` tall when standing straight.

    Subtypes: adult, child, elder, worker and police walk; runner runs; standing stands, crouching
    crouches; sitting sits on a bench, wheelchair in a wheelchair, pram walks behind a pram. Chair
    and pram are part of the person's mesh, class and box; bags, phones and umbrellas are in the
    mesh and the class but not in the box.

    The origin is on the ground below the hips. `Body.pose` moves on by `stride(height)` metres per
    cycle, whatever the posture: walking, running, standing, sitting or crouching.
    """
    rng = stream(user.seed, "person", user.subtype)
    habit = _HABITS.get(user.subtype, user.subtype)
    if habit == "anyone":
        habit = "woman" if rng.random() < 0.5 else "man"
    shape = draw_shape(user.height, habit, rng)
    outfit = draw_outfit(habit, shape.african, rng)
    if user.subtype == "sitting" and outfit.bag != "shoulder":
        outfit = replace(outfit, bag="none")
    calls = bool(rng.random() < _CALLERS.get(user.subtype, 0.0))
    held = _umbrella(user, calls and outfit.bag not in BAGS_IN_HAND)
    calls = calls and (held is None or held.first == 0)
    body = wearer(shape)
    carried = [] if held is None else [umbrella(body, held, user.height)]
    who = figure(body, outfit, "pedestrian", user.height, calls=calls, held=carried)
    style = draw_style(habit, outfit, rng)
    act = _ACTS.get(user.subtype, _walks)
    who, manner, posture = act(who, style, outfit, calls, rng)
    manner = manner if held is None else Sheltered(manner, held)
    moving = Moving(who, manner, posture != "sitting")
    mesh, extent = moving(0.0)
    if user.subtype == "sitting":
        moving = replace(moving, edge=float(mesh.bounds[0][0]) - SLACK + SEAT_DEPTH)
        mesh, extent = moving(0.0)
    return Body(
        name, "pedestrian", user.subtype, mesh, extent, pose=moving, color=outfit.color,
        posture=posture, keypoints=moving.keypoints,
    )  # fmt: skip


def _umbrella(user: RoadUser, left: bool) -> Umbrella | None:
    """Return what is held over the head, in the `left` hand where the right one holds a phone."""
    if not user.umbrella:
        return None
    rng = stream(user.seed, "umbrella", user.subtype)
    return draw_umbrella(user.umbrella, 0 if left else 1, rng)


Act = Callable[[Figure, Style, Outfit, bool, np.random.Generator], tuple[Figure, Manner, str]]


def _walks(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    return who, WalkCalling(style) if calls else Walk(style), "walking"


def _runs(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    return who, Run(style), "running"


def _stands(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    shift, turn = float(rng.normal(0, 0.05)), float(rng.normal(0, 0.4))
    pockets = bool(rng.random() < 0.35 and outfit.bag not in BAGS_IN_HAND)
    shift, turn = float(np.clip(shift, -0.1, 0.1)), float(np.clip(turn, -0.8, 0.8))
    return who, Stand(style, shift, turn, calls, pockets), "standing"


def _crouches(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    return who, crouching(who.height), "crouching"


def _rolls(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    gear, seat, foot = wheelchair(who.height)
    turns = stride(who.height) / (2 * np.pi * gear.radius)
    sit = Sit(seat, foot, turns, stroke=0.13 if rng.random() < 0.7 else 0.0)
    return with_gear(who, gear.still, gear.wheels, np.array(gear.axle)), sit, "sitting"


def _sits(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    lean, turn = float(rng.uniform(-0.12, 0.14)), float(np.clip(rng.normal(0, 0.35), -0.7, 0.7))
    feet = float(rng.uniform(0.29, 0.35)), float(rng.uniform(0.08, 0.15))
    blank = Rest(Sit(Seat((0, 0, 0), (0, 0, 0), 0), (0, 0, 0)), turn * (not calls), calls)
    return who, resting(who, lean, feet, blank), "sitting"


def _pushes(
    who: Figure, style: Style, outfit: Outfit, calls: bool, rng: np.random.Generator
) -> tuple[Figure, Manner, str]:
    gear, grip = pram(who.height, cloth("pram", _PRAMS[int(rng.integers(len(_PRAMS)))], rng))
    push = Push(style, grip, stride(who.height) / (2 * np.pi * gear.radius))
    return with_gear(who, gear.still, gear.wheels, np.array(gear.axle)), push, "walking"


def draw_style(habit: str, outfit: Outfit, rng: np.random.Generator) -> Style:
    """Return how someone moves; a bag in the left hand hardly swings."""
    old = habit == "elder"
    swing = float(rng.uniform(0.5, 0.8) if old else rng.uniform(0.7, 1.25))
    return Style(
        reach=float(rng.uniform(0.85, 0.95) if old else rng.uniform(0.94, 1.06)),
        swing=0.35 * swing if outfit.bag in BAGS_IN_HAND else swing,
        swing_right=swing,
        stoop=float(rng.uniform(0.1, 0.3) if old else rng.uniform(-0.01, 0.07)),
        elbow=float(np.radians(rng.uniform(10, 28))),
        spread=float(rng.uniform(0.08, 0.16)),
        toe_out=float(np.clip(rng.normal(0.09, 0.06), -0.02, 0.25)),
        curl=float(rng.uniform(0.35, 0.65)),
    )


_ACTS: dict[str, Act] = {
    "runner": _runs, "standing": _stands, "crouching": _crouches, "wheelchair": _rolls,
    "sitting": _sits,
    "pram": _pushes,
}  # fmt: skip
_HABITS = {"adult": "anyone", "standing": "anyone", "sitting": "anyone", "crouching": "crouched",
           "pram": "parent", "wheelchair": "seated"}  # fmt: skip
_CALLERS = {"adult": 0.08, "standing": 0.25, "sitting": 0.45}
"""Share of those who look at a phone."""
_PRAMS = ((34, 36, 44), (110, 112, 116), (44, 62, 96), (120, 36, 44), (64, 84, 70))
