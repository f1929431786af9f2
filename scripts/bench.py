"""A frozen storm-night street: at least 400 k triangles, 20 lamps, 20 labelled things in view.

It is built here from plain shapes, so that no later change to assets or places makes it easier.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthgen.config import read
from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import open_writers
from synthgen.labels.annotate import annotate
from synthgen.labels.environment import environment_record
from synthgen.light.sky import sky
from synthgen.materials import Material, Texture
from synthgen.mesh import merge, mesh, moved
from synthgen.motion import Motion, standing
from synthgen.render.raycast import Raycast
from synthgen.rng import stream
from synthgen.sample import Sample
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import observe as photograph
from synthgen.sensors.camera import pixel_rays, view_of
from synthgen.sensors.lidar import observe as scan
from synthgen.spec.resolve import resolve
from synthgen.verify.shard import tally_shard
from synthgen.weather.air import atmosphere
from synthgen.world import Beam, Body, Circuit, Extent, Lamp, World

ASPHALT = Material("asphalt", (0.08, 0.08, 0.08), 0.9, texture=Texture.ASPHALT, reflectance=0.12)
WALL = Material("wall", (0.4, 0.34, 0.3), 0.9, texture=Texture.FACADE,
                parameters=(2.4, 3.2, 0.45, 0.3))  # fmt: skip
PAINT = Material("paint", (0.3, 0.05, 0.05), 0.35, clearcoat=0.8, reflectance=0.3)
STEEL = Material("steel", (0.4, 0.4, 0.4), 0.5, 0.5)
WARM = (1.27, 0.96, 0.63)


def grid(width: float, height: float, columns: int, rows: int, material: Material, kind: str):
    """Return an upright rectangle facing -y, divided into cells."""
    x, z = np.meshgrid(np.linspace(0, width, columns + 1), np.linspace(0, height, rows + 1))
    depth = 0.05 * np.sin(3 * x) * np.sin(2 * z)
    vertices = np.stack([x, depth, z], -1).reshape(-1, 3)
    low = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    a, b, c, d = low, low + 1, low + columns + 2, low + columns + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return mesh(vertices, faces, material, kind, uv=vertices[faces][..., [0, 2]])


def egg(length: float, width: float, height: float, kind: str):
    """Return a closed rounded body of 960 triangles on the ground."""
    u, v = np.meshgrid(np.arange(40) / 40 * 2 * np.pi, np.linspace(0.02, np.pi - 0.02, 13))
    shape = [np.sign(f) * np.abs(f) ** 0.6 for f in
             (np.cos(u) * np.sin(v), np.sin(u) * np.sin(v), np.cos(v))]  # fmt: skip
    half = np.array([length, width, height]) / 2
    vertices = np.stack(shape, -1).reshape(-1, 3) * half + [0, 0, half[2]]
    row, column = np.meshgrid(np.arange(12), np.arange(40), indexing="ij")
    a = (row * 40 + column).ravel()
    b = (row * 40 + (column + 1) % 40).ravel()
    faces = np.concatenate([np.stack([a, a + 40, b + 40], 1), np.stack([a, b + 40, b], 1)])
    return mesh(vertices, faces, PAINT, kind)


def street() -> list[Body]:
    """Return ground, walls and 24 lamps."""
    ground = np.array([[-50, -80, 0], [250, -80, 0], [250, 80, 0], [-50, 80, 0]], float)
    flat = mesh(ground, np.array([[0, 1, 2], [0, 2, 3]]), ASPHALT, "road")
    bodies = [Body("road", "road", "", flat)]
    for number in range(24):
        side, along = number % 2, 12.0 * (number // 2) - 10
        flat = grid(11.5, 16, 105, 90, WALL, "building")
        turn = pose(np.array([along + 11.5 * side, 9 - 18 * side, 0]), yaw_quaternion(np.pi * side))
        bodies.append(Body(f"building/{number}", "building", "", moved(flat, turn)))
    for number in range(24):
        x, y = 9.0 * (number // 2) + 3, 6.5 - 13.0 * (number % 2)
        post = moved(egg(0.14, 0.14, 7.6, "pole"), pose(np.array([x, y, 0]), yaw_quaternion(0.0)))
        lens = replace(post, vertices=post.vertices * [1, 1, 0.02] + [0, 0, 7.6],
                       circuit=np.zeros_like(post.circuit))  # fmt: skip
        lamp = Lamp((x, y, 7.5), (0.0, 0.0, -1.0), 900.0, Beam.STREET, 0)
        circuit = Circuit("street", 9000.0, WARM, grid=True)
        bodies.append(Body(f"lamp/{number}", "street_light", "", merge([post, lens]),
                           circuits=(circuit,), lamps=(lamp,)))  # fmt: skip
    return bodies


def frozen_scene(environment) -> Scene:  # type: ignore[no-untyped-def]
    """Return the scene: the ego car at the origin and 24 cars ahead, each with two tail lamps."""
    box = Extent((0, 0, 0.7), (4.7, 1.8, 1.4))
    things = [Body("ego", "ego", "", egg(4.7, 1.8, 1.4, "ego"), box)]
    tracks = [standing(np.zeros(3), yaw_quaternion(0.0))]
    for number in range(24):
        x, y = 9.0 + 4.9 * number, (-4.2, 0.4, 4.3)[number % 3]
        circuit = Circuit("tail", 3000.0, (4.0, 0.1, 0.05))
        lamps = tuple(
            Lamp((-2.2, side, 0.8), (-1.0, 0.0, 0.0), 8.0, Beam.LAMBERT, 0) for side in (-0.7, 0.7)
        )
        body = Body(f"car/{number}", "car", "egg", egg(4.4, 1.8, 1.5, "car"),
                    Extent((0, 0, 0.75), (4.4, 1.8, 1.5)), (circuit,), lamps)  # fmt: skip
        things.append(body)
        tracks.append(standing(np.array([x, y, 0]), yaw_quaternion(0.05 * number), np.ones(1)))
    world = World(tuple(street()), tuple(things), 0, environment)
    return Scene(world, Motion(tuple(tracks), (0.0,)))


def complete_frame(run, scene, trace, renderer, clock, number):  # type: ignore[no-untyped-def]
    """Observe, label, write and verify one frame."""
    rng, air = stream(0, "bench", number), atmosphere(scene.world.environment)
    now = moment(scene, 0.0)
    camera, lidar = run.rig.camera("image_2"), run.rig.lidar("velodyne")
    with clock.stage("camera"):
        image = photograph(camera, trace, now, renderer.radiance, air, rng)
    with clock.stage("lidar"):
        sweep = scan(lidar, trace, now, air, rng)
    with clock.stage("labels"):
        labels = annotate(trace, now, image, {"velodyne": sweep}, 0)
        record = environment_record(scene, now, air, sky(scene.world.environment).illuminance, {})
    sample = Sample(0, 0, now, {"image_2": image}, {"velodyne": sweep}, {"image_2": labels}, record)
    with tempfile.TemporaryDirectory() as folder:
        with clock.stage("write"):
            writers = open_writers(run, Path(folder))
            for writer in writers:
                writer.add(sample)
            for writer in writers:
                writer.close()
        with clock.stage("verify"):
            tally = tally_shard(Path(folder))
    return now, labels, tally


def main() -> None:
    """Print seconds per frame by stage, and the raw primary-ray time of the same run."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    run = read(["scene=storm_night", "seed=0"])
    scene = frozen_scene(resolve(run, 0).environment)
    triangles = sum(len(body.mesh.triangles) for body in scene.world.bodies)
    with tracer(scene.world) as trace:
        renderer = Raycast(scene.world)
        complete_frame(run, scene, trace, renderer, Clock(), 0)
        clock, start = Clock(), time.process_time()
        for number in range(rounds):
            now, labels, tally = complete_frame(run, scene, trace, renderer, clock, number)
        spent = (time.process_time() - start) / rounds
        rays = pixel_rays(view_of(run.rig.camera("image_2"), now))
        start = time.perf_counter()
        for _ in range(rounds):
            trace.stuff_hits(rays)
        raw = (time.perf_counter() - start) / rounds
    seen = sum(label.visible_pixels > 0 for label in labels)
    print(f"{triangles} triangles, 24 street lamps, {seen} labelled things in view, "
          f"{len(tally.violations)} violations")  # fmt: skip
    print(f"complete frame {spent:.2f} core-seconds, {spent / raw:.0f} times its raw primary rays")
    for name, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        print(f"  {name:8} {seconds / rounds:6.3f} s")
    print(f"  raw rays {raw:6.3f} s")


if __name__ == "__main__":
    main()
