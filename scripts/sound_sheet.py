"""Draw spectrograms of sirens and of a crossing with an ambulance, cars and rain; print figures.

Usage: scripts/sound_sheet.py OUT.png [OUT.wav]
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.signal import stft

from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, Track
from synthgen.scene import Scene
from synthgen.sound.cast import Casting
from synthgen.sound.microphone import MicrophoneModel
from synthgen.sound.recording import MicrophoneArray, place_of, record
from synthgen.sound.sirens import sirens_of
from synthgen.sound.wav import encode
from synthgen.world import Body, Circuit, Environment, Extent, World

RATE, LENGTH = 48_000, 10.0
TOP, BOTTOM = 6000.0, 60.0
WIDTH, HEIGHT = 700, 260
DAY = Environment(
    sun_elevation=0.6, sun_azimuth=0.0, moon_elevation=-1.0, moon_azimuth=0.0, moon_phase=0.0,
    cloud=1.0, rain=0.0, visibility=20_000.0, wind=3.0, wind_azimuth=0.5, wetness=0.0, skyglow=0.0,
    power=True,
)  # fmt: skip
GREY = Material("grey", (0.5, 0.5, 0.5))


def driven(place, velocity, lamps=0):
    """Return a straight way: `place` (x, y) at 5 s."""
    times = np.round(np.arange(-2.0, LENGTH + 0.6, 0.1), 6)
    way = np.array([*place, 0.0]) + (times[:, None] - 5.0) * np.array([*velocity, 0.0])
    yaw = float(np.arctan2(velocity[1], velocity[0]))
    return Track(times, way, np.tile(yaw_quaternion(yaw), (len(times), 1)), np.zeros(len(times)),
                 np.ones((len(times), lamps)), ((times[0], times[-1]),))  # fmt: skip


def body(name, kind, size, lamps=()):
    """Return a vehicle of which only its box counts."""
    corner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    hull = mesh(corner, np.array([[0, 1, 2]]), GREY, kind)
    return Body(name, kind, "us_box" if kind == "ambulance" else "", hull,
                Extent((0, 0, size[2] / 2), size), lamps)  # fmt: skip


def block(x, y, name):
    """Return a house of 40 x 40 m whose corner nearest to the crossing is (x, y)."""
    far = x + np.sign(x) * 40, y + np.sign(y) * 40
    ring = [(x, y), (far[0], y), far, (x, far[1])]
    if np.sign(x) != np.sign(y):
        ring.reverse()
    corner = np.array([[a, b, z] for a, b in ring for z in (0.0, 15.0)])
    faces = [[0, 2, 3], [0, 3, 1], [2, 4, 5], [2, 5, 3], [4, 6, 7], [4, 7, 5], [6, 0, 1], [6, 1, 7]]
    return Body(name, "building", "", mesh(corner, np.array(faces), GREY, "building"))


def crossing(environment, cars):
    """Return a crossing of two streets: the ego car waits, an ambulance passes before it."""
    red = Circuit("beacon_a", 100.0, (3.0, 0.2, 0.2))
    rng = np.random.default_rng(4)
    things = [body("ego", "ego", (4.8, 1.9, 1.6))]
    tracks = [driven((-14.0, -2.0), (0.01, 0.0))]
    things.append(body("ambulance", "ambulance", (6.3, 2.2, 2.8), (red,)))
    tracks.append(driven((2.0, 0.0), (0.0, 14.0), lamps=1))
    for number in range(cars):
        kind, size = ("truck", (7.6, 2.4, 3.3)) if number % 6 == 0 else ("car", (4.5, 1.8, 1.5))
        things.append(body(f"vehicle/{number}", kind, size))
        along = bool(rng.random() < 0.5)
        lane, start, pace = rng.choice([-5.5, 5.5]), rng.uniform(-70, 70), rng.uniform(5, 14)
        where, how = (start, lane), (-np.sign(lane) * pace, 0.0)
        tracks.append(driven(*((where, how) if along else (where[::-1], how[::-1]))))
    stuff = tuple(block(x, y, f"b{x}{y}") for x in (-11.0, 11.0) for y in (-11.0, 11.0))
    return Scene(World(stuff, tuple(things), 0, environment), Motion(tuple(tracks), (5.0,)))


def picture(signal, title):
    """Return a spectrogram, 60 Hz to 6 kHz on a musical scale, 70 dB from black to white."""
    frequency, times, bins = stft(signal, RATE, nperseg=4096, noverlap=3584, boundary=None)
    level = 20 * np.log10(np.abs(bins) + 1e-9)
    rows = np.geomspace(TOP, BOTTOM, HEIGHT)
    columns = np.linspace(0, len(times) - 1, WIDTH).astype(int)
    grid = level[np.searchsorted(frequency, rows)][:, columns]
    shade = np.clip((grid - grid.max() + 70) / 70, 0, 1)
    color = np.stack([shade**0.6, shade**1.3, 0.25 * np.sin(np.pi * shade) + shade**3], axis=-1)
    image = Image.fromarray((255 * np.clip(color, 0, 1)).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.text((6, 4), f"{title}   {times[-1]:.1f} s", fill=(255, 255, 255))
    for mark in (100, 200, 500, 1000, 2000, 5000):
        row = int(HEIGHT * np.log(TOP / mark) / np.log(TOP / BOTTOM))
        pen.line((0, row, 8, row), fill=(255, 255, 255))
        pen.text((10, row - 5), f"{mark}", fill=(200, 200, 200))
    return image


def listened(environment, cars):
    """Return the recording at a crossing and the seconds it took."""
    scene = crossing(environment, cars)
    square = np.array([[x, y, 1.75] for x in (0.2, -0.2) for y in (0.2, -0.2)])
    array = MicrophoneArray(square, MicrophoneModel(screen=0.09))
    with tracer(scene.world) as trace:
        place, begun = place_of(scene, trace, 5.0), time.process_time()
        casting = Casting(5, country="us", electric=0.1)
        found = record(place, array, (0.0, LENGTH), (3.5, 5.0, 6.5), casting,
                       np.random.default_rng(1))  # fmt: skip
    return found, time.process_time() - begun


def main(out, wav=None):
    """Write the sheet, and the crossing in rain as a WAV file."""
    clock = np.arange(0, 6.0, 1 / RATE)
    known = ("us", "police_car"), ("germany", "ambulance"), ("france", "ambulance")
    views = [
        picture(one.signal(clock, RATE), f"{country} {one.name}")
        for country, kind in known
        for one in sirens_of(country, kind)[:3]
    ]
    listened(DAY, 2)
    dry, _ = listened(DAY, 6)
    wet, seconds = listened(replace(DAY, rain=25.0, wetness=0.8), 30)
    for name, one in (("crossing, 6 cars", dry), ("crossing, 30 cars, 25 mm/h", wet)):
        views.append(picture(one.samples[0] / 2**23, name))
    for label in wet.labels:
        print(f"{label.moment} {label.source:20} {label.variety:12} {label.level:6.1f} dB "
              f"{np.rad2deg(label.azimuth):7.1f} deg {label.distance:6.1f} m x{label.doppler:.4f} "
              f"sight {label.in_sight!s:5} echo {label.reflected:.2f}")  # fmt: skip
    print(f"{len(wet.stems)} sources, {LENGTH:g} s, 4 microphones: {seconds:.1f} core-seconds")
    rows = -(-len(views) // 2)
    sheet = Image.new("RGB", (2 * WIDTH + 6, rows * (HEIGHT + 6)))
    for number, view in enumerate(views):
        sheet.paste(view, (number % 2 * (WIDTH + 6), number // 2 * (HEIGHT + 6)))
    sheet.save(out)
    if wav:
        Path(wav).write_bytes(encode(wet.samples, RATE, 24))


if __name__ == "__main__":
    main(*sys.argv[1:])
