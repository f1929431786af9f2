"""Police motorcycles: a street machine with fairing, screen, cases and blue lamps."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from dataclasses import replace

import numpy as np

from synthgen.assets.lenses import Lens, circuit_names, disc
from synthgen.assets.motorcycles import (
    KIND,
    Machine,
    build_machine,
    draw_machine,
    machine_lenses,
    sections,
)
from synthgen.assets.sweeping import flipped, loft, painted, plate, quads, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.road_user import RoadUser

_MARKS = (("blue", (18, 52, 150)), ("lime", (206, 226, 60)), ("green", (10, 104, 62)))


def police_machine(user: RoadUser, rng: np.random.Generator) -> Machine:
    """Return the measures of `user`'s police motorcycle: upright seat, no top case."""
    machine = draw_machine(user, rng)
    return replace(machine, lean=0.12, case=False)


def police_lenses(machine: Machine) -> tuple[Lens, ...]:
    """Return the lamps of a motorcycle, blue flashers in the fairing and one on a pole behind."""
    s = machine.scale
    pairs = ((1, "beacon_a/blue"), (-1, "beacon_b/blue"))
    return (
        *machine_lenses(machine),
        *(Lens(name, (0.60 * s, side * 0.20, 0.985), (0.97, 0.24 * side, 0.0), 0.036)
          for side, name in pairs),
        *(Lens(name, (-0.965 * s, side * 0.025, 1.30), (-0.3, 0.954 * side, 0.0), 0.042)
          for side, name in pairs),
        *(Lens(name, (-0.94 * s, side * 0.20, 0.70), (-1.0, 0.0, 0.0), 0.03)
          for side, name in pairs),
    )  # fmt: skip


def build_police_machine(
    machine: Machine, rng: np.random.Generator
) -> tuple[tuple[Mesh, Mesh], Mesh, Mesh, str]:
    """Return wheels, the rest and mirrors of a police motorcycle, and its colour word: white."""
    rims, shell, mirrors, color = build_machine(machine, rng, "white")
    word, tone = _MARKS[int(rng.integers(len(_MARKS)))]
    mark = Material(f"film {word}", srgb(*tone), roughness=0.35, reflectance=0.5,
                    retroreflection=250.0, porosity=0.0)  # fmt: skip
    white = Material("paint white", srgb(226, 226, 222), roughness=0.3, reflectance=0.6,
                     porosity=0.0, clearcoat=1.0)  # fmt: skip
    left = [_case(machine, white, mark), _cheek(machine, white, mark)]
    parts = [*left, *(flipped(part) for part in left), *_front(machine, white)]
    lenses = police_lenses(machine)
    names = circuit_names(lenses)
    own = lenses[len(machine_lenses(machine)) :]
    lit = [disc(one, KIND, names.index(one.circuit)) for one in own]
    return rims, merge([shell, *parts, *_pole(machine), *lit]), mirrors, color


def _case(machine: Machine, paint: Material, mark: Material) -> Mesh:
    """Return the left pannier with a band of reflective film."""
    rows = ((-0.42, 0.44, 0.66, 0.07), (-0.46, 0.40, 0.76, 0.10), (-0.80, 0.42, 0.77, 0.10),
            (-0.90, 0.46, 0.74, 0.08), (-0.92, 0.50, 0.68, 0.05))  # fmt: skip
    case = sections(rows, machine.scale, paint, 3.4)
    case = replace(case, vertices=case.vertices + [0, 0.29, 0])
    return painted(case, mark, np.abs(quads(case)[:, 2] - 0.58) < 0.07)


def _cheek(machine: Machine, paint: Material, mark: Material) -> Mesh:
    """Return the left side of the fairing, from the head lamp down to the engine."""
    s = machine.scale
    rows = ((0.66, 0.09, 0.80, 0.92), (0.52, 0.20, 0.62, 0.98), (0.36, 0.24, 0.50, 0.93),
            (0.20, 0.24, 0.46, 0.78))  # fmt: skip
    rings = []
    for x, y, low, high in rows:
        middle = (low + high) / 2
        rings.append(np.array([(x * s, y, low), (x * s, y + 0.02, middle), (x * s, y - 0.02, high),
                               (x * s, y - 0.05, high), (x * s, y - 0.02, middle),
                               (x * s, y - 0.03, low)]))  # fmt: skip
    cheek = loft(rings, paint, KIND, crease=0.7)
    return painted(cheek, mark, quads(cheek)[:, 2] < 0.70)


def _front(machine: Machine, paint: Material) -> list[Mesh]:
    """Return the nose around the head lamp and the clear screen above it."""
    s = machine.scale
    nose = sections(((0.44, 0.80, 1.04, 0.19), (0.54, 0.78, 1.03, 0.18), (0.60, 0.80, 0.98, 0.13)),
                    s, paint, 2.6)  # fmt: skip
    clear = Material("screen", srgb(70, 76, 80), roughness=0.05, reflectance=0.05,
                     transmission=0.6, porosity=0.0)  # fmt: skip
    outline: Array = np.array(
        [
            (0.50, -0.17, 1.02),
            (0.54, 0.0, 1.02),
            (0.50, 0.17, 1.02),
            (0.32, 0.13, 1.36),
            (0.34, 0.0, 1.39),
            (0.32, -0.13, 1.36),
        ]
    )
    return [nose, plate(outline * [s, 1, 1], (-0.012, 0, -0.006), clear, KIND)]


def _pole(machine: Machine) -> list[Mesh]:
    """Return the pole behind the seat and the housing of the lamp on it."""
    s = machine.scale
    black = Material("black plastic", srgb(30, 30, 32), roughness=0.6, reflectance=0.08)
    foot = np.array([-0.92 * s, 0.0, 0.86])
    head = np.array([-0.965 * s, 0.0, 1.25])
    return [
        tube([foot, head], 0.014, black, KIND),
        tube([head, head + [0, 0, 0.02], head + [0, 0, 0.1]], (0.02, 0.03, 0.024), black, KIND, 8),
    ]
