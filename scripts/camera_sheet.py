"""The same moment through each camera make, and a table of what each keeps of it.

    scripts/camera_sheet.py OUT.png [makes=flea2,ev76c570,ar0231at,imx490] KEY=VALUE...

Rows are moments: a street by low sun, half in shade, and the same by night. All cameras look
through the rig's own lens at the rig's own size, all rows at once, so that only electronics and
processor differ; the light before the lens is made once. Keys of synthgen hold for both.

Printed for each: exposure [ms], gain, digital gain; share of pixels of which a colour is clipped at
the top or all are at the bottom; and for the darkest and brightest fifth of the scene by true
luminance the contrast in blocks of 16 px [DN], and how much of the scene's detail is in it:
correlation, block by block, of the picture's luma with the logarithm of true luminance.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.render.raycast import Raycast
from synthgen.report.sheet import labelled, write_png
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import exposed, look
from synthgen.sensors.tone import luminance
from synthgen.spec.resolve import resolve
from synthgen.weather.air import air_at

MAKES = ("flea2", "ev76c570", "ar0231at", "imx490")
MOMENTS = {
    "low sun": ("scene=clear_day", "light=low_sun", "light.sun_elevation=12",
                "light.sun_azimuth=0"),
    "night": ("scene=night",),
}  # fmt: skip
BLOCK = 16
"""[px]"""
WIDTH = 828


def blocks(image):
    """Return the blocks of an image, one a row."""
    high, wide = (size // BLOCK for size in image.shape)
    cut = image[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK)
    return cut.swapaxes(1, 2).reshape(high * wide, -1)


def figures(reading, true) -> str:
    """Return a row of the table for an image of `true` luminance [cd/m2]."""
    image = reading.image
    top, bottom = (image >= 254).any(axis=2).mean(), (image <= 1).all(axis=2).mean()
    shown, wanted = blocks(image @ np.array([0.2126, 0.7152, 0.0722])), blocks(np.log(true))
    level = wanted.mean(axis=1)
    words = (f"{1e3 * reading.exposure:7.2f}{reading.gain:6.1f}{reading.digital:8.3f}"
             f"{100 * top:8.2f}{100 * bottom:8.2f}")  # fmt: skip
    fifths = level <= np.quantile(level, 0.2), level >= np.quantile(level, 0.8)
    for part in fifths:
        one, other = (each[part] - each[part].mean(axis=1, keepdims=True)
                      for each in (shown, wanted))  # fmt: skip
        both = (one * other).mean(axis=1)
        size = np.sqrt((one**2).mean(axis=1) * (other**2).mean(axis=1))
        alike = np.where(size > 0, both / np.maximum(size, 1e-9), 0)
        words += f"{one.std(axis=1).mean():9.2f}{alike.mean():7.2f}"
    return words + f"{image.mean():7.1f}"


class Light:
    """A renderer that makes its picture once."""

    def __init__(self, render) -> None:
        self.render, self.image = render, None

    def __call__(self, *arguments):
        """Return the picture."""
        if self.image is None:
            self.image = self.render(*arguments)
        return self.image


def readings(keys, makes):
    """Return what each of the `makes` takes of one moment, and its true luminance."""
    cameras = {}
    for make in makes:
        run = read(("n=1", *keys, f"rig.cameras.image_2.model.camera={make}"))
        placed = run.rig.camera("image_2")
        cameras[make] = replace(placed, model=replace(placed.model, row_time=0.0))
    spec, found = resolve(run, 0), {}
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
        scene = build_clip(city, spec)
    with tracer(scene.world) as trace:
        now = moment(scene, scene.motion.times[0])
        light = Light(Raycast(scene.world).radiance)
        sight = look(cameras[makes[0]], trace, now)
        for make, camera in cameras.items():
            rng = stream(run.seed, "sensor", "image_2", 0)
            found[make] = exposed(camera, sight, now, light, air_at(now), rng)
    return found, np.maximum(luminance(light.image), 1e-5)


def main() -> None:
    """Draw the sheet and print the table."""
    out, makes, keys = Path(sys.argv[1]), MAKES, []
    for argument in sys.argv[2:]:
        name, _, value = argument.partition("=")
        if name == "makes":
            makes = tuple(value.split(","))
        else:
            keys.append(argument)
    cells = []
    print(f"{'':20}{'ms':>7}{'gain':>6}{'digital':>8}{'top %':>8}{'bottom':>8}"
          f"{'dark DN':>9}{'alike':>7}{'light DN':>9}{'alike':>7}{'mean':>7}")  # fmt: skip
    for name, own in MOMENTS.items():
        found, true = readings((*own, *keys), makes)
        span = np.log10(np.quantile(true, 0.999) / np.quantile(true, 0.01)) * 20
        print(f"{name}: 1 % to 99.9 % of the scene's pixels span {span:.0f} dB")
        for make, reading in found.items():
            print(f"  {make:18}{figures(reading, true)}", flush=True)
        cells += [
            labelled(reading.image, f"{make}, {name}", WIDTH) for make, reading in found.items()
        ]
    cells += [np.zeros_like(cells[0])] * (len(cells) % 2)
    lines = [np.concatenate(cells[n : n + 2], axis=1) for n in range(0, len(cells), 2)]
    write_png(out, np.concatenate(lines))


if __name__ == "__main__":
    main()
