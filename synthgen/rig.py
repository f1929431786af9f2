"""Rigs: which sensors a car carries, what they are and where they sit.

A rig is plain data, so that it can be one YAML file: angles that people measure and data sheets
print are in degrees here (fields ending in `_deg`) and leave this module in radians. A camera's
place is given either by a mount on the car or by a published KITTI calibration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from synthgen.calibration import Calibration, Matrices, camera_from_lidar
from synthgen.electronics import Electronics, Row3, Setting
from synthgen.electronics import require as _require
from synthgen.geometry import Array, inverse
from synthgen.lidar_model import LidarModel, passing
from synthgen.mounting import Mount as Mount
from synthgen.mounting import Sensor, SensorMount, Trigger, check_names
from synthgen.projection import COEFFICIENTS, KINDS, Projection
from synthgen.road_user import RoadUser
from synthgen.spec.identity import WHERE_SAID
from synthgen.spec.wording import choices, nearest

BODY_FROM_OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
"""Pose of an optical frame (x right, y down, z forward) in a body frame (x forward, y left)."""

FOCUS = (0.1, 10_000.0)
"""[m] Distances that a lens may be focused at."""

LONGEST_READOUT = 0.06
"""[s] from the first row to the last: what moves is known this long about an image's time."""


@dataclass(frozen=True, kw_only=True)
class CameraModel(Electronics):
    """A colour camera: optics beside its electronics.

    Attributes:
        width: [px].
        height: [px].
        matrix: K without skew, three rows.
        projection_model: pinhole, brown (Brown-Conrady) or fisheye (Kannala-Brandt).
        distortion: nothing for a pinhole; k1, k2, p1, p2 [, k3 [, k4, k5, k6]] for brown; k1, k2,
            k3, k4 for fisheye, in OpenCV's order.
        field_deg: [deg] whole angle that the lens lets through, beyond it the image is black; not
            for a pinhole. 360: only the curve of the distortion ends the image.
        f_number: of the lens.
        focus: [m] distance at which things are sharp; 0: a pinhole, all things are.
        lens_transmission: 0 to 1.
        vignetting: loss of light in the image's corners, 0 to 1.
        glare: share of light that the lens scatters over the image.
        blur: [px] standard deviation of the lens's point spread.
        ghosts: share of light that comes back between faces of the lens, as fainter copies of
            lamps; a coated pair of faces has 0.00001 to 0.0001.
        glass: [m] from the lens's opening to the outer face of the glass before it, on which drops
            and dirt sit: a windscreen, or the cover of a camera outside.
        wiped: whether the wiper passes before it.
        blades: of the iris, which gives lamps a star; 0 for a round opening.
        row_time: [s] from a row's exposure to the next row's, top first; 0: all at once.
        motion_blur: whether what moves while the shutter is open is smeared; masks never are.
    """

    width: int
    height: int
    matrix: tuple[Row3, Row3, Row3]
    f_number: float
    focus: float = 0.0
    lens_transmission: float = 0.9
    vignetting: float = 0.15
    glare: float = 0.02
    blur: float = 0.5
    ghosts: float = 2e-4
    blades: int = 0
    row_time: float = 0.0
    motion_blur: bool = True
    glass: float = 0.08
    wiped: bool = True
    projection_model: str = "pinhole"
    distortion: tuple[float, ...] = ()
    field_deg: float = 360.0

    def __post_init__(self) -> None:
        for name in ("width", "height", "f_number"):
            _require(getattr(self, name) > 0, f"camera {name} must be > 0", getattr(self, name))
        for name in ("lens_transmission", "vignetting", "glare"):
            value = getattr(self, name)
            _require(0 <= value <= 1, f"camera {name} must be in [0, 1]", value)
        good = self.focus == 0 or FOCUS[0] <= self.focus <= FOCUS[1]
        _require(good, f"camera focus must be 0 (all is sharp) or in {list(FOCUS)} m", self.focus)
        _require(0 <= self.ghosts <= 0.01, "camera ghosts must be in [0, 0.01]", self.ghosts)
        _require(0.001 <= self.glass <= 1, "camera glass must be in [0.001, 1] m", self.glass)
        blades = self.blades == 0 or 3 <= self.blades <= 20
        _require(blades, "camera blades must be 0 (round) or 3 to 20", self.blades)
        _require(self.matrix[2] == (0, 0, 1), "last row of matrix must be 0, 0, 1", self.matrix[2])
        self.check_electronics()
        self._check_shutter()
        self._check_lens()

    def _check_shutter(self) -> None:
        within = 0 <= self.row_time * self.height <= LONGEST_READOUT
        claim = f"camera row_time must be in [0, {LONGEST_READOUT / self.height:.1e}] s (x "
        _require(within, f"{claim}{self.height} rows: {LONGEST_READOUT} s)", self.row_time)

    def _check_lens(self) -> None:
        kind, count = self.projection_model, len(self.distortion)
        close = nearest(kind, KINDS)
        _require(kind in KINDS, f"projection_model must be {choices(KINDS)}{close}", kind)
        allowed = choices([str(number) for number in COEFFICIENTS[kind]])
        good = count in COEFFICIENTS[kind]
        _require(good, f"distortion of a {kind} needs {allowed} numbers", count)
        _require(
            self.matrix[0][1] == self.matrix[1][0] == 0, "matrix must have no skew", self.matrix
        )
        _require(0 < self.field_deg <= 360, "field_deg must be in (0, 360] deg", self.field_deg)
        whole = kind != "pinhole" or self.field_deg == 360
        _require(whole, "field_deg is for brown and fisheye, a pinhole has none", self.field_deg)
        if kind != "pinhole":
            matrix = np.array(self.matrix, float)
            limit = Projection(kind, matrix, self.distortion, self.half).limit
            _require(limit > 0, "distortion leaves no image", self.distortion)

    @property
    def aperture(self) -> float:
        """[m] Width of the lens's opening, f / N; 0 of a pinhole.

        `matrix` holds the image distance v in pixels, 1 / f = 1 / v + 1 / focus.
        """
        if self.focus == 0:
            return 0.0
        image = self.matrix[0][0] * self.pixel
        return image * self.focus / (image + self.focus) / self.f_number

    @property
    def half(self) -> float:
        """Largest angle off the axis [rad] that the lens lets through, infinite for no end."""
        return float(np.radians(self.field_deg / 2)) if self.field_deg < 360 else float("inf")


@dataclass(frozen=True, kw_only=True)
class CameraMount:
    """A camera on the car.

    Attributes:
        model: what it is.
        mount: where it is (x of the mount is the optical axis); None when `projection` says it.
        projection: name of the matrix in the rig's calibration that this camera is, e.g. P2.
        trigger: when it takes its image.
    """

    model: CameraModel
    mount: Mount | None = None
    projection: str = ""
    trigger: Trigger = field(default=Trigger(), metadata=WHERE_SAID)

    def __post_init__(self) -> None:
        one = (self.mount is None) == bool(self.projection)
        _require(
            one, "a camera needs either a mount or a projection", (self.mount, self.projection)
        )


@dataclass(frozen=True, kw_only=True)
class LidarMount:
    """A lidar on the car.

    Attributes:
        model: what it is.
        mount: where.
        clean: whether each sweep is written without weather in the air and without noise too.
        raw: whether points are also written before the car's motion is made up for.
    """

    model: LidarModel
    mount: Mount
    clean: bool = False
    raw: bool = False


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera of a rig, placed.

    Attributes:
        name: sensor name.
        model: what it is.
        ego_from_camera: pose of the optical frame (x right, y down, z forward).
        offset: [s] its time less the frame's.
        setting: how it is set; None when it settles on what it sees.
        sampled: whether the renderer itself lets light through the whole opening of the lens.
    """

    name: str
    model: CameraModel
    ego_from_camera: Float[Array, "4 4"]
    offset: float = 0.0
    setting: Setting | None = None
    sampled: bool = False


@dataclass(frozen=True, eq=False)
class Lidar:
    """A lidar of a rig, placed.

    Attributes:
        name: sensor name.
        model: what it is.
        ego_from_lidar: pose (x forward, y left, z up).
        clean: whether each sweep is wanted without weather in the air and without noise too.
        raw: whether points are wanted before the car's motion is made up for, too.
    """

    name: str
    model: LidarModel
    ego_from_lidar: Float[Array, "4 4"]
    clean: bool = False
    raw: bool = False


@dataclass(frozen=True, kw_only=True)
class Rig:
    """The sensors of one car.

    Attributes:
        name: for people.
        ego: the car that carries them.
        cameras: by name.
        lidars: by name.
        calibration: published numbers, if the rig has any.
        sensors: of other kinds, by name.
        origin: [m] of the frame that mounts are told in, forward, left, up from the ground under
            the middle of the car's body: many data sets measure from the rear axle.
    """

    name: str
    ego: RoadUser
    cameras: Mapping[str, CameraMount]
    lidars: Mapping[str, LidarMount]
    calibration: Calibration | None = field(default=None)
    sensors: Mapping[str, SensorMount] = field(default_factory=dict, metadata=WHERE_SAID)
    origin: Row3 = field(default=(0.0, 0.0, 0.0), metadata=WHERE_SAID)

    def __post_init__(self) -> None:
        check_names([*self.cameras, *self.lidars, *self.sensors])
        known = {} if self.calibration is None else self.calibration.projections
        for name, camera in self.cameras.items():
            named = not camera.projection or camera.projection in known
            _require(
                named, f"camera {name}: projection is not in the calibration", camera.projection
            )
            if camera.projection:
                own = np.array(known[camera.projection], float).reshape(3, 4)[:, :3]
                same = np.array_equal(own, np.array(camera.model.matrix))
                _require(same, f"camera {name}: matrix differs from the projection's", own.tolist())
        if self.calibration is not None:
            there = self.calibration.lidar in self.lidars
            _require(there, "calibration names an unknown lidar", self.calibration.lidar)
        for name in self.cameras:
            self.camera(name)
        for name in self.sensors:
            self.sensor(name)

    def camera(self, name: str) -> Camera:
        """Return camera `name`, placed."""
        fitted = self.cameras[name]
        if fitted.mount is not None:
            pose = self._placed(fitted.mount) @ BODY_FROM_OPTICAL
        else:
            assert self.calibration is not None
            chain = camera_from_lidar(self.calibration.matrices, fitted.projection)
            pose = self.lidar(self.calibration.lidar).ego_from_lidar @ inverse(chain)
        offset = self._offset(f"camera {name}", fitted.trigger, pose[:3, 2])
        return Camera(name, fitted.model, pose, offset)

    def lidar(self, name: str) -> Lidar:
        """Return lidar `name`, placed."""
        fitted = self.lidars[name]
        return Lidar(name, fitted.model, self._placed(fitted.mount), fitted.clean, fitted.raw)

    def sensor(self, name: str) -> Sensor:
        """Return sensor `name`, which is no camera or lidar, placed."""
        fitted = self.sensors[name]
        pose = self._placed(fitted.mount)
        offset = self._offset(f"sensor {name}", fitted.trigger, pose[:3, 0])
        return Sensor(name, fitted.model, pose, offset)

    def _placed(self, mount: Mount) -> Float[Array, "4 4"]:
        """Return the pose of what is mounted, from the frame of the car's body."""
        pose = mount.ego_from_sensor
        pose[:3, 3] += self.origin
        return pose

    def _offset(self, name: str, trigger: Trigger, axis: Float[Array, "3"]) -> float:
        """Return when [s] after its frame's time a sensor looks along `axis`, ego frame."""
        if not trigger.lidar:
            return trigger.offset
        close = nearest(trigger.lidar, self.lidars)
        known = trigger.lidar in self.lidars
        claim = f"{name}: trigger.lidar must be {choices(self.lidars)}"
        _require(known, claim, f"{trigger.lidar}{close}")
        lidar = self.lidar(trigger.lidar)
        ahead = lidar.ego_from_lidar[:3, :3].T @ axis
        late = passing(lidar.model, float(np.arctan2(ahead[1], ahead[0])))
        claim = f"{name}: lidar {trigger.lidar} must sweep past its axis"
        _require(late is not None, claim, np.round(ahead, 3).tolist())
        return float(late or 0.0) + trigger.offset

    def matrices(self, camera: str, lidar: str) -> Matrices:
        """Return what a KITTI calibration file says of `camera` and `lidar`.

        Published numbers where the rig has them; otherwise one ideal pinhole, P0 to P3 alike,
        R0 the identity, and the ego frame in the part of the IMU.
        """
        published = self.calibration
        if self.cameras[camera].projection and published is not None and published.lidar == lidar:
            return published.matrices
        place = self.lidar(lidar).ego_from_lidar
        projection = np.column_stack([np.array(self.cameras[camera].model.matrix), np.zeros(3)])
        return Matrices(
            projections={f"P{number}": projection for number in range(4)},
            rectification=np.eye(3),
            camera_from_lidar=inverse(self.camera(camera).ego_from_camera) @ place,
            lidar_from_imu=inverse(place),
        )
