"""Which targets no world can meet, shown before anything is spent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import exp, inf, isinf, pi, sqrt

from synthgen.classes import CLASSES
from synthgen.coverage.planning.controls import WEATHERS, settings
from synthgen.coverage.planning.settings import Contradiction
from synthgen.coverage.planning.wish import Wish
from synthgen.labels.contrast import LIMIT, POOLED

BRIGHTER = 10.0
"""How many times brighter than the fog around it a thing without lamps may be, before the fog: a
white wall in the sun is some three times as bright as fog in the same light."""
UNLIT = frozenset({"pedestrian", "dog", "cat", "deer", "traffic_cone", "barrier", "debris"})
"""Classes that do not shine; people carry torches only where the grid is down."""
WHOLE = 0.01
"""Share outside the image up to which a box is next to as high as the whole."""
TORCHES = frozenset({"off", "blocks"})


@dataclass(frozen=True)
class Out:
    """A target that cannot be reached.

    Attributes:
        id: of the target.
        why: in words.
        proof: the numbers behind it, or what was tried.
    """

    id: str
    why: str
    proof: str


@dataclass(frozen=True)
class View:
    """What the cameras and the label rules let count.

    Attributes:
        focal: [px] longest focal length of a camera.
        full_well: [electrons] largest of a camera.
        min_height: [px] least height of a box that counts.
        min_fraction: least visible share of the silhouette.
        discernible: whether a thing must stand out of the picture to count.
        tallest: [m] tallest thing, by class.
        rows: [px] height of the highest image.
        shortest: [px] shortest focal length of a camera.
        finest: [sr] smallest pixel of a camera.
        min_pixels: [px] fewest visible pixels that count.
        lowest: [m] lowest thing, by class.
        radius: [m] of the sphere round the largest thing, by class.
        subtypes: that the generator has, by class.
    """

    focal: float
    full_well: float
    min_height: float
    min_fraction: float
    discernible: bool
    tallest: Mapping[str, float]
    rows: float = inf
    shortest: float = 0.0
    finest: float = 0.0
    min_pixels: int = 0
    lowest: Mapping[str, float] = field(default_factory=dict)
    radius: Mapping[str, float] = field(default_factory=dict)
    subtypes: Mapping[str, frozenset[str]] = field(default_factory=dict)


def unreachable(wish: Wish, view: View) -> Out | None:
    """Return why no world can meet `wish`, or None where none of the proofs holds."""
    for proof in PROOFS:
        found = proof(wish, view)
        if found:
            return Out(wish.id, *found)
    return None


def _class(wish: Wish, view: View) -> tuple[str, str] | None:
    """A class that the generator does not have."""
    strange = sorted(wish.classes - set(CLASSES))
    if not wish.classes or len(strange) < len(wish.classes):
        return None
    return f"the generator has no {' or '.join(strange)}", f"its classes: {', '.join(CLASSES)}"


def _subtype(wish: Wish, view: View) -> tuple[str, str] | None:
    """A subtype that none of the classes asked for has."""
    names = wish.columns.get("subtype", frozenset())
    if not isinstance(names, frozenset) or not names or not wish.classes <= set(view.subtypes):
        return None
    own = sorted({name for kind in wish.classes for name in view.subtypes[kind]})
    if not wish.classes or names & set(own):
        return None
    kinds = " or ".join(sorted(wish.classes))
    return f"the generator has no {' or '.join(sorted(names))} {kinds}", (
        f"subtypes of {kinds}: {', '.join(own)}"
    )


def _conditions(wish: Wish, view: View) -> tuple[str, str] | None:
    """Conditions that exclude each other, or that the generator cannot make."""
    try:
        settings(wish.columns)
    except Contradiction as error:
        return "no world has these conditions", str(error)
    return None


def _hidden(wish: Wish, view: View) -> tuple[str, str] | None:
    """A thing so hidden that the label rules leave it out."""
    low = wish.bounds("occlusion", 0.0, 1.0)[0]
    if low <= 1.0 - view.min_fraction:
        return None
    return (
        "the label rules count nothing that is hidden so far",
        f"occlusion of at least {low:g} leaves less than min_fraction={view.min_fraction:g}",
    )


def _height(wish: Wish, view: View) -> tuple[str, str] | None:
    """A box that is too low to count, at the nearest asked distance, for the tallest design.

    A box of height H [m] at distance d [m] is H f / d pixels high in a camera of focal length f
    [px]; half as much again is allowed for a thing that stands nearer with its edge, or higher
    than the camera's axis.
    """
    near = wish.bounds("distance", 0.0, 0.0)[0]
    known = [view.tallest[kind] for kind in wish.classes if kind in view.tallest]
    if near <= 0 or not known or len(known) < len(wish.classes):
        return None
    least = max(view.min_height, wish.bounds("box_height", 0.0, 0.0)[0])
    pixels = 1.5 * max(known) * view.focal / near
    if pixels >= least:
        return None
    return (
        "the box is too low to count",
        f"{max(known):.2f} m at {near:g} m and f = {view.focal:.0f} px: at most {pixels:.1f} px "
        f"with half as much again, of {least:g} px needed",
    )


def _image(wish: Wish, view: View) -> tuple[str, str] | None:
    """A box that is higher than every image, or lower than what counts."""
    low, high = wish.bounds("box_height", 0.0, inf)
    if low > view.rows:
        return "no image is so high", f"{view.rows:g} px, of {low:g} px needed"
    if high <= view.min_height:
        return (
            "the label rules count no box so low",
            f"less than {high:g} px, min_height={view.min_height:g} px",
        )
    return None


def _tall(wish: Wish, view: View) -> tuple[str, str] | None:
    """A box that is too high, at the farthest asked distance, for the lowest design.

    Half as low is allowed, for people who sit or bow. What the image's edge cuts off can be as low
    as one likes: only what is next to whole is held to this.
    """
    far, high = wish.bounds("distance", 0.0, inf)[1], wish.bounds("box_height", 0.0, inf)[1]
    whole = wish.bounds("truncation", 0.0, 1.0)[1] <= WHOLE
    if not whole or isinf(far) or isinf(high) or not wish.classes <= set(view.lowest):
        return None
    known = [view.lowest[kind] for kind in wish.classes]
    if not known or 0.5 * min(known) * view.shortest / far < high:
        return None
    pixels = 0.5 * min(known) * view.shortest / far
    return (
        "the box is too high",
        f"half of {min(known):.2f} m at {far:g} m and f = {view.shortest:.0f} px: {pixels:.1f} px, "
        f"of less than {high:g} px asked",
    )


def _cut(wish: Wish, view: View) -> tuple[str, str] | None:
    """A thing of which the image's edge leaves fewer pixels than count.

    A thing within a sphere of radius r [m] whose middle is d [m] away covers at most
    2 pi (1 - sqrt(1 - (r / d)^2)) [sr]; the share t outside, 1 - t of that is left, in pixels of
    at least the smallest one's size. Half as much again is allowed for pixels cut by its outline.
    """
    low, near = wish.bounds("truncation", 0.0, 1.0)[0], wish.bounds("distance", 0.0, inf)[0]
    if low >= 1.0:
        return "the image holds nothing of it", f"truncation of at least {low:g}"
    known = [view.radius[kind] for kind in wish.classes if kind in view.radius]
    lacking = not known or len(known) < len(wish.classes) or not view.finest
    if low <= 0 or lacking or near <= max(known):
        return None
    whole = 2 * pi * (1 - sqrt(1 - (max(known) / near) ** 2)) / view.finest
    if 1.5 * (1 - low) * whole >= view.min_pixels:
        return None
    return (
        "the image's edge leaves too little of it to count",
        f"{max(known):.2f} m round its middle at {near:g} m: at most {whole:.0f} px, outside "
        f"{low:g} of it: {1.5 * (1 - low) * whole:.0f} px with half as much again, of "
        f"min_pixels={view.min_pixels}",
    )


def _fog(wish: Wish, view: View) -> tuple[str, str] | None:
    """A thing that does not stand out of fog.

    Through fog of optical range V [m] (5 % contrast) the difference between a thing d [m] away
    and the fog shrinks to exp(-3 d / V). A camera's signal is full at its full well N [electrons]
    and its noise is at least that of light, so one pixel stands out with a signal-to-noise ratio
    of at most `BRIGHTER` sqrt(N) exp(-3 d / V), and a thing with 10 times that: the label rules
    pool 100 pixels and ask for 5.

    Source: H. Koschmieder, "Theorie der horizontalen Sichtweite", Beitr. Phys. fr. Atm. 12, 1924;
    W. Middleton, "Vision through the atmosphere", 1952, equation 6.11 (-ln 0.05 = 3.0).
    """
    near, far = wish.bounds("distance", 0.0, 0.0)[0], _sight(wish)
    lit = bool(TORCHES & frozenset(wish.columns.get("power", ())))
    if not view.discernible or near <= 0 or lit or not wish.classes or wish.classes - UNLIT:
        return None
    contrast = exp(-3.0 * near / far)
    most = BRIGHTER * sqrt(view.full_well) * contrast * sqrt(POOLED)
    if most >= LIMIT:
        return None
    return (
        "nothing stands out of such fog at that distance",
        f"contrast exp(-3 x {near:g} m / {far:g} m) = {contrast:.1e}: signal to noise of at most "
        f"{most:.2g} at {view.full_well:.0f} electrons, of {LIMIT:g} needed",
    )


def _sight(wish: Wish) -> float:
    """Return the farthest optical range [m] that the target's air may have."""
    asked = settings(wish.columns)
    far = asked.ranges.get("weather.visibility", (0.0, 300_000.0))[1]
    weathers = asked.names.get("weather", frozenset(WEATHERS))
    return min(far, max(WEATHERS[name]["weather.visibility"][1] for name in weathers))


PROOFS: tuple[Callable[[Wish, View], tuple[str, str] | None], ...] = (
    _class, _subtype, _conditions, _hidden, _image, _height, _tall, _cut, _fog,
)  # fmt: skip
"""In the order in which they are tried; the later ones rely on the earlier."""
