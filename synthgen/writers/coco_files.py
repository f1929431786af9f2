"""The COCO files of a shard."""

from dataclasses import dataclass, field
from pathlib import Path

from synthgen.labels.rules import LabelRules
from synthgen.sample import Sample
from synthgen.writers.coco import annotations, categories, image_record, panoptic
from synthgen.writers.files import canonical, png, write
from synthgen.writers.sensor_files import image_path


@dataclass(frozen=True)
class CocoFiles:
    """Writes `coco/{instances,panoptic}.json` and `coco/panoptic/<frame>.png`.

    `file_name` of an image is relative to the shard; of a panoptic PNG, to `coco/panoptic`.

    Attributes:
        folder: of the shard being built.
        camera: name of the labelled camera.
        rules: class map and thresholds.
    """

    folder: Path
    camera: str
    rules: LabelRules
    _images: list[dict] = field(default_factory=list, init=False)
    _instances: list[dict] = field(default_factory=list, init=False)
    _segments: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Write the frame's panoptic image and keep its records."""
        name = f"{sample.frame:06d}.png"
        reading = sample.cameras[self.camera]
        image, segments = panoptic(sample, self.camera, self.rules)
        write(self.folder / "coco" / "panoptic" / name, png(image))
        file = image_path(self.camera, sample.frame)
        self._images.append(image_record(sample.frame, file, reading))
        self._instances.extend(annotations(sample, self.camera, self.rules))
        self._segments.append(
            {"image_id": sample.frame, "file_name": name, "segments_info": segments}
        )

    def close(self) -> None:
        """Write both JSON files."""
        home = self.folder / "coco"
        for name, found in (("instances", self._instances), ("panoptic", self._segments)):
            content = {
                "info": coco_info(),
                "licenses": [],
                "images": self._images,
                "annotations": found,
                "categories": categories(self.rules, panoptic=name == "panoptic"),
            }
            write(home / f"{name}.json", canonical(content) + "\n")


def coco_info() -> dict:
    """Return the `info` record."""
    return {"description": "synthgen: simulated driving data with exact labels", "version": "1.0"}
