"""The one copy of every image and sweep, with their dense labels beside them.

`sensor/<camera>/<frame>.png`, or `.jpg`, is the image; `instance/` (16 bit, see `instances`),
`semantic/` (8 bit, ids of `classes`), `depth/` (16 bit, metres along the optical axis x 256, 0
where there is no surface or it is 256 m away or farther) and `drivable/` (8 bit: 0 not, 1
directly, 2 alternatively drivable, as BDD100K counts) lie in folders beside it, and with
`flow=true` optical flow and scene flow, see `flow_files`.

`sensor/<lidar>/<frame>.bin` is the sweep (float32 x, y, z [m], intensity 0 to 1, lidar frame);
`label/<frame>.label` (uint32, semantic id in the low, instance id in the high 16 bits),
`cause/<frame>.bin` (uint8, index into `CAUSES`), `time/<frame>.bin` (float32, firing time minus
time stamp [s]) and `ring/<frame>.bin` (uint8, beam number from the top) have a value per point; so
has `echo/<frame>.bin` (uint8, number of the return within its shot from 0) where any is not 0.
Sweeps are compensated for the car's motion. With `raw: true` of a lidar `raw/<frame>.bin`
(float32 x, y, z [m]) has the same points in the lidar's frame at the firing time of each; where
the lidar was meanwhile is `poses` in `frames.parquet`. `clean/` holds the same but cause and echo
of the sweep without weather in the air and without noise, where a rig asks for it: shots have the
same ring and time in both.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt16, UInt32

from synthgen.geometry import Array
from synthgen.sample import CameraReading, LidarReading, Sample
from synthgen.writers.files import link, png, write
from synthgen.writers.flow_files import FOLDERS, flow_images
from synthgen.writers.instances import instances

DEPTH_SCALE = 256
"""Source: KITTI depth development kit, readme.txt: 16-bit PNG, metres = value / 256, 0 invalid."""


def image_path(sensor: str, frame: int, suffix: str) -> str:
    """Return where the image of `sensor` lies in a shard; its name ends with `suffix`."""
    return f"sensor/{sensor}/{frame:06d}{suffix}"


def image_file(reading: CameraReading, suffix: str) -> bytes:
    """Return the image as a file: the very JPEG that the camera sent, or a PNG of what it holds.

    Raises ValueError where a camera sent no JPEG and `suffix` asks for one.
    """
    if suffix == ".png":
        return png(reading.image, noisy=True)
    if not reading.stream:
        raise ValueError(f"camera {reading.view.name} sent no JPEG")
    return reading.stream


def sweep_path(sensor: str, frame: int) -> str:
    """Return where the sweep of `sensor` lies in a shard."""
    return f"sensor/{sensor}/{frame:06d}.bin"


def depth_code(depth: Float[Array, "h w"]) -> UInt16[Array, "h w"]:
    """Return `depth` [m] as KITTI encodes it; what does not fit becomes 0, invalid."""
    scaled = np.rint(np.asarray(depth, np.float64) * DEPTH_SCALE)
    fits = np.isfinite(scaled) & (scaled > 0) & (scaled <= 65_535)
    return np.where(fits, scaled, 0).astype(np.uint16)


def velodyne(reading: LidarReading) -> Float[Array, "n 4"]:
    """Return the points as KITTI stores them: x, y, z [m], intensity."""
    columns = np.column_stack([reading.point.reshape(-1, 3), reading.intensity])
    return columns.astype("<f4")


def point_labels(sample: Sample, reading: LidarReading) -> UInt32[Array, "n"]:
    """Return per point the semantic id (low 16 bits) and the instance id (high 16 bits)."""
    instance = instances(sample, reading.body).astype(np.uint32)
    return (reading.semantic.astype(np.uint32) | instance << 16).astype("<u4")


@dataclass(frozen=True)
class SensorFiles:
    """Writes the sensor files of a shard.

    Attributes:
        folder: of the shard being built.
        base: of twins, where the same moments under the scene's own conditions are written: dense
            labels are hard links to those.
        suffix: of image files, .png or .jpg.
    """

    folder: Path
    base: Path | None = None
    suffix: str = ".png"

    def add(self, sample: Sample) -> None:
        """Write every image and sweep of `sample`."""
        for name in sample.cameras:
            self._camera(sample, name)
        for name in sample.lidars:
            self._lidar(sample, name)

    def close(self) -> None:
        """Do nothing: every file is complete when it is written."""

    def _camera(self, sample: Sample, name: str) -> None:
        reading = sample.cameras[name]
        home, file = self.folder / "sensor" / name, f"{sample.frame:06d}.png"
        path = self.folder / image_path(name, sample.frame, self.suffix)
        write(path, image_file(reading, self.suffix))
        if self.base is not None:
            dense = ["instance", "semantic", "depth"]
            dense += ["drivable"] if name in sample.drivable else []
            for kind in dense + list(FOLDERS if name in sample.flows else ()):
                link(self.base / "sensor" / name / kind / file, home / kind / file)
            return
        write(home / "instance" / file, png(instances(sample, reading.body)))
        write(home / "semantic" / file, png(reading.semantic))
        write(home / "depth" / file, png(depth_code(reading.depth)))
        if name in sample.drivable:
            write(home / "drivable" / file, png(sample.drivable[name]))
        if name in sample.flows:
            for kind, image in flow_images(sample.flows[name]).items():
                write(home / kind / file, png(image))

    def _lidar(self, sample: Sample, name: str) -> None:
        reading = sample.lidars[name]
        home, file = self.folder / "sensor" / name, f"{sample.frame:06d}.bin"
        labels = point_labels(sample, reading)
        write(home / file, velodyne(reading).tobytes())
        write(home / "label" / f"{sample.frame:06d}.label", labels.tobytes())
        write(home / "cause" / file, reading.cause.astype(np.uint8).tobytes())
        write(home / "time" / file, reading.fired.astype("<f4").tobytes())
        write(home / "ring" / file, reading.ring.astype(np.uint8).tobytes())
        if reading.raw is not None:
            write(home / "raw" / file, reading.raw.astype("<f4").tobytes())
        if reading.echo.any():
            write(home / "echo" / file, reading.echo.astype(np.uint8).tobytes())
        if reading.clean is not None:
            self._clean(home / "clean", file, reading.clean, point_labels(sample, reading.clean))

    def _clean(
        self, home: Path, file: str, reading: LidarReading, labels: UInt32[Array, "n"]
    ) -> None:
        write(home / file, velodyne(reading).tobytes())
        write(home / "label" / file.replace(".bin", ".label"), labels.tobytes())
        write(home / "time" / file, reading.fired.astype("<f4").tobytes())
        write(home / "ring" / file, reading.ring.astype(np.uint8).tobytes())
