"""Which targets no world can meet, shown before anything is spent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, sqrt

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
    """

    focal: float
    full_well: float
    min_height: float
    min_fraction: float
    discernible: bool
    tallest: Mapping[str, float]


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
    _class, _conditions, _hidden, _height, _fog,
)  # fmt: skip
"""In the order in which they are tried; the later ones rely on the earlier."""
