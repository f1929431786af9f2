"""Write the Monte Carlo reference of the glow round lamps in fog, made with Mitsuba's `volpath`.

    scripts/glow_reference.py OUT.csv [ERROR=0.02] [MOST=2000000] [NAME...]

The default OUT of the repository is tests/render/glow_reference.csv. ERROR is the standard error,
as a share of the entry, at which an entry is done; MOST is the most paths spent on one. NAMEs are
the scenes to make anew; the others keep their rows. It needs the extra `path`.

Lengths are optical: the extinction is 1, so 1 stands for visibility / 2.996. x points from the
eye to the lamp, y left, z up. A row is one line of sight:

    scene         name; `free` and `lit` have no ground, the others a Lambert ground z = 0
    g, albedo     Henyey-Greenstein asymmetry, single-scattering albedo
    reflectance   of the ground, -1 without one
    beam          ISOTROPIC, or LOW_BEAM, HIGH_BEAM along the lamp's axis (ax, 0, 0), ax = 1 or -1,
                  or STREET straight down, ax = 0
    ex, ey, ez    the eye
    lx, ly, lz    the lamp
    dx, dy, dz    line of sight, unit
    luminance     over the lamp's intensity and extinction^2, lamp and ground themselves left out
                  (what scattered light makes of the ground is in it); of `lit` and `road` the
                  illuminance by scattered light of a surface that faces along (dx, dy, dz)
    error         its standard error, same unit

Source: Mitsuba 3 (W. Jakob et al., 2022), integrator `volpath`. Paths of up to 100 vertices in a
ball of fog of radius 15; a bubble of clear air of radius 0.002 round the lamp keeps 1 / d^2
finite.
"""

import csv
import sys
from pathlib import Path

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.light.beams import gain
from synthgen.world import Beam

FIELDS = ("scene", "g", "albedo", "reflectance", "beam", "ax", "ex", "ey", "ez", "lx", "ly", "lz",
          "dx", "dy", "dz", "luminance", "error")  # fmt: skip
BUBBLE = 0.002
IMAGES = {"STREET": (1024, 1024, 165.0)}
"""[px], [px], [deg] Image of a beam and its horizontal field."""
HEAD = (512, 256, 100.0)
"""The same of head lamps."""
LIFT = 1e-4
"""How far over the ground its light is measured."""
BATCH = 200_000


def aimed(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """Return the unit vector at these angles [deg], anticlockwise from +x and up."""
    a, e = np.radians([azimuth, elevation])
    return float(np.cos(a) * np.cos(e)), float(np.sin(a) * np.cos(e)), float(np.sin(e))


def row(scene, air, beam, eye, lamp, ways):  # type: ignore[no-untyped-def]
    """Return rows of one geometry: `air` is (g, albedo, reflectance), `beam` (name, axis)."""
    return [(scene, *air, *beam, *eye, *lamp, *way) for way in ways]


def free():  # type: ignore[no-untyped-def]
    """A lamp that shines evenly, no ground."""
    out = []
    kinds = [(0.86, 0.999, (0.5, 1, 2, 4, 6), (0.5, 1, 2, 4, 8, 15, 30))]
    kinds += [
        (g, albedo, (0.5, 2, 6), (0.5, 4, 15, 30))
        for g, albedo in ((0.9, 0.999), (0.68, 0.92), (0.68, 0.999), (0.86, 0.92))
    ]
    for g, albedo, depths, angles in kinds:
        for depth in depths:
            ways = [aimed(angle, 0) for angle in angles]
            air, beam = (g, albedo, -1), ("ISOTROPIC", 1)
            out += row("free", air, beam, (0, 0, 0), (depth, 0, 0), ways)
    return out


def lamp():  # type: ignore[no-untyped-def]
    """Street lamp, signal and head lamp (8, 5 and 0.7 m at 60 m of visibility), shining evenly."""
    out = []
    eye = (0, 0, 0.075)
    for height in (0.4, 0.25, 0.035):
        for depth in (1, 2, 4):
            up = float(np.degrees(np.arctan2(height - eye[2], depth)))
            ways = [aimed(angle, up) for angle in (1, 4, 15)]
            ways += [aimed(0, up + angle) for angle in (1, 4, 15)] + [aimed(0, up - 4)]
            for reflectance in (0.1, 0.5) if depth == 2 else (0.1,):
                air, beam = (0.86, 0.999, reflectance), ("ISOTROPIC", 1)
                out += row("lamp", air, beam, eye, (depth, 0, height), ways)
    return out


def cone_driver():  # type: ignore[no-untyped-def]
    """A head lamp seen by who drives behind it."""
    ways = [aimed(0, angle) for angle in (-2, 0, 1, 2, 4, 8, 15)]
    ways += [aimed(angle, 0) for angle in (5, 10, 20)]
    air, beam = (0.86, 0.999, 0.1), ("HIGH_BEAM", 1)
    return row("cone_driver", air, beam, (-0.085, 0, 0.075), (0, 0, 0.035), ways)


def cone_side():  # type: ignore[no-untyped-def]
    """A head lamp's cone from 30 m aside: points on its axis, and above it."""
    eye, points = np.array([1.0, -1.5, 0.075]), []
    points += [(x, 0, 0.035) for x in (0.1, 0.25, 0.5, 1, 2)]
    points += [(x, 0, z) for x in (0.5, 1) for z in (0.15, 0.4)]
    ways = [tuple((p - eye) / np.linalg.norm(p - eye)) for p in np.array(points)]
    air, beam = (0.86, 0.999, 0.1), ("HIGH_BEAM", 1)
    return row("cone_side", air, beam, tuple(eye), (0, 0, 0.035), ways)


def cone_ahead():  # type: ignore[no-untyped-def]
    """A head lamp that comes towards the eye in the next lane, at 20, 40 and 80 m."""
    out = []
    for depth in (1, 2, 4):
        ways = [aimed(angle, 0) for angle in (0.5, 1, 2, 4, 8, 15, 30)]
        ways += [aimed(0, angle) for angle in (2, 8, 20)]
        air, beam = (0.86, 0.999, 0.1), ("HIGH_BEAM", -1)
        out += row("cone_ahead", air, beam, (0, 0, 0.075), (depth, 0.17, 0.035), ways)
    return out


def lit():  # type: ignore[no-untyped-def]
    """A surface that faces a lamp: in the middle of a beam, 10 degrees off it, lit evenly."""
    out = []
    for depth in (0.5, 1, 2):
        air = (0.86, 0.999, -1)
        for angle, beam in ((0, ("ISOTROPIC", 1)), (0, ("HIGH_BEAM", -1)), (10, ("HIGH_BEAM", -1))):
            way = aimed(angle, 0)
            place = tuple(depth * part for part in way)
            out += row("lit", air, beam, (0, 0, 0), place, [way])
    return out


def road():  # type: ignore[no-untyped-def]
    """The road under a lamp, 0 to 60 degrees off its foot, and in the beams of a coming car."""
    out, air, up = [], (0.86, 0.999, 0.1), [(0, 0, 1)]
    for beam in (("ISOTROPIC", 1), ("STREET", 0)):
        for depth in (0.5, 1, 2, 4):
            for angle in (0, 40, 60):
                z, x, _ = aimed(angle, 0)
                out += row("road", air, beam, (0, 0, LIFT), (depth * x, 0, depth * z), up)
    for name in ("LOW_BEAM", "HIGH_BEAM"):
        for depth in (0.25, 0.5, 1, 2):
            out += row("road", air, (name, -1), (0, 0, LIFT), (depth, 0, 0.035), up)
    return out


SCENES = {one.__name__: one for one in (free, lamp, cone_driver, cone_side, cone_ahead, lit, road)}


def emitter(beam: str, place, axis: float):  # type: ignore[no-untyped-def]
    """Return a lamp of intensity 1 as Mitsuba has it."""
    if beam == "ISOTROPIC":
        return {"type": "point", "position": list(place), "intensity": 1.0}
    wide, tall, field = IMAGES.get(beam, HEAD)
    side = np.tan(np.radians(field / 2))
    left = (1 - 2 * (np.arange(wide) + 0.5) / wide) * side
    up = (1 - 2 * (np.arange(tall) + 0.5) / tall) * side * tall / wide
    image = np.empty((tall, wide, 3), np.float32)
    for i in range(tall):
        for j in range(wide):
            scale = 1 / np.sqrt(1 + left[j] ** 2 + up[i] ** 2)
            level = gain(int(Beam[beam]), scale, left[j] * scale, up[i] * scale)
            image[i, j] = level * scale**3  # illuminance on the plane at distance 1
    goal = [place[0] + axis, place[1], place[2] - (axis == 0)]
    look = mi.ScalarTransform4f().look_at(list(place), goal, [0, 0, 1] if axis else [0, 1, 0])
    picture = {"type": "bitmap", "bitmap": mi.Bitmap(image), "raw": True, "filter_type": "bilinear",
               "wrap_mode": "clamp"}  # fmt: skip
    return {"type": "projector", "irradiance": picture, "fov": field, "scale": 1.0 / np.pi,
            "to_world": look}  # fmt: skip


def scene_of(entry):  # type: ignore[no-untyped-def]
    """Return the Mitsuba scene of a row, and its medium."""
    _, g, albedo, reflectance, beam, axis = entry[:6]
    place = entry[9:12]
    null = {"type": "null"}
    parts = {
        "type": "scene",
        "fog": {"type": "homogeneous", "sigma_t": 1.0, "albedo": albedo,
                "phase": {"type": "hg", "g": g}},
        "integrator": {"type": "volpath", "max_depth": 100, "rr_depth": 100},
        "ball": {"type": "sphere", "radius": 15.0, "bsdf": null,
                 "interior": {"type": "ref", "id": "fog"}},
        "bubble": {"type": "sphere", "center": list(place), "radius": BUBBLE, "bsdf": null,
                   "exterior": {"type": "ref", "id": "fog"}},
        "lamp": emitter(beam, place, axis),
    }  # fmt: skip
    if reflectance >= 0:
        parts["ground"] = {
            "type": "rectangle", "to_world": mi.ScalarTransform4f().scale(20.0),
            "bsdf": {"type": "twosided", "nested": {
                "type": "diffuse", "reflectance": reflectance}},
        }  # fmt: skip
    scene = mi.load_dict(parts)
    media = [shape.interior_medium() for shape in scene.shapes() if shape.is_medium_transition()]
    return scene, next(medium for medium in media if medium is not None)


def light(scene, medium, entry, count: int, seed: int):  # type: ignore[no-untyped-def]
    """Return the luminance of `count` paths along the row's line of sight."""
    sampler = mi.load_dict({"type": "independent"})
    sampler.seed(seed, count)
    eye, way = (np.repeat(np.array(part, np.float32)[:, None], count, 1)
                for part in (entry[6:9], entry[12:15]))  # fmt: skip
    way, share = mi.Vector3f(way), 1.0
    if entry[0] in ("lit", "road"):
        around = mi.warp.square_to_cosine_hemisphere(sampler.next_2d())
        way, share = mi.Frame3f(way).to_world(around), np.pi
    ray = mi.RayDifferential3f(mi.Ray3f(mi.Point3f(eye), way))
    found, _, _ = scene.integrator().sample(scene, sampler, ray, medium, True)
    return share * np.array(found[1], float) - ground(entry)


def ground(entry) -> float:  # type: ignore[no-untyped-def]
    """Return what the lit ground at the end of the line of sight adds, once dimmed by the fog."""
    eye, place, way = (np.array(entry[k : k + 3], float) for k in (6, 9, 12))
    if entry[3] < 0 or way[2] >= 0:
        return 0.0
    length = eye[2] / -way[2]
    gap = place - (eye + length * way)
    distance = float(np.linalg.norm(gap))
    axis = np.array([entry[5], 0, 0])
    level = 1.0
    if entry[4] != "ISOTROPIC":
        forward = float(-gap @ axis / distance)
        left = -gap[1] / distance * entry[5]
        level = gain(int(Beam[entry[4]]), forward, left, -gap[2] / distance) if forward > 0 else 0
    lux = level * gap[2] / distance**3 * np.exp(-distance)
    return float(entry[3] / np.pi * lux * np.exp(-length))


def measured(entry, error: float, most: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Return the mean and its standard error."""
    scene, medium = scene_of(entry)
    count, total, square = 0, 0.0, 0.0
    while count < most:
        found = light(scene, medium, entry, BATCH, count // BATCH + 1)
        count += BATCH
        total, square = total + found.sum(), square + (found**2).sum()
        mean = total / count
        spread = float(np.sqrt(max(square / count - mean**2, 0.0) / count))
        if spread < error * mean:
            break
    return float(mean), spread


def parsed(line):  # type: ignore[no-untyped-def]
    """Return a line of the table with its numbers as numbers."""
    return tuple(part if place in (0, 4) else float(part) for place, part in enumerate(line))


def main() -> None:
    """Write the table."""
    path = Path(sys.argv[1])
    error = float(sys.argv[2]) if len(sys.argv) > 2 else 0.02
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000_000
    wanted = sys.argv[4:] or list(SCENES)
    mi.set_variant("llvm_ad_rgb")
    dr.set_thread_count(1)
    old = list(csv.reader(path.open()))[1:] if path.exists() else []
    with path.with_suffix(".new").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(FIELDS)
        for name, make in SCENES.items():
            if name not in wanted:
                out.writerows(line for line in old if line[0] == name)
                continue
            for entry in make():
                mean, spread = measured(entry, error, most)
                numbers = [f"{value:.5g}" for value in (*entry[5:], mean, spread)]
                out.writerow([*entry[:5], *numbers])
                file.flush()
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    main()
