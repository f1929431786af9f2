"""Clear coats over pigment and flakes."""

import numpy as np
import pytest

from synthgen.assets.finishes import paint
from synthgen.materials import Material, srgb
from synthgen.mesh import mesh
from synthgen.sensors.echo import bare, echo, intensity
from synthgen.sensors.fresnel import fresnel
from synthgen.sensors.lacquer import COAT, FACE, INSIDE, SLOPE, flakes, pigment
from synthgen.sensors.surface import Surfaces

COSINES = (np.arange(4000) + 0.5) / 4000
SLANT = np.cos(np.deg2rad(40.0))


def mean(values):
    """Return the mean over the hemisphere of diffuse light, given at `COSINES`."""
    return float((2 * COSINES * values).mean())


def test_a_coat_turns_back_inside_what_fresnel_says():
    assert fresnel(1.0, COAT) == pytest.approx(FACE)
    outside = mean([fresnel(cosine, COAT) for cosine in COSINES])
    assert 1 - (1 - outside) / COAT**2 == pytest.approx(INSIDE, abs=0.001)


@pytest.mark.parametrize("reflectance", [0.05, 0.2, 0.7])
def test_mirrored_and_diffuse_light_add_up_to_the_reflectance_of_the_panel(reflectance):
    square = pigment(reflectance, 1.0)
    spread = [np.sqrt(square * pigment(reflectance, cosine)) for cosine in COSINES]
    assert FACE + mean(spread) == pytest.approx(reflectance, rel=0.005)


@pytest.mark.parametrize("angle", [5.0, 12.0, 20.0])
def test_flakes_answer_as_often_as_thrown_facets_send_a_beam_back(angle):
    rng = np.random.default_rng(7)
    count, around = 2_000_000, 0.04
    steep, turn = rng.gamma(2.0, SLOPE / np.sqrt(6.0), count), rng.uniform(0, 2 * np.pi, count)
    normal = np.stack([steep * np.cos(turn), steep * np.sin(turn), np.ones(count)])
    normal /= np.linalg.norm(normal, axis=0)
    inner = np.arcsin(np.sin(np.deg2rad(angle)) / COAT)
    to_light = np.array([np.sin(inner), 0.0, np.cos(inner)])
    met = to_light @ normal
    caught = np.maximum(met, 0.0) / normal[2] / to_light[2]
    back = to_light @ (2 * met * normal - to_light[:, None]) > np.cos(around)
    density = caught[back].sum() / count / (2 * np.pi * (1 - np.cos(around)))
    cosine = np.cos(np.deg2rad(angle))
    expected = np.pi * (1 - fresnel(cosine, COAT)) ** 2 / COAT**2 * density
    expected *= cosine / to_light[2] / (1 - FACE) ** 2
    assert flakes(1.0 + FACE, cosine) == pytest.approx(expected, rel=0.06)


def heard(model, material, cosine):
    """Return the coded intensity of a panel at 20 m, met at an angle of that cosine."""
    face = mesh(np.eye(3), np.array([[0, 1, 2]]), material, "car")
    table = np.concatenate([np.zeros((1, face.optics.shape[1])), face.optics])
    up = np.array([[0.0, 0.0, 1.0]])
    one = Surfaces(np.ones(1, np.uint8), up, np.ones(1, np.int32), table, np.zeros((1, 2)))
    way = np.array([[np.sqrt(1 - cosine**2), 0.0, -cosine]])
    return float(intensity(model, echo(model, one, way, np.array([20.0]), bare(1))[0])[0])


def coloured(code, flake, reflectance) -> Material:
    """Return a new paint."""
    return paint("some", srgb(*code), flake, reflectance).material


def test_white_cars_are_bright_from_the_side_and_black_ones_read_nothing(rig):
    model = rig.lidar("velodyne").model
    assert heard(model, coloured((236, 237, 235), 0.0, 0.7), SLANT) > 0.4
    black = coloured((16, 16, 18), 0.1, 0.05)
    assert heard(model, black, SLANT) == 0
    assert heard(model, black, 1.0) > 0.3


def test_metallic_paint_shines_when_met_almost_squarely_and_is_dull_aside(rig):
    model = rig.lidar("velodyne").model
    silver = coloured((172, 175, 178), 0.5, 0.57)
    solid = coloured((172, 175, 178), 0.0, 0.57)
    near = np.cos(np.deg2rad(8.0))
    assert heard(model, silver, near) > heard(model, solid, near) + 0.05
    assert 0 < heard(model, silver, SLANT) < heard(model, solid, SLANT) - 0.15
