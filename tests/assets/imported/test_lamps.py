"""Lamps of imported assets."""

import numpy as np
import pytest

from synthgen.assets.imported.designs import designs
from synthgen.assets.imported.manifest import Asset
from synthgen.config import read
from synthgen.world import Beam


def asset(**changes):
    given = {
        "name": "crate", "file": "crate.glb", "kind": "car", "length": 4.2, "width": 1.8,
        "height": 1.5, "forward": "+x", "up": "+z",
    }  # fmt: skip
    return Asset(**{**given, **changes})


def made(workshop, **changes):
    """Return the design of the crate in the workshop."""
    return designs(workshop.folder, [asset(**changes)])[0]


def lamp_car(workshop):
    """A crate with two clear lamps in front, two red ones behind, a blue bar on top."""
    clear, red, blue = (workshop.paint(name) for name in ("clear", "red", "blue"))
    parts = {"crate": workshop.box((4.2, 1.8, 1.4), (0, 0, -0.05))}
    for side in (-1, 1):
        parts[f"front{side}"] = workshop.box((0.1, 0.2, 0.1), (2.06, 0.7 * side, 0), clear)
        parts[f"rear{side}"] = workshop.box((0.1, 0.2, 0.1), (-2.06, 0.7 * side, 0), red)
    parts["bar"] = workshop.box((0.2, 1.2, 0.1), (0, 0, 0.7), blue)
    return workshop.scene(**parts)


def lamps_of(workshop, *entries):
    folder = workshop.manifest(lamps=list(entries))
    return made(workshop, length=4.22, lamps=read([f"assets={folder}"]).assets[0].lamps).bodies[0]


def test_each_lens_is_a_lamp_with_the_photometry_of_its_circuit(workshop):
    workshop.glb(lamp_car(workshop))
    body = lamps_of(
        workshop, {"circuit": "low_beam", "lens": "clear"}, {"circuit": "brake", "lens": "red"},
        {"circuit": "beacon_a/blue", "lens": "bar"},
    )  # fmt: skip
    assert [circuit.name for circuit in body.circuits] == ["low_beam", "brake", "beacon_a"]
    assert [lamp.circuit for lamp in body.lamps] == [0, 0, 1, 1, 2]
    for lamp in body.lamps[:4]:
        ahead = 1 if lamp.circuit == 0 else -1
        assert lamp.position[0] == pytest.approx(2.15 * ahead, abs=0.01)
        assert abs(lamp.position[1]) == pytest.approx(0.7, abs=0.01)
        assert lamp.direction[0] * ahead > 0.99
    assert body.lamps[4].beam == Beam.ISOTROPIC
    assert body.lamps[4].position[2] > 1.5
    assert body.circuits[2].flash is not None
    lit = body.mesh.vertices[body.mesh.triangles[body.mesh.circuit == 1]].mean(axis=1)
    assert len(lit) == 24
    assert (lit[:, 0] < -2).all()


def test_a_lens_is_as_bright_as_its_candela_over_the_area_it_shows(workshop):
    """Brake lamps: 120 cd each (UN R7) through 0.2 m x 0.1 m."""
    workshop.glb(lamp_car(workshop))
    brake = lamps_of(workshop, {"circuit": "brake", "lens": "red"}).circuits[0]
    assert brake.luminance == pytest.approx(120 / 0.02, rel=1e-4)
    twice = lamps_of(workshop, {"circuit": "brake", "lens": "red", "intensity": 240.0})
    assert twice.circuits[0].luminance == pytest.approx(240 / 0.02, rel=1e-4)
    assert {lamp.intensity for lamp in twice.lamps} == {240.0}


def test_a_lamp_may_be_a_place_and_a_direction(workshop):
    workshop.glb()
    (lamp,) = lamps_of(
        workshop,
        {"circuit": "indicator_left", "position": [2.1, 0.8, 0.6], "direction": [1, 1, 0]},
    ).lamps
    assert lamp.position == (2.1, 0.8, 0.6)
    np.testing.assert_allclose(lamp.direction, [0.5**0.5, 0.5**0.5, 0])
    assert lamp.intensity == 200


# Identity ---------------------------------------------------------------------------------------


def test_the_same_file_gives_the_same_bytes(workshop):
    workshop.glb(lamp_car(workshop))
    one, two = (made(workshop, length=4.22).bodies[0].mesh for _ in range(2))
    for name in ("vertices", "triangles", "normals", "material", "uv"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
