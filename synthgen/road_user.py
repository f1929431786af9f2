"""What a road user is before it has a mesh: the order that assets fill and traffic drives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoadUser:
    """One design.

    Attributes:
        kind: class name: car, van, truck, bus, motorcycle, bicycle, ambulance, fire_engine,
            police_car, pedestrian, dog or ego.
        subtype: e.g. compact, saloon, estate, suv, pickup, sports, taxi, panel_van, box_truck,
            adult, child.
        length: [m] of the body without mirrors.
        width: [m] without mirrors.
        height: [m].
        seed: number of the design: shape details, colour, trim, clothing.
        responding: emergency lamps are on.
    """

    kind: str
    subtype: str
    length: float
    width: float
    height: float
    seed: int
    responding: bool = False
