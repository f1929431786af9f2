"""KITTI object lines and calibration, as values.

Source: A. Geiger, P. Lenz, R. Urtasun, "Are we ready for autonomous driving? The KITTI vision
benchmark suite", CVPR 2012, and the object development kit's readme.txt.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse, pose, transform, wrap
from synthgen.labels.rules import DONT_CARE, LabelRules
from synthgen.sample import CameraReading, LidarReading, ObjectLabel, Silhouette

Rectangle = tuple[int, int, int, int]

NO_OBJECT: Rectangle = (0, 0, 1, 1)
"""[px] a DontCare in the image's corner for frames with nothing to say, since readers of KITTI
fail on empty label files; it is smaller than any detection that counts."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A `calib` file: x = P2 R0_rect Tr_velo_to_cam y projects lidar points into image 2.

    Attributes:
        p0: rectified camera 0 to image 0.
        p1: rectified camera 0 to image 1.
        p2: rectified camera 0 to image 2, the labelled one.
        p3: rectified camera 0 to image 3.
        r0_rect: camera 0 to rectified camera 0.
        tr_velo_to_cam: lidar to camera 0.
        tr_imu_to_velo: inertial unit to lidar.
        projection_model: of image 2; KITTI knows pinholes only.
        distortion: of image 2, none for a pinhole.
    """

    p0: Float[Array, "3 4"]
    p1: Float[Array, "3 4"]
    p2: Float[Array, "3 4"]
    p3: Float[Array, "3 4"]
    r0_rect: Float[Array, "3 3"]
    tr_velo_to_cam: Float[Array, "3 4"]
    tr_imu_to_velo: Float[Array, "3 4"]
    projection_model: str = "pinhole"
    distortion: tuple[float, ...] = ()

    @property
    def rectified_from_lidar(self) -> Float[Array, "4 4"]:
        """Lidar frame to rectified camera 0."""
        matrix = np.eye(4)
        matrix[:3] = self.r0_rect @ self.tr_velo_to_cam
        return matrix


_NAMES = ("P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo")


def calibration_text(calibration: Calibration) -> str:
    """Return the calibration file: seven lines in KITTI's order, then an empty one.

    For an image 2 that is no pinhole an eighth line says how P2 is bent: `D_02` with the
    coefficients of Brown and Conrady, as in KITTI's raw recordings, or `F_02` with those of a
    fisheye, for which KITTI has no name.
    """
    rows = []
    for name, field in zip(_NAMES, fields(calibration), strict=False):
        numbers = np.asarray(getattr(calibration, field.name), float).ravel()
        rows.append(f"{name}: " + " ".join(f"{number:.12e}" for number in numbers))
    if calibration.distortion:
        name = "F_02" if calibration.projection_model == "fisheye" else "D_02"
        rows.append(f"{name}: " + " ".join(f"{one:.12e}" for one in calibration.distortion))
    return "\n".join(rows) + "\n\n"


@dataclass(frozen=True)
class Line:
    """One line of a label file.

    Attributes:
        kind: KITTI type.
        truncated: 0 to 1.
        occluded: 0 to 2.
        alpha: [rad] observation angle.
        box: (left, top, right, bottom) [px].
        size: [m] height, width, length.
        location: [m] rectified camera 0: the box's centre lowered by half its height.
        rotation_y: [rad] about the camera's y axis, 0 where the object faces the camera's x.
        numbers: body numbers of the objects it stands for.
    """

    kind: str
    truncated: float
    occluded: int
    alpha: float
    box: Rectangle
    size: tuple[float, float, float]
    location: tuple[float, float, float]
    rotation_y: float
    numbers: tuple[int, ...]

    def text(self) -> str:
        """Return the line's fifteen fields, two decimals, single spaces."""
        values = (self.alpha, *self.box, *self.size, *self.location, self.rotation_y)
        numbers = " ".join(f"{value + 0.0:.2f}" for value in values)
        return f"{self.kind} {self.truncated:.2f} {self.occluded} {numbers}"


@dataclass(frozen=True)
class Ignored:
    """A DontCare line over `box` [px], for the bodies `numbers`."""

    box: Rectangle
    numbers: tuple[int, ...]

    @property
    def kind(self) -> str:
        """KITTI type."""
        return DONT_CARE

    def text(self) -> str:
        """Return the line's fifteen fields."""
        box = " ".join(f"{edge:.2f}" for edge in self.box)
        return f"{DONT_CARE} -1 -1 -10 {box} -1 -1 -1 -1000 -1000 -1000 -10"


@dataclass(frozen=True, eq=False)
class Group:
    """Objects that KITTI sees as one: a rider with what is ridden, or a single object."""

    kind: str
    members: tuple[ObjectLabel, ...]


def groups(labels: Iterable[ObjectLabel], rules: LabelRules) -> list[Group]:
    """Return the objects as KITTI groups them, what is ridden first in each group."""
    labels = tuple(labels)
    by_track = {label.track: label for label in labels}
    found = []
    for label in labels:
        if label.rides in by_track:
            continue
        rider = by_track.get(label.ridden_by)
        if rider is None:
            found.append(Group(rules.kitti_type(label), (label,)))
        else:
            kind = rules.kitti_ridden.get(label.kind, DONT_CARE)
            found.append(Group(kind, (label, rider)))
    return found


def lines(
    labels: Iterable[ObjectLabel],
    camera: CameraReading,
    lidar: LidarReading,
    calibration: Calibration,
    rules: LabelRules,
) -> list[Line | Ignored]:
    """Return the lines of one frame, objects first, DontCare last; at least one."""
    silhouettes = {one.thing.number: one for one in camera.silhouettes}
    rectified_from_world = calibration.rectified_from_lidar @ inverse(lidar.world_from_lidar)
    objects: list[Line | Ignored] = []
    ignored: list[Line | Ignored] = []
    for group in groups(labels, rules):
        view = _appearance(group, camera, silhouettes)
        if view.visible_box is None:
            continue
        line = _object_line(group, view, rectified_from_world, calibration, rules)
        if line is None:
            ignored.append(Ignored(view.visible_box, _numbers(group)))
        else:
            objects.append(line)
    return objects + ignored or [Ignored(NO_OBJECT, ())]


def label_text(written: Iterable[Line | Ignored]) -> str:
    """Return the label file."""
    return "".join(line.text() + "\n" for line in written)


@dataclass(frozen=True)
class _Appearance:
    """A group in the image, its members taken together."""

    visible_box: Rectangle | None
    amodal_box: Rectangle | None
    visible: int
    amodal: int
    truncation: float
    discernible: bool


def _numbers(group: Group) -> tuple[int, ...]:
    return tuple(member.number for member in group.members)


def _appearance(
    group: Group, camera: CameraReading, silhouettes: dict[int, Silhouette]
) -> _Appearance:
    members = group.members
    shown = [silhouettes[m.number] for m in members if m.number in silhouettes]
    return _Appearance(
        _around([m.visible_box for m in members]),
        _around([m.amodal_box for m in members]),
        sum(m.visible_pixels for m in members),
        members[0].amodal_pixels if len(members) == 1 else _union_pixels(shown),
        _joint_truncation(members),
        any(m.discernible for m in members),
    )


def _around(boxes: Iterable[Rectangle | None]) -> Rectangle | None:
    """Return the box around all `boxes` that are there."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    left, top, right, bottom = zip(*known, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _union_pixels(silhouettes: list[Silhouette]) -> int:
    """Return the number of pixels that at least one of `silhouettes` covers."""
    codes = [
        (rows + one.row) << 20 | (columns + one.column)
        for one in silhouettes
        for rows, columns in [np.nonzero(one.mask)]
    ]
    return len(np.unique(np.concatenate(codes))) if codes else 0


def _joint_truncation(members: tuple[ObjectLabel, ...]) -> float:
    """Return the truncation of `members` together, each weighed by its whole silhouette.

    What is wholly outside has no pixels to weigh by and counts as large as the largest other;
    when all are outside, so is the group.
    """
    if len(members) == 1:
        return members[0].truncation
    whole = [m.amodal_pixels / max(1 - m.truncation, 1e-6) for m in members]
    largest = max(whole)
    if largest == 0:
        return 1.0
    weights = [size if size > 0 else largest for size in whole]
    return sum(w * m.truncation for w, m in zip(weights, members, strict=True)) / sum(weights)


def _object_line(
    group: Group,
    view: _Appearance,
    rectified_from_world: Float[Array, "4 4"],
    calibration: Calibration,
    rules: LabelRules,
) -> Line | None:
    """Return the line of a group that counts, None when it does not."""
    box = view.amodal_box
    if group.kind == DONT_CARE or box is None:
        return None
    size = box[2] - box[0] + 1, box[3] - box[1] + 1
    if not rules.accepts(view.visible, view.amodal, size, view.discernible):
        return None
    center, (length, width, height), heading = _solid(group.members)
    place = transform(rectified_from_world, center[None])[0]
    if calibration.p2[2] @ np.append(place, 1.0) <= 0:
        return None
    ahead = rectified_from_world[:3, :3] @ heading
    rotation = float(np.arctan2(-ahead[2], ahead[0]))
    return Line(
        kind=group.kind,
        truncated=view.truncation,
        occluded=rules.occluded(1 - view.visible / view.amodal),
        alpha=float(wrap(rotation - np.arctan2(place[0], place[2]))),
        box=box,
        size=(height, width, length),
        location=(float(place[0]), float(place[1] + height / 2), float(place[2])),
        rotation_y=rotation,
        numbers=_numbers(group),
    )


def _solid(
    members: tuple[ObjectLabel, ...],
) -> tuple[Float[Array, "3"], tuple[float, float, float], Float[Array, "3"]]:
    """Return centre [m], size [m] and forward axis, world frame, of the box around `members`.

    The axes are those of the first member.
    """
    world_from_first = pose(np.array(members[0].center), np.array(members[0].quaternion))
    if len(members) == 1:
        return world_from_first[:3, 3], members[0].size, world_from_first[:3, 0]
    first_from_world = inverse(world_from_first)
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    corners = np.concatenate(
        [
            transform(
                first_from_world @ pose(np.array(m.center), np.array(m.quaternion)),
                signs * np.array(m.size),
            )
            for m in members
        ]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    center = transform(world_from_first, ((low + high) / 2)[None])[0]
    length, width, height = (float(edge) for edge in high - low)
    return center, (length, width, height), world_from_first[:3, 0]
