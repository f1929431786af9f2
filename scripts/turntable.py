"""Draw a sheet of random designs of one class, eight views each, to be looked at.

    scripts/turntable.py OUT.png KIND[/SUBTYPE] [N=24] [seed=0] [size=200x130] [door=front_left]
                         [angle=60] [bend=0]

Each row is one design on a plain road under a clear sky: from the front, then turned by 45
degrees at a time. Every second vehicle with beacons has them on; walkers and cycles are in
another phase of their gait in every view. With `door` that door of a car or van stands open, by
`angle` degrees, and nobody sits in it; vehicles of two sections are bent to the left
by `bend` degrees. Below each row: subtype, size [m], triangles, colour.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from synthgen.articulation import coupling, towed_place
from synthgen.assets.fleet import draw_member, draw_user
from synthgen.assets.occupants import emptied
from synthgen.build.city import make_bodies
from synthgen.build.switches import vehicle_levels
from synthgen.embree import tracer
from synthgen.geometry import pose, transform, unit, yaw_quaternion
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.render.raycast import Raycast
from synthgen.report.sheet import write_png
from synthgen.rig import Camera, CameraModel
from synthgen.rng import stream
from synthgen.running_gear import folded
from synthgen.scene import Moment, Present, Scene
from synthgen.sensors.camera import observe
from synthgen.weather.air import atmosphere
from synthgen.world import Body, Environment, World

VIEWS = 8
CAPTION = 14
"""[px] height of the line below a row."""
DAY = Environment(
    sun_elevation=0.75, sun_azimuth=0.8, moon_elevation=-1.0, moon_azimuth=0.0, moon_phase=0.0,
    cloud=0.15, rain=0.0, visibility=30e3, wind=1.0, wind_azimuth=0.0, wetness=0.0, skyglow=0.0,
    power=True,
)  # fmt: skip
ASPHALT = Material(
    "asphalt", srgb(112, 112, 114), 0.9, 0, Texture.ASPHALT, reflectance=0.15, porosity=0.7
)


def drawn(kind, subtype, rng, opened):  # type: ignore[no-untyped-def]
    """Return a design and its bodies; one that cannot be built is drawn anew.

    `opened` holds what stands open: fields of `RoadUser`.
    """
    for _ in range(20):
        user = draw_member(kind, subtype, rng) if subtype else draw_user(kind, rng)
        user = replace(user, **opened)
        try:
            bodies = make_bodies(user)
            return user, tuple(emptied(body) for body in bodies) if opened else bodies
        except ValueError as error:
            print("not built:", user, error, file=sys.stderr)
    raise SystemExit(f"no {kind} {subtype} of 20 can be built")


def held(bodies: tuple[Body, ...], phase: float) -> list[Body]:
    """Return `bodies` as they stand at `phase` [cycles]."""
    found = []
    for body in bodies:
        shape, extent = body.at_phase(phase)
        found.append(replace(body, mesh=shape, extent=extent, pose=None))
    return found


def coupled(user, bodies: tuple[Body, ...], bend: float) -> tuple[Body, ...]:  # type: ignore[no-untyped-def]
    """Return both sections of a vehicle bent by `bend` [rad], about its middle in line."""
    joint = coupling(user)
    if joint is None:
        return bodies
    lead = np.array([[(user.length - joint.front) / 2, 0.0]])
    towed = towed_place(joint, lead, np.zeros(1), np.array([-bend]))
    found = []
    for body, place, yaw in zip(bodies, (lead[0], towed[0]), (0.0, -bend), strict=True):
        shape = folded(body, body.mesh, bend if yaw else -bend)
        there = pose(np.array([*place, 0.0]), yaw_quaternion(yaw))
        shape = replace(shape, vertices=transform(there, shape.vertices),
                        normals=shape.normals @ there[:3, :3].T)  # fmt: skip
        found.append(replace(body, mesh=shape))
    return tuple(found)


def turned(bodies, yaw, responding, start):  # type: ignore[no-untyped-def]
    """Return `bodies` at the origin, turned by `yaw` [rad], numbered from `start`."""
    spin, signals = yaw_quaternion(yaw), np.zeros(1, int)
    tracks = [
        standing(np.zeros(3), spin, vehicle_levels(body, signals, DAY, responding)[0])
        for body in bodies
    ]
    return [
        Present(1 + start + number, start + number, body, body.mesh, body.extent, track)
        for number, (body, track) in enumerate(zip(bodies, tracks, strict=True))
    ]


def road() -> Body:
    """Return flat asphalt as far as the eye reaches."""
    corners = 4000.0 * np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    flat = mesh(corners, np.array([[0, 1, 2], [0, 2, 3]]), ASPHALT, "road")
    return Body("road", "road", "", flat)


def camera_for(bodies: tuple[Body, ...], shape: tuple[int, int]) -> Camera:
    """Return a camera at eye height in front that has every view of `bodies` in its picture."""
    points = np.concatenate([body.mesh.vertices for body in bodies])
    reach = float(np.linalg.norm(points[:, :2], axis=1).max())
    tall = float(points[:, 2].max())
    eye = np.array([2.4 * reach + 1.5 * tall, 0.0, min(1.6, 0.6 + 0.8 * tall)])
    back = unit(eye - [0.0, 0.0, 0.47 * tall])
    right = unit(np.cross([0.0, 0.0, 1.0], back))
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(right, back), -back], axis=1)
    matrix[:3, 3] = eye
    focal = fitting(in_all_views(points), matrix, shape)
    model = CameraModel(
        width=shape[0], height=shape[1],
        matrix=((focal, 0.0, shape[0] / 2), (0.0, focal, shape[1] / 2), (0.0, 0.0, 1.0)),
        pixel=4.65e-6, f_number=1.8, full_well=16000.0, read_noise=10.0,
        quantum_efficiency=(0.42, 0.50, 0.38),
    )  # fmt: skip
    return Camera("turntable", model, matrix)


def in_all_views(points: np.ndarray) -> np.ndarray:
    """Return `points` [m] as they stand in every view."""
    turns = np.arange(VIEWS) * 2 * np.pi / VIEWS
    flat = ((points[:, 0] + 1j * points[:, 1])[:, None] * np.exp(1j * turns)).ravel()
    return np.column_stack([flat.real, flat.imag, np.repeat(points[:, 2], VIEWS)])


def fitting(points: np.ndarray, pose: np.ndarray, shape: tuple[int, int]) -> float:
    """Return the focal length [px] that shows `points` [m] on 94 % of the picture."""
    local = (points - pose[:3, 3]) @ pose[:3, :3]
    widest = np.abs(local[:, :2] / local[:, 2:]).max(axis=0)
    return float(0.47 * (np.array(shape) / widest).min())


def row(designs, index, view, shape):  # type: ignore[no-untyped-def]
    """Return the pictures of design `index` side by side; `view` is (scene, tracer, renderer)."""
    (scene, trace, renderer), things = view, designs[index][2]
    camera, air = camera_for(designs[index][1], shape), atmosphere(DAY)
    pictures = []
    for number in range(VIEWS):
        ego = Present(1, 0, scene.world.things[0], scene.world.things[0].mesh, None, scene.ego)
        now = Moment(scene, 0.0, (ego, *things[number]))
        rng = stream(0, "turntable", index, number)
        pictures.append(observe(camera, trace, now, renderer.radiance, air, rng).image)
    return np.concatenate(pictures, axis=1)


def captioned(picture, user, bodies):  # type: ignore[no-untyped-def]
    """Return `picture` with a line of facts below it."""
    line = np.full((CAPTION, picture.shape[1], 3), 20, np.uint8)
    triangles = "+".join(str(len(body.mesh.triangles)) for body in bodies)
    size = " x ".join(f"{s:.2f}" for s in bodies[0].extent.size)
    text = f"{user.kind}/{user.subtype}  {size} m  {triangles} triangles  {bodies[0].color}"
    place, face = (4, CAPTION - 4), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(line, text, place, face, 0.36, (230, 230, 230), 1, cv2.LINE_AA)
    return np.concatenate([picture, line])


def designs_of(kind: str, subtype: str, lot: tuple[int, int], opened: dict, bend: float) -> list:
    """Return (design, bodies, things of each view) of `count` random designs, bent by `bend`."""
    count, seed = lot
    rng, found, number = stream(seed, "turntable", kind, subtype), [], 1
    for index in range(count):
        user, bodies = drawn(kind, subtype, rng, opened)
        bodies = coupled(user, bodies, bend)
        views = []
        for turn in range(VIEWS):
            still = held(bodies, turn / VIEWS + 0.37 * index)
            views.append(turned(still, turn * np.pi / 4, index % 2 == 1, number))
            number += len(still)
        found.append((user, bodies, views))
    return found


def main() -> None:
    """Draw the sheet and print how long modelling and drawing took."""
    options = dict(word.split("=") for word in sys.argv[3:])
    kind, _, subtype = sys.argv[2].partition("/")
    width, height = (int(n) for n in options.get("size", "200x130").split("x"))
    start = time.perf_counter()
    angle = np.radians(float(options.get("angle", 60)))
    opened = {"door": options["door"], "opening": angle} if "door" in options else {}
    count, seed = int(options.get("N", 24)), int(options.get("seed", 0))
    bend = float(np.radians(float(options.get("bend", 0))))
    designs = designs_of(kind, subtype, (count, seed), opened, bend)
    built = time.perf_counter()
    speck = mesh(np.eye(3) * 1e-3 - [0, 0, 9], np.array([[0, 1, 2]]), ASPHALT, "ego")
    things = [one for _, _, views in designs for group in views for one in group]
    bodies = (Body("ego", "ego", "", speck), *(one.body for one in things))
    tracks = (standing(np.zeros(3), yaw_quaternion(0.0)), *(one.track for one in things))
    scene = Scene(World((road(),), bodies, 0, DAY), Motion(tracks, (0.0,)))
    with tracer(scene.world) as trace:
        view = (scene, trace, Raycast(scene.world))
        rows = [
            captioned(row(designs, index, view, (width, height)), user, bodies)
            for index, (user, bodies, _) in enumerate(designs)
        ]
    write_png(Path(sys.argv[1]), np.concatenate(rows))
    print(f"{sys.argv[1]}: {len(designs)} designs modelled in {built - start:.1f} s, "
          f"drawn in {time.perf_counter() - built:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
