"""match=audit/: traffic like the user's own, fitted, tried and measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.planning.kin import called, clip_called, names, told_apart
from synthgen.coverage.planning.marginals import AMONG, Marginals, apart
from synthgen.coverage.planning.match import Clip, Traffic, densities, fitted, response
from synthgen.coverage.planning.pilot import Generate, Read, folder, make
from synthgen.coverage.planning.recipe import Recipe, features
from synthgen.spec.run import RunSpec

PLACES = ("downtown", "suburb", "arterial")
"""Where the user's streets are looked for."""
FRAMES = 5
"""Of each world that is tried."""
ROUNDS = 2
"""Fits: the second learns from what the first gave, whose traffic is far from usual."""

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
    what they give is measured in worlds of their own. Of what was tried, the usual traffic among
    it, that is taken which is nearest in all measures together: denser traffic also hides more.

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
    place = min(PLACES, key=lambda one: _streets(before[one]))
    clips = [*usual[place][1]]
    tries: list[tuple[Sequence[str], Mapping[str, float]]] = [((), before[place])]
    for _ in range(ROUNDS):
        traffic = _fit(wanted, clips, usual[place][1]).overrides()
        found, more = tried(place, traffic)
        clips = [*clips, *more]
        tries.append((traffic, _apart(wanted, found)))
    nearest, after = min(tries, key=lambda one: sum(one[1].values()))
    return Match(place, tuple(nearest), before[place], after)


def _streets(found: Mapping[str, float]) -> float:
    """Return how far apart two data sets are in what streets decide."""
    return sum(found.get(name, 0.0) for name in ("distances", "heights"))


def _fit(wanted: Marginals, clips: Sequence[Clip], usual: Sequence[Clip]) -> Traffic:
    """Return the traffic that gives the numbers of `wanted`, learnt from `clips`.

    Kinds that the user's data does not tell apart keep the ratio that they have in `usual` clips.
    """
    by = names(wanted.classes)
    means = {name: wanted.per_frame(name) for name in AMONG}
    found = response([clip_called(clip, by) for clip in clips])
    traffic = fitted(found, means, [clip_called(clip, by) for clip in usual])
    return told_apart(traffic, densities(usual), by)


def _recipe(base: Sequence[str], place: str, traffic: Sequence[str]) -> Recipe:
    line = (
        *base, "scene=clear_day", "weather=clear", "light=day", f"place={place}", "power=on",
        *traffic, "events=[]", "clip=stills", f"clip.frames={FRAMES}",
    )  # fmt: skip
    return Recipe(f"match-{place}", line, FRAMES, (), features(line))


def _apart(wanted: Marginals, found: Marginals) -> dict[str, float]:
    """Return how far apart two data sets are, in the classes that the user's data tells apart."""
    return apart(wanted, called(found, names(wanted.classes)))
