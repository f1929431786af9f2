"""Traffic signals: housings with three lenses, visors and back plates, and their poles."""

from dataclasses import replace

import numpy as np

from synthgen.geometry import pose
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh, moved
from synthgen.street.lamps import GALVANISED, PAINTED_DARK
from synthgen.street.parts import block, disc, lathe, plate, tube
from synthgen.world import Beam, Body, Circuit, Extent, Flash, Lamp

HOUSING = {
    "yellow": Material("signal yellow", srgb(196, 158, 40), 0.5, reflectance=0.4),
    "black": Material("signal black", srgb(24, 25, 26), 0.5, reflectance=0.06),
}
LENS_OFF = Material("dark lens", srgb(38, 30, 28), 0.25, reflectance=0.1)
COLORS = {"red": (4.1, 0.16, 0.05), "amber": (2.2, 0.73, 0.02), "green": (0.02, 1.28, 1.1)}
"""Linear sRGB of luminance 1. Source: EN 12368:2015, dominant 625, 592 and 500 nm."""
CANDELA = {"red": 400.0, "amber": 500.0, "green": 450.0}
"""[cd] on the axis of a 300 mm lens. Source: ITE LED signal modules 1998; EN 12368 PL2."""
PERIOD = 1.1
"""[s] of a signal that flashes, lit for half of it. Source: MUTCD 2009, section 4D.30: 50 to 60
times a minute, lit for a half to two thirds of the time."""
DIAMETER = 0.3
PITCH = 0.36


def signal_head(name: str, color: str) -> Body:
    """Return a head of three 300 mm lenses whose middle is the origin, facing +x."""
    shell = HOUSING[color]
    circuits = tuple(
        Circuit(lens, CANDELA[lens] / (np.pi * DIAMETER**2 / 4), COLORS[lens], grid=True)
        for lens in ("red", "amber", "green")
    )
    parts = [
        *plate([(-0.33, -0.72), (0.33, -0.72), (0.33, 0.72), (-0.33, 0.72)], 0.012,
               HOUSING["black"], HOUSING["black"], "traffic_light"),
    ]  # fmt: skip
    for number in range(len(circuits)):
        height = (1 - number) * PITCH
        parts.append(block((-0.2, -0.17, height - 0.17), (0.02, 0.17, height + 0.17), shell,
                           "traffic_light"))  # fmt: skip
        parts += _lens(height, number)
        parts.append(_visor(height))
    body = merge(parts)
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    lamps = tuple(
        Lamp((0.06, 0.0, (1 - number) * PITCH), (1.0, 0.0, 0.0), CANDELA[circuit.name],
             Beam.SIGNAL, number, DIAMETER / 2)
        for number, circuit in enumerate(circuits)
    )  # fmt: skip
    return Body(name, "traffic_light", "three_lens", body, extent, circuits, lamps)


def flashing(head: Body, share: float) -> Body:
    """Return `head` with amber and red lenses that flash while they are switched on.

    Args:
        head: of three lenses.
        share: of the period by which it is ahead; heads of one controller flash together.
    """
    pulse = Flash(PERIOD, ((0.0, PERIOD / 2),), share * PERIOD)
    circuits = tuple(
        replace(circuit, flash=pulse) if circuit.name in ("amber", "red") else circuit
        for circuit in head.circuits
    )
    return replace(head, circuits=circuits)


def on_battery(head: Body) -> Body:
    """Return `head` with lenses that shine without the grid.

    A controller whose mains fail flashes red to all sides, and each approach stops.
    Source: MUTCD 2009, sections 4D.27 (battery back-up) and 4D.30 (flashing red).
    """
    return replace(head, circuits=tuple(replace(one, grid=False) for one in head.circuits))


def _lens(height: float, circuit: int) -> list[Mesh]:
    front = plate(disc(DIAMETER / 2), 0.02, LENS_OFF, HOUSING["black"], "traffic_light", circuit)
    place = np.eye(4)
    place[:3, 3] = (0.035, 0, height)
    return [moved(part, place) for part in front]


def _visor(height: float) -> Mesh:
    """Return a hood over a lens: a half tube, thin, open below."""
    angle = np.linspace(-0.35, np.pi + 0.35, 13)
    outer = np.stack([np.cos(angle), np.sin(angle)], 1) * (DIAMETER / 2 + 0.015)
    inner = outer * 0.95
    rows = []
    for ring in (outer, inner):
        for x in (0.02, 0.24):
            rows.append(np.column_stack([np.full(13, x), ring[:, 0], ring[:, 1] + height]))
    vertices = np.concatenate(rows)
    i = np.arange(12)
    triangles = []
    for a, b, flip in ((0, 13, True), (26, 39, False), (13, 39, True), (26, 0, True)):
        one = np.stack([i + a, i + a + 1, i + b + 1], 1)
        two = np.stack([i + a, i + b + 1, i + b], 1)
        quad = np.concatenate([one, two])
        triangles.append(quad[:, ::-1] if flip else quad)
    return mesh(vertices, np.concatenate(triangles), HOUSING["black"], "traffic_light")


def signal_post(height: float) -> Mesh:
    """Return a post of `height` [m] at the origin."""
    foot = lathe([(0, 0), (0.14, 0), (0.14, 0.06), (0.08, 0.1), (0, 0.1)], PAINTED_DARK, "pole", 10)
    return merge([foot, tube([(0, 0, 0.05), (0, 0, height)], [0.065, 0.055], GALVANISED, "pole")])


def mast_arm(height: float, reach: float) -> Mesh:
    """Return a mast with an arm that reaches `reach` [m] along +y at `height` [m]."""
    mast = tube([(0, 0, 0), (0, 0, height + 0.3)], [0.13, 0.1], GALVANISED, "pole", 10)
    line = [(0, 0, height - 0.1), (0, reach * 0.4, height + 0.12), (0, reach, height + 0.2)]
    return merge([mast, tube(line, [0.09, 0.075, 0.055], GALVANISED, "pole")])


def at(part: Mesh, position: tuple[float, float, float], yaw: float) -> Mesh:
    """Return `part` placed in the world."""
    turn = (0.0, 0.0, float(np.sin(yaw / 2)), float(np.cos(yaw / 2)))
    return moved(part, pose(np.array(position, float), np.array(turn)))
