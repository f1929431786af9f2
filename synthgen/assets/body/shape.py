"""From who someone is to the shape of the body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.data import BodyData
from synthgen.geometry import Array

_AGES = {"baby": 1.0, "child": 10.0, "young": 25.0, "old": 90.0}
"""[years] for which MakeHuman's targets stand.

Source: MakeHuman documentation, "modelling the body", macro target age: 1 to 90 years with 25 in
the middle; the child at 0.1875 of the slider."""


@dataclass(frozen=True)
class Shape:
    """Who someone is, as far as the body tells.

    Attributes:
        age: [years] 1 to 90.
        male: 0 woman to 1 man.
        muscle: 0 to 1, 0.5 is average.
        weight: 0 thin to 1 heavy, 0.5 is average.
        tall: -1 short to 1 tall for the age; changes proportions.
        proportions: -1 uncommon to 1 ideal.
        african: share of African features; with `asian` at most 1, the rest is European.
        asian: share of Asian features.
        local: share of each local target, by name.
    """

    age: float
    male: float
    muscle: float = 0.5
    weight: float = 0.5
    tall: float = 0.0
    proportions: float = 0.0
    african: float = 0.0
    asian: float = 0.0
    local: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.age <= 90:
            raise ValueError(f"age must be 1 to 90 years, got {self.age}")


def shaped(shape: Shape, data: BodyData) -> Float[Array, "p 3"]:
    """Return marks and vertices [m] of `shape` in the rest pose."""
    shares = {name: share for name, share in _shares(shape).items() if abs(share) > 1e-4}
    rows = np.array([data.targets[name] for name in shares])
    values = np.array(list(shares.values()), np.float32)
    return data.points + np.tensordot(values, data.shifts[rows], 1)


def _shares(shape: Shape) -> dict[str, float]:
    """Return how far each target is on."""
    sexes = {"female": 1 - shape.male, "male": shape.male}
    races = {"african": shape.african, "asian": shape.asian}
    races["caucasian"] = 1 - shape.african - shape.asian
    muscles, weights = _thirds(shape.muscle), _thirds(shape.weight)
    found = dict(shape.local)
    for (sex, of_sex), (age, of_age) in product(sexes.items(), _ages(shape.age).items()):
        share = of_sex * of_age
        for race, of_race in races.items():
            found[f"{race}-{sex}-{age}"] = share * of_race
        for (muscle, a), (weight, b) in product(muscles.items(), weights.items()):
            found[f"{sex}-{age}-{muscle}muscle-{weight}weight"] = share * a * b
        found[f"{sex}-{age}-maxheight"] = share * max(shape.tall, 0.0)
        found[f"{sex}-{age}-minheight"] = share * max(-shape.tall, 0.0)
        if age != "baby":
            found[f"{sex}-{age}-idealproportions"] = share * max(shape.proportions, 0.0)
            found[f"{sex}-{age}-uncommonproportions"] = share * max(-shape.proportions, 0.0)
    return found


def _ages(age: float) -> dict[str, float]:
    """Return the share of each age group: linear between neighbours."""
    years = np.array(list(_AGES.values()))
    return {
        name: float(np.interp(age, years, np.eye(len(years))[row]))
        for row, name in enumerate(_AGES)
    }


def _thirds(value: float) -> dict[str, float]:
    return {
        "min": max(0.0, 1 - 2 * value),
        "average": 1 - abs(2 * value - 1),
        "max": max(0.0, 2 * value - 1),
    }
