"""The glow of lamps in fog against Mitsuba's `volpath`, and against what must hold by itself."""

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from synthgen.light.beams import beam_tables, gain
from synthgen.render.raycast import bounce
from synthgen.render.raycast.glow import along_ray
from synthgen.render.raycast.halo import cell, halo, phase, turn
from synthgen.render.raycast.moments import asymmetries, moments
from synthgen.render.raycast.shade import unshaded
from synthgen.world import Beam

TABLES = beam_tables()
SCALE = 60.0
"""[m] An optical distance of 1: visibility 180 m, so that lamps are points beside it."""
TABLE = Path(__file__).with_name("glow_reference.csv")
POOR = 0.08
"""Standard error, as a share, above which an entry of the reference says little."""


def row(position, forward, beam, radius=0.0):
    """Return one lamp of 1 cd as the renderer has it; its left is level."""
    forward = np.asarray(forward, float)
    left = np.cross([0.0, 0, 1] if abs(forward[2]) < 0.9 else [-1.0, 0, 0], forward)
    left /= np.linalg.norm(left)
    up = np.cross(forward, left)
    return np.array([*position, *forward, *left, *up, 1.0, radius**2, int(beam), 0], float)


def ahead(entry):
    """Return what the renderer has for an entry of the reference, same unit."""
    eye, place, way = (np.array([entry[a + b] for b in "xyz"]) for a in "eld")
    way /= np.linalg.norm(way)
    over_ground = entry["reflectance"] >= 0
    length = min(eye[2] / -way[2] if over_ground and way[2] < 0 else 30.0, 30.0)
    ground = 0.0 if over_ground else -1e6
    fog = 1 / SCALE, halo(entry["g"], entry["albedo"]), ground, *unshaded(0)[1:]
    lit = [row(place * SCALE, [entry["ax"], 0, 0], Beam[entry["beam"]])]
    shares = [1.0]
    if over_ground and entry["beam"] != "ISOTROPIC":
        patch, share = ground_patch(place, entry["ax"])
        lit, shares = [*lit, patch], [*shares, share]
    return SCALE**2 * sum(
        share * along_ray(tuple(eye * SCALE), tuple(way), length * SCALE, fog, one, TABLES, 1.0)
        for share, one in zip(shares, lit, strict=True)
    )


def ground_patch(place, axis):
    """Return the lit ground before a head lamp as a lamp, and its candela."""
    way = place[2] / 0.06
    spot = np.array([place[0] + way * axis, place[1], 0.0]) * SCALE
    return row(spot, [0, 0, 1], Beam.LAMBERT, 0.2 * way * SCALE), bounce.candela(Beam.HIGH_BEAM)


def reference():
    """Return the entries of the table, numbers as numbers."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("scene", "beam")
    return [{k: v if k in names else float(v) for k, v in one.items()} for one in rows]


def ratios(scene):
    """Return model over reference of the entries of `scene` that are known well."""
    known = [
        one for one in reference()
        if one["scene"] == scene and one["error"] < POOR * one["luminance"]
    ]  # fmt: skip
    return np.array([ahead(one) / one["luminance"] for one in known]), known


def test_the_halo_of_a_lamp_in_endless_fog_lies_within_20_percent_of_volpath():
    """Optical depth 0.5 to 6, 0.5 to 30 degrees, g 0.68 to 0.9, albedo 0.92 and 0.999."""
    found, _ = ratios("free")
    assert len(found) > 75
    assert np.all(np.abs(found - 1) < 0.2)
    assert np.sqrt(np.mean((found - 1) ** 2)) < 0.09


def test_halos_of_lamps_over_a_road_lie_within_20_percent_of_volpath():
    """Roads of a reflectance of 0.1; lines of sight that end on the road before the lamp apart."""
    found, known = ratios("lamp")
    plain = np.array([one["reflectance"] < 0.2 and one["dz"] > -0.05 for one in known])
    assert plain.sum() > 45
    assert np.mean(np.abs(found[plain] - 1) < 0.2) > 0.97
    assert np.all(np.abs(found[plain] - 1) < 0.27)
    assert np.all(np.abs(found - 1) < 0.6)


@pytest.mark.parametrize(
    ("scene", "share"), [("cone_driver", 0.75), ("cone_side", 0.65), ("cone_ahead", 0.85)]
)
def test_most_lines_through_cones_of_head_lamps_lie_within_20_percent_of_volpath(scene, share):
    found, _ = ratios(scene)
    assert len(found) > 5
    assert np.mean(np.abs(found - 1) < 0.2) >= share
    assert np.all((found > 0.6) & (found < 1.5))


def once(depth, angle, g):
    """Return the luminance of light scattered once, by a fine sum; lengths are optical."""
    near, height = depth * np.cos(angle), depth * np.sin(angle)
    phi = np.linspace(np.arctan(-near / height), np.arctan((2 * depth - near) / height), 200_001)
    phi = (phi[1:] + phi[:-1]) / 2
    way = near + height * np.tan(phi) + height / np.cos(phi)
    return float(np.mean(phase(g, -np.sin(phi)) * np.exp(-way)) * np.ptp(phi) / height)


@pytest.mark.parametrize("degrees", [1.0, 5.0, 30.0, 90.0])
def test_in_thin_air_only_light_scattered_once_is_left(degrees):
    angle, depth, g = np.radians(degrees), 0.01, 0.86
    eye, way = (0.0, 0.0, 0.0), (np.cos(angle), np.sin(angle), 0.0)
    lamp, fog = row([2000.0, 0, 0], [1, 0, 0], Beam.ISOTROPIC), (
        depth / 2000, halo(g, 1.0), -1e6, *unshaded(0)[1:],
    )  # fmt: skip
    # The first sample lies close to the eye: many samples, as of a lamp that matters.
    found = along_ray(eye, way, 4000.0, fog, lamp, TABLES, 6.0)
    assert found * (2000 / depth) ** 2 == pytest.approx(once(depth, angle, g), rel=0.03)


@pytest.mark.parametrize("g", [0.68, 0.86])
def test_fog_that_absorbs_nothing_loses_no_light(g):
    """The flux outwards through any sphere is the lamp's: F_0 + sum F_n c_n = 1."""
    depth = np.array([0.3, 1.0, 3.0, 6.0])
    known = moments(g, 1.0, depth)
    flux = np.exp(-depth) + (known.fluence * known.cosine).sum(axis=0)
    np.testing.assert_allclose(flux, 1.0, atol=0.03)


def test_once_scattered_light_follows_its_closed_form_close_to_the_lamp():
    """F_1 = T exp(-T) for scattering straight on; nearly so for a sharp lobe."""
    depth = np.array([0.2, 0.5, 1.0, 2.0])
    known = moments(asymmetries()[1], 1.0, depth).fluence[0]
    np.testing.assert_allclose(known, depth * np.exp(-depth), rtol=0.07)


def test_moments_darken_with_the_albedo_by_order():
    pure, dull = (moments(0.86, albedo, np.array([1.0])).fluence[:3, 0] for albedo in (1.0, 0.9))
    np.testing.assert_allclose(dull / pure, [0.9, 0.9**2, 0.9**3], rtol=1e-3)


@pytest.mark.parametrize("beam", [Beam.STREET, Beam.HIGH_BEAM, Beam.MARKER])
def test_blurring_a_beam_keeps_its_flux(beam):
    cosine, weight = np.polynomial.legendre.leggauss(400)
    table = halo(0.86, 1.0).blurred[int(beam), int(cell(1.0)), :, 1]
    steps = np.array([turn(c) for c in cosine])
    flux = 2 * np.pi * np.sum(weight * np.interp(steps, np.arange(len(table)), table))
    angle = (np.arange(4000) + 0.5) / 4000 * np.pi
    around = (np.arange(16) + 0.5) / 16 * 2 * np.pi
    ring = [np.mean([gain(int(beam), np.cos(a), np.sin(a) * np.cos(t), np.sin(a) * np.sin(t))
                     for t in around]) for a in angle]  # fmt: skip
    rated = 2 * np.pi * np.sum(ring * np.sin(angle)) * np.pi / 4000
    assert flux == pytest.approx(rated, rel=0.06)


@pytest.mark.skipif(find_spec("mitsuba") is None, reason="needs the extra `path`")
def test_mitsuba_still_says_what_the_table_says():
    import runpy

    import drjit as dr
    import mitsuba as mi

    script = Path(__file__).parents[2] / "scripts" / "glow_reference.py"
    known = runpy.run_path(str(script))
    mi.set_variant("llvm_ad_rgb")
    dr.set_thread_count(1)
    with TABLE.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    wanted = [known["parsed"](rows[index]) for index in (10, 24, 90)]
    for entry in wanted:
        mean, error = known["measured"](entry, 0.03, 400_000)
        assert abs(mean - entry[15]) < 4 * np.hypot(error, entry[16])
