"""What verification finds: how many checks were made of each kind, and what is wrong."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Violation:
    """One label that contradicts another channel.

    Attributes:
        kind: which check.
        frame: number, -1 for the whole shard.
        track: id, 0 when no single object is meant.
        detail: what was found and what was expected.
    """

    kind: str
    frame: int
    track: int
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: frame {self.frame} track {self.track}: {self.detail}"


@dataclass
class Tally:
    """Counts checks and keeps violations."""

    checks: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)

    def check(self, kind: str, holds: bool, frame: int, track: int, detail: str) -> None:
        """Count one check of `kind`; keep a violation unless it `holds`."""
        self.checks[kind] += 1
        if not holds:
            self.violations.append(Violation(kind, frame, track, detail))


class VerificationError(Exception):
    """Raised when labels contradict each other; its text is one line."""

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        super().__init__(f"{len(violations)} violations, the first: {violations[0]}")
