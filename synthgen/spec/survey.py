"""What the tasks audit, plan, fill and receipt are told."""

from dataclasses import dataclass, field

from synthgen.spec.coverage import Coverage

SURVEYS = ("audit", "plan", "fill", "receipt")
"""The tasks, in the order in which they follow each other."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What these tasks read, besides `data`; paths are absolute, empty where not given.

    Attributes:
        data_format: in which format `data` is; empty: told from its files.
        audit: folder of the audit to plan from, or to hold a fill against.
        plan: plan.jsonl to fill.
        match: folder of the audit whose boxes, distances and classes scenes outside the gap copy.
        detections: results of a detector on `data`.
        budget: frames that a plan may spend.
        pilot: worlds that are made of a recipe to learn from, 0 for none.
        pictures: whether an audit opens the images: conditions, duplicates, faults.
        coverage: axes, cells and targets.
    """

    data_format: str = ""
    audit: str = ""
    plan: str = ""
    match: str = ""
    detections: str = ""
    budget: int = 1000
    pilot: int = 4
    pictures: bool = False
    coverage: Coverage = field(default_factory=Coverage)

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise ValueError(f"budget={self.budget}: expected a whole number of at least 1 frame")
        if self.pilot < 0:
            raise ValueError(f"pilot={self.pilot}: expected a whole number of worlds, 0 for none")
