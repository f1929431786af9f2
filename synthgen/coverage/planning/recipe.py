"""A recipe: a line of overrides that makes worlds with a good chance for some targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthgen.spec.identity import digest


@dataclass(frozen=True)
class Recipe:
    """What can be made.

    Attributes:
        name: unique in a plan, fit for a folder.
        overrides: of the command line, all but n, seed, out and workers.
        frames: of a world.
        meant: ids of the targets that it was made up for.
        features: what its cost may depend on, by name.
    """

    name: str
    overrides: tuple[str, ...]
    frames: int
    meant: tuple[str, ...]
    features: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Hash of what its worlds are like, whatever it is called."""
        return digest(self.overrides)


FEATURES = ("place", "light", "weather")
"""Groups whose choice decides what a world costs."""


def features(overrides: tuple[str, ...]) -> dict[str, str]:
    """Return what a cost may depend on, as a line of overrides says it."""
    told = dict(one.partition("=")[::2] for one in overrides)
    found = {name: told[name] for name in FEATURES if name in told}
    placed = "encounter" in told.get("events", "")
    return {**found, "events": "encounter" if placed else "none"}
