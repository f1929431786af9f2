"""Which act plays which event."""

from collections.abc import Callable, Mapping
from typing import Any

from synthgen.traffic.acts import blockage, cut_in, emergency, near_miss, step_out
from synthgen.traffic.acts.act import Act
from synthgen.traffic.plan import Staged
from synthgen.traffic.stage import Stage

Begin = Callable[[Stage, Staged[Any], str], Act | None]

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
