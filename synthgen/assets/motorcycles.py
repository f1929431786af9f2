"""Motorcycles and scooters."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from synthgen.assets.lenses import Lens, lens_meshes, reflector
from synthgen.assets.sweeping import flipped, hoop, loft, plate, ring, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.road_user import RoadUser

KIND = "motorcycle"
PAINTS = (
    ("black", (22, 22, 24)), ("red", (164, 26, 26)), ("blue", (28, 66, 150)),
    ("white", (226, 226, 222)),
    ("silver", (158, 160, 164)), ("green", (60, 120, 54)), ("orange", (216, 96, 24)),
)  # fmt: skip
Row = tuple[float, float, float, float]
_STYLES = {
    "naked": "naked", "motorcycle": "naked", "police_motorcycle": "naked", "scooter": "scooter",
}  # fmt: skip
"""Style by subtype."""
_DRAWN = {"naked": 2.094, "scooter": 1.99}
_TYRES = {
    "naked": ((0.73, 0.31, 0.12), (-0.70, 0.32, 0.17)),
    "scooter": ((0.72, 0.25, 0.11), (-0.66, 0.25, 0.12)),
}
"""Place of the axle in the drawing, radius and width [m], front and rear."""


@dataclass(frozen=True)
class Machine:
    """A motorcycle, body frame [m].

    Attributes:
        style: naked or scooter.
        length: over all.
        width: over the handlebar.
        seat: top of the seat where the rider sits.
        grip: middle of the left grip.
        peg: ball of the left foot.
        lean: [rad] of the rider forward.
        case: whether there is a top case.
    """

    style: str
    length: float
    width: float
    seat: tuple[float, float, float]
    grip: tuple[float, float, float]
    peg: tuple[float, float, float]
    lean: float
    case: bool

    @property
    def scale(self) -> float:
        """Length over that of the drawing."""
        return self.length / _DRAWN[self.style]

    @property
    def axles(self) -> tuple[Array, Array]:
        """Front and rear axle [m]; their height is the wheel's radius."""
        (front, one, _), (rear, two, _) = _TYRES[self.style]
        return np.array([front * self.scale, 0, one]), np.array([rear * self.scale, 0, two])


@dataclass(frozen=True)
class Finishes:
    """What a motorcycle is made of."""

    paint: Material
    black: Material
    steel: Material
    rubber: Material
    leather: Material


def draw_machine(user: RoadUser, rng: np.random.Generator) -> Machine:
    """Return the measures of `user`'s motorcycle; without a subtype its style is drawn."""
    drawn = "scooter" if rng.random() < 0.4 else "naked"
    style = _STYLES[user.subtype] if user.subtype else drawn
    scale, half = user.length / _DRAWN[style], user.width / 2
    case = bool(rng.random() < 0.35)
    if style == "scooter":
        return Machine(style, user.length, user.width, (-0.32 * scale, 0.0, 0.79),
                       (0.26 * scale, half - 0.06, 1.02), (0.16 * scale, 0.13, 0.325), 0.06,
                       case)  # fmt: skip
    return Machine(style, user.length, user.width, (-0.24 * scale, 0.0, 0.815),
                   (0.31 * scale, half - 0.06, 1.05), (-0.04 * scale, 0.21, 0.37), 0.24,
                   case)  # fmt: skip


def machine_lenses(machine: Machine) -> tuple[Lens, ...]:
    """Return head lamp, tail and stop lamps, four indicators."""
    s, naked = machine.scale, machine.style == "naked"
    front, lamp = (0.62, 0.88) if naked else (0.545, 0.80)
    back, tail = (-0.975, 0.83) if naked else (-0.955, 0.66)
    blink = 0.17 if naked else 0.15
    ahead, behind = (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)
    sides = (("indicator_left", 1), ("indicator_right", -1))
    return (
        Lens("low_beam", (front * s, 0.0, lamp), ahead, 0.082),
        Lens("tail", (back * s, 0.035, tail), behind, 0.026),
        Lens("tail", (back * s, -0.035, tail), behind, 0.026),
        Lens("brake", (back * s, 0.0, tail + 0.045), behind, 0.032),
        *(Lens(name, ((front - 0.08) * s, side * blink, lamp - 0.02), ahead, 0.025)
          for name, side in sides),
        *(Lens(name, ((back + 0.04) * s, side * blink, tail - 0.02), behind, 0.025)
          for name, side in sides),
    )  # fmt: skip


def build_machine(
    machine: Machine, rng: np.random.Generator, color: str = ""
) -> tuple[tuple[Mesh, Mesh], Mesh, Mesh, str]:
    """Return front and rear wheel, the rest, the mirrors, and the colour word of the paint.

    The paint is drawn unless `color` names it.
    """
    drawn, _ = PAINTS[int(rng.integers(len(PAINTS)))]
    color = color or drawn
    stuff = finishes(color)
    left = _cockpit(machine, stuff)
    both = [*left[:3], *(flipped(part) for part in left[:3])]
    mirrors = [*left[3:], *(flipped(part) for part in left[3:])]
    parts = [*_BODIES[machine.style](machine, stuff), *both, _dial(machine, stuff)]
    parts += [*_lamp_housings(machine, stuff), *_plate(machine, stuff)]
    if machine.case:
        parts.append(_top_case(machine, stuff))
    whole = merge([*parts, *lens_meshes(machine_lenses(machine), KIND)])
    front, rear = (
        merge(_wheel(place, radius, width, stuff))
        for place, (_, radius, width) in zip(machine.axles, _TYRES[machine.style], strict=True)
    )
    return (front, rear), whole, merge(mirrors), color


def finishes(color: str) -> Finishes:
    """Return what a motorcycle of paint `color` is made of; raises KeyError for an unknown one."""
    tone = dict(PAINTS)[color]
    return Finishes(
        Material(f"paint {color}", srgb(*tone), roughness=0.3, reflectance=0.3, porosity=0.0,
                 clearcoat=1.0),
        Material("black plastic", srgb(30, 30, 32), roughness=0.6, reflectance=0.08),
        Material("steel", srgb(180, 180, 182), roughness=0.3, metallic=1.0, reflectance=0.5),
        Material("rubber", srgb(24, 24, 25), roughness=0.9, reflectance=0.04),
        Material("seat", srgb(26, 24, 24), roughness=0.6, reflectance=0.15),
    )  # fmt: skip


def sections(rows: Sequence[Row], s: float, material: Material, power: float = 2.4) -> Mesh:
    """Return the hull through upright sections (x, bottom, top, half width)."""
    rings = []
    for x, bottom, top, half in rows:
        flat = ring((0, 0, 0), ((top - bottom) / 2, half), 12, power)
        middle = (top + bottom) / 2
        rings.append(np.stack([np.full(12, x * s), flat[:, 1], flat[:, 0] + middle], 1))
    return loft(rings, material, KIND)


def _wheel(axle: Array, radius: float, width: float, stuff: Finishes) -> list[Mesh]:
    """Return tyre, rim, five spokes and a brake disc."""
    turn = np.arange(8) / 8 * 2 * np.pi
    section = np.stack([0.055 * np.cos(turn), width / 2 * np.sin(turn)], 1)
    rim = np.array([(-0.03, 0.4 * width), (-0.065, 0.3 * width), (-0.065, -0.3 * width),
                    (-0.03, -0.4 * width)])  # fmt: skip
    parts = [
        hoop(axle, radius - 0.055, section, stuff.rubber, KIND, 22),
        hoop(axle, radius - 0.055, rim, stuff.black, KIND, 22),
        tube([axle - [0, 0.09, 0], axle + [0, 0.09, 0]], 0.03, stuff.steel, KIND, 8),
    ]
    for angle in np.arange(5) / 5 * 2 * np.pi:
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        parts.append(
            tube([axle, axle + (radius - 0.11) * out], (0.024, 0.016), stuff.black, KIND, 5)
        )
    brake = np.array([(0, 0.003), (-0.05, 0.003), (-0.05, -0.003), (0, -0.003)])
    parts.append(hoop(axle + [0, 0.062, 0], 0.14, brake, stuff.steel, KIND, 16))
    return parts


def _guard(axle: Array, radius: float, ends: tuple[float, float], half: float, m: Material) -> Mesh:
    section = np.array([(0.0, half), (0.022, half * 0.7), (0.03, 0.0), (0.022, -half * 0.7),
                        (0.0, -half), (0.022, 0.0)])  # fmt: skip
    rings = []
    for angle in np.linspace(*ends, 8):
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        rings.append(axle + (radius + section[:, :1]) * out + section[:, 1:] * [0, 1, 0])
    return loft(rings, m, KIND, crease=0.9)


def _naked(machine: Machine, stuff: Finishes) -> list[Mesh]:
    """Return a street motorcycle: tank, seat, engine with fins, exhaust, swing arm, fork."""
    s = machine.scale
    front, rear = machine.axles
    tank = sections(
        ((0.42, 0.86, 0.92, 0.05), (0.38, 0.80, 0.97, 0.11), (0.24, 0.77, 1.00, 0.15),
         (0.08, 0.77, 0.97, 0.145), (-0.04, 0.78, 0.88, 0.10), (-0.08, 0.79, 0.84, 0.06)),
        s, stuff.paint,
    )  # fmt: skip
    seat = sections(
        ((-0.02, 0.77, 0.83, 0.07), (-0.10, 0.75, 0.83, 0.12), (-0.30, 0.74, 0.825, 0.15),
         (-0.44, 0.76, 0.86, 0.14), (-0.70, 0.80, 0.895, 0.11), (-0.78, 0.82, 0.88, 0.06)),
        s, stuff.leather,
    )  # fmt: skip
    tail = sections(
        ((-0.30, 0.68, 0.75, 0.10), (-0.60, 0.74, 0.83, 0.12), (-0.90, 0.80, 0.89, 0.08),
         (-0.965, 0.82, 0.88, 0.065)), s, stuff.paint,
    )  # fmt: skip
    parts = [tank, seat, tail, *_engine(s, stuff)]
    parts.append(_guard(front, 0.33, (0.4, 2.3), 0.065, stuff.paint))
    parts.append(_guard(rear, 0.345, (1.3, 2.7), 0.08, stuff.black))
    for side in (1, -1):
        parts.append(tube([front + [0, side * 0.09, 0], front + [-0.12 * s, side * 0.09, 0.30],
                           [0.42 * s, side * 0.09, 0.97]], (0.032, 0.026, 0.022), stuff.steel,
                          KIND, 8))  # fmt: skip
        parts.append(tube([(-0.14 * s, side * 0.13, 0.40), rear + [0, side * 0.12, 0]],
                          (0.04, 0.028), stuff.black, KIND))  # fmt: skip
        parts.append(tube([(0.38 * s, side * 0.05, 0.90), (0.22 * s, side * 0.13, 0.70),
                           (-0.12 * s, side * 0.15, 0.48), (-0.16 * s, side * 0.14, 0.38)],
                          0.026, stuff.black, KIND))  # fmt: skip
        parts.append(tube([(-0.14 * s, side * 0.13, 0.55), (-0.62 * s, side * 0.10, 0.76)],
                          0.018, stuff.black, KIND))  # fmt: skip
        parts.append(tube([(-0.10 * s, side * 0.12, 0.36), (-0.10 * s, side * 0.28, 0.36)],
                          0.016, stuff.rubber, KIND))  # fmt: skip
    parts.append(tube([(0.42 * s, -0.11, 0.92), (0.42 * s, 0.11, 0.92)], 0.03, stuff.black, KIND))
    return parts


def _engine(s: float, stuff: Finishes) -> list[Mesh]:
    """Return crank case, finned cylinders, exhaust pipe and silencer."""
    case = sections(
        ((0.24, 0.34, 0.46, 0.10), (0.18, 0.28, 0.54, 0.17), (0.0, 0.25, 0.55, 0.21),
         (-0.16, 0.29, 0.52, 0.17), (-0.22, 0.36, 0.46, 0.10)), s, stuff.black, 2.8,
    )  # fmt: skip
    fins = []
    for step in range(9):
        half = 0.115 if step % 2 else 0.095
        middle = np.array([(0.10 + 0.012 * step) * s, 0, 0.52 + 0.028 * step])
        fins.append(ring(middle, (half, half * 1.25), 10, 3.5))
    pipe = [(0.26 * s, -0.07, 0.66), (0.34 * s, -0.08, 0.52), (0.28 * s, -0.10, 0.30),
            (0.05 * s, -0.14, 0.22), (-0.25 * s, -0.17, 0.28)]  # fmt: skip
    muffler = [(-0.25 * s, -0.17, 0.28), (-0.32 * s, -0.19, 0.31), (-0.82 * s, -0.22, 0.46),
               (-0.86 * s, -0.22, 0.47)]  # fmt: skip
    return [
        case,
        loft(fins, stuff.steel, KIND, crease=0.3),
        tube(pipe, 0.024, stuff.steel, KIND, 7),
        tube(muffler, (0.03, 0.062, 0.062, 0.045), stuff.steel, KIND, 10),
        tube(
            [(-0.02 * s, 0.215, 0.40), (-0.02 * s, 0.235, 0.40)],
            (0.10, 0.085),
            stuff.steel,
            KIND,
            12,
        ),
    ]


def _scooter(machine: Machine, stuff: Finishes) -> list[Mesh]:
    """Return a scooter: leg shield, foot board, body under the seat, small wheels."""
    s = machine.scale
    front, rear = machine.axles
    apron = (
        (0.62, 0.28, 0.05, 0.10), (0.60, 0.40, 0.08, 0.17), (0.50, 0.60, 0.07, 0.20),
        (0.44, 0.80, 0.08, 0.18), (0.37, 0.96, 0.07, 0.11), (0.34, 1.01, 0.04, 0.06),
    )  # fmt: skip
    shield = [ring((x * s - 0.05, 0, z), (depth, half), 12, 2.4) for x, z, depth, half in apron]
    board = sections(
        ((0.56, 0.24, 0.31, 0.14), (0.50, 0.22, 0.315, 0.18), (-0.02, 0.22, 0.315, 0.19),
         (-0.10, 0.24, 0.31, 0.15)), s, stuff.black, 4.0,
    )  # fmt: skip
    body = sections(
        ((-0.02, 0.26, 0.60, 0.11), (-0.08, 0.24, 0.70, 0.16), (-0.35, 0.30, 0.735, 0.19),
         (-0.70, 0.44, 0.735, 0.18), (-0.90, 0.56, 0.72, 0.13), (-0.945, 0.60, 0.70, 0.10)),
        s, stuff.paint,
    )  # fmt: skip
    seat = sections(
        ((-0.03, 0.70, 0.755, 0.08), (-0.12, 0.70, 0.79, 0.14), (-0.35, 0.71, 0.80, 0.16),
         (-0.50, 0.72, 0.85, 0.15), (-0.80, 0.72, 0.85, 0.13), (-0.86, 0.72, 0.80, 0.08)),
        s, stuff.leather,
    )  # fmt: skip
    engine = sections(
        ((-0.10, 0.22, 0.36, 0.10), (-0.35, 0.18, 0.40, 0.13), (-0.62, 0.18, 0.34, 0.13),
         (-0.76, 0.20, 0.30, 0.10)), s, stuff.black,
    )  # fmt: skip
    parts = [loft(shield, stuff.paint, KIND), board, body, seat, engine]
    parts.append(_guard(front, 0.265, (0.2, 2.7), 0.075, stuff.paint))
    parts.append(_guard(rear, 0.275, (1.6, 3.3), 0.07, stuff.black))
    for side in (1, -1):
        leg = np.array([front + [0, side * 0.075, 0], (0.58 * s, side * 0.07, 0.46)])
        parts.append(tube(leg, 0.022, stuff.steel, KIND))
    silencer = [(-0.45 * s, -0.18, 0.30), (-0.50 * s, -0.19, 0.30), (-0.85 * s, -0.20, 0.40)]
    return [*parts, tube(silencer, (0.035, 0.055, 0.05), stuff.steel, KIND, 8)]


_BODIES: dict[str, Callable[[Machine, Finishes], list[Mesh]]] = {
    "naked": _naked, "scooter": _scooter,
}  # fmt: skip


def _cockpit(machine: Machine, stuff: Finishes) -> list[Mesh]:
    """Return the left half of handlebar, grips and levers, and stalk and mirror at the end."""
    x, y, z = machine.grip
    end = machine.width / 2 - 0.004
    center = 0.40 * machine.scale if machine.style == "naked" else 0.33 * machine.scale
    bar = tube([(center, 0, z - 0.06), (center, 0.06, z - 0.05), (x + 0.03, y - 0.08, z),
                (x - 0.01, end, z - 0.005)], 0.012, stuff.black, KIND)  # fmt: skip
    grip = tube(
        [(x + 0.015, y - 0.05, z), (x - 0.01, end - 0.004, z - 0.005)], 0.018, stuff.rubber, KIND
    )
    lever = tube(
        [(x + 0.06, y - 0.06, z), (x + 0.07, end - 0.03, z - 0.015)], 0.006, stuff.steel, KIND, 4
    )
    stalk = tube(
        [(x + 0.04, y - 0.06, z), (x + 0.07, y - 0.02, z + 0.14)], 0.006, stuff.black, KIND, 4
    )
    turn = np.arange(8) / 8 * 2 * np.pi
    round_ = np.stack([0 * turn, 0.055 * np.cos(turn), 0.038 * np.sin(turn)], 1)
    back = plate(round_ + [x + 0.07, y - 0.01, z + 0.165], (0.02, 0, 0), stuff.black, KIND)
    glass = Material("mirror", srgb(200, 204, 210), roughness=0.02, metallic=1.0, reflectance=0.1)
    mirror = plate(round_ * 0.9 + [x + 0.071, y - 0.01, z + 0.165], (-0.004, 0, 0), glass, KIND)
    return [bar, grip, lever, stalk, back, mirror]


def _dial(machine: Machine, stuff: Finishes) -> Mesh:
    """Return the instruments before the handlebar."""
    x = (0.43 if machine.style == "naked" else 0.36) * machine.scale
    z = machine.grip[2] - 0.01
    rows = [ring((x + 0.02 * i, 0, z + 0.03 * i), (0.05, 0.07), 10) for i in (0, 1)]
    return loft(rows, stuff.black, KIND)


def _lamp_housings(machine: Machine, stuff: Finishes) -> list[Mesh]:
    parts = []
    for lens in machine_lenses(machine):
        center, axis = np.array(lens.center), np.array(lens.axis)
        depth = 1.5 * lens.radius
        line = [center - axis * depth, center - axis * depth * 0.5, center + axis * 0.003]
        parts.append(tube(line, (lens.radius * 0.5, lens.radius * 0.95, lens.radius * 1.08),
                          stuff.black, KIND, 8))  # fmt: skip
        if lens.circuit.startswith("indicator"):
            root = center * [1, 0.35, 1] - axis * 0.02
            parts.append(tube([center - axis * 0.02, root], 0.008, stuff.black, KIND, 4))
    return parts


def _plate(machine: Machine, stuff: Finishes) -> list[Mesh]:
    """Return the number plate on its carrier and a rear reflector."""
    tail = machine_lenses(machine)[1].center
    x, top = tail[0] - 0.02, tail[2] - 0.06
    corners = np.array([(0, -0.10, -0.15), (0, -0.10, 0), (0, 0.10, 0), (0, 0.10, -0.15)])
    white = Material("number plate", srgb(226, 226, 220), roughness=0.5, reflectance=0.6,
                     retroreflection=60.0, porosity=0.0)  # fmt: skip
    spot = np.array([(0, -0.03, -0.195), (0, -0.03, -0.165), (0, 0.03, -0.165), (0, 0.03, -0.195)])
    red = reflector("rear reflector", (190, 24, 28), 150.0)
    arm = tube([(x + 0.01, 0, top - 0.17), (x + 0.08, 0, top + 0.05)], 0.02, stuff.black, KIND)
    return [
        plate(corners + [x, 0, top], (-0.006, 0, 0), white, KIND),
        plate(spot + [x, 0, top], (-0.008, 0, 0), red, KIND),
        arm,
    ]


def _top_case(machine: Machine, stuff: Finishes) -> Mesh:
    base = 0.885 if machine.style == "naked" else 0.85
    rows = ((-0.55, 0.03, 0.27, 0.15), (-0.58, 0.0, 0.30, 0.19), (-0.86, 0.0, 0.30, 0.20),
            (-0.94, 0.02, 0.26, 0.18), (-0.96, 0.05, 0.20, 0.14))  # fmt: skip
    placed = [(x, base + low, base + high, half) for x, low, high, half in rows]
    return sections(
        [(x, low, high, half) for x, low, high, half in placed], machine.scale, stuff.black, 3.2
    )
