"""Animals: the door of dogs, cats and deer. An order goes in, a walking body comes out."""

from synthgen.assets.cats import build_cat
from synthgen.assets.deer import build_deer
from synthgen.assets.dogs import build_dog
from synthgen.assets.quadrupeds import BEAT, DUTY
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Body

__all__ = ["ANIMALS", "BEAT", "DUTY", "animal"]

_MAKERS = {"cat": build_cat, "deer": build_deer, "dog": build_dog}
ANIMALS = frozenset(_MAKERS)
"""Classes that are animals."""


def animal(user: RoadUser, name: str) -> Body:
    """Return the walking animal that `user` orders; `Body.pose` covers `stride` per cycle.

    Raises KeyError for a class that is no animal or a breed that does not exist.
    """
    walk, color = _MAKERS[user.kind](user, stream(user.seed, user.kind))
    surface, extent = walk(0.0)
    return Body(name, user.kind, user.subtype, surface, extent, pose=walk, color=color)
