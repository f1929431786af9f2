"""What people wear and the colours of it, drawn from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthgen.materials import Material, Texture, srgb

Rgb = tuple[int, int, int]

SKIN: tuple[Rgb, ...] = (
    (244, 208, 177), (231, 180, 143), (224, 172, 130), (200, 142, 104),
    (169, 112, 76), (129, 82, 52), (92, 58, 38), (62, 40, 28),
)  # fmt: skip
HAIR: tuple[Rgb, ...] = (
    (24, 20, 18), (38, 28, 22), (60, 40, 26), (92, 62, 38), (130, 92, 52), (176, 138, 82),
    (120, 58, 30), (20, 18, 20),
)  # fmt: skip
GREY: tuple[Rgb, ...] = ((150, 148, 144), (196, 194, 190), (226, 224, 220), (110, 106, 102))
TOPS: tuple[tuple[str, Rgb], ...] = (
    ("black", (28, 28, 32)), ("navy", (34, 42, 66)), ("grey", (110, 112, 116)),
    ("white", (226, 224, 218)), ("red", (158, 34, 38)), ("olive", (84, 86, 56)),
    ("beige", (188, 166, 130)), ("blue", (52, 92, 150)), ("green", (44, 96, 68)),
    ("brown", (96, 66, 46)), ("yellow", (214, 176, 60)), ("purple", (96, 62, 112)),
    ("pink", (206, 130, 146)), ("teal", (44, 116, 122)), ("orange", (206, 104, 44)),
)  # fmt: skip
COMMON = np.array([9, 7, 7, 5, 2.5, 3, 3, 5, 2, 3, 1, 1.2, 1.2, 1.5, 1])
"""How often each of `TOPS` is worn: city clothes are mostly dark and dull."""
BOTTOMS: tuple[Rgb, ...] = (
    (42, 56, 86), (58, 74, 106), (30, 32, 38), (40, 42, 52), (86, 86, 88), (132, 112, 84),
    (68, 58, 48), (96, 116, 140),
)  # fmt: skip
JEANS: tuple[Rgb, ...] = ((44, 60, 94), (64, 84, 122), (30, 34, 46))
SHOES: tuple[Rgb, ...] = ((24, 24, 26), (74, 48, 32), (214, 212, 208), (52, 54, 60), (120, 36, 34))
HIVIS: tuple[tuple[str, Rgb], ...] = (("yellow", (206, 240, 48)), ("orange", (255, 112, 32)))
RETROREFLECTION = 330.0
"""[cd/lx/m2] R_A of the tape of warning clothing.

Source: EN ISO 20471:2013, table 5 (0.2 degrees, entrance 5 degrees).
"""

BAGS_IN_HAND = frozenset({"shopping", "handbag"})


@dataclass(frozen=True)
class Outfit:
    """Clothes, hair and what is carried.

    Attributes:
        skin: bare skin.
        hair: hair and brows.
        top: shirt, jacket or coat; `color` its colour word.
        inner: what shows in the neck opening and at the sleeves of a vest.
        bottom: trousers, shorts or skirt.
        legs: lower legs where the bottom ends above them.
        shoes: uppers.
        accent: hat, scarf, bag.
        color: colour word of the top.
        upper: a key of `tops.CUTS`.
        lower: trousers, jeans, wide, tights, shorts, skirt, short_skirt or long_skirt.
        shoe: shoes or boots.
        hairstyle: short, crop, long, bun, ponytail, afro, receding or bald.
        head: a key of `hats.HATS`.
        bag: a key of `bags.BAGS`.
        beard: whether a beard is worn.
    """

    skin: Material
    hair: Material
    top: Material
    inner: Material
    bottom: Material
    legs: Material
    shoes: Material
    accent: Material
    color: str
    upper: str
    lower: str
    shoe: str
    hairstyle: str
    head: str
    bag: str
    beard: bool


@dataclass(frozen=True)
class Habit:
    """How a kind of person dresses: weights of each choice, and shares of boots and beards."""

    uppers: Mapping[str, float]
    lowers: Mapping[str, float]
    heads: Mapping[str, float]
    hair: Mapping[str, float]
    bags: Mapping[str, float]
    boots: float = 0.15
    beard: float = 0.0
    grey: bool = False


def cloth(name: str, color: Rgb, rng: np.random.Generator) -> Material:
    """Return cloth near `color`; at 905 nm most dyes are bright, some black ones are not."""
    shade = np.clip(np.array(color) * rng.uniform(0.85, 1.12), 0, 255).astype(int)
    red, green, blue = (int(v) for v in shade)
    infrared = float(rng.uniform(0.05, 0.12) if rng.random() < 0.1 else rng.uniform(0.3, 0.6))
    return Material(
        name, srgb(red, green, blue), roughness=0.9, texture=Texture.CLOTH, reflectance=infrared,
        porosity=0.6,
    )  # fmt: skip


def tape() -> Material:
    """Return silver retroreflective tape."""
    return Material(
        "reflective tape", srgb(196, 198, 200), roughness=0.5, reflectance=0.6,
        retroreflection=RETROREFLECTION, porosity=0.0,
    )  # fmt: skip


def draw_outfit(habit: str, african: float, rng: np.random.Generator) -> Outfit:
    """Return clothes of `habit`, a key of `HABITS`; `african` is the share in the features.

    Skin is darker the larger that share, within a wide spread.
    """
    style = HABITS[habit]
    color, top = TOPS[int(rng.choice(len(TOPS), p=COMMON / COMMON.sum()))]
    upper, lower = choose(style.uppers, rng), choose(style.lowers, rng)
    if upper == "coat" and lower.endswith("skirt"):
        lower = "tights"
    if upper == "vest":
        color, top = HIVIS[int(rng.integers(len(HIVIS)))]
    skin, hair = _complexion(african, style.grey, rng)
    garment = cloth(f"{upper} {color}", top, rng)
    accent, inner = (cloth(name, _dye(TOPS, rng)[1], rng) for name in ("accent", "inner"))
    outfit = Outfit(
        skin=skin,
        hair=hair,
        top=garment,
        inner=garment if upper == "tee" else inner,
        bottom=cloth(lower, _dye(JEANS if lower == "jeans" else BOTTOMS, rng), rng),
        legs=cloth("tights", (34, 32, 36), rng) if _wears_tights(lower, rng) else skin,
        shoes=Material("shoe", srgb(*_dye(SHOES, rng)), roughness=0.6, reflectance=0.3),
        accent=accent,
        color=color,
        upper=upper,
        lower=lower,
        **_details(style, rng),
    )
    return _FINISHES.get(habit, _as_drawn)(outfit, rng)


def _details(style: Habit, rng: np.random.Generator) -> Any:
    """Return shoes, hair, headgear, bag and beard."""
    return {
        "shoe": "boots" if rng.random() < style.boots else "shoes",
        "hairstyle": choose(style.hair, rng),
        "head": choose(style.heads, rng),
        "bag": choose(style.bags, rng),
        "beard": bool(rng.random() < style.beard),
    }


def _complexion(african: float, grey: bool, rng: np.random.Generator) -> tuple[Material, Material]:
    """Return skin and hair."""
    tone = SKIN[int(np.clip(round(1.6 + 4.6 * african + rng.normal(0, 1.0)), 0, 7))]
    color = _dye(GREY if grey else HAIR[:1] if african > 0.5 else HAIR, rng)
    skin = Material("skin", srgb(*tone), roughness=0.55, reflectance=0.55, porosity=0.0)
    hair = Material("hair", srgb(*color), roughness=0.6, texture=Texture.CLOTH, reflectance=0.3)
    return skin, hair


def _dye(table: Sequence[Any], rng: np.random.Generator) -> Any:
    return table[int(rng.integers(len(table)))]


def _wears_tights(lower: str, rng: np.random.Generator) -> bool:
    return bool(lower.endswith("skirt") and rng.random() < 0.5)


def _as_drawn(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    return outfit


def _gloved(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Return leathers: gloves where skin would show."""
    return replace(outfit, skin=cloth("glove", (26, 26, 28), rng), inner=outfit.top)


def _uniformed(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Return a police uniform: dark or light blue shirt or a warning vest, dark trousers."""
    navy = (26, 32, 52)
    shirt = navy if rng.random() < 0.6 else (122, 156, 196)
    black = Material("shoe", srgb(24, 24, 26), roughness=0.4, reflectance=0.2)
    outfit = replace(outfit, shoes=black)
    silver = Material("badge", srgb(200, 202, 206), roughness=0.3, metallic=0.9, reflectance=0.5)
    top, color = cloth("uniform", shirt, rng), "navy" if shirt == navy else "blue"
    if outfit.upper == "vest":
        return replace(outfit, color="yellow", top=cloth("vest yellow", HIVIS[0][1], rng),
                       inner=top, bottom=cloth("trousers", navy, rng),
                       accent=cloth("cap", navy, rng))  # fmt: skip
    return replace(outfit, color=color, top=top, inner=silver, bottom=cloth("trousers", navy, rng),
                   accent=cloth("cap", navy, rng))  # fmt: skip


_FINISHES = {"motorcyclist": _gloved, "police": _uniformed}


def choose(table: Mapping[str, float], rng: np.random.Generator) -> str:
    """Return a key of `table`, drawn by its weights."""
    share = np.array(list(table.values()))
    return list(table)[int(rng.choice(len(table), p=share / share.sum()))]


_MAN_HAIR = {"short": 6, "crop": 3, "receding": 1, "bald": 0.8, "ponytail": 0.2}
_WOMAN_HAIR = {"long": 5, "bun": 1.6, "ponytail": 2, "short": 1, "afro": 0.4}
_NO_BAG = {"none": 1.0}

HABITS: dict[str, Habit] = {
    "man": Habit(
        {"tee": 2, "shirt": 1.5, "blouse": 1, "hoodie": 2, "jacket": 4, "coat": 1.3},
        {"trousers": 4, "jeans": 5, "wide": 0.6, "shorts": 1.2},
        {"none": 8, "beanie": 1, "cap": 1.2, "hood": 0.4, "brim": 0.15},
        _MAN_HAIR,
        {"none": 6, "backpack": 2.5, "shoulder": 1, "shopping": 0.8},
        boots=0.2, beard=0.3,
    ),
    "woman": Habit(
        {"tee": 2, "shirt": 1, "blouse": 1.5, "hoodie": 1.2, "jacket": 3, "coat": 3},
        {"trousers": 2, "jeans": 4, "tights": 1, "wide": 1, "skirt": 1.6, "short_skirt": 0.7,
         "long_skirt": 0.9, "shorts": 0.6},
        {"none": 9, "beanie": 1, "brim": 0.4, "hood": 0.3, "cap": 0.3, "headscarf": 0.7},
        _WOMAN_HAIR,
        {"none": 3, "backpack": 1.5, "shoulder": 3, "handbag": 2, "shopping": 1},
        boots=0.35,
    ),
    "child": Habit(
        {"tee": 3, "shirt": 1, "hoodie": 3, "jacket": 4},
        {"trousers": 3, "jeans": 4, "shorts": 2, "short_skirt": 0.7, "tights": 0.7},
        {"none": 6, "beanie": 1.3, "cap": 1.2, "hood": 0.4},
        {"short": 5, "crop": 1, "long": 2.5, "bun": 0.5, "ponytail": 1.5},
        {"none": 4, "backpack": 5},
    ),
    "elder": Habit(
        {"shirt": 2, "blouse": 1, "jacket": 3, "coat": 4},
        {"trousers": 7, "wide": 1, "skirt": 1.3},
        {"none": 7, "brim": 1.3, "cap": 1, "beanie": 0.6, "headscarf": 0.4},
        {"short": 4, "receding": 3, "bald": 1.5, "bun": 1, "crop": 1},
        {"none": 5, "shoulder": 1.5, "handbag": 1.2, "shopping": 2},
        beard=0.1, grey=True,
    ),
    "worker": Habit(
        {"vest": 1}, {"trousers": 1}, {"hardhat": 6, "none": 2, "cap": 2}, _MAN_HAIR, _NO_BAG,
        boots=0.8, beard=0.3,
    ),
    "police": Habit(
        {"uniform": 3, "vest": 2}, {"trousers": 1}, {"peaked": 3, "none": 1, "cap": 1},
        {"short": 5, "crop": 4, "bun": 2}, _NO_BAG, boots=0.7, beard=0.1,
    ),
    "parent": Habit(
        {"tee": 2, "blouse": 1.5, "hoodie": 2, "jacket": 4, "coat": 1},
        {"trousers": 2, "jeans": 6, "tights": 1, "shorts": 0.6},
        {"none": 9, "beanie": 1, "cap": 0.6, "headscarf": 0.6},
        {"long": 3, "bun": 1, "ponytail": 2.5, "short": 3}, _NO_BAG, boots=0.2,
    ),
    "crouched": Habit(
        {"tee": 2, "blouse": 2, "hoodie": 2, "jacket": 3}, {"trousers": 3, "jeans": 5},
        {"none": 8, "cap": 1, "beanie": 1}, _MAN_HAIR, {"none": 4, "backpack": 1}, beard=0.2,
    ),
    "seated": Habit(
        {"tee": 2, "shirt": 2, "hoodie": 2, "jacket": 3}, {"trousers": 4, "jeans": 4},
        {"none": 8, "cap": 1, "beanie": 1}, {"short": 5, "crop": 2, "bun": 1, "receding": 1},
        _NO_BAG, beard=0.15,
    ),
    "runner": Habit(
        {"tee": 5, "shirt": 1.5, "hoodie": 0.7}, {"shorts": 5, "tights": 4},
        {"none": 7, "cap": 2, "beanie": 0.6},
        {"short": 4, "crop": 2, "ponytail": 3, "bun": 0.6}, _NO_BAG, boots=0.0, beard=0.15,
    ),
    "cyclist": Habit(
        {"tee": 2, "shirt": 2, "hoodie": 1, "jacket": 3},
        {"trousers": 2, "jeans": 3, "tights": 1.5, "shorts": 3},
        {"helmet": 6, "none": 3, "cap": 0.6},
        {"short": 5, "crop": 2, "ponytail": 2}, {"none": 3, "backpack": 2}, boots=0.0, beard=0.2,
    ),
    "motorcyclist": Habit(
        {"jacket": 1}, {"trousers": 1}, {"fullface": 1}, {"bald": 1},
        {"none": 4, "backpack": 1}, boots=1.0,
    ),
}  # fmt: skip
"""How each kind of person dresses.

Shares are guesses at Western city streets by eye; nothing else rests on them."""
