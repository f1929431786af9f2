"""Bicycles: frame, spoked wheels, turning cranks, lamps and reflectors."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from synthgen.assets.lenses import Lens, lens_meshes, reflector
from synthgen.assets.skeleton import Piece, Skeleton, Skin, Stance, dress, pitch, posed
from synthgen.assets.sweeping import flipped, hoop, loft, painted, plate, ring, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.road_user import RoadUser
from synthgen.world import Extent

KIND = "bicycle"
PEDAL_CYCLE = 4.7
"""[m] covered per turn of the crank: 42 teeth driving 19 on a 0.68 m wheel."""
PAINTS = (
    ("black", (26, 26, 28)), ("silver", (168, 170, 172)), ("red", (160, 30, 32)),
    ("blue", (36, 76, 148)), ("green", (36, 92, 62)), ("white", (224, 222, 216)),
    ("orange", (212, 104, 36)), ("teal", (60, 150, 150)),
)  # fmt: skip


class Part(IntEnum):
    """Bones of a bicycle."""

    FRAME = 0
    CRANK = 1
    PEDAL_LEFT = 2
    PEDAL_RIGHT = 3
    WHEEL_FRONT = 4
    WHEEL_REAR = 5


@dataclass(frozen=True)
class Cycle:
    """Measures of a bicycle, body frame [m].

    Attributes:
        style: city, sport, mountain or cargo (a long one with a box before the rider).
        length: over both tyres.
        width: of the handlebar.
        radius: of the wheels.
        tyre: radius of the tyre's section.
        saddle: height of the saddle.
        grip: (x, z) of the middle of the grips.
        crank: length of a crank.
    """

    style: str
    length: float
    width: float
    radius: float
    tyre: float
    saddle: float
    grip: tuple[float, float]
    crank: float

    @property
    def front(self) -> Array:
        """Front axle."""
        return np.array([self.length / 2 - self.radius, 0.0, self.radius])

    @property
    def rear(self) -> Array:
        """Rear axle."""
        return np.array([self.radius - self.length / 2, 0.0, self.radius])

    @property
    def bracket(self) -> Array:
        """Axle of the cranks."""
        base = self.front[0] - self.rear[0]
        return np.array([self.rear[0] + min(0.41 * base, 0.5), 0.0, 0.83 * self.radius])

    @property
    def seat(self) -> Array:
        """Top of the saddle, above a seat tube 72 degrees steep."""
        rise = self.saddle - self.bracket[2]
        return np.array([self.bracket[0] - rise / np.tan(np.radians(72)), 0.0, self.saddle])

    def pedal(self, phase: float, first: int) -> Array:
        """Return the middle of the left (0) or right (1) pedal at `phase` [cycles]."""
        angle = 2 * np.pi * (phase + 0.5 * first)
        side = np.array([0.0, 0.125 * (1 - 2 * first), 0.0])
        return self.bracket + self.crank * np.array([np.sin(angle), 0, np.cos(angle)]) + side


@dataclass(frozen=True, eq=False)
class Rolling:
    """A bicycle whose cranks and wheels turn; phase counts turns of the crank."""

    skin: Skin
    radius: float

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        turns = np.tile(np.eye(3), (len(Part), 1, 1))
        turns[Part.CRANK] = pitch(-2 * np.pi * phase)
        turns[Part.WHEEL_FRONT] = turns[Part.WHEEL_REAR] = pitch(-phase * PEDAL_CYCLE / self.radius)
        return posed(self.skin, Stance(np.zeros(3), turns), grounded=False)


def draw_cycle(user: RoadUser, stature: float, rng: np.random.Generator) -> Cycle:
    """Return the measures of `user`'s bicycle for a rider `stature` [m] tall.

    The saddle leaves the leg almost straight at the lowest pedal: 0.88 of the inside leg, itself
    0.47 of the height, above the crank axle.
    """
    style = ("city", "sport", "mountain")[int(rng.choice(3, p=(0.5, 0.25, 0.25)))]
    radius = float(np.clip(0.195 * user.length, 0.26, 0.345))
    saddle = 0.83 * radius + 0.88 * 0.47 * stature - 0.05
    rise, ahead = {"city": (0.16, 0.44), "sport": (-0.02, 0.34), "mountain": (0.06, 0.40)}[style]
    front = user.length / 2 - radius
    return Cycle(
        style=style,
        length=user.length,
        width=float(np.clip(user.width, 0.42, 0.72)),
        radius=radius,
        tyre={"city": 0.020, "sport": 0.014, "mountain": 0.027}[style],
        saddle=saddle,
        grip=(front - ahead + 0.12, saddle + rise),
        crank=0.17,
    )


def cycle_lenses(cycle: Cycle) -> tuple[Lens, ...]:
    """Return front and rear lamp."""
    head = steering(cycle)[1]
    rack = cycle.rear + [-0.155, 0, cycle.radius + 0.055]
    rear = rack if cycle.style in ("city", "cargo") else cycle.seat + [-0.02, 0, -0.14]
    if cycle.style == "cargo":
        head = cycle.front + [-0.05, 0.0, cycle.radius + 0.08]
    return (
        Lens("bicycle_front", (head[0] + 0.095, 0.0, head[2] + 0.02), (1.0, 0.0, 0.0), 0.028),
        Lens("bicycle_rear", (rear[0] - 0.035, 0.0, rear[2]), (-1.0, 0.0, 0.0), 0.024),
    )


def build_cycle(cycle: Cycle, rng: np.random.Generator) -> tuple[Rolling, str]:
    """Return the bicycle with its bones, and the colour word of its frame."""
    color, paint = PAINTS[int(rng.integers(len(PAINTS)))]
    body, steel, rubber = frame_materials(color, paint)
    fixed = [
        *_frame(cycle, body, steel),
        *cockpit(cycle, steel, rubber),
        *_extras(cycle, body, steel),
    ]
    fixed += lens_meshes(cycle_lenses(cycle), KIND)
    return rolling(cycle, fixed, steel, rubber), color


def frame_materials(color: str, paint: tuple[int, int, int]) -> tuple[Material, Material, Material]:
    """Return the materials of a frame painted `paint` (sRGB), of bright metal and of rubber."""
    return (
        Material(f"frame {color}", srgb(*paint), roughness=0.35, reflectance=0.35, porosity=0.0,
                 clearcoat=0.6),
        Material("steel", srgb(170, 172, 174), roughness=0.35, metallic=1.0, reflectance=0.5),
        Material("rubber", srgb(26, 26, 27), roughness=0.9, reflectance=0.04),
    )  # fmt: skip


def rolling(cycle: Cycle, fixed: list[Mesh], steel: Material, rubber: Material) -> Rolling:
    """Return the bicycle of `fixed` parts with its turning cranks, pedals and wheels."""
    groups = {
        Part.FRAME: fixed,
        Part.CRANK: _cranks(cycle, steel, rubber),
        Part.PEDAL_LEFT: [_pedal(cycle, 0, rubber)],
        Part.PEDAL_RIGHT: [_pedal(cycle, 1, rubber)],
        Part.WHEEL_FRONT: _wheel(cycle.front, cycle, steel, rubber),
        Part.WHEEL_REAR: _wheel(cycle.rear, cycle, steel, rubber),
    }
    pieces = []
    for bone, parts in groups.items():
        whole = merge(parts)
        share = np.zeros((len(whole.vertices), len(Part)))
        share[:, bone] = 1.0
        pieces.append(Piece(whole, share))
    joints = np.stack(
        [np.zeros(3), cycle.bracket, cycle.pedal(0, 0), cycle.pedal(0, 1), cycle.front, cycle.rear]
    )
    return Rolling(dress(pieces, Skeleton((-1, 0, 1, 1, 0, 0), joints)), cycle.radius)


def steering(cycle: Cycle) -> tuple[Array, Array]:
    """Return lower and upper end of the head tube."""
    if cycle.style == "cargo":
        x, z = cycle.grip
        return np.array([x + 0.16, 0.0, 0.42]), np.array([x + 0.05, 0.0, z - 0.12])
    top = cycle.seat[2] - (0.02 if cycle.style != "city" else 0.06)
    rake = np.tan(np.radians(18))
    ends = [
        np.array([cycle.front[0] - 0.05 - rake * (z - cycle.radius), 0.0, z])
        for z in (top - 0.15, top)
    ]
    return ends[0], ends[1]


def _frame(cycle: Cycle, body: Material, steel: Material) -> list[Mesh]:
    low, high = steering(cycle)
    bracket, seat, rear = cycle.bracket, cycle.seat, cycle.rear
    post = bracket + 0.74 * (seat - bracket)
    step = cycle.style == "city"
    top = bracket + 0.36 * (seat - bracket) if step else post - [0, 0, 0.02]
    stays = []
    for side in (1, -1):
        drop = rear + [0, side * 0.062, 0]
        stays.append(tube([bracket + [-0.02, side * 0.03, 0], drop], 0.010, body, KIND))
        stays.append(tube([post + [0, side * 0.016, 0], drop], 0.008, body, KIND))
        crown = low + [0.015, side * 0.045, -0.03]
        fork = [crown, 0.6 * crown + 0.4 * cycle.front + [-0.015, side * 0.02, 0],
                cycle.front + [0, side * 0.052, 0]]  # fmt: skip
        stays.append(tube(fork, (0.014, 0.012, 0.008), body, KIND))
    bridge = tube([low + [0.015, -0.05, -0.03], low + [0.015, 0.05, -0.03]], 0.016, body, KIND)
    return [
        tube([bracket, post], 0.016, body, KIND, 8),
        tube([post, seat - [0, 0, 0.03]], 0.013, steel, KIND),
        tube([low - [-0.01, 0, 0.02], bracket], 0.020, body, KIND, 8),
        tube([high - [0, 0, 0.02], top] if not step else [low, top], 0.016, body, KIND, 8),
        tube([low, high], 0.020, body, KIND, 8),
        bridge,
        *stays,
        saddle(seat),
    ]


def saddle(seat: Array) -> Mesh:
    """Return the saddle whose top is at `seat` [m]."""
    rows = ((-0.14, 0.030, 0.024), (-0.12, 0.075, 0.032), (-0.05, 0.080, 0.032),
            (0.04, 0.034, 0.026), (0.13, 0.022, 0.020), (0.145, 0.010, 0.012))  # fmt: skip
    rings = []
    for x, half, thick in rows:
        flat = ring((0, 0, 0), (thick, half), 8, 2.3)
        rings.append(np.stack([np.full(8, x), flat[:, 1], flat[:, 0] - thick], 1) + seat)
    leather = Material("saddle", srgb(34, 30, 28), roughness=0.6, reflectance=0.2)
    return loft(rings, leather, KIND)


def cockpit(cycle: Cycle, steel: Material, rubber: Material) -> list[Mesh]:
    """Return stem, handlebar and grips."""
    high = steering(cycle)[1]
    x, z = cycle.grip
    half = cycle.width / 2
    stem = [high, high + [-0.01, 0, max(0.03, z - high[2] - 0.01)], (max(x, high[0]) + 0.02, 0, z)]
    if cycle.style == "sport":
        line = [(x, 0, z), (x + 0.02, half * 0.85, z), (x + 0.10, half - 0.012, z),
                (x + 0.12, half - 0.012, z - 0.05), (x + 0.05, half - 0.012, z - 0.12),
                (x - 0.02, half - 0.012, z - 0.12)]  # fmt: skip
        grip = line[2:]
        start = [(max(x, high[0]) + 0.02, 0, z), *line[1:]]
    else:
        back = 0.10 if cycle.style == "city" else 0.02
        start = [(max(x, high[0]) + 0.02, 0, z), (x + back, half * 0.55, z + 0.01),
                 (x + 0.05, half - 0.09, z), (x - 0.05, half - 0.012, z)]  # fmt: skip
        grip = start[2:]
    bar = tube(start, 0.011, steel, KIND)
    hold = tube(grip, 0.0165, rubber, KIND)
    return [tube(stem, 0.013, steel, KIND), bar, flipped(bar), hold, flipped(hold)]


def _wheel(axle: Array, cycle: Cycle, steel: Material, rubber: Material) -> list[Mesh]:
    """Return tyre, rim, hub, crossing spokes and two side reflectors."""
    turn = np.arange(6) / 6 * 2 * np.pi
    radius = cycle.radius - cycle.tyre
    round_section = cycle.tyre * np.stack([np.cos(turn), np.sin(turn)], 1)
    rim = np.array([(-0.010, 0.011), (-0.030, 0.007), (-0.030, -0.007), (-0.010, -0.011)])
    spokes = []
    for number in range(18):
        angle = number / 18 * 2 * np.pi
        side, twist = 0.028 * (-1) ** number, 0.9 * (-1) ** (number // 2)
        inner = axle + [0.018 * np.cos(angle + twist), side, 0.018 * np.sin(angle + twist)]
        outer = axle + (radius - 0.028) * np.array([np.cos(angle), 0, np.sin(angle)])
        spokes.append(tube([inner, outer], 0.0022, steel, KIND, 3))
    amber = reflector("spoke reflector", (236, 150, 30), 90.0)
    plates = []
    for angle in (0.9, 0.9 + np.pi):
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        along = np.array([-np.sin(angle), 0, np.cos(angle)])
        middle = axle + 0.72 * radius * out - [0, 0.008, 0]
        corners = np.array([0.018, 0.035]) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        outline = middle + corners[:, :1] * out + corners[:, 1:] * along
        plates.append(plate(outline, (0, 0.016, 0), amber, KIND))
    return [
        hoop(axle, radius, round_section, rubber, KIND, 22),
        hoop(axle, radius, rim, steel, KIND, 22),
        tube([axle - [0, 0.045, 0], axle + [0, 0.045, 0]], 0.02, steel, KIND),
        *spokes, *plates,
    ]  # fmt: skip


def _cranks(cycle: Cycle, steel: Material, rubber: Material) -> list[Mesh]:
    """Return chain ring and cranks at phase 0: the left one up."""
    bracket = cycle.bracket
    parts = [tube([bracket - [0, 0.06, 0], bracket + [0, 0.06, 0]], 0.022, steel, KIND)]
    section = np.array([(0.0, 0.003), (-0.016, 0.003), (-0.016, -0.003), (0.0, -0.003)])
    wheel = bracket - [0, 0.05, 0]
    parts.append(hoop(wheel, 0.09, section, rubber, KIND, 16))
    for angle in np.arange(5) / 5 * 2 * np.pi:
        out = 0.08 * np.array([np.cos(angle), 0, np.sin(angle)])
        parts.append(tube([wheel, wheel + out], 0.007, steel, KIND, 4))
    for first, sign in ((0, 1), (1, -1)):
        end = cycle.pedal(0, first)
        inner = bracket + [0, sign * 0.062, 0]
        parts.append(tube([inner, [end[0], inner[1] + sign * 0.01, end[2]]], 0.010, steel, KIND, 5))
        parts.append(tube([[end[0], inner[1], end[2]], end], 0.006, steel, KIND, 4))
    return parts


def _pedal(cycle: Cycle, first: int, rubber: Material) -> Mesh:
    middle = cycle.pedal(0, first)
    corners = np.array([0.045, 0.042]) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    outline = np.column_stack([corners, np.full(4, -0.011)]) + middle
    block = plate(outline, (0, 0, 0.022), rubber, KIND)
    amber = reflector("pedal reflector", (236, 150, 30), 90.0)
    ends = np.abs(block.normals[:, 0, 0]) > 0.9
    return painted(block, amber, ends)


def mudguard(
    axle: Array, radius: float, ends: tuple[float, float], half: float, material: Material
) -> Mesh:
    """Return a mudguard around `axle` from one angle [rad] to another, from +x upwards."""
    section = np.array([(0.0, half), (0.012, 0.0), (0.0, -half), (-0.003, -half), (0.007, 0.0),
                        (-0.003, half)])  # fmt: skip
    rings = []
    for angle in np.linspace(*ends, 9):
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        rings.append(axle + (radius + section[:, :1]) * out + section[:, 1:] * [0, 1, 0])
    return loft(rings, material, KIND, crease=0.8)


def _extras(cycle: Cycle, body: Material, steel: Material) -> list[Mesh]:
    """Return lamp housings, rear reflector; mudguards, rack and chain guard on city bicycles."""
    black = Material("plastic", srgb(28, 28, 30), roughness=0.6, reflectance=0.08)
    front, rear = (np.array(one.center) for one in cycle_lenses(cycle))
    red = reflector("rear reflector", (190, 24, 28), 150.0)
    low = rear + [0.005, 0, -0.055]
    square = low + np.array(
        [(0, -0.03, -0.02), (0, -0.03, 0.02), (0, 0.03, 0.02), (0, 0.03, -0.02)]
    )
    parts = [
        tube(
            [front - [0.055, 0, 0], front - [0.03, 0, 0], front],
            (0.016, 0.030, 0.031),
            black,
            KIND,
            8,
        ),
        tube([front - [0.05, 0, 0], steering(cycle)[1]], 0.008, black, KIND, 4),
        tube([rear + [0.03, 0, 0], rear], (0.020, 0.027), black, KIND, 8),
        plate(square, (-0.008, 0, 0), red, KIND),
        tube(
            [low + [0.004, 0, 0], rear + [0.01, 0, 0], rear + [0.06, 0, 0]], 0.007, black, KIND, 4
        ),
    ]
    if cycle.style != "city":
        return parts
    guard = cycle.radius + 0.012
    top = cycle.rear + [0, 0, cycle.radius + 0.07]
    for side in (0.05, -0.05):
        rail = [top + [0.20, side, 0], top + [-0.17, side, 0]]
        parts.append(tube(rail, 0.006, steel, KIND, 4))
        parts.append(
            tube([rail[1] + [0.08, 0, 0], cycle.rear + [0, side * 1.3, 0]], 0.005, steel, KIND, 4)
        )
    parts.append(tube([top + [-0.17, -0.05, 0], top + [-0.17, 0.05, 0]], 0.006, steel, KIND, 4))
    back = cycle.rear + 0.25 * (cycle.bracket - cycle.rear)
    chain = [back + [0, -0.05, 0.05], cycle.bracket + [0.03, -0.062, 0.075]]
    return [
        *parts,
        mudguard(cycle.front, guard, (0.6, 2.9), 0.024, body),
        mudguard(cycle.rear, guard, (0.9, 3.7), 0.024, body),
        tube(chain, 0.026, body, KIND, 6),
    ]
