"""Electric kick scooters and how people stand on them."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from dataclasses import dataclass

import numpy as np

from synthgen.assets.body.stances import Seat
from synthgen.assets.lenses import Lens, lens_meshes, reflector
from synthgen.assets.sweeping import flipped, hoop, loft, painted, plate, quads, ring, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.road_user import RoadUser

KIND = "bicycle"
_COLORS = (
    ("black", (30, 30, 33)), ("white", (222, 224, 222)), ("green", (44, 170, 84)),
    ("orange", (232, 96, 28)), ("teal", (40, 170, 160)), ("grey", (104, 108, 112)),
)  # fmt: skip


@dataclass(frozen=True)
class KickScooter:
    """Measures of an electric kick scooter, body frame [m].

    Attributes:
        length: over both tyres.
        width: of the handlebar.
        grip: height of the grips.
        radius: of the wheels.
    """

    length: float
    width: float
    grip: float
    radius: float

    @property
    def front(self) -> Array:
        """Front axle."""
        return np.array([self.length / 2 - self.radius, 0.0, self.radius])

    @property
    def rear(self) -> Array:
        """Rear axle."""
        return np.array([self.radius - self.length / 2, 0.0, self.radius])

    @property
    def bar(self) -> Array:
        """Middle of the handlebar."""
        return np.array([self.front[0] - 0.20, 0.0, self.grip])

    @property
    def deck(self) -> float:
        """Height of the board."""
        return self.radius + 0.065


def draw_scooter(user: RoadUser) -> KickScooter:
    """Return the measures of `user`'s scooter."""
    return KickScooter(user.length, user.width, user.height - 0.02, 0.108)


def scooter_lenses(scooter: KickScooter) -> tuple[Lens, ...]:
    """Return front and rear lamp, those of bicycles.

    Source: eKFV of 6 June 2019 (BGBl. I 2019, 756), section 5: lamps as section 67 StVZO asks of
    bicycles.
    """
    stem = scooter.front + 0.82 * (scooter.bar - scooter.front)
    back = scooter.rear + [-0.115, 0.0, 0.055]
    return (
        Lens("bicycle_front", (stem[0] + 0.05, 0.0, stem[2]), (1.0, 0.0, 0.0), 0.026),
        Lens("bicycle_rear", (float(back[0]), 0.0, float(back[2])), (-1.0, 0.0, 0.0), 0.02),
    )


def build_scooter(
    scooter: KickScooter, rng: np.random.Generator
) -> tuple[tuple[Mesh, Mesh], Mesh, str]:
    """Return front and rear wheel, the rest, and the colour word of the scooter."""
    color, tone = _COLORS[int(rng.integers(len(_COLORS)))]
    paint = Material(f"frame {color}", srgb(*tone), roughness=0.4, reflectance=0.35, porosity=0.0,
                     clearcoat=0.5)  # fmt: skip
    black = Material("plastic", srgb(28, 28, 30), roughness=0.6, reflectance=0.08)
    rubber = Material("rubber", srgb(24, 24, 25), roughness=0.9, reflectance=0.04)
    parts = [_board(scooter, paint, rubber), *_stem(scooter, paint, black, rubber)]
    axles = (scooter.front, scooter.rear)
    parts += [_guard(axle, scooter.radius, black) for axle in axles]
    parts += [*_housings(scooter, black), *lens_meshes(scooter_lenses(scooter), KIND)]
    front, rear = (merge(_wheel(axle, scooter.radius, rubber, black)) for axle in axles)
    return (front, rear), merge(parts), color


def _board(scooter: KickScooter, paint: Material, rubber: Material) -> Mesh:
    """Return the board with its grip tape, battery inside."""
    front, rear = scooter.front[0] - 0.16, scooter.rear[0] + 0.10
    rings = []
    rows = ((rear, 0.05, 0.02), (rear + 0.05, 0.085, 0.055), (front - 0.06, 0.085, 0.055),
            (front, 0.05, 0.05), (front + 0.06, 0.03, 0.03))  # fmt: skip
    for x, half, low in rows:
        flat = ring((0, 0, 0), (low / 2, half), 10, 5.0)
        middle = scooter.deck - low / 2
        rings.append(np.stack([np.full(10, x), flat[:, 1], flat[:, 0] + middle], 1))
    board = loft(rings, paint, KIND, crease=0.6)
    return painted(board, rubber, quads(board)[:, 2] > scooter.deck - 0.01)


def _stem(scooter: KickScooter, paint: Material, black: Material, rubber: Material) -> list[Mesh]:
    """Return steering tube, fork, handlebar, grips, brake levers and display."""
    front, bar, half = scooter.front, scooter.bar, scooter.width / 2
    crown = front + [-0.035, 0, scooter.radius + 0.04]
    fork = [tube([crown + [0, side * 0.04, 0], front + [0, side * 0.045, 0]], 0.014, paint, KIND)
            for side in (1, -1)]  # fmt: skip
    neck = tube([(scooter.front[0] - 0.16, 0, scooter.deck - 0.02), crown + [-0.02, 0, 0.06]],
                0.026, paint, KIND, 8)  # fmt: skip
    line = [bar, bar + [-0.01, 0.6 * half, 0.01], bar + [-0.04, half, 0.0]]
    rod = tube(line, 0.012, black, KIND)
    grip = tube([line[1] + [-0.008, 0.3 * half, 0], line[2]], 0.018, rubber, KIND)
    lever = tube([line[1] + [0.03, 0, 0.0], line[2] + [0.05, -0.05, -0.01]], 0.006, black, KIND, 4)
    left = [rod, grip, lever]
    dial = tube([bar + [-0.02, 0, 0.0], bar + [0.04, 0, 0.02]], 0.035, black, KIND, 8)
    return [
        tube([crown, bar], (0.024, 0.02), paint, KIND, 8),
        *fork, neck, dial, *left, *(flipped(part) for part in left),
    ]  # fmt: skip


def _wheel(axle: Array, radius: float, rubber: Material, black: Material) -> list[Mesh]:
    """Return tyre and hub motor."""
    turn = np.arange(8) / 8 * 2 * np.pi
    tyre = np.stack([0.026 * np.cos(turn), 0.024 * np.sin(turn)], 1)
    return [
        hoop(axle, radius - 0.026, tyre, rubber, KIND, 18),
        tube([axle - [0, 0.03, 0], axle + [0, 0.03, 0]], radius - 0.04, black, KIND, 14),
    ]


def _guard(axle: Array, radius: float, black: Material) -> Mesh:
    """Return the mudguard of a wheel."""
    edge = np.array([(0.012, 0.032), (0.02, 0.0), (0.012, -0.032), (0.008, -0.03),
                     (0.014, 0.0), (0.008, 0.03)])  # fmt: skip
    rings = []
    for angle in np.linspace(0.9, 2.9, 7):
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        rings.append(axle + (radius + edge[:, :1]) * out + edge[:, 1:] * [0, 1, 0])
    return loft(rings, black, KIND, crease=0.8)


def _housings(scooter: KickScooter, black: Material) -> list[Mesh]:
    """Return what holds the lamps, and the reflectors behind and on the sides."""
    front, rear = (np.array(one.center) for one in scooter_lenses(scooter))
    red, amber = (
        reflector("rear reflector", (190, 24, 28), 150.0),
        reflector("side reflector", (236, 150, 30), 90.0),
    )
    square = np.array(
        [(0, -0.025, -0.012), (0, -0.025, 0.012), (0, 0.025, 0.012), (0, 0.025, -0.012)]
    )
    spot = scooter.front + [-0.03, 0.062, 0.0]
    flat = np.array([(-0.03, 0, -0.012), (0.03, 0, -0.012), (0.03, 0, 0.012), (-0.03, 0, 0.012)])
    side = plate(flat + spot, (0, 0.006, 0), amber, KIND)
    return [
        tube([front - [0.06, 0, 0], front - [0.002, 0, 0]], (0.02, 0.03), black, KIND, 8),
        tube([rear + [0.05, 0, 0], rear + [0.002, 0, 0]], (0.018, 0.024), black, KIND, 8),
        plate(square + rear + [0.004, 0, -0.035], (-0.006, 0, 0), red, KIND),
        side, flipped(side),
    ]  # fmt: skip


def standing_seat(scooter: KickScooter, stature: float, hip: float) -> tuple[Seat, Array, Array]:
    """Return how someone stands on the board: hips and grips, balls of the left and right foot.

    `hip` is the height of the hip joint as a share of `stature` [m]; the knees stay a little bent.
    """
    fore = np.array([0.16, 0.045, scooter.deck])
    aft = np.array([-0.16, -0.045, scooter.deck])
    height = scooter.deck + 0.972 * hip * stature
    half = scooter.width / 2 - 0.05
    seat = Seat((-0.05, 0.0, height), (scooter.bar[0] - 0.03, half, scooter.bar[2]), 0.07)
    return seat, fore, aft
