"""What the export reads: a finished data set as plain values, one clip at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.readers.sensors import Sweep

Numbers = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Mounted:
    """A sensor of the rig.

    Attributes:
        name: in our files.
        modality: camera, lidar or radar.
        ego_from_sensor: pose on the ego car, whose origin is under the middle of its body; of a
            camera that of its optical frame (x right, y down, z forward).
        matrix: K of a camera.
        beams: number of beams of a lidar.
    """

    name: str
    modality: str
    ego_from_sensor: Float[Array, "4 4"]
    matrix: Float[Array, "3 3"] | None = None
    beams: int = 0


@dataclass(frozen=True, eq=False)
class Shot:
    """One file of one sensor.

    Attributes:
        sensor: its name.
        file: the image, sweep or list of detections.
        time: [s] in the clip, that the file speaks of.
        world_from_ego: pose of the car at `time`, its origin under the middle of its body.
        width: [px] of an image.
        height: [px] of an image.
        read: of a lidar, returns its points with their truth.
    """

    sensor: str
    file: Path
    time: float
    world_from_ego: Float[Array, "4 4"]
    width: int = 0
    height: int = 0
    read: Callable[[], Sweep] | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One object in one frame, at the time of the lidar on top.

    Attributes:
        track: id in the data set.
        instance: id in the labels of points.
        kind: class name.
        subtype: finer kind.
        rides: track of what it rides, 0 for none.
        ridden_by: track of who rides it, 0 for none.
        part_of: track of the section that tows it, 0 for none.
        center: [m] world frame.
        size: [m] length, width, height.
        quaternion: world from box (x, y, z, w).
        velocity: [m/s] world frame.
        posture: of a person.
        lit: whether headlamps, brake lamps or a direction indicator say that somebody drives it.
        visible: share of the whole silhouette that the images show together.
    """

    track: int
    instance: int
    kind: str
    subtype: str
    rides: int = 0
    ridden_by: int = 0
    part_of: int = 0
    center: Numbers
    size: Numbers
    quaternion: Numbers
    velocity: Numbers = (0.0, 0.0, 0.0)
    posture: str = ""
    lit: bool = False
    visible: float = 0.0


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame.

    Attributes:
        number: in the data set.
        time: [s] nominal, in the clip.
        shots: files by sensor name.
        objects: one per thing.
    """

    number: int
    time: float
    shots: Mapping[str, Shot]
    objects: tuple[Seen, ...]


@dataclass(frozen=True, eq=False)
class Clip:
    """One world and one drive.

    Attributes:
        number: in the data set.
        place: kind of place.
        description: what it shows, see `description`.
        date: of its sky, year-month-day.
        frames: in the order of time.
        ground: [m] outlines (x, y) of lanes and sidewalks, world frame.
    """

    number: int
    place: str
    description: str
    date: str
    frames: tuple[Frame, ...]
    ground: tuple[Float[Array, "k 2"], ...] = field(default=())


@dataclass(frozen=True, eq=False)
class Car:
    """What carries the sensors.

    Attributes:
        name: of the rig.
        identity: of the data set's spec; tokens follow from it.
        sensors: by name.
        origin: [m] of nuScenes' ego frame, forward, left, up from under the middle of the body.
    """

    name: str
    identity: str
    sensors: Mapping[str, Mounted]
    origin: Numbers
