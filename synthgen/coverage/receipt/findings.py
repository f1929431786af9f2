"""What a receipt says, before it is written as JSON or as a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthgen.spec.coverage import Coverage, Place

CLOSED, SHORT, UNREACHABLE, HAD = "closed", "short", "unreachable", "had"
"""States of a target: as many as asked, fewer, none can be made, nothing was missing."""


@dataclass(frozen=True)
class Count:
    """How much of something is in a cell.

    Attributes:
        objects: boxes; ignored ones do not count.
        frames: with at least one of them.
        worlds: drives or simulated worlds with at least one of them: each counts once, however
            many of its frames show it.
    """

    objects: int = 0
    frames: int = 0
    worlds: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Return the count of two data sets that share no world."""
        return Count(
            self.objects + other.objects, self.frames + other.frames, self.worlds + other.worlds
        )


@dataclass(frozen=True)
class Cell:
    """One cell of one crossing.

    Attributes:
        crossing: number of it, from 0.
        values: of its axes, in their order.
        before: in the audited data.
        got: in the data that were made.
        shards: that hold what was got, by number in `Receipt.shards`.
    """

    crossing: int
    values: tuple[str, ...]
    before: Count
    got: Count
    shards: tuple[int, ...] = ()

    @property
    def after(self) -> Count:
        """Both together."""
        return self.before + self.got


@dataclass(frozen=True)
class Goal:
    """One target of the definition, and what became of it.

    Attributes:
        id: t00, t01, ...
        name: for people.
        where: condition per axis, as the definition has it.
        wanted: distinct tracks, at most one per world, that there should be.
        before: that the audited data have.
        asked: that the data that were made should add.
        got: that their labels add.
        why: it cannot be reached; empty where it can.
        proof: of that.
        shards: that hold what was got, by number in `Receipt.shards`.
        unsure: more of the audited worlds that may have some: not all is told of their objects.
        note: why the fill stopped short of it.
    """

    id: str
    name: str
    where: Mapping[str, Place]
    wanted: int
    before: int
    asked: int
    got: int
    why: str = ""
    proof: str = ""
    shards: tuple[int, ...] = ()
    unsure: int = 0
    note: str = ""

    @property
    def state(self) -> str:
        """One of `CLOSED`, `SHORT`, `UNREACHABLE`, `HAD`."""
        if self.why and self.got < self.asked:
            return UNREACHABLE
        if not self.asked:
            return HAD
        return CLOSED if self.got >= self.asked else SHORT


@dataclass(frozen=True)
class Histogram:
    """One figure of the audited data and of the data that were made, in the same bins.

    Attributes:
        name: of the figure.
        unit: of the bins' bounds; empty for names and plain numbers.
        of: what is counted: objects, frames.
        bins: names of the bins.
        before: count of each bin.
        added: count of each bin.
        unknown: before and added, of which the figure is not told.
    """

    name: str
    unit: str
    of: str
    bins: tuple[str, ...]
    before: tuple[int, ...]
    added: tuple[int, ...]
    unknown: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class ShardProof:
    """A shard of the data that were made.

    Attributes:
        name: its folder, relative to the folder of the data.
        sha256: of its manifest, which names the SHA-256 of every other file.
        frames: it has.
    """

    name: str
    sha256: str
    frames: int


@dataclass(frozen=True)
class Twin:
    """Images that are the same, or look so.

    Attributes:
        kind: exact or near.
        between: `made` twice among the made, `audited` made against audited.
        images: names of two or more.
    """

    kind: str
    between: str
    images: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A label drawn over a picture: edges in pixels of the full image."""

    label: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Picture:
    """A small copy of an image, with its labels.

    Attributes:
        frame: name.
        shard: number in `Receipt.shards`.
        width: [px] of the full image.
        height: [px] of the full image.
        jpeg: the copy.
        boxes: of the objects that count.
    """

    frame: str
    shard: int
    width: int
    height: int
    jpeg: bytes
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class CloseUp:
    """What is around one object.

    Attributes:
        jpeg: its pixels.
        width: [px] of them.
        height: [px] of them.
        box: of the object, in these pixels.
    """

    jpeg: bytes
    width: int
    height: int
    box: Box


@dataclass(frozen=True)
class Example:
    """An object that fills a cell or a target; a whole frame where the cell is one of frames.

    Attributes:
        picture: number of it in `Receipt.pictures`.
        box: number of it in the picture's boxes, or -1.
        crop: number of its close view in `Receipt.crops`, or -1.
    """

    picture: int
    box: int = -1
    crop: int = -1


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt says.

    Attributes:
        definition: of coverage, the audit's.
        sources: versions and digests of the audit, the plan, the data.
        totals: by `before` and `added`: frames, objects, worlds, broken records.
        goals: in the order of the definition.
        cells: that are not empty, by crossing and values.
        histograms: of figures that at least one side tells.
        shards: of the data that were made, by name.
        duplicates: found; None where no images were compared.
        pictures: examples are shown in.
        crops: close views of single objects.
        examples: by the name of a target, or by (crossing, *values).
    """

    definition: Coverage
    sources: Mapping[str, object]
    totals: Mapping[str, Mapping[str, int]]
    goals: tuple[Goal, ...]
    cells: tuple[Cell, ...]
    histograms: tuple[Histogram, ...]
    shards: tuple[ShardProof, ...]
    duplicates: tuple[Twin, ...] | None = None
    pictures: tuple[Picture, ...] = ()
    crops: tuple[CloseUp, ...] = ()
    examples: Mapping[tuple[int | str, ...], tuple[Example, ...]] = field(default_factory=dict)
