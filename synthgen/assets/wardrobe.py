"""What people wear and the colours of it, drawn from a seed."""

from dataclasses import dataclass

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
SHOES: tuple[Rgb, ...] = ((24, 24, 26), (74, 48, 32), (214, 212, 208), (52, 54, 60), (120, 36, 34))
HIVIS: tuple[tuple[str, Rgb], ...] = (("yellow", (206, 240, 48)), ("orange", (255, 112, 32)))
RETROREFLECTION = 330.0
"""[cd/lx/m2] R_A of the tape of warning clothing.

Source: EN ISO 20471:2013, table 5 (0.2 degrees, entrance 5 degrees).
"""


@dataclass(frozen=True)
class Outfit:
    """Clothes, hair and what is carried.

    Attributes:
        skin: bare skin.
        hair: hair and brows.
        top: shirt, jacket or coat; `color` its colour word.
        inner: what shows in the neck opening.
        bottom: trousers, shorts or skirt.
        legs: lower legs where the bottom ends above them.
        shoes: uppers.
        accent: hat, scarf, bag.
        color: colour word of the top.
        upper: tee, shirt, jacket, coat or vest.
        lower: trousers, shorts or skirt.
        head: short, bald, long, bun, beanie, cap, brim, hood, hardhat, helmet or fullface.
        bag: none, backpack, shoulder or tote.
        scarf: whether a scarf is worn.
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
    head: str
    bag: str
    scarf: bool


def cloth(name: str, color: Rgb, rng: np.random.Generator) -> Material:
    """Return cloth near `color`; at 905 nm most dyes are bright, some black ones are not."""
    shade = np.clip(np.array(color) * rng.uniform(0.85, 1.12), 0, 255).astype(int)
    red, green, blue = (int(v) for v in shade)
    infrared = float(rng.uniform(0.05, 0.12) if rng.random() < 0.1 else rng.uniform(0.3, 0.6))
    return Material(
        name, srgb(red, green, blue), roughness=0.9, texture=Texture.CLOTH, reflectance=infrared,
        porosity=0.6,
    )  # fmt: skip


def draw_outfit(build: str, rng: np.random.Generator) -> Outfit:
    """Return clothes for `build`: man, woman, child, elder or worker."""
    uppers, lowers, heads, bags = _HABITS[build]
    color, top = TOPS[int(rng.choice(len(TOPS), p=COMMON / COMMON.sum()))]
    upper = _choose(uppers, rng)
    lower = _choose(lowers, rng)
    if upper == "vest":
        color, top = HIVIS[int(rng.integers(len(HIVIS)))]
    bottom = BOTTOMS[int(rng.integers(len(BOTTOMS)))]
    tone = SKIN[int(rng.integers(len(SKIN)))]
    hair = (GREY if build == "elder" else HAIR)[int(rng.integers(4 if build == "elder" else 8))]
    skin = Material("skin", srgb(*tone), roughness=0.55, reflectance=0.55, porosity=0.0)
    tights = cloth("tights", (34, 32, 36), rng)
    accent = TOPS[int(rng.integers(len(TOPS)))][1]
    inner = (226, 224, 218) if rng.random() < 0.5 else TOPS[int(rng.integers(len(TOPS)))][1]
    garment = cloth(f"{upper} {color}", top, rng)
    return Outfit(
        skin=skin,
        hair=Material("hair", srgb(*hair), roughness=0.6, texture=Texture.CLOTH, reflectance=0.3),
        top=garment,
        inner=garment if upper == "tee" else cloth("inner", inner, rng),
        bottom=cloth(lower, bottom, rng),
        legs=tights if lower == "skirt" and rng.random() < 0.5 else skin,
        shoes=Material("shoe", srgb(*SHOES[int(rng.integers(5))]), roughness=0.6, reflectance=0.3),
        accent=cloth("accent", accent, rng),
        color=color,
        upper=upper,
        lower=lower,
        head=_choose(heads, rng),
        bag=_choose(bags, rng),
        scarf=bool(upper in ("jacket", "coat") and rng.random() < 0.25),
    )


def _choose(table: dict[str, float], rng: np.random.Generator) -> str:
    share = np.array(list(table.values()))
    return list(table)[int(rng.choice(len(table), p=share / share.sum()))]


_HABITS: dict[str, tuple[dict[str, float], ...]] = {
    "man": (
        {"tee": 2, "shirt": 3, "jacket": 4, "coat": 1.5},
        {"trousers": 9, "shorts": 1.2},
        {"short": 7, "bald": 1, "beanie": 1, "cap": 1.4, "hood": 0.8},
        {"none": 6, "backpack": 2.5, "shoulder": 1, "tote": 0.5},
    ),
    "woman": (
        {"tee": 2, "shirt": 2.5, "jacket": 3, "coat": 3},
        {"trousers": 6, "skirt": 3, "shorts": 0.7},
        {"long": 5, "bun": 2.5, "short": 1.2, "beanie": 1, "brim": 0.5, "hood": 0.4},
        {"none": 3, "backpack": 1.5, "shoulder": 4, "tote": 1},
    ),
    "child": (
        {"tee": 3, "shirt": 2, "jacket": 4},
        {"trousers": 7, "shorts": 2, "skirt": 1},
        {"short": 5, "long": 2.5, "bun": 1, "beanie": 1.5, "cap": 1.5},
        {"none": 4, "backpack": 5},
    ),
    "elder": (
        {"shirt": 3, "jacket": 3, "coat": 4},
        {"trousers": 8, "skirt": 1.5},
        {"short": 5, "bald": 2, "bun": 1.2, "brim": 1.5, "cap": 1, "beanie": 0.6},
        {"none": 5, "shoulder": 2, "tote": 2},
    ),
    "worker": (
        {"vest": 1},
        {"trousers": 1},
        {"hardhat": 6, "short": 2, "cap": 2},
        {"none": 1},
    ),
    "cyclist": (
        {"tee": 2, "shirt": 2, "jacket": 4},
        {"trousers": 6, "shorts": 3},
        {"helmet": 6, "short": 2, "cap": 0.6, "bun": 1},
        {"none": 3, "backpack": 2},
    ),
    "motorcyclist": ({"jacket": 1}, {"trousers": 1}, {"fullface": 1}, {"none": 4, "backpack": 1}),
}
