"""Lamps of two-wheelers: lens discs, their circuits and what they light."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.lamps import Photometry, photometry
from synthgen.assets.sweeping import plate
from synthgen.geometry import Array, unit
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh
from synthgen.world import Beam, Circuit, Lamp

SIDES = 10


@dataclass(frozen=True)
class Lens:
    """A round lens: middle and axis (body frame), radius [m].

    `circuit` is its name in `cycle_photometry`; what stands before a slash names the circuit.
    """

    circuit: str
    center: tuple[float, float, float]
    axis: tuple[float, float, float]
    radius: float


def cycle_photometry() -> dict[str, Photometry]:
    """Return the lamps behind each lens name of cycles and motorcycles.

    Source: StVZO section 67 and technical requirements 23 (1998): bicycle front at least 10 lx at
    10 m (1000 cd) and at most 200 cd above the cut-off, rear at least 4 cd; motorcycles as
    `lamps.photometry`.
    """
    own = {
        "bicycle_front": Photometry(
            1800, 150, (1.0, 0.95, 0.88), Beam.LOW_BEAM, (0.99878, 0.0, -0.04936)
        ),
        "bicycle_rear": Photometry(6, 6, (1.0, 0.012, 0.004), Beam.MARKER, (-1.0, 0.0, 0.0)),
    }
    return {**photometry(), **own}


def lens_meshes(lenses: tuple[Lens, ...], kind: str) -> list[Mesh]:
    """Return the discs of `lenses`, each lit by its circuit."""
    names = circuit_names(lenses)
    return [disc(one, kind, names.index(one.circuit)) for one in lenses]


def circuit_names(lenses: tuple[Lens, ...]) -> list[str]:
    """Return the names of the circuits of `lenses` in order of first use."""
    return list(dict.fromkeys(one.circuit for one in lenses))


def disc(lens: Lens, kind: str, circuit: int) -> Mesh:
    """Return a shallow disc looking along its axis."""
    axis = unit(np.array(lens.axis))
    side = unit(np.cross(axis, [0.0, 0.31, 0.95]))
    turn = np.arange(SIDES) / SIDES * 2 * np.pi
    rim = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * np.cross(axis, side)
    outline = np.array(lens.center) + lens.radius * rim
    data = cycle_photometry()[lens.circuit]
    shade = np.array(data.color) / max(data.color) * 0.5 + 0.05
    material = Material(
        f"lens {lens.circuit}", (float(shade[0]), float(shade[1]), float(shade[2])),
        roughness=0.1, reflectance=0.3, retroreflection=14.0, porosity=0.0,
    )  # fmt: skip
    return plate(outline, 0.008 * axis, material, kind, circuit)


def circuits_for(lenses: tuple[Lens, ...]) -> tuple[Circuit, ...]:
    """Return the circuits; luminance is what others see, spread over the lenses."""
    table, found = cycle_photometry(), []
    for name in circuit_names(lenses):
        same = [one for one in lenses if one.circuit == name]
        area = sum(np.pi * one.radius**2 for one in same)
        color: Array = np.array(table[name].color)
        color = color / (color @ (0.2126, 0.7152, 0.0722))
        luminance = round(float(table[name].seen * len(same) / area), 3)
        tint = (float(color[0]), float(color[1]), float(color[2]))
        found.append(Circuit(name.split("/")[0], luminance, tint, table[name].flash))
    return tuple(found)


def lamps_for(lenses: tuple[Lens, ...]) -> tuple[Lamp, ...]:
    """Return one lamp before each lens."""
    table, names = cycle_photometry(), circuit_names(lenses)
    lamps = []
    for one in lenses:
        data = table[one.circuit]
        axis = unit(np.array(data.direction if any(data.direction) else one.axis))
        place = np.array(one.center) + 0.03 * unit(np.array(one.axis))
        lamps.append(
            Lamp(
                (float(place[0]), float(place[1]), float(place[2])),
                (float(axis[0]), float(axis[1]), float(axis[2])),
                data.candela,
                data.beam,
                names.index(one.circuit),
                one.radius,
            )
        )
    return tuple(lamps)


def reflector(name: str, color: tuple[int, int, int], strength: float) -> Material:
    """Return a prismatic reflector; `strength` is its R_A [cd/lx/m2].

    Source: UN R3 class IA, 0.3 cd/lx of a 20 cm2 red reflector at 20 minutes: 150 cd/lx/m2.
    """
    return Material(
        name, srgb(*color), roughness=0.2, reflectance=0.4, retroreflection=strength, porosity=0.0
    )
