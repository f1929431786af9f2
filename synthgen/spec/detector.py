"""How a detector's results are held against labels, and where it is called weak."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Detector:
    """What counts as found, and what as found too seldom.

    Attributes:
        overlap: intersection over union from which a detection is of a label, above 0, at most 1.
        overlaps: the same of single classes.
        neighbours: by class, the classes that are so alike that finding one of them in its place
            is neither right nor wrong, as KITTI has it of vans for cars.
        score: from which a detection counts.
        recall: share of its objects that should be found; a cell is weak where even the upper end
            of the interval lies below. 0: none is.
        least: objects from which a cell is judged.
        more: worlds with such an object that a weak cell is to get.
        cells: crossings of axes that are judged; empty: all that are counted.
        level: of the intervals.
        draws: of worlds, for the interval over worlds.
    """

    overlap: float = 0.5
    overlaps: Mapping[str, float] = field(default_factory=dict)
    neighbours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    score: float = 0.5
    recall: float = 0.8
    least: int = 20
    more: int = 10
    cells: tuple[tuple[str, ...], ...] = ()
    level: float = 0.95
    draws: int = 2000

    def __post_init__(self) -> None:
        for name, share in {"": self.overlap, **self.overlaps}.items():
            if not 0 < share <= 1:
                key = f"overlaps.{name}" if name else "overlap"
                raise ValueError(f"{key}={share}: expected more than 0 and at most 1")
        if not 0 <= self.recall <= 1:
            raise ValueError(f"recall={self.recall}: expected 0 to 1")
        if not 0 < self.level < 1:
            raise ValueError(f"level={self.level}: expected more than 0 and less than 1")
        for key, number in {"least": self.least, "more": self.more, "draws": self.draws}.items():
            if number < 1:
                raise ValueError(f"{key}={number}: expected a whole number of at least 1")

    def of(self, name: str) -> float:
        """Return the overlap that class `name` asks for."""
        return self.overlaps.get(name, self.overlap)
