"""What an act is: one event being played."""

from enum import Enum
from typing import Protocol

from synthgen.traffic.plan import Agent
from synthgen.traffic.stage import Stage


class Cue(Enum):
    """What the next frame has to do with an event."""

    FREE = "no event belongs to it"
    WAIT = "its event has not come to its moment"
    NOW = "this is the moment"
    LOST = "the act went wrong"


class Act(Protocol):
    """One event being played, from where nobody looks to after its frame."""

    def step(self, stage: Stage) -> Cue:
        """Play one step on the way to the frame."""

    def follow(self, stage: Stage) -> None:
        """Play one step after the frame."""

    def end(self, stage: Stage) -> None:
        """Give everyone back to the simulation."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the agents in it, the main one first."""

    def agents(self, stage: Stage, span: tuple[float, float]) -> list[Agent]:
        """Return those that SUMO does not know, over the time `span` [s]."""
