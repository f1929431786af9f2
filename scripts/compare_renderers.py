"""Render one moment with `raycast` and with `path`, side by side, and print how they compare.

    scripts/compare_renderers.py OUT.png [shrink=3] [samples=16] [bounces=3] [frame=0]
                                         [reference=0] [matte=0] [denoise=1] KEY=VALUE...

Keys of synthgen choose the scene; default: a storm night with an ambulance 25 m ahead. `shrink`
divides the camera's size. Left `raycast`, right `path`, both through the same camera; below, where
they differ: log10 of path over raycast, red where path is brighter (full colour at a factor 10).
With `matte=1` every surface scatters as paper does.
Printed: seconds by stage, mean luminance [cd/m2] of all and of each class that fills 1 % of the
image. With `reference` samples the path tracer makes a picture without denoising to measure both
against: error is the root mean square of log10((L + m) / (L_ref + m)) over all pixels, m being a
tenth of the reference's median luminance; 0.1 means 26 % off.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.guests import guests
from synthgen.classes import CLASSES
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.materials import Texture
from synthgen.render.path.picture import Path as PathTracer
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.report.sheet import write_png
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.adaptation import thumbnail
from synthgen.sensors.camera import observe
from synthgen.spec.resolve import resolve
from synthgen.weather.air import atmosphere

OWN = {
    "shrink": 3,
    "samples": 16,
    "reference": 0,
    "bounces": 3,
    "frame": 0,
    "matte": 0,
    "denoise": 1,
}
STORM = ("scene=storm_night",
         "events=[{companion: {who: ambulance, ahead: 25, responding: 'on'}}]")  # fmt: skip
LUMA = np.array([0.2126, 0.7152, 0.0722])


def blunt(material):
    """Return `material` as a Lambert surface without a pattern that has glass in it."""
    plain = Texture.PLAIN if material.texture == Texture.FACADE else material.texture
    return replace(material, roughness=1.0, metallic=0.0, clearcoat=0.0, transmission=0.0,
                   retroreflection=0.0, texture=plain)  # fmt: skip


def matte(world):
    """Return `world` with every surface blunt; equal meshes stay one."""
    known = {}

    def paper(body):
        shape = id(body.mesh)
        if shape not in known:
            every = tuple(blunt(material) for material in body.mesh.materials)
            known[shape] = replace(body.mesh, materials=every)
        return replace(body, mesh=known[shape])

    stuff, things = (tuple(paper(body) for body in part) for part in (world.stuff, world.things))
    return replace(world, stuff=stuff, things=things)


class Kept:
    """Calls a renderer and keeps its picture and its seconds."""

    def __init__(self, render) -> None:
        self.render, self.image, self.seconds = render, None, 0.0

    def __call__(self, *arguments):
        """Return the picture."""
        start = time.process_time()
        self.image = self.render(*arguments)
        self.seconds = time.process_time() - start
        return self.image


def luminance(image):
    """Return the luminance of linear sRGB."""
    return image @ LUMA


def error(image, reference) -> float:
    """Return the root mean square of the logarithmic error; see above."""
    true = luminance(reference)
    floor = 0.1 * float(np.median(true)) + 1e-6
    return float(np.sqrt(np.mean(np.log10((luminance(image) + floor) / (true + floor)) ** 2)))


def difference(one, other):
    """Return a picture of log10(other / one): red brighter, blue darker."""
    floor = 0.02 * float(np.median(luminance(one))) + 1e-6
    ratio = np.clip(np.log10((luminance(other) + floor) / (luminance(one) + floor)), -1, 1)
    red, blue = np.clip(ratio, 0, 1), np.clip(-ratio, 0, 1)
    return (255 * np.stack([1 - blue, 1 - red - blue, 1 - red], -1)).clip(0, 255).astype(np.uint8)


def table(semantic, images) -> None:
    """Print the mean luminance by class."""
    print(f"{'class':18}{'share':>7}" + "".join(f"{name:>12}" for name in images) + f"{'ratio':>8}")
    rows = [("all", np.ones_like(semantic, bool))]
    rows += [(info.name, semantic == info.semantic) for info in CLASSES.values()]
    for name, mask in rows:
        if mask.mean() < 0.01:
            continue
        means = [float(luminance(image)[mask].mean()) for image in images.values()]
        line = "".join(f"{mean:12.4g}" for mean in means)
        print(f"{name:18}{mask.mean():7.1%}{line}{means[1] / means[0]:8.2f}")


def main() -> None:
    """Render both and compare."""
    own, keys = dict(OWN), []
    for argument in sys.argv[2:]:
        name, _, value = argument.partition("=")
        own.update({name: int(value)}) if name in own else keys.append(argument)
    run = read(tuple(keys) or STORM)
    spec = resolve(run, 0)
    camera = thumbnail(run.rig.camera(next(iter(run.rig.cameras))), own["shrink"])
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
        scene = build_clip(city, spec, own["frame"] + 1)
    scene = replace(scene, world=matte(scene.world)) if own["matte"] else scene
    now, air = moment(scene, scene.motion.times[own["frame"]]), atmosphere(spec.environment)
    quality = PathQuality(own["samples"], own["bounces"], bool(own["denoise"]))
    renderers = {"raycast": Raycast(scene.world), "path": PathTracer(scene.world, quality)}
    readings, images = {}, {}
    with tracer(scene.world) as trace:
        for name, renderer in renderers.items():
            for turn in ("first", "again"):
                kept = Kept(renderer.radiance)
                readings[name] = observe(camera, trace, now, kept, air, stream(run.seed, "compare"))
                images[name] = kept.image
                print(f"{name}: {turn} {kept.seconds:.2f} core-seconds")
        if own["reference"]:
            compare(own, scene.world, (camera, trace, now, air, run.seed), images)
    table(readings["raycast"].semantic, images)
    pair = np.concatenate([readings[name].image for name in renderers], axis=1)
    gap = difference(images["raycast"], images["path"])
    below = np.concatenate([gap, np.full_like(gap, 255)], axis=1)
    write_png(Path(sys.argv[1]), np.concatenate([pair, below]))


def compare(own, world, place, images) -> None:
    """Print the error of both renderers, and of few samples, against many samples."""
    camera, trace, now, air, seed = place

    def picture(samples: int, clean: bool):
        kept = Kept(PathTracer(world, PathQuality(samples, own["bounces"], clean)).radiance)
        for _ in range(1 if samples == own["reference"] else 2):
            observe(camera, trace, now, kept, air, stream(seed, "compare", samples))
        return kept

    reference = picture(own["reference"], False)
    print(f"reference: {own['reference']} samples, {reference.seconds:.1f} core-seconds")
    print(f"raycast: error {error(images['raycast'], reference.image):.3f}")
    for samples in (1, 4, 16, 64):
        for clean in (False, True):
            kept = picture(samples, clean)
            name = "denoised" if clean else "raw"
            print(f"path {samples} {name}: error {error(kept.image, reference.image):.3f}, "
                  f"{kept.seconds:.2f} core-seconds")  # fmt: skip


if __name__ == "__main__":
    main()
