"""Whether a road user stands before a camera as an encounter asks, by the definitions of labels."""

from collections.abc import Mapping
from math import degrees, tau

import numpy as np
from jaxtyping import Float

from synthgen.build.sighting import Sighting, away, facing, in_sight, outline, sighted
from synthgen.embree import Tracer
from synthgen.events import Encounter
from synthgen.geometry import Array
from synthgen.labels.mask import box_of
from synthgen.labels.truncation import beyond, share_beyond
from synthgen.scene import Moment, Present
from synthgen.view import CameraView

UNPLACED = 4.0
"""[m] By which the middle of a box may be off the place of who is met, or of whom it replaces."""
LARGEST = 7.0
"""[m] From the middle of any vehicle to its corners."""
IN_IMAGE = ("truncation", "height")
"""What takes the whole silhouette, pixel by pixel."""


def asks(event: Encounter, name: str) -> bool:
    """Return whether `event` sets a bound of its own to `name`: truncation, height, ..."""
    return any(
        getattr(event, f"{name}_{end}") != getattr(Encounter, f"{name}_{end}")
        for end in ("least", "most")
    )


def may_stand_so(event: Encounter, view: CameraView, place: Float[Array, "3"]) -> bool:
    """Return whether what stands at `place` [m], of any size, may be at the distance asked and in
    the image.
    """
    distance = np.hypot(*(place - view.world_from_camera[:3, 3])[:2])
    if not event.nearest - UNPLACED <= distance < event.farthest + UNPLACED:
        return False
    return in_sight(view, place, LARGEST)


def drives_so(event: Encounter, speed: float) -> bool:
    """Return whether the ego car at `speed` [m/s] is as fast as asked."""
    return event.ego_speed_least <= speed < event.ego_speed_most


def shows_side(event: Encounter, aspect: float) -> bool:
    """Return whether the side seen, by `aspect` [rad], is one of those asked, any turn round."""
    wide = event.aspect_most - event.aspect_least
    return wide >= tau or (aspect - event.aspect_least) % tau < wide


def stands_so(
    event: Encounter, trace: Tracer, now: Moment, view: CameraView, thing: Present
) -> Sighting | None:
    """Return how `view` has `thing`, one of the things of the moment `now`; None where that is
    not as `event` asks, however fast the ego car is.

    Raises ValueError for a thing without a box.
    """
    if not event.nearest <= away(view, thing) < event.farthest:
        return None
    side = facing(view, thing)
    if not shows_side(event, side):
        return None
    more = {"aspect": degrees(side)} if asks(event, "aspect") else {}
    if any(asks(event, name) for name in IN_IMAGE):
        held = in_image(trace, now, view, thing)
        more |= {name: held[name] for name in IN_IMAGE if asks(event, name)}
        if not all(_within(event, name, held[name]) for name in IN_IMAGE):
            return None
    seen = sighted(trace, now, view, thing)
    if seen is None or not _within(event, "occlusion", seen.occlusion):
        return None
    return Sighting(seen.distance, seen.occlusion, more)


def in_image(trace: Tracer, now: Moment, view: CameraView, thing: Present) -> Mapping[str, float]:
    """Return the truncation of `thing` and the height [px] of its box, as labels have them.

    Both are of the whole silhouette, hidden parts too. What is not in the image is truncated
    wholly, its box 0 high.
    """
    held = outline(trace, now, view, thing)
    box = box_of(held)
    height = 0.0 if box is None else float(box[3] - box[1] + 1)
    outside = beyond(trace, now, view, thing, held)
    return {"truncation": share_beyond(view, held, outside), "height": height}


def _within(event: Encounter, name: str, value: float) -> bool:
    least, most = getattr(event, f"{name}_least"), getattr(event, f"{name}_most")
    return bool(least <= value < most)
