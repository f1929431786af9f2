"""Lamp light that comes to surfaces through fog: closed forms, and Mitsuba's `volpath`."""

import csv
from pathlib import Path

import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.light.beams import beam_tables
from synthgen.light.sources import Sources
from synthgen.render.raycast.lamplight import add_lamps, choose
from synthgen.render.raycast.lantern import lamps
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.passage import CLEAR, Passage, passage, slanted
from synthgen.render.raycast.shortlist import cells
from synthgen.render.raycast.spots import Spots
from synthgen.rng import stream
from synthgen.world import Beam

TABLES = beam_tables()
SCALE = 60.0
"""[m] An optical distance of 1."""
REFERENCE = Path(__file__).with_name("glow_reference.csv")
UP = np.array([0.0, 0.0, 1.0])


def shone(place, forward, beam, air, candela=1.0):
    """Return one lamp, its left level, along x if it shines down."""
    forward = np.asarray(forward, float)
    left = np.cross(UP if abs(forward[2]) < 0.9 else [0.0, 1, 0], forward)
    axes = np.stack([forward, left, np.cross(forward, left)])[None]
    every = Sources(
        np.asarray(place, float)[None], axes, np.full((1, 3), candela), np.array([int(beam)]),
        np.zeros(1), np.zeros(1),
    )  # fmt: skip
    return lamps(every, TABLES, 0.0, air)


def spots(place, face=UP, eye=UP):
    """Return spots at each `place` that face along `face`."""
    place = np.asarray(place, np.float32)
    face, eye = (np.broadcast_to(np.asarray(way, np.float32), place.shape) for way in (face, eye))
    count = len(place)
    number, one = np.zeros(count, np.int32), np.ones(count, np.float32)
    return Spots(
        np.arange(count), place, place, face, eye, face, face, np.zeros((count, 2), np.float32),
        number, number, number + 7, 10 * one, one,
    )  # fmt: skip


def spot(face, eye=UP):
    return spots(np.zeros((1, 3)), face, eye)


def coats(count, specular=0.0, retro=0.0):
    """Return surfaces of a reflectance of 0.5."""
    one = np.ones((count, 3), np.float32)
    return Coat(
        0.5 * one, np.float32(specular) * one, np.full(count, 0.3, np.float32), 0 * one,
        np.full(count, retro, np.float32),
    )  # fmt: skip


def coat(specular=0.0, retro=0.0):
    return coats(1, specular, retro)


def chosen(lamp, where, surface):
    return choose(where, surface, lamp, cells(0.0, np.zeros(3), 0.0), 1)


def illuminance(lamp, where):
    """Return what comes to a spot [lx]."""
    return float(chosen(lamp, where, coat()).flat[0, 0]) * np.pi


def dark(extinction):
    """Return air that scatters nothing."""
    known = passage(extinction, 0.86, 0.9)
    return Passage(extinction, *(np.zeros_like(table) for table in known[1:]))


def reference(scene):
    with REFERENCE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["scene"] == scene]
    return [{k: v if k in ("scene", "beam") else float(v) for k, v in row.items()} for row in rows]


def against_volpath(entry):
    """Return model over reference of all light at a surface, and its share of scattered light."""
    face, place = (np.array([entry[a + b] for b in "xyz"]) for a in "dl")
    place -= np.array([entry["ex"], entry["ey"], 0.0])
    way = [entry["ax"], 0, 0] if entry["ax"] else [0, 0, -1]
    args = place * SCALE, way, Beam[entry["beam"]]
    where = spot(unit(face))
    ours = illuminance(shone(*args, passage(1 / SCALE, entry["g"], entry["albedo"])), where)
    plain = illuminance(shone(*args, dark(1 / SCALE)), where)
    known = entry["luminance"] / SCALE**2
    return ours / (plain + known), known / (plain + known)


@pytest.mark.parametrize("beam", [Beam.ISOTROPIC, Beam.STREET, Beam.HIGH_BEAM])
@pytest.mark.parametrize("depth", [0.5, 1.0, 2.0, 4.0])
def test_light_that_comes_straight_falls_by_beer_and_lambert(beam, depth):
    lamp = (0.0, 0.0, 8.0), (0.0, 0.0, -1.0), beam
    clear = illuminance(shone(*lamp, CLEAR), spot(UP))
    found = illuminance(shone(*lamp, dark(depth / 8.0)), spot(UP))
    assert found == pytest.approx(clear * np.exp(-depth), rel=5e-4)


def test_the_road_under_a_lamp_in_fog_is_as_bright_as_by_volpath():
    """Optical depth 0.5 to 4, 0 to 60 degrees off the lamp's foot; all within 12 %."""
    known = [
        one for one in reference("road")
        if one["beam"] in ("ISOTROPIC", "STREET") and one["error"] < 0.1 * one["luminance"]
    ]  # fmt: skip
    found = np.array([against_volpath(one) for one in known])
    assert len(found) == 22
    assert found[:, 1].max() > 0.9
    assert np.all(np.abs(found[:, 0] - 1) < 0.12)


def test_the_road_in_head_lamps_beams_is_as_bright_as_by_volpath():
    """15, 30 and 60 m before the car at a visibility of 180 m: within 15 %."""
    known = [one for one in reference("road") if "BEAM" in one["beam"] and one["lx"] < 1.5]
    found = np.array([against_volpath(one) for one in known])
    assert len(found) == 6
    assert found[:, 1].max() > 0.5
    assert np.all(np.abs(found[:, 0] - 1) < 0.15)


def test_surfaces_in_a_head_lamps_beam_are_as_bright_as_by_volpath():
    """Optical depth 0.5 to 2, on the axis and 10 degrees off it; within 5 and 25 %."""
    known = reference("lit")
    found = np.array([against_volpath(one)[0] for one in known])
    aside = np.array([abs(one["dy"]) > 0.1 for one in known])
    beam = np.array([one["beam"] == "HIGH_BEAM" for one in known])
    assert np.all(np.abs(found[beam & ~aside] - 1) < 0.05)
    assert np.all(np.abs(found - 1) < 0.25)


@pytest.mark.parametrize(
    ("beam", "place", "forward"),
    [
        (Beam.STREET, (0.0, 0.5, 6.0), (0.5, 0.0, -1.0)),
        (Beam.LAMBERT, (0.0, 0.5, 6.0), (0.5, 0.0, -1.0)),
        (Beam.LOW_BEAM, (-12.0, 0.5, 0.7), (1.0, 0.0, 0.0)),
    ],
)
def test_many_spots_are_lit_as_each_of_them_alone(beam, place, forward):
    """A cell of 1.5 m beside a street lamp or before a car."""
    where = stream(0, "spots").uniform([3.0, 0.0, 0.0], [4.4, 1.4, 0.0], (90, 3))
    lamp = shone(place, unit(np.array(forward)), beam, passage(0.05, 0.86, 0.999))
    found = chosen(lamp, spots(where), coats(90)).flat[:, 0]
    alone = [chosen(lamp, spots(where[n : n + 1]), coats(1)).flat[0, 0] for n in range(90)]
    np.testing.assert_allclose(found, alone, rtol=0.02)


def test_mirrors_and_signs_send_back_what_comes_straight_alone():
    lamp, eye = (unit(np.array([0.3, 0.0, 1.0])) * 40.0), unit(np.array([-0.3, 0.0, 1.0]))
    fog, clear = (
        shone(lamp, -unit(lamp), Beam.ISOTROPIC, air) for air in (passage(0.03, 0.86, 0.999), CLEAR)
    )
    gloss = [chosen(one, spot(UP, eye), coat(0.04)).gloss[0, 0] for one in (fog, clear)]
    assert gloss[0] == pytest.approx(gloss[1] * np.exp(-1.2), rel=1e-4)
    sent = []
    for one in (fog, clear):
        light = []
        for retro in (0.0, 50.0):
            where, surface, out = spot(UP, unit(lamp)), coat(0.0, retro), np.zeros((1, 3))
            add_lamps(out, where, surface, chosen(one, where, surface), one)
            light.append(out[0, 1])
        sent.append(light[1] - light[0])
    assert sent[1] > 0
    assert sent[0] == pytest.approx(sent[1] * np.exp(-1.2), rel=1e-4)


def test_surfaces_along_the_beam_get_scattered_light_from_one_side():
    assert slanted(0.8, 0.07, 0.0) == pytest.approx(0.07)
    assert slanted(0.8, 0.0, 0.5) == pytest.approx(0.4)
    assert slanted(0.8, 0.07, 1.0) == pytest.approx(0.8, rel=0.01)


def test_lamps_shine_as_in_clear_air_through_haze_and_rain():
    assert passage(0.0074, 0.86, 0.99) is CLEAR
    assert passage(0.0076, 0.86, 0.99).extinction == 0.0076
