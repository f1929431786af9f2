"""What a scene can ask to happen: one small record per kind of event, every number drawn.

Distances are measured along the ego car's way from its front bumper to the nearest part of the
other, at the frame that the event belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, tau
from typing import ClassVar

from synthgen.spec.identity import WHERE_SAID

ANY = "any"
"""As whatever is there has it."""


@dataclass(frozen=True, kw_only=True)
class Companion:
    """A road user that stays near the ego car at every frame.

    Attributes:
        who: class name of the road user.
        ahead: [m] along the ego car's way between the bumpers, negative behind, while frames are
            taken: within 3 m or a quarter, as far as streets and signals allow. Who asks for less
            than 6 m gets 6 m.
        responding: whether its emergency lamps are on, if it has any.
    """

    kind: ClassVar[str] = "companion"
    who: str
    ahead: float
    responding: bool


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Something that happens at one frame of a clip.

    Attributes:
        frame: which frame of the clip, from 0; counted round when the clip has fewer.
    """

    kind: ClassVar[str]
    frame: int


@dataclass(frozen=True, kw_only=True)
class Ahead(Timed):
    """Something that happens so far ahead.

    Attributes:
        distance: [m] to it.
    """

    distance: float


@dataclass(frozen=True, kw_only=True)
class CutIn(Ahead):
    """A vehicle of the next lane is half-way into the ego car's lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "cut_in"


@dataclass(frozen=True, kw_only=True)
class NearMiss(Timed):
    """A vehicle comes close.

    Attributes:
        how: `brake`: the vehicle ahead brakes hard; `cross`: one crosses at a junction.
        gap: [s] time in which the ego car, at its speed then, would reach it.
    """

    kind: ClassVar[str] = "near_miss"
    how: str
    gap: float


@dataclass(frozen=True, kw_only=True)
class ChildBehindParkedCar(Ahead):
    """A child has run out from between parked cars onto the lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "child_behind_parked_car"


@dataclass(frozen=True, kw_only=True)
class DogCrossing(Ahead):
    """A loose dog runs across the lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "dog_crossing"


@dataclass(frozen=True, kw_only=True)
class DeerCrossing(Ahead):
    """A deer runs across the lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "deer_crossing"


@dataclass(frozen=True, kw_only=True)
class Emergency(Timed):
    """An emergency vehicle comes.

    Attributes:
        who: ambulance, fire_engine or police_car.
        origin: `behind`, `side` (by the side street at the junction ahead) or `oncoming`.
        distance: [m] to it; from the side in a straight line.
        responding: whether its lamps are on and others make way.
    """

    kind: ClassVar[str] = "emergency"
    who: str
    origin: str
    distance: float
    responding: bool


@dataclass(frozen=True, kw_only=True)
class Crash(Ahead):
    """Crashed vehicles block the lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "crash"


@dataclass(frozen=True, kw_only=True)
class FallenTree(Ahead):
    """A tree lies across the lanes, `distance` [m] ahead."""

    kind: ClassVar[str] = "fallen_tree"


@dataclass(frozen=True, kw_only=True)
class RoadWorks(Ahead):
    """Cones and barriers close the lane, `distance` [m] ahead."""

    kind: ClassVar[str] = "road_works"


@dataclass(frozen=True, kw_only=True)
class Breakdown(Ahead):
    """A car stands in the lane with its hazard lights flashing, `distance` [m] ahead."""

    kind: ClassVar[str] = "breakdown"


@dataclass(frozen=True, kw_only=True)
class Encounter:
    """A road user met as chance would have it, at one frame of its own: moments of the clip's
    traffic are looked through for one that stands so before the rig's first camera.

    Bounds are as bins are: the lower one belongs to it, the upper one does not.

    Attributes:
        who: class name of the road user.
        nearest: [m] on the ground from the camera to the middle of its box, at least.
        farthest: [m] the same, less than.
        occlusion_least: share of what the image holds of it that something hides, at least.
        occlusion_most: the same, less than.
        responding: of emergency vehicles: lamps `on`, `off`, or `any` as the traffic has them.
        subtype: of the class: estate, wheelchair, ...; `any` for all.
        truncation_least: share of its silhouette's solid angle outside the image, at least.
        truncation_most: the same, less than.
        height_least: [px] of the box round all of its silhouette in the image, at least.
        height_most: [px] the same, less than.
        aspect_least: [rad] which side is seen, at least: 0 its back, pi/2 its left, pi its front,
            -pi/2 or 3 pi/2 its right; angles that differ by whole turns are one.
        aspect_most: [rad] the same, less than: the next angle of this value behind `aspect_least`.
        ego_speed_least: [m/s] of the ego car then, at least.
        ego_speed_most: [m/s] the same, less than.
    """

    kind: ClassVar[str] = "encounter"
    who: str
    nearest: float
    farthest: float
    occlusion_least: float
    occlusion_most: float
    responding: str
    subtype: str = field(default=ANY, metadata=WHERE_SAID)
    truncation_least: float = field(default=0.0, metadata=WHERE_SAID)
    truncation_most: float = field(default=1.0, metadata=WHERE_SAID)
    height_least: float = field(default=0.0, metadata=WHERE_SAID)
    height_most: float = field(default=inf, metadata=WHERE_SAID)
    aspect_least: float = field(default=0.0, metadata=WHERE_SAID)
    aspect_most: float = field(default=tau, metadata=WHERE_SAID)
    ego_speed_least: float = field(default=0.0, metadata=WHERE_SAID)
    ego_speed_most: float = field(default=inf, metadata=WHERE_SAID)


Event = (
    Companion | Encounter | CutIn | NearMiss | ChildBehindParkedCar | DogCrossing | DeerCrossing
    | Emergency | Crash | FallenTree | RoadWorks | Breakdown
)  # fmt: skip

EVENT_KINDS: Mapping[str, type[Event]] = {
    one.kind: one
    for one in (
        Companion, Encounter, CutIn, NearMiss, ChildBehindParkedCar, DogCrossing, DeerCrossing,
        Emergency, Crash, FallenTree, RoadWorks, Breakdown,
    )
}  # fmt: skip
"""The record of each kind, by the name that scenes use."""
