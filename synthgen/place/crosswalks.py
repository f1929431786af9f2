"""Bars painted along pedestrian crossings.

Source: FHWA, Manual on Uniform Traffic Control Devices, 11th edition, 2023, section 3C.05: bars
0.3 to 0.6 m wide, gaps up to 2.5 times that.
"""

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.network import Crossing
from synthgen.place.planar import along, clean, lengths, offset, polygons_of, ribbon

BAR, GAP = 0.5, 0.6


def bar_starts(length: float) -> Float[Array, "n"]:
    """Return where bars start [m] on a crossing of `length` [m]: as many as fit, centred."""
    count = max(int((length + GAP + 1e-9) // (BAR + GAP)), 1)
    used = count * BAR + (count - 1) * GAP
    return (length - used) / 2 + np.arange(count) * (BAR + GAP)


def bars(crossing: Crossing) -> list[Polygon]:
    """Return the bars of `crossing`, parallel to the traffic that it crosses."""
    line = clean(crossing.shape)
    start = bar_starts(float(lengths(line)[-1]))
    ends = np.stack([along(line, start), along(line, start + BAR)], axis=1)
    step = ends[:, 1] - ends[:, 0]
    side = np.column_stack([-step[:, 1], step[:, 0]]) / BAR * crossing.width / 2
    a, b = ends[:, 0], ends[:, 1]
    return list(shapely.polygons(np.stack([a - side, b - side, b + side, a + side], axis=1)))


def rails(crossing: Crossing) -> list[Polygon]:
    """Return the two lines that frame a signalled crossing like a ladder."""
    line = clean(crossing.shape)
    found = []
    for side in (-1, 1):
        rail = offset(line, side * (crossing.width / 2 + 0.15))
        found.extend(shapely.polygons(ribbon(rail, 0.3)))
    return found


def painted_area(crossing: Crossing, road: BaseGeometry) -> list[Polygon]:
    """Return what of bars and rails of `crossing` lies on `road`."""
    shapes = bars(crossing) + (rails(crossing) if crossing.signalled else [])
    every = np.array(shapes, object)
    inside = shapely.contains(road, every)
    if inside.all():
        return shapes
    near = road.intersection(shapely.box(*shapely.total_bounds(every)))
    cut = shapely.intersection(every[~inside], near)
    return [*every[inside], *(part for shape in cut for part in polygons_of(shape, 0.02))]
