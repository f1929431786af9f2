"""What a road user is before it has a mesh: the order that assets fill and traffic drives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from synthgen.room import Room

STILL = frozenset({"standing", "crouching", "sitting"})
"""Subtypes of people who do not walk."""
SEAT = 0.455
"""[m] Height of the seats of benches and shelters, which who sits on them is made for.

Source: DIN 18040-3:2014, 5.4: seats in public space 0.46 to 0.48 m high; older ones are lower."""
SEAT_DEPTH, SLACK = 0.40, 0.02
"""[m] From what backs lean on to the front edge of those seats, and from backs to it."""


@dataclass(frozen=True)
class RoadUser:
    """One design.

    Attributes:
        kind: class name: car, van, truck, bus, motorcycle, bicycle, ambulance, fire_engine,
            police_car, pedestrian, dog, cat, deer or ego.
        subtype: e.g. compact, saloon, estate, suv, pickup, sports, taxi, panel_van, box_truck,
            adult, child; `asset:NAME` for a design of the user's.
        length: [m] of the body without mirrors.
        width: [m] without mirrors.
        height: [m].
        seed: number of the design: shape details, colour, trim, clothing.
        responding: emergency lamps are on.
        share: of its kind that are of this design; 0: an even part of what the others leave.
        door: which door of a car or van stands open, e.g. front_left; empty for none.
        opening: [rad] by how much.
        umbrella: [m] diameter of the open umbrella held over the head, 0 for none.
        room: what its finished body takes on the ground, where that is known. It follows from the
            rest and is no part of what a design is told apart by.
        towed: the same of its towed section in that one's frame; `room` is then the leading one's.
    """

    kind: str
    subtype: str
    length: float
    width: float
    height: float
    seed: int
    responding: bool = False
    share: float = 0.0
    door: str = ""
    opening: float = 0.0
    umbrella: float = 0.0
    room: Room | None = field(default=None, compare=False)
    towed: Room | None = field(default=None, compare=False)

    @property
    def takes(self) -> Room:
        """The room that it takes: of what has no body yet, its length and width."""
        half = self.length / 2, self.width / 2
        return self.room or Room((-half[0], -half[1]), half)


def taken(users: Sequence[RoadUser], place: float) -> int:
    """Return the index of the design at `place` in [0, 1) among `users` of one kind.

    Designs with a share have theirs first, the rest is for the others alike. When all have
    shares, what these leave is spread over them in proportion.
    """
    shares = [user.share for user in users]
    total = sum(shares)
    others = [index for index, share in enumerate(shares) if share <= 0] if total < 1 else []
    rest = place if others else place * total
    for index, share in enumerate(shares):
        if share > 0 and rest < share:
            return index
        rest -= share
    if not others:  # rounding
        return max(index for index, share in enumerate(shares) if share > 0)
    return others[min(int(rest / (1 - total) * len(others)), len(others) - 1)]


def drawn(users: Sequence[RoadUser], rng: np.random.Generator) -> int:
    """Return the index of a random design among `users` of one kind, by their shares."""
    if any(user.share > 0 for user in users):
        return taken(users, float(rng.random()))
    return int(rng.integers(len(users)))
