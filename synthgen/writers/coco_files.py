"""The COCO files of a shard."""

from dataclasses import dataclass, field
from pathlib import Path

from synthgen.labels.rules import LabelRules
from synthgen.sample import Sample
from synthgen.writers.coco import annotations, categories, image_record, panoptic
from synthgen.writers.files import canonical, png, write
from synthgen.writers.keypoints import keypoint_annotations, keypoint_category
from synthgen.writers.sensor_files import image_path


@dataclass(frozen=True)
class CocoFiles:
    """Writes `coco/{instances,panoptic,person_keypoints}.json` and `coco/panoptic/<frame>.png`.

    `file_name` of an image is relative to the shard; of a panoptic PNG, to `coco/panoptic`.

    Attributes:
        folder: of the shard being built.
        camera: name of the labelled camera.
        rules: class map and thresholds.
        suffix: of image files, .png or .jpg.
    """

    folder: Path
    camera: str
    rules: LabelRules
    suffix: str = ".png"
    _images: list[dict] = field(default_factory=list, init=False)
    _instances: list[dict] = field(default_factory=list, init=False)
    _segments: list[dict] = field(default_factory=list, init=False)
    _people: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Write the frame's panoptic image and keep its records."""
        name = f"{sample.frame:06d}.png"
        reading = sample.cameras[self.camera]
        image, segments = panoptic(sample, self.camera, self.rules)
        write(self.folder / "coco" / "panoptic" / name, png(image))
        file = image_path(self.camera, sample.frame, self.suffix)
        self._images.append(image_record(sample.frame, file, reading))
        found = annotations(sample, self.camera, self.rules)
        self._instances.extend(found)
        self._people.extend(keypoint_annotations(sample.objects[self.camera], found))
        self._segments.append(
            {"image_id": sample.frame, "file_name": name, "segments_info": segments}
        )

    def close(self) -> None:
        """Write the JSON files."""
        kinds = {
            "instances": (self._instances, categories(self.rules, panoptic=False)),
            "panoptic": (self._segments, categories(self.rules, panoptic=True)),
            "person_keypoints": (self._people, [keypoint_category()]),
        }
        for name, (found, known) in kinds.items():
            content = {
                "info": coco_info(),
                "licenses": [],
                "images": self._images,
                "annotations": found,
                "categories": known,
            }
            write(self.folder / "coco" / f"{name}.json", canonical(content) + "\n")


def coco_info() -> dict:
    """Return the `info` record."""
    return {"description": "synthgen: simulated driving data with exact labels", "version": "1.0"}
