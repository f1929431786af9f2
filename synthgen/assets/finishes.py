"""Surfaces of vehicles: paints by real-world shares, glass, rubber, lenses, reflective film.

Reflectances at 905 nm follow the pigment, not the colour: organic reds and yellows stay bright,
carbon black stays dark. Coefficients of retroreflection are those of film: about 70 cd/lx/m2
for engineer grade white (number plates) and 250 for high intensity (battenburg, chevrons).

Source: ASTM D4956 types I and III at 0.2 deg observation and -4 deg entrance angle.
"""

from dataclasses import replace

import numpy as np

from synthgen.assets.shells import Finish
from synthgen.materials import Material, srgb

WHITE = (236, 237, 235)
"""sRGB of fresh white paint."""
_PAINTS = (
    # word, share [%], sRGB, metallic flake, reflectance at 905 nm
    ("white", 25, (236, 237, 235), 0.0, 0.70),
    ("black", 20, (16, 16, 18), 0.1, 0.05),
    ("grey", 18, (92, 95, 99), 0.3, 0.20),
    ("silver", 12, (172, 175, 178), 0.5, 0.57),
    ("blue", 10, (26, 52, 110), 0.25, 0.22),
    ("red", 8, (142, 16, 20), 0.1, 0.45),
    ("green", 2, (32, 66, 48), 0.2, 0.25),
    ("brown", 2, (74, 56, 44), 0.25, 0.25),
    ("beige", 2, (190, 178, 152), 0.2, 0.5),
    ("orange", 1, (206, 84, 22), 0.1, 0.5),
)
"""Shares of new cars by colour, rounded. Source: Axalta Global Automotive Color Popularity
Report 2020; the last digits are spread over the rare colours. Reflectances of black, silver and
white: R. Levinson et al., "Potential benefits of solar reflective car shells", Applied Energy 88,
2011; the others are estimates."""
MOSTLY_FLAKE = 0.8
"""Share of what comes from under the coat of a metallic paint that its flakes send: an estimate.

What is left has met several flakes, and in dark paints carbon black between them. A silver panel
then returns 3 when it is met squarely, 0.2 at 25 degrees and a tenth from 40 on."""


def paint(word: str, color: tuple[float, float, float], flake: float, reflectance: float) -> Finish:
    """Return lacquered body paint; `flake` (0 to 1) is how metallic it looks."""
    return Finish(
        Material(
            f"paint {word}",
            color,
            roughness=0.45,
            metallic=0.35 * flake,
            reflectance=reflectance,
            porosity=0.0,
            clearcoat=1.0,
            flake=min(4 * flake, MOSTLY_FLAKE),
        )
    )


def drawn_paint(rng: np.random.Generator) -> tuple[Finish, str]:
    """Return a paint drawn by its share on the road, and its colour word."""
    shares = np.array([row[1] for row in _PAINTS], float)
    word, _, code, flake, reflectance = _PAINTS[
        int(rng.choice(len(_PAINTS), p=shares / shares.sum()))
    ]
    return aged(paint(word, srgb(*code), flake, reflectance), rng), word


def named_paint(word: str, rng: np.random.Generator) -> tuple[Finish, str]:
    """Return the paint called `word`, aged by chance, and the word."""
    for name, _, code, flake, reflectance in _PAINTS:
        if name == word:
            return aged(paint(word, srgb(*code), flake, reflectance), rng), word
    raise ValueError(f"paint must be one of {[row[0] for row in _PAINTS]}, got {word!r}")


def aged(finish: Finish, rng: np.random.Generator) -> Finish:
    """Return `finish` with some fading and dirt: shade, hue and gloss vary a little."""
    dirt = float(rng.beta(1.2, 5.0))
    shade = float(np.exp(rng.normal(0.0, 0.12)))
    tint = np.exp(rng.normal(0.0, 0.025, 3))
    dust = np.array([0.16, 0.145, 0.125])
    color = np.clip(np.array(finish.material.color) * shade * tint, 0.004, 0.85)
    color = color * (1 - 0.35 * dirt) + dust * 0.35 * dirt
    red, green, blue = (round(float(value), 5) for value in color)
    material = replace(
        finish.material,
        color=(red, green, blue),
        roughness=round(0.4 + 0.25 * dirt, 4),
        clearcoat=round(1.0 - 0.6 * dirt, 4),
    )
    return Finish(material, finish.circuit)


def matt(finish: Finish) -> Finish:
    """Return `finish` without its lacquer."""
    return Finish(replace(finish.material, clearcoat=0.0, roughness=0.9), finish.circuit)


def solid(word: str, code: tuple[int, int, int], reflectance: float = 0.45) -> Finish:
    """Return plain unflaked paint of sRGB `code`."""
    return paint(word, srgb(*code), 0.0, reflectance)


def film(word: str, code: tuple[int, int, int], retroreflection: float) -> Finish:
    """Return adhesive film of sRGB `code`; `retroreflection` [cd/lx/m2]."""
    return Finish(
        Material(
            f"film {word}",
            srgb(*code),
            roughness=0.35,
            reflectance=0.5,
            retroreflection=retroreflection,
            porosity=0.0,
            clearcoat=0.4,
        )
    )


def lens(word: str, code: tuple[int, int, int], circuit: str) -> Finish:
    """Return the cover of a lamp of `circuit`, of sRGB `code` when dark."""
    material = Material(
        f"lens {word}", srgb(*code), roughness=0.12, reflectance=0.07, porosity=0.0, clearcoat=1.0
    )
    return Finish(material, circuit)


def _matter(
    name: str, code: tuple[int, int, int], roughness: float, reflectance: float
) -> Material:
    return Material(name, srgb(*code), roughness=roughness, reflectance=reflectance, porosity=0.0)


def glass() -> Finish:
    """Return window glass: dark and mirroring."""
    return Finish(replace(_matter("glass", (18, 21, 22), 0.05, 0.03), transmission=0.6))


def tinted() -> Finish:
    """Return privacy glass as behind the B pillar of many cars."""
    return Finish(replace(_matter("tinted glass", (7, 8, 9), 0.05, 0.03), transmission=0.2))


def trim() -> Finish:
    """Return gloss black: frit of the windscreen, pillars between side windows."""
    return Finish(replace(_matter("trim", (12, 12, 13), 0.25, 0.05), clearcoat=0.6))


def plastic() -> Finish:
    """Return unpainted dark grey plastic: bumpers, sills, mirrors."""
    return Finish(_matter("plastic", (30, 31, 32), 0.6, 0.12))


def gap() -> Finish:
    """Return the dark of a shut line, a grille or a wheel well."""
    return Finish(_matter("gap", (9, 9, 10), 0.9, 0.05))


def chassis() -> Finish:
    """Return frames, tanks and undersides."""
    return Finish(_matter("chassis", (26, 26, 27), 0.75, 0.15))


def chrome() -> Finish:
    """Return chromed trim."""
    return Finish(replace(_matter("chrome", (200, 202, 205), 0.15, 0.5), metallic=1.0))


def alloy(rng: np.random.Generator) -> Finish:
    """Return the lacquer of wheels: silver mostly, sometimes grey or black."""
    code = ((172, 174, 177), (120, 122, 125), (150, 151, 153), (34, 34, 36))[int(rng.integers(4))]
    return Finish(replace(_matter("alloy", code, 0.35, 0.4), metallic=0.5, clearcoat=0.5))


def steel() -> Finish:
    """Return painted steel wheels of trucks, buses and plain vans."""
    return Finish(replace(_matter("steel wheel", (140, 142, 144), 0.5, 0.35), metallic=0.2))


def aluminium() -> Finish:
    """Return bare aluminium: rails of cargo boxes, roller shutters, tanks, tread plate."""
    return Finish(replace(_matter("aluminium", (168, 170, 172), 0.42, 0.45), metallic=0.6))


def rubber() -> Finish:
    """Return tyres."""
    return Finish(_matter("rubber", (24, 24, 25), 0.9, 0.06))


def reflector() -> Finish:
    """Return the bright bowl behind a clear head lamp cover."""
    return Finish(
        replace(_matter("head lamp bowl", (150, 154, 158), 0.12, 0.4), metallic=0.55, clearcoat=1.0)
    )


def plate(yellow: bool = False) -> Finish:
    """Return a number plate of engineer grade film."""
    return film("plate", (228, 186, 40) if yellow else (226, 228, 228), 70.0)


def mirror_housing(finish: Finish) -> Finish:
    """Return the cover of a door mirror in the body's colour; named so, as mirrors do not count
    for the labelled box.
    """
    return Finish(replace(finish.material, name="mirror housing"))


def mirror_face() -> Finish:
    """Return the glass of a door mirror."""
    return Finish(replace(_matter("mirror face", (120, 126, 130), 0.05, 0.1), metallic=0.8))


def lining() -> Finish:
    """Return the dark trim of doors and cabins."""
    return Finish(_matter("cabin lining", (62, 62, 64), 0.8, 0.2))


def headlining() -> Finish:
    """Return the light cloth below the roof."""
    return Finish(_matter("headlining", (168, 166, 160), 0.95, 0.4))


def fabric() -> Finish:
    """Return the cover of seats."""
    return Finish(_matter("seat fabric", (74, 74, 78), 0.95, 0.3))


def is_mirror(material: Material) -> bool:
    """Return whether `material` belongs to a door mirror."""
    return material.name.startswith("mirror")
