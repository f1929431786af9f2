"""Lamps of vehicles: photometry by circuit, flash patterns, and lamps from the lenses' places.

Intensities are those of `candela` per side. What a lens looks like from where it dazzles no one
(above the cut-off of a low beam, off the axis of a beacon) sets its luminance: `seen` candela
over the lens area of one side.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from synthgen.assets.shells import Shell
from synthgen.geometry import Array, unit
from synthgen.pieces import boxes, clusters, parts
from synthgen.world import Beam, Circuit, Flash, Lamp


@dataclass(frozen=True)
class Photometry:
    """One circuit's lamps.

    Attributes:
        candela: [cd] of each lamp along its axis.
        seen: [cd] of each lamp as others on the road see it.
        color: linear sRGB, any scale.
        beam: angular pattern.
        direction: of the axis, body frame; zero: along the lens's own normal.
        flash: pattern while switched on.
    """

    candela: float
    seen: float
    color: tuple[float, float, float]
    beam: Beam
    direction: tuple[float, float, float] = (0.0, 0.0, 0.0)
    flash: Flash | None = None


_WHITE = (1.0, 0.93, 0.82)
_RED = (1.0, 0.012, 0.004)
_AMBER = (1.0, 0.32, 0.0)
_BLUE = (0.02, 0.09, 1.0)
_COOL = (0.9, 0.97, 1.12)
_BLINK = Flash(1 / 1.5, ((0.0, 0.34),))
_DOWN = (0.99985, 0.0, -0.01745)


def _pulses(period: float, count: int, length: float, pause: float, delay: float) -> Flash:
    """`count` pulses of `length` [s], `pause` [s] apart, beginning `delay` [s] into the period."""
    starts = (delay + index * (length + pause) for index in range(count))
    return Flash(period, tuple((round(start, 4), length) for start in starts))


_LEFT_BAR = _pulses(0.5, 3, 0.05, 0.03, 0.0)
_RIGHT_BAR = _pulses(0.5, 3, 0.05, 0.03, 0.25)
"""Triple flash, two bursts a second, left and right in turn. Source: UN R65 (2 to 4 Hz) and SAE
J845 (1 to 4 Hz) count a burst as one flash."""
_TURNING = _pulses(0.8, 2, 0.08, 0.06, 0.0)


def photometry() -> dict[str, Photometry]:
    """Return the lamps behind each lens name.

    Source: UN R112 class B (low beam: 10.1 to 30 kcd below the cut-off, up to 625 cd above), UN R7
    (tail 4 to 17 cd, stop 60 to 260 cd), UN R6 (indicator 175 to 1000 cd in front, 50 to 500 cd
    behind), UN R87 (daytime 400 to 1200 cd), UN R23 (reverse 80 to 600 cd), SAE J845 class 1 and
    UN R65 class 2 (beacons), NFPA 1901, 2009, section 13.8.15 (scene lamps: 10 lx and more on the
    work area; an 8 klm flood lamp gives 2500 cd), EN 12352 class L8H (arrow boards).
    """
    rear = (-1.0, 0.0, 0.0)
    left, right = _LEFT_BAR, _RIGHT_BAR
    return {
        "low_beam": Photometry(20_000, 450, _WHITE, Beam.LOW_BEAM, _DOWN),
        "high_beam": Photometry(60_000, 5_000, _WHITE, Beam.HIGH_BEAM, (1.0, 0.0, 0.0)),
        "daytime": Photometry(0, 600, _COOL, Beam.LAMBERT, (1.0, 0.0, 0.0)),
        "tail": Photometry(8, 8, _RED, Beam.MARKER, rear),
        "brake": Photometry(120, 120, _RED, Beam.MARKER, rear),
        "indicator_left": Photometry(200, 200, _AMBER, Beam.MARKER, flash=_BLINK),
        "indicator_right": Photometry(200, 200, _AMBER, Beam.MARKER, flash=_BLINK),
        "reverse": Photometry(200, 200, _COOL, Beam.MARKER, rear),
        "beacon_a/red": Photometry(1500, 900, _RED, Beam.ISOTROPIC, flash=left),
        "beacon_b/blue": Photometry(1000, 600, _BLUE, Beam.ISOTROPIC, flash=right),
        "beacon_a/blue": Photometry(1000, 600, _BLUE, Beam.ISOTROPIC, flash=left),
        "beacon_b/red": Photometry(1500, 900, _RED, Beam.ISOTROPIC, flash=right),
        "beacon_b/white": Photometry(2000, 1200, _COOL, Beam.ISOTROPIC, flash=right),
        "beacon_a/amber": Photometry(600, 400, _AMBER, Beam.ISOTROPIC, flash=_TURNING),
        "beacon_b/amber": Photometry(
            180, 180, _AMBER, Beam.LAMBERT, rear, Flash(1.0, ((0.0, 0.5),))
        ),
        "scene": Photometry(2500, 900, _COOL, Beam.LAMBERT),
        "taxi_sign": Photometry(6, 12, _WHITE, Beam.ISOTROPIC),
        "sign": Photometry(4, 10, _AMBER, Beam.LAMBERT, (1.0, 0.0, 0.0)),
    }


_APART = 0.15
"""[m] Lenses of a circuit that are farther apart are lamps of their own."""
_WIDE = 1.2
"""[m] Wider lenses across the middle are a left and a right lamp in one."""
_SEAM = 0.002
"""[m] between triangles of one piece that share no corner."""
_MIDDLE = 4
ALWAYS = (
    "low_beam", "high_beam", "daytime", "tail", "brake", "indicator_left", "indicator_right",
    "reverse",
)  # fmt: skip
"""Circuits that every vehicle has."""


def lens_names(shell: Shell) -> tuple[str, ...]:
    """Return the names of the lenses on `shell`, one per circuit, those of every vehicle first.

    A lens named `beacon_a/red` is lit by circuit `beacon_a`.
    """
    used = [shell.finishes[number] for number in np.unique(shell.finish)]
    lenses = {finish.circuit for finish in used}
    others = (name for name in photometry() if name not in ALWAYS)
    return tuple(name for name in (*ALWAYS, *others) if name in lenses)


def check_lenses(*shells: Shell) -> None:
    """Raise ValueError when `shells` together lack a lens that every vehicle has."""
    lenses = {name for shell in shells for name in lens_names(shell)}
    missing = [name for name in ALWAYS if name not in lenses]
    if missing:
        raise ValueError(f"vehicle must have lenses for {', '.join(missing)}")


def circuits_of(shell: Shell) -> tuple[Circuit, ...]:
    """Return the circuits of the lenses on `shell`, in the order of `lens_names`."""
    table = photometry()
    return tuple(_circuit(shell, name, table[name]) for name in lens_names(shell))


def _circuit(shell: Shell, name: str, data: Photometry) -> Circuit:
    found = _lenses(shell, name)
    area = sum(one.area for one in found)
    if area <= 0:
        raise ValueError(f"lens {name} must show on the body, but its area is {area} m2")
    if data.beam == Beam.ISOTROPIC:
        # A convex body shows a quarter of its surface on average (Cauchy 1832).
        area = area / 4
    color = np.array(data.color)
    color = color / (color @ (0.2126, 0.7152, 0.0722))
    return Circuit(
        name=name.split("/")[0],
        luminance=round(data.seen * sum(one.share for one in found) / area, 3),
        color=_triple(color),
        flash=data.flash,
    )


def _triple(values: Array) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def lamps_of(shell: Shell) -> tuple[Lamp, ...]:
    """Return one lamp per lit circuit, side and end of the body, just outside its lens."""
    table = photometry()
    lamps = []
    for index, name in enumerate(lens_names(shell)):
        data = table[name]
        if data.candela <= 0:
            continue
        for one in _lenses(shell, name):
            axis = np.array(data.direction) if any(data.direction) else one.normal
            if data.beam == Beam.ISOTROPIC:
                # Beacons and roof signs shine over everything: free of the body that bears them.
                place = np.array([*one.middle[:2], shell.points[:, 2].max() + 0.08])
            else:
                place = one.middle + axis * (_reach(shell, name, one.middle, axis) + 0.04)
            lamps.append(
                Lamp(
                    position=_triple(np.round(place, 4)),
                    direction=_triple(unit(axis)),
                    intensity=round(data.candela * one.share, 3),
                    beam=data.beam,
                    circuit=index,
                    radius=round(float(np.sqrt(one.area / np.pi)), 4),
                )
            )
    return tuple(lamps)


def _lens(shell: Shell, name: str) -> Array:
    """Corners [m] of the triangles of lens `name`."""
    return shell.points[_triangles(shell, name)]


def _triangles(shell: Shell, name: str) -> Array:
    lit = np.array([finish.circuit == name for finish in shell.finishes], bool)
    return shell.triangles[lit[shell.finish]]


def _along(shell: Shell, name: str) -> Array:
    """Return x [m] of the middle of the piece that each triangle of lens `name` belongs to."""
    triangles = _triangles(shell, name)
    part = parts(triangles)
    part = clusters(*boxes(shell.points, triangles, part), _SEAM)[part]
    x = shell.points[triangles, 0].mean(axis=1)
    return (np.bincount(part, x) / np.bincount(part))[part]


def _reach(shell: Shell, name: str, place: Array, axis: Array) -> float:
    """How far [m] lens `name` stands out beyond `place` along `axis`, within 0.6 m of it."""
    points = _lens(shell, name).reshape(-1, 3) - place
    near = np.linalg.norm(points, axis=1) < 0.6
    return max(float((points[near] @ axis).max(initial=0.0)), 0.0)


@dataclass(frozen=True, eq=False)
class _Lens:
    """What shines of a circuit at one end and side, or in the middle.

    Attributes:
        middle: [m].
        area: [m2].
        normal: unit vector.
        share: of the intensity that a lamp of its kind has.
    """

    middle: Float[Array, "3"]
    area: float
    normal: Float[Array, "3"]
    share: float


def _lenses(shell: Shell, name: str) -> list[_Lens]:
    """Return the lenses `name`: front and rear, left and right, and those in the middle.

    Lenses in the middle, such as a third brake lamp, share the light of those on the sides by area:
    all are as luminous. That leaves brake lamps the 60 cd and more of UN R7, and their third one
    25 to 110 cd (category S3).
    """
    corner = _lens(shell, name)
    vector = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]) / 2
    area, center = np.linalg.norm(vector, axis=1), corner.mean(axis=1)
    # Light bars stand ahead of the middle: what lies clearly behind is another lamp.
    quarter = 2 * (_along(shell, name) > 0.4 * shell.points[:, 0].min()) + (center[:, 1] > 0)
    central = _central(shell, name)
    if photometry()[name].beam != Beam.ISOTROPIC and len(np.unique(quarter[~central])) > 1:
        quarter[central] = _MIDDLE
    found = []
    for number in np.unique(quarter[area > 0]).tolist():
        here = quarter == number
        total = float(area[here].sum())
        if total > 1e-5:
            middle = (center[here] * area[here, None]).sum(axis=0) / total
            normal = _outward(vector[here].sum(axis=0) / total, middle, shell)
            found.append((number, middle, total, normal))
    sides = sum(number != _MIDDLE for number, *_ in found)
    whole = sum(total for _, _, total, _ in found)
    even = sides == len(found)
    return [
        _Lens(middle, total, normal, 1.0 if even else sides * total / whole)
        for _, middle, total, normal in found
    ]


def _central(shell: Shell, name: str) -> Bool[Array, "t"]:
    """Which triangles of lens `name` belong to small lenses on the middle line."""
    lit = np.array([finish.circuit == name for finish in shell.finishes], bool)
    triangles = shell.triangles[lit[shell.finish]]
    if not len(triangles):
        return np.zeros(0, bool)
    part = parts(triangles)
    lens = clusters(*boxes(shell.points, triangles, part), _APART)[part]
    y = shell.points[triangles][..., 1]
    found = np.zeros(len(triangles), bool)
    for number in np.unique(lens):
        own = y[lens == number]
        found[lens == number] = own.min() < 0 < own.max() and np.ptp(own) < _WIDE
    return found


def _outward(mean: Array, middle: Array, shell: Shell) -> Array:
    """Return the way that a lens at `middle` [m] looks: that of its `mean` normal.

    A closed block has none and looks where it is next to a side or an end of the body.
    """
    if np.linalg.norm(mean) > 0.05:
        return unit(mean)
    low, high = shell.points.min(axis=0)[:2], shell.points.max(axis=0)[:2]
    gap = np.concatenate([high - middle[:2], middle[:2] - low])
    return np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], float)[gap.argmin()]
