"""The KITTI object tree of a shard."""

from dataclasses import dataclass, field
from pathlib import Path

from synthgen.labels.rules import LabelRules
from synthgen.sample import Sample
from synthgen.writers.compensation import compensated
from synthgen.writers.files import link, write
from synthgen.writers.kitti import Calibration, calibration_text, label_text, lines
from synthgen.writers.sensor_files import image_path, sweep_path, velodyne


@dataclass(frozen=True)
class KittiFiles:
    """Writes `kitti/training/{image_2,velodyne,calib,label_2}` and `kitti/ImageSets`.

    Images and sweeps are hard links to the sensor files, which must be written first; where the
    image has a time of its own, the sweep is compensated to that.

    Attributes:
        folder: of the shard being built.
        camera: name of the camera that becomes image 2.
        lidar: name of the lidar that becomes velodyne.
        calibration: of these two.
        rules: class map and thresholds.
        suffix: of image files, .png or .jpg.
    """

    folder: Path
    camera: str
    lidar: str
    calibration: Calibration
    rules: LabelRules
    suffix: str = ".png"
    _frames: list[int] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Write the frame's four files."""
        home, name = self.folder / "kitti" / "training", f"{sample.frame:06d}"
        picture = self.folder / image_path(self.camera, sample.frame, self.suffix)
        link(picture, home / f"image_2/{name}{self.suffix}")
        sweep, image = sample.lidars[self.lidar], sample.cameras[self.camera]
        own = compensated(sample, sweep, image.view.time)
        if own is sweep:
            link(self.folder / sweep_path(self.lidar, sample.frame), home / f"velodyne/{name}.bin")
        else:
            write(home / f"velodyne/{name}.bin", velodyne(own).tobytes())
        write(home / f"calib/{name}.txt", calibration_text(self.calibration))
        written = lines(
            sample.objects[self.camera],
            image,
            own,
            self.calibration,
            self.rules,
        )
        write(home / f"label_2/{name}.txt", label_text(written))
        self._frames.append(sample.frame)

    def close(self) -> None:
        """Write the frame lists."""
        write_image_sets(self.folder / "kitti", self._frames, [])


def write_image_sets(home: Path, train: list[int], val: list[int]) -> None:
    """Write `ImageSets/{train,val,trainval,test}.txt` below `home`; test is empty."""
    sets = {"train": train, "val": val, "trainval": sorted([*train, *val]), "test": []}
    for name, frames in sets.items():
        text = "".join(f"{frame:06d}\n" for frame in sorted(frames))
        write(home / "ImageSets" / f"{name}.txt", text)
