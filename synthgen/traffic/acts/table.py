"""Which act plays which event."""

from collections.abc import Callable, Mapping
from typing import Any

from synthgen.traffic.acts import blockage, cut_in, emergency, near_miss, step_out
from synthgen.traffic.acts.act import Act
from synthgen.traffic.plan import Staged
from synthgen.traffic.stage import Stage

Begin = Callable[[Stage, Staged[Any], str], Act | None]

Room = Callable[[Stage, Staged[Any], str, float], list[str]]

ACTS: Mapping[str, Begin] = {
    "cut_in": cut_in.begin,
    "near_miss": near_miss.begin,
    "child_behind_parked_car": step_out.begin,
    "dog_crossing": step_out.begin,
    "deer_crossing": step_out.begin,
    "emergency": emergency.begin,
    "crash": blockage.begin,
    "fallen_tree": blockage.begin,
    "road_works": blockage.begin,
    "breakdown": blockage.begin,
}
"""An act begins where the street ahead has room for it; otherwise there is none yet."""

ROOMS: Mapping[str, Room] = {
    "cut_in": cut_in.room,
    "near_miss": near_miss.room,
    "child_behind_parked_car": step_out.room,
    "dog_crossing": step_out.room,
    "deer_crossing": step_out.room,
    "emergency": emergency.room,
    "crash": blockage.room,
    "fallen_tree": blockage.room,
    "road_works": blockage.room,
    "breakdown": blockage.room,
}
"""The streets to take from one on, entered at some speed, if an act may begin there."""
