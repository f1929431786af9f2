"""Lidar points against 3D boxes, against the tables and against the instance image."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from synthgen.classes import BY_SEMANTIC
from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, LidarFiles, in_box, swept
from synthgen.verify.open_doors import on_door
from synthgen.verify.surface_checks import MIRRORED
from synthgen.verify.sweep_checks import check_causes, check_clean

NOISE = 0.2
"""[m] six standard deviations of a weak return's range."""
ON_MASK = 0.9
"""Least share of an object's points that fall on its mask or behind something nearer. Of 429
people, animals and two-wheelers in ten shards each had all of them there."""
BEAM = 0.0031
"""[rad] Half of the widest beam of the makes we know: what is bright answers that far off its
axis, as signs do that throw light back."""
SOLID, THIN = 0.5, 0.1
"""[m] least height and width of what beams meet of vehicles, and of all else: legs, rails, posts. A
pixel that spans more shows it or does not, so such an image says nothing against a point."""
STAND_OFF = {"person": 0.75, "vehicle": 0.32}
"""[m] bags, mirrors: parts that the box leaves out."""
SWERVE = 0.03
"""[m] off its even way that an object comes between camera and sweep: 24 m/s2 over 0.05 s."""
SURFACE = 0
"""Cause of an ordinary return."""
GROUND = frozenset({"road", "lane_marking", "crosswalk", "sidewalk", "terrain"})
LEVEL = 0.0003
"""[rad] largest median angle between the ground that the lidar and the camera see: ten times what
flat and hilly ground, fisheyes and rolling shutters left of it in 82 half images."""


def check_lidar(files: FrameFiles, name: str, tally: Tally) -> None:
    """Check the sweep of lidar `name` in this frame."""
    lidar = files.lidars[name]
    sizes = {len(lidar.points), len(lidar.instance), len(lidar.cause), len(lidar.fired)}
    tally.check("point files agree", len(sizes) == 1, files.frame, 0, f"lengths {sorted(sizes)}")
    finite = bool(np.isfinite(lidar.points).all())
    tally.check("points finite", finite, files.frame, 0, "nan or inf among the points")
    classes = set(np.unique(lidar.semantic).tolist()) - {0}
    unknown = sorted(classes - set(BY_SEMANTIC))
    tally.check("point classes known", not unknown, files.frame, 0, f"{unknown}")
    check_causes(files.frame, lidar, tally)
    if lidar.clean is not None:
        check_clean(files.frame, lidar, tally)
    first = {row["instance"]: row for row in reversed(files.objects)}
    for row in first.values():
        if name == next(iter(files.lidars)):
            _check_swept(files, row, tally)
            _check_counts(files, swept(row), tally)
        _check_object(files, lidar, swept(row), tally)
    for own, camera in files.cameras.items():
        late = abs(files.late(own))
        _check_against_image(files.frame, (camera, late), lidar, first, tally)
        _check_ground(files.frame, camera, lidar, tally)


def _check_swept(files: FrameFiles, row: Mapping, tally: Tally) -> None:
    """The box at the time of the sweeps is where the object drives in the meantime."""
    late, told = files.late(row["camera"]), row.get("sweep_center")
    same = (told is None) == (late == 0.0)
    tally.check("sweep box told", same, files.frame, row["track"], f"{told} {late} s")
    if told is None:
        return
    way = np.array(told) - np.array(row["center"]) + late * np.array(row["velocity"])
    off = float(np.linalg.norm(way))
    slack = SWERVE + abs(late * row["yaw_rate"]) * max(row["size"])
    tally.check("sweep box", off <= slack, files.frame, row["track"], f"{off:.3f} m")


def _check_counts(files: FrameFiles, row: Mapping, tally: Tally) -> None:
    """All sweeps together have as many points of the object, and in its box, as its row says."""
    half, held, hits = np.array(row["size"]) / 2, 0, 0
    reach = float(np.linalg.norm(half)) + 0.01
    for lidar in files.lidars.values():
        near = lidar.world[lidar.near(np.array(row["center"]), reach)]
        held += int((np.abs(in_box(row, near)) <= half).all(axis=1).sum())
        hits += len(lidar.of(row["instance"]))
    found = (("lidar hits", hits, "lidar_hits"), ("lidar points in box", held, "lidar_points"))
    for kind, count, key in found:
        said = f"{row[key]} {count}"
        tally.check(kind, count == row[key], files.frame, row["track"], said)


def _check_object(files: FrameFiles, lidar: LidarFiles, row: Mapping, tally: Tally) -> None:
    frame, track = files.frame, row["track"]
    mine, half = lidar.of(row["instance"]), np.array(row["size"]) / 2
    hits = len(mine)
    if hits == 0:
        return
    off = (np.abs(in_box(row, lidar.world[mine])) - half).max(axis=1)
    speed = float(np.linalg.norm(row["velocity"]))
    turn = abs(row["yaw_rate"]) * max(row["size"]) / 2
    person = row["class"] in ("pedestrian", "rider", "dog", "cat", "deer")
    stand_off = STAND_OFF["person" if person else "vehicle"]
    margin = NOISE + stand_off + (speed + turn) * np.abs(lidar.fired[mine])
    held = (off <= margin) | on_door(row, lidar.world[mine], NOISE)
    share = float(held.mean())
    tally.check("hits in box", share >= 0.995, frame, track, f"{share:.3f} of {hits} points")


def _check_against_image(
    frame: int, seen_by: tuple[CameraFiles, float], lidar: LidarFiles,
    rows: Mapping[int, Mapping], tally: Tally,
) -> None:  # fmt: skip
    """Points of an object fall on its mask, unless something nearer covers it there.

    `seen_by` is the camera and how long [s] before or after the sweep's stamp it looked.
    """
    camera, late = seen_by
    pixel, depth = camera.project(lidar.world)
    height, width = camera.instance.shape
    with np.errstate(invalid="ignore"):
        column, row = np.rint(pixel[:, 0]), np.rint(pixel[:, 1])
    seen = (depth > 1) & (column >= 3) & (column < width - 3) & (row >= 3) & (row < height - 3)
    seen &= lidar.cause == SURFACE
    for instance, label in rows.items():
        index = lidar.of(instance)
        index = index[seen[index]]
        index = index[depth[index] <= _resolved(camera, label)]
        if len(index) < 12:
            continue
        apart = 0.05 + late + (camera.rolling.longest if camera.rolling else 0.0)
        speed = float(np.linalg.norm(label["velocity"])) * apart + NOISE / 4
        reach = min(1 + int(np.ceil(speed * camera.matrix[0, 0] / depth[index].min())), 25)
        spots = (column[index].astype(int), row[index].astype(int), depth[index])
        share = _share_on(camera, instance, spots, (reach, 1), max(1, reach // 3))
        if share < ON_MASK:
            # Strides are fast and leave out what is narrower: tubes, spokes and legs; single rows
            # what only the beam's rim has met.
            rim = int(np.ceil(0.5 + BEAM * camera.matrix[1, 1]))
            share = _share_on(camera, instance, spots, (max(reach, rim), rim), 1)
        tally.check("points on mask", share >= ON_MASK, frame, label["track"],
                    f"{share:.3f} of {len(index)} points")  # fmt: skip


def _resolved(camera: CameraFiles, label: Mapping) -> float:
    """Return to which depth [m] a pixel spans no more than the parts of an object."""
    thin = SOLID if label["class"] in MIRRORED | {"trailer"} else THIN
    return thin * min(camera.matrix[0, 0], camera.matrix[1, 1])


def _share_on(
    camera: CameraFiles,
    instance: int,
    spots: tuple[Array, Array, Array],
    reach: tuple[int, int],
    stride: int,
) -> float:
    """Return the share of points with a pixel of their object, or of what is nearer, beside them.

    Args:
        camera: whose image is searched.
        instance: of the object.
        spots: column and row [px] and depth [m] of each point.
        reach: [px] to either side, as the object moves between the point's time and the image's,
            and up and down.
        stride: [px] between the columns that are looked at.
    """
    x, y, depth = spots
    height, width = camera.instance.shape
    on = np.zeros(len(x), bool)
    for dx in range(-reach[0], reach[0] + 1, stride):
        for dy in range(-reach[1], reach[1] + 1):
            u, v = np.clip(x + dx, 0, width - 1), np.clip(y + dy, 0, height - 1)
            on |= camera.instance[v, u] == instance
            there = camera.depth[v, u]
            on |= (there > 0) & (there < depth - 0.4)
    return float(on.mean())


def _check_ground(frame: int, camera: CameraFiles, lidar: LidarFiles, tally: Tally) -> None:
    """The ground has the same height in sweep and depth image, left and right of the middle."""
    known = [number for number, info in BY_SEMANTIC.items() if info.name in GROUND]
    ground = np.isin(lidar.semantic, known) & (lidar.instance == 0) & (lidar.cause == SURFACE)
    world = lidar.world[ground]
    pixel, depth = camera.project(world)
    height, width = camera.instance.shape
    seen = (depth > 3) & (depth < 40) & (pixel >= 0).all(axis=1)
    seen &= (pixel < np.array([width, height]) - 1).all(axis=1)
    there = _ground_depth(camera, pixel[seen], known)
    drop = (world[seen, 2] - camera.world_from_camera[2, 3]) * (1 - there / depth[seen])
    angle = drop / depth[seen]
    for side in (pixel[seen, 0] < width / 2, pixel[seen, 0] >= width / 2):
        own = angle[side & (there > 0)]
        if len(own) >= 200:
            tilt = float(np.median(own))
            tally.check("ground agrees", abs(tilt) <= LEVEL, frame, 0, f"{tilt:.5f} rad")


def _ground_depth(
    camera: CameraFiles, pixel: Float[Array, "n 2"], known: Sequence[int]
) -> Float[Array, "n"]:
    """Return the depth [m] of the ground at places between pixels, 0 where one shows no ground.

    Planes have an inverse depth that is linear in the coordinates of a pinhole's image. A pixel's
    own depth would be off by up to half a pixel, all along a ring of the lidar alike.
    """
    first = pixel.astype(int)
    share = pixel - first
    inverse, ground = np.zeros(len(pixel)), np.ones(len(pixel), bool)
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = (first + np.array([dx, dy])).T
        weight = np.abs(1 - dx - share[:, 0]) * np.abs(1 - dy - share[:, 1])
        depth = camera.depth[row, column]
        ground &= (depth > 0) & np.isin(camera.semantic[row, column], known)
        inverse += weight / np.where(depth > 0, depth, 1.0)
    return np.where(ground, 1 / inverse, 0.0)
