"""Proportions of passenger cars and vans: one row per body style, jittered per design.

Lengths along the car are shares of the length counted from the nose, heights are shares of the
height, measured on side views of common models of each style and rounded to a hundredth.
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class CarStyle:
    """Proportions of one car.

    Attributes:
        front_axle: place of the front axle; rear_axle: of the rear axle.
        rear_axle: see `front_axle`.
        cowl: foot of the windscreen; header: its top edge.
        header: see `cowl`.
        roof_end: top edge of the rear window; rear_base: its foot.
        rear_base: see `roof_end`.
        nose_z: height of the bonnet's leading edge; cowl_z: of the bonnet at the windscreen.
        cowl_z: see `nose_z`.
        belt_z: height of the window sill at the front door; belt_rise: how much higher at the rear.
        belt_rise: see `belt_z`.
        deck_z: height of the boot or tailgate sill at the tail.
        wheel: tyre radius [m].
        clearance: [m] of the sill above ground.
        belt_width: half width of the glasshouse at its foot over that of the body.
        roof_width: the same at the roof.
        nose_sweep: [m] how far the front corners lie behind the nose; tail_sweep: at the tail.
        tail_sweep: see `nose_sweep`.
        rake: [m] how far the bonnet's edge lies behind the bumper; tail_rake: at the tail.
        tail_rake: see `rake`.
        pillar: [m] width of the rearmost pillar at the sill.
        panes: ends of the side panes as shares from the front to the rear end of the side window.
        cladding: whether sills and arches are of dark plastic.
        bed: whether an open cargo bed takes the place of the boot.
        lamps: tail lamps: 0 wide, 1 upright.
        roof_arch: [m] how much lower the roof is at its rear end.
        panel: whether it is a van with a closed load space behind the front doors; `panes` then
            holds the shares of the length where front door and sliding door end.
        screen: height of the windscreen's upper edge, as far as it stays below the roof.
    """

    front_axle: float
    rear_axle: float
    cowl: float
    header: float
    roof_end: float
    rear_base: float
    nose_z: float
    cowl_z: float
    belt_z: float
    belt_rise: float
    deck_z: float
    wheel: float
    clearance: float = 0.17
    belt_width: float = 0.9
    roof_width: float = 0.67
    nose_sweep: float = 0.3
    tail_sweep: float = 0.2
    rake: float = 0.14
    tail_rake: float = 0.05
    pillar: float = 0.18
    panes: tuple[float, ...] = (0.46, 0.92)
    cladding: bool = False
    bed: bool = False
    lamps: int = 0
    roof_arch: float = 0.05
    panel: bool = False
    screen: float = 1.0

    @property
    def cutaway(self) -> bool:
        """Whether the car ends behind its front doors: another body stands over the rear axle."""
        return self.rear_axle > 1


_COMPACT = CarStyle(
    0.200, 0.825, 0.245, 0.435, 0.90, 0.975, 0.545, 0.670, 0.625, 0.045, 0.66, 0.315,
    pillar=0.22, lamps=1, nose_sweep=0.34, roof_arch=0.06, belt_width=0.91, roof_width=0.69,
    rake=0.17, tail_rake=0.02, panes=(0.52, 1.0),
)  # fmt: skip
_SALOON = CarStyle(
    0.187, 0.780, 0.275, 0.445, 0.750, 0.900, 0.535, 0.675, 0.625, 0.045, 0.715, 0.325,
    pillar=0.20, panes=(0.47, 0.93), tail_rake=0.04, roof_arch=0.045,
)  # fmt: skip
_ESTATE = CarStyle(
    0.190, 0.770, 0.270, 0.435, 0.90, 0.965, 0.53, 0.668, 0.620, 0.035, 0.66, 0.325,
    pillar=0.14, panes=(0.37, 0.70, 1.0), lamps=1, tail_rake=0.03, roof_arch=0.045,
)  # fmt: skip
_SUV = CarStyle(
    0.195, 0.790, 0.255, 0.415, 0.89, 0.965, 0.575, 0.640, 0.605, 0.03, 0.63, 0.365,
    clearance=0.22, belt_width=0.92, roof_width=0.71, nose_sweep=0.26, rake=0.12, tail_rake=0.02,
    pillar=0.17, panes=(0.41, 0.78, 1.0), cladding=True, lamps=1, roof_arch=0.05,
)  # fmt: skip
_PICKUP = CarStyle(
    0.175, 0.790, 0.270, 0.375, 0.625, 0.660, 0.575, 0.630, 0.610, 0.02, 0.60, 0.395,
    clearance=0.30, belt_width=0.93, roof_width=0.73, nose_sweep=0.2, rake=0.08, tail_rake=0.02,
    pillar=0.12, panes=(0.54, 1.0), cladding=True, bed=True, lamps=1, tail_sweep=0.06,
    roof_arch=0.03,
)  # fmt: skip
_SPORTS = CarStyle(
    0.205, 0.775, 0.305, 0.475, 0.67, 0.89, 0.52, 0.690, 0.645, 0.04, 0.735, 0.335,
    clearance=0.13, belt_width=0.86, roof_width=0.6, nose_sweep=0.42, rake=0.24, tail_sweep=0.3,
    pillar=0.16, panes=(0.78,), roof_arch=0.04,
)  # fmt: skip
_MINIVAN = CarStyle(
    0.180, 0.770, 0.205, 0.400, 0.925, 0.98, 0.51, 0.612, 0.565, 0.03, 0.60, 0.335,
    belt_width=0.935, roof_width=0.74, nose_sweep=0.32, rake=0.16, tail_rake=0.02,
    pillar=0.12, panes=(0.36, 0.67, 1.0), lamps=1, roof_arch=0.04,
)  # fmt: skip
_PANEL = CarStyle(
    0.175, 0.785, 0.180, 0.315, 0.978, 0.992, 0.41, 0.490, 0.475, 0.005, 0.475, 0.345,
    clearance=0.2, belt_width=0.975, roof_width=0.84, nose_sweep=0.26, tail_sweep=0.06, rake=0.2,
    tail_rake=0.01, pillar=0.1, panes=(0.42, 0.655), lamps=1, roof_arch=0.01, panel=True,
    screen=0.83,
)  # fmt: skip
_CUTAWAY = replace(
    _PANEL, front_axle=0.375, rear_axle=1.8, cowl=0.40, header=0.64, roof_end=0.97,
    rear_base=0.99, nose_z=0.53, cowl_z=0.60, belt_z=0.575, deck_z=0.575, panes=(0.93, 0.96),
    rake=0.1, clearance=0.28, wheel=0.38, screen=0.93,
)  # fmt: skip
_US_SALOON = replace(
    _SALOON, clearance=0.19, wheel=0.345, nose_sweep=0.22, rake=0.1, nose_z=0.555, roof_width=0.69
)
_EGO = replace(_ESTATE, roof_end=0.885, rear_base=0.955, roof_width=0.68, wheel=0.32)

STYLES: dict[str, CarStyle] = {
    "compact": _COMPACT,
    "saloon": _SALOON,
    "taxi": _SALOON,
    "estate": _ESTATE,
    "suv": _SUV,
    "pickup": _PICKUP,
    "sports": _SPORTS,
    "minivan": _MINIVAN,
    "panel_van": _PANEL,
    "delivery_van": _PANEL,
    "eu_van": _PANEL,
    "cutaway": _CUTAWAY,
    "us_suv": _SUV,
    "us_saloon": _US_SALOON,
    "eu_estate": _ESTATE,
    "ego": _EGO,
}
"""Body style by subtype."""

_LOOSE = {
    "front_axle": 0.006, "rear_axle": 0.006, "cowl": 0.009, "header": 0.009, "roof_end": 0.008,
    "nose_z": 0.012, "cowl_z": 0.008, "belt_z": 0.01, "belt_rise": 0.012, "deck_z": 0.01,
    "wheel": 0.008, "nose_sweep": 0.04, "rake": 0.025, "roof_width": 0.012, "pillar": 0.03,
    "roof_arch": 0.01,
}  # fmt: skip


def drawn_style(subtype: str, rng: np.random.Generator) -> CarStyle:
    """Return the proportions of a design of `subtype`, jittered within the style."""
    style = STYLES[subtype]
    play = 0.6 if style.panel else 1.7
    shifts = {
        name: getattr(style, name) + float(rng.uniform(-play, play)) * spread
        for name, spread in _LOOSE.items()
    }
    return replace(style, **shifts)
