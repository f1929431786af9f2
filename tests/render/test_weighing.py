"""The table of many spots against one spot and one lamp at a time, by the same equations."""

import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.render.raycast.brdf import answer, schlick
from synthgen.render.raycast.lamplight import choose
from synthgen.render.raycast.lantern import reach
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.shortlist import cells
from synthgen.render.raycast.spots import Spots
from synthgen.render.raycast.weighing import alignment
from synthgen.rng import stream

COUNT, MOST = 700, 5


@pytest.fixture(scope="module")
def street(lamps_within):
    return lamps_within(stream(0, "street"), 20, (12.0, 12.0))


@pytest.fixture(scope="module")
def spots():
    rng = stream(1, "spots")
    normal = unit(rng.normal(size=(COUNT, 3))).astype(np.float32)
    eye = unit(normal + 0.9 * unit(rng.normal(size=(COUNT, 3)))).astype(np.float32)
    place = rng.uniform([-10, -10, 0], [10, 10, 6], (COUNT, 3)).astype(np.float32)
    number = np.zeros(COUNT, np.int32)
    return Spots(
        np.arange(COUNT), place, place, normal, eye, normal, normal,
        np.zeros((COUNT, 2), np.float32), number, number,
        rng.integers(0, 30, COUNT).astype(np.int32),
        np.full(COUNT, 10, np.float32), np.ones(COUNT, np.float32),
    )  # fmt: skip


@pytest.fixture(scope="module")
def coat():
    rng = stream(2, "coat")
    specular = rng.choice([0.0, 0.005, 0.04, 0.5], (COUNT, 1)) * np.ones(3)
    return Coat(
        rng.random((COUNT, 3)).astype(np.float32), specular.astype(np.float32),
        rng.random(COUNT).astype(np.float32), np.zeros((COUNT, 3), np.float32),
        (rng.random(COUNT) < 0.3).astype(np.float32) * 50,
    )  # fmt: skip


def one(street, spots, coat, n, lamp):
    """Return level, flat, gloss and cosine of one lamp at one spot, straight from the formulas."""
    strength, light = reach(
        street.rows, street.tables, lamp, tuple(spots.position[n].astype(float))
    )
    row, place = street.rows[lamp], spots.position[n].astype(float)
    near = np.sum((row[:3] - place) ** 2) < 1.0 and row[15] == spots.body[n]
    normal, eye = (tuple(part[n].astype(float)) for part in (spots.normal, spots.eye))
    shiny = float(coat.specular[n, 1])
    flat, gloss, half = answer(normal, eye, light, float(coat.roughness[n]), shiny >= 0.01)
    facing = np.dot(spots.face[n], light) > 0
    if near or not facing or strength * row[12] <= street.floor:
        return 0.0, 0.0, 0.0, 0.0
    gloss = min(gloss, 400.0)
    white = coat.diffuse[n].astype(float) @ [0.3, 0.6, 0.1]
    back = coat.retroreflection[n] * alignment(np.dot(light, eye)) * flat * np.pi
    sent = white * flat + schlick(shiny, half) * gloss + back
    return row[12] * strength * sent, strength * flat, strength * gloss, half


def test_the_strongest_lamps_are_chosen_with_the_light_that_the_formulas_give(street, spots, coat):
    choice = choose(spots, coat, street, cells(0.0, np.zeros(3), 0.0), MOST)
    lit = 0
    for n in range(COUNT):
        every = np.array([one(street, spots, coat, n, lamp) for lamp in range(20)])
        best = np.argsort(-every[:, 0], kind="stable")[:MOST]
        best = best[every[best, 0] > 0]
        np.testing.assert_array_equal(choice.lamp[n, : len(best)], best)
        assert (choice.lamp[n, len(best) :] == -1).all()
        lit += len(best)
        # The cosine to the half vector belongs to the shiny layer.
        compared = 4 if coat.specular[n, 1] >= 0.01 else 3
        found = [column[n, : len(best)] for column in choice[1 : compared + 1]]
        np.testing.assert_allclose(np.stack(found, 1), every[best, :compared], rtol=1e-4, atol=1e-9)
    assert lit > COUNT


def test_retroreflection_counts_towards_the_eye_only():
    assert alignment(1.0) > 1.0
    assert alignment(np.cos(np.deg2rad(0.5))) == pytest.approx(0.5, abs=0.05)
    assert alignment(np.cos(np.deg2rad(20))) == 0.0
