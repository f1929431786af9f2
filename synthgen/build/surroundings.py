"""What a drive goes through: parked cars, people who stand, debris; nobody in anyone's way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from synthgen.build.bodies import Placed
from synthgen.build.bystanders import bystanders, walked
from synthgen.build.city import City
from synthgen.build.debris import strewn, tumbling
from synthgen.build.open_doors import leaf_rows, shut_again, with_open_doors
from synthgen.build.parked import Standing, footprints
from synthgen.build.play import Play
from synthgen.build.waiting import waiting
from synthgen.build.wildlife import grazing
from synthgen.geometry import yaw_quaternion
from synthgen.motion import standing
from synthgen.road_user import RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Drive
from synthgen.traffic.repair import Repairs, rectangles, repair


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a drive goes through.

    Attributes:
        driven: the drive, mended.
        standing: what stands and lies about.
        facts: counts of both.
        mend: mends a drive among the same things, see `repair`.
    """

    driven: Drive
    standing: list[Placed]
    facts: dict[str, int]
    mend: Callable[[Drive, Sequence[RoadUser]], tuple[Drive, Repairs]]


def surroundings(
    city: City, spec: ClipSpec, play: Play, driven: Drive, parked: list[Standing]
) -> Surroundings:
    """Return the drive without overlaps, among parked cars, people who stand, and debris."""
    users, things = play.users, np.concatenate([city.furniture.obstacles, footprints(parked)])
    parked = with_open_doors(city, spec, driven, (users, things), parked)
    ajar = [number for number, (body, *_) in enumerate(parked) if body.door is not None]
    leaves = leaf_rows([parked[number] for number in ajar])
    things = np.concatenate([things, leaves])
    people = bystanders(city, spec, driven, (users, things))
    ego = driven.agents[driven.ego]
    seen = np.array([ego.place(frame)[:2] for frame in driven.frames])
    others = [*rectangles(footprints([*parked, *people])), *walked(driven, users)]
    people += waiting(city, spec, seen, others)
    things = np.concatenate([things, footprints(people)])
    people += grazing(city, spec, driven, things)
    things = np.concatenate([city.furniture.obstacles, footprints([*parked, *people])])
    litter = strewn(city, spec, driven, np.concatenate([things, leaves]))
    obstacles = np.concatenate([things, *(piece.footprint[None] for piece in litter), leaves])
    place = city.place
    fixed = len(city.furniture.obstacles)
    mended, repairs = repair(driven, users, obstacles, place.roads, place.buildings, fixed)
    mend = partial(
        repair, obstacles=np.delete(obstacles, repairs.obstacles, axis=0), road=place.roads,
        walls=place.buildings, fixed=fixed - sum(one < fixed for one in repairs.obstacles),
    )  # fmt: skip
    shut = set(ajar) - set(_left(repairs, city, (parked, people, litter, ajar))[3])
    parked = [shut_again(city, one) if n in shut else one for n, one in enumerate(parked)]
    kept, people, litter = _left(repairs, city, (parked, people, litter))
    parked = _whole(parked, kept)
    blown = tumbling(city, spec, mended, users, obstacles)
    still = [
        Placed(body, standing(p, yaw_quaternion(yaw), np.zeros(len(body.circuits))))
        for body, p, yaw, _ in [*parked, *people]
    ]
    still += [Placed(piece.body, piece.track) for piece in (*litter, *blown)]
    counts = {"moved": repairs.moved, "removed": repairs.removed, "parked": len(parked),
              "standing": len(people), "debris": len(litter), "blown": len(blown),
              "open_doors": sum(one[0].door is not None for one in parked)}  # fmt: skip
    return Surroundings(mended, still, counts, mend)


def _left(repairs: Repairs, city: City, groups: tuple[list, ...]) -> tuple[list, ...]:
    """Return what of the `groups`, in the order of the obstacles, is not in the ego car's way."""
    gone, first = set(repairs.obstacles), len(city.furniture.obstacles)
    left = []
    for group in groups:
        left.append([one for number, one in enumerate(group, first) if number not in gone])
        first += len(group)
    return tuple(left)


def _whole(before: list[Standing], after: list[Standing]) -> list[Standing]:
    """Return what is left `after` of what stood `before`, without what has lost a section."""
    names = {body.name for body, *_ in after}
    torn = {body.part_of or body.name for body, *_ in before if body.name not in names}
    return [one for one in after if (one[0].part_of or one[0].name) not in torn]
