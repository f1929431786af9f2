"""Drawing who someone is."""

import numpy as np

from synthgen.assets.body.shape import Shape

_GROWTH = ((0.76, 1), (0.87, 2), (1.03, 4), (1.16, 6), (1.28, 8), (1.38, 10), (1.49, 12),
           (1.61, 14), (1.72, 16))  # fmt: skip
"""Median height [m] and age [years] of children.

Source: WHO child growth standards, 2006, and WHO growth reference for 5 to 19 years, 2007,
height-for-age medians, mean of girls and boys."""
_HABITS = {"man": 1.0, "woman": 0.0, "worker": 0.93, "police": 0.72, "elder": 0.5, "child": 0.5,
           "runner": 0.55, "cyclist": 0.6, "motorcyclist": 0.8, "parent": 0.3, "crouched": 0.6,
           "seated": 0.55}  # fmt: skip
"""Share of men."""
_MEAN = {0: 1.63, 1: 1.77}
"""[m] mean height of women and men.

Source: NCD-RisC, "A century of trends in adult human height", eLife 5, 2016: northern Europe and
North America, rounded down for elders."""


def draw_shape(height: float, habit: str, rng: np.random.Generator) -> Shape:
    """Return the body of someone of `habit` who is `height` [m] tall."""
    male = float(rng.random() < _HABITS[habit])
    age = _age(height, habit, rng)
    grown = age > 17
    tall = float(np.clip((height - _MEAN[int(male)]) / 0.16, -1, 1)) if grown else 0.0
    race = rng.dirichlet([0.25, 0.2, 0.45])
    old = float(np.clip((age - 25) / 40, 0, 1))
    heavy = float(np.clip(rng.normal(0.5 + 0.10 * old, 0.15), 0.2, 0.95))
    fit = 0.1 if habit in ("runner", "police", "worker") else 0.0
    return Shape(
        age=age,
        male=float(np.clip(male + rng.normal(0, 0.06), 0, 1)),
        muscle=float(np.clip(rng.normal(0.5 + fit - 0.1 * old, 0.1), 0.2, 0.9)),
        weight=heavy - 0.5 * fit if grown else float(np.clip(rng.normal(0.48, 0.1), 0.25, 0.8)),
        tall=tall,
        proportions=float(np.clip(rng.normal(0.2, 0.35), -0.6, 1)),
        african=float(race[0]),
        asian=float(race[1]),
        local=_local(male < 0.5 and grown, rng),
    )


def _age(height: float, habit: str, rng: np.random.Generator) -> float:
    if habit == "child":
        tall, years = np.array(_GROWTH, float).T
        return float(np.interp(height, tall, years))
    if habit == "elder":
        return float(rng.uniform(66, 86))
    return float(rng.triangular(18, 26, 62))


def _local(woman: bool, rng: np.random.Generator) -> dict[str, float]:
    """Return small features: face, shoulders, hips, bust; one woman in fifty is pregnant."""
    face = ("head-oval", "head-round", "head-square", "head-rectangular", "head-fat-incr")
    found = {str(rng.choice(face)): float(rng.uniform(0, 0.7))}
    broad, wide = rng.normal(0, 0.35), rng.normal(0, 0.35)
    found["torso-scale-horiz-incr" if broad > 0 else "torso-scale-horiz-decr"] = abs(float(broad))
    found["hip-scale-horiz-incr" if wide > 0 else "hip-scale-horiz-decr"] = abs(float(wide))
    found["stomach-tone-decr"] = float(np.clip(rng.normal(0.1, 0.3), 0, 0.9))
    if woman:
        cup = rng.normal(0, 0.4)
        end = "maxcup" if cup > 0 else "mincup"
        name = f"female-young-averagemuscle-averageweight-{end}-averagefirmness"
        found[name] = min(abs(float(cup)), 1.0)
        found["stomach-pregnant-incr"] = 0.8 if rng.random() < 0.02 else 0.0
    return found
