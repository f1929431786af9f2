"""match=audit/: traffic like the user's own, fitted, tried and measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.planning.marginals import Marginals, apart
from synthgen.coverage.planning.match import Clip, fitted, response
from synthgen.coverage.planning.pilot import Generate, Read, folder, make
from synthgen.coverage.planning.recipe import Recipe, features
from synthgen.spec.quantity import ROAD_USERS
from synthgen.spec.run import RunSpec

PLACES = ("downtown", "suburb", "arterial")
"""Where the user's streets are looked for."""
FRAMES = 5
"""Of each world that is tried."""
COMPARED = (*ROAD_USERS, "pedestrian")
"""Classes whose numbers per frame are matched."""

Look = Callable[[Path], tuple[Marginals, Sequence[Clip]]]
"""From a data set of ours to what it is like, and to its worlds one by one."""


@dataclass(frozen=True)
class Match:
    """Traffic that was fitted.

    Attributes:
        place: whose streets come nearest.
        overrides: of the traffic.
        before: how far usual traffic there was apart from the user's, see `marginals.apart`.
        after: how far fitted traffic is.
    """

    place: str
    overrides: tuple[str, ...]
    before: Mapping[str, float]
    after: Mapping[str, float]


def match(
    run: RunSpec, wanted: Marginals, base: Sequence[str], tools: tuple[Read, Generate, Look]
) -> Match:
    """Return the traffic that copies `wanted`, after a pilot at each of `PLACES`.

    The place is that where distances and heights of boxes come nearest in usual traffic, since
    streets decide these and no key of the traffic does; then densities and shares are fitted, and
    what they give is measured in worlds of their own.

    Args:
        run: the plan's own run.
        wanted: what the user's data is like.
        base: overrides that all worlds begin with.
        tools: what reads a line, runs it, and looks at what was made.
    """
    read, generate, look = tools
    home, doing = folder(Path(run.out)), (read, generate, run.seed)

    def tried(place: str, traffic: Sequence[str] = ()) -> tuple[Marginals, Sequence[Clip]]:
        return look(make(_recipe(base, place, traffic), home, max(run.survey.pilot, 1), doing))

    usual = {place: tried(place) for place in PLACES}
    before = {place: _apart(wanted, found) for place, (found, _) in usual.items()}
    place = min(PLACES, key=lambda one: before[one]["distances"] + before[one]["heights"])
    clips = usual[place][1]
    means = {name: wanted.per_frame(name) for name in COMPARED}
    traffic = fitted(response(clips), means, clips)
    return Match(place, tuple(traffic), before[place], _apart(wanted, tried(place, traffic)[0]))


def _recipe(base: Sequence[str], place: str, traffic: Sequence[str]) -> Recipe:
    line = (
        *base, "scene=clear_day", "weather=clear", "light=day", f"place={place}", "power=on",
        *traffic, "events=[]", "clip=stills", f"clip.frames={FRAMES}",
    )  # fmt: skip
    return Recipe(f"match-{place}", line, FRAMES, (), features(line))


def _apart(wanted: Marginals, found: Marginals) -> dict[str, float]:
    """Return how far apart two data sets are, by the classes that traffic decides."""
    return apart(_traffic(wanted), _traffic(found))


def _traffic(one: Marginals) -> Marginals:
    kept = {name: count for name, count in one.classes.items() if name in COMPARED}
    return Marginals(one.frames, kept, one.distances, one.heights)
