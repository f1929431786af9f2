"""What the formats make of the labels: class maps and ignore rules, as `labels=my.yaml` gives them.

The defaults and every class map live in `conf/labels/default.yaml`; this module says what the
keys mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthgen.classes import CLASSES
from synthgen.sample import ObjectLabel

KITTI_TYPES = frozenset(
    {"Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Tram", "Misc"}
)
"""Types that KITTI's own readers know. Source: KITTI object development kit, readme.txt."""
DONT_CARE = "DontCare"


@dataclass(frozen=True)
class CocoCategory:
    """A COCO category.

    Attributes:
        id: category id, official below 1000, ours from 1001.
        name: category name.
        supercategory: its group.
        thing: whether it is counted object by object.
        color: [sRGB 0-255] for panoptic viewers.
    """

    id: int
    name: str
    supercategory: str
    thing: bool
    color: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self) -> None:
        if self.id < 1:
            raise ValueError(f"COCO category {self.name}: id must be >= 1, got {self.id}")


@dataclass(frozen=True, kw_only=True)
class LabelRules:
    """How labels become KITTI lines and COCO annotations.

    Attributes:
        min_pixels: [px] fewest visible pixels of an object that counts.
        min_fraction: least visible share of the silhouette inside the image.
        min_height: [px] least height of the amodal box inside the image.
        min_width: [px] least width of it: a KITTI box ends at its last pixel, so that one of a
            single column has no area and overlaps nothing in evaluations.
        discernible: whether an object must also stand out of the picture to count.
        occlusion: share hidden from which KITTI's `occluded` is 1 and 2.
        kitti: KITTI type by class name, or by `class/subtype`, which goes first. What is missing
            becomes DontCare.
        kitti_ridden: KITTI type of the joint box of something ridden and its rider, by the class
            of what is ridden. What is missing becomes one DontCare.
        coco: category by class name. Classes that are missing get no annotation and are void in
            panoptic images; several classes may share a category.
    """

    min_pixels: int = 20
    min_fraction: float = 0.10
    min_height: int = 10
    min_width: int = 2
    discernible: bool = True
    occlusion: tuple[float, float] = (0.10, 0.50)
    kitti: Mapping[str, str]
    kitti_ridden: Mapping[str, str] = field(default_factory=dict)
    coco: Mapping[str, CocoCategory]

    def __post_init__(self) -> None:
        if self.min_pixels < 1:
            raise ValueError(f"min_pixels must be >= 1 px, got {self.min_pixels}")
        if not 0 <= self.min_fraction <= 1:
            raise ValueError(f"min_fraction must be in [0, 1], got {self.min_fraction}")
        low, high = self.occlusion
        if not 0 <= low <= high <= 1:
            raise ValueError(f"occlusion must be two rising shares, got {self.occlusion}")
        for name in {*self.kitti, *self.kitti_ridden, *self.coco}:
            if name.split("/")[0] not in CLASSES:
                raise ValueError(f"labels: unknown class {name}; known: {', '.join(CLASSES)}")
        for name, kind in {**self.kitti, **self.kitti_ridden}.items():
            if kind not in KITTI_TYPES | {DONT_CARE}:
                raise ValueError(f"labels: {name} maps to {kind}, which is no KITTI type")
        seen: dict[int, CocoCategory] = {}
        for category in self.coco.values():
            if seen.setdefault(category.id, category) != category:
                raise ValueError(f"labels: COCO id {category.id} has two meanings")

    def accepts(self, visible: int, amodal: int, size: tuple[int, int], discernible: bool) -> bool:
        """Return whether something with these pixel counts, width and height [px] counts."""
        return (
            visible >= self.min_pixels
            and visible >= self.min_fraction * amodal
            and size[0] >= self.min_width
            and size[1] >= self.min_height
            and (discernible or not self.discernible)
        )

    def kitti_type(self, label: ObjectLabel) -> str:
        """Return the KITTI type of an object that stands alone."""
        whole = self.kitti.get(label.kind, DONT_CARE)
        return self.kitti.get(f"{label.kind}/{label.subtype}", whole)

    def occluded(self, hidden: float) -> int:
        """Return KITTI's occlusion level of an object whose share `hidden` cannot be seen."""
        return sum(hidden >= limit for limit in self.occlusion)

    @property
    def categories(self) -> tuple[CocoCategory, ...]:
        """All COCO categories, by id, each once."""
        return tuple(sorted(set(self.coco.values()), key=lambda category: category.id))


def accepted(rules: LabelRules, label: ObjectLabel) -> bool:
    """Return whether `label`, taken alone, passes the thresholds of `rules`."""
    if label.amodal_box is None:
        return False
    left, top, right, bottom = label.amodal_box
    size = right - left + 1, bottom - top + 1
    return rules.accepts(label.visible_pixels, label.amodal_pixels, size, label.discernible)
