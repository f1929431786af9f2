"""Where the side doors of cars and vans are, and how large the room behind them is."""

import numpy as np
from shapely.geometry import Polygon, box

from synthgen.assets.car_shells import CarFrame
from synthgen.assets.car_windows import pane_marks, side_outline
from synthgen.assets.doorway import Course, Doorway, Room
from synthgen.assets.occupants import Cabin
from synthgen.assets.van_details import van_outline

_FRAME = 0.026
"""[m] of a door's frame around the black border of its window."""
_ARCH = 0.085
"""[m] from the tyre to the door's edge round the wheel; the well is cut at 0.045 m."""
_WALL = 0.03
"""[m] from the rear wall of the cabin to the opening."""
_LEAST = 0.45
"""[m] A shorter door is none."""


def doorways(frame: CarFrame, cabin: Cabin) -> tuple[Doorway, ...]:
    """Return the doors on the left of a car or van, front door first."""
    style = frame.style
    if style.cutaway:
        return ()
    room = _room(frame, cabin)
    marks = pane_marks(frame)
    first = frame.axles[0] - style.wheel - 0.13
    behind = max(marks[1], frame.axles[1] + style.wheel + 0.18)  # a coupé's ends at the wheel
    front = (first, first, behind, behind)
    places = {"front": front}
    if not style.panel and len(marks) > 2:
        foot, last = _rear_edge(frame, marks)
        places["rear"] = (marks[1], marks[1], foot, last)
    found = [_doorway(frame, name, edges, room) for name, edges in places.items()]
    return tuple(door for door in found if door is not None)


def _rear_edge(frame: CarFrame, marks: list[float]) -> tuple[float, float]:
    """Return where the rear door ends [m] at its foot and at the window sill.

    It is where `car_details.flank_seams` draws the gap.
    """
    style, rear = frame.style, frame.axles[1]
    foot = last = rear + style.wheel + 0.18
    if style.bed:
        foot = last = frame.x(style.rear_base) + 0.05
    elif marks[1] > rear + style.wheel + 0.1:
        foot = rear + style.wheel + 0.12
        last = max(rear + style.wheel * 0.2, marks[-2] - 0.75) + 0.02
    return foot, last


def _doorway(
    frame: CarFrame, name: str, edges: tuple[float, float, float, float], room: Room
) -> Doorway | None:
    """Return the door between its front `edges` (foot, sill) and rear ones (foot, sill)."""
    low = frame.style.clearance + (0.1 if frame.style.panel else 0.09)
    fore, ahead, foot, last = edges
    foot, last = max(foot, room.back[0][0] + _WALL), max(last, room.back[1][0] + _WALL)
    if fore - foot < _LEAST:
        return None
    if frame.style.panel:
        glass, window = van_outline(frame, 0.028), van_outline(frame, -0.04)
        window = [*window[:2], (last, window[2][1]), (last, window[3][1])]
    else:
        glass, window = side_outline(frame, 0.022), side_outline(frame, -_FRAME)
    start, end = np.array(window[0]), np.array(window[-1])
    rise = (end[1] - start[1]) / (end[0] - start[0])
    sill = tuple(float(start[1] + rise * (x - start[0])) for x in (ahead, last))
    lower = ((fore, low), (ahead, sill[0]), (last, sill[1]), (foot, low))
    between = box(last, low, ahead, frame.height).intersection(_before(room, frame.height))
    upper, pane = (_convex(Polygon(one).intersection(between)) for one in (window, glass))
    if not upper or not pane:
        return None
    return Doorway(name, lower, upper, pane, room)


def _before(room: Room, high: float) -> Polygon:
    """Return what lies before the rear wall, up to `high` [m]: doors of saloons lean there."""
    (x, z), (top_x, top_z) = room.back[1:]
    lean = max((top_x - x) / (top_z - z), 0.0)
    foot, head = (x + _WALL + lean * (level - z) for level in (0.0, high))
    return Polygon([(foot, 0.0), (foot + 9.0, 0.0), (foot + 9.0, high), (head, high)])


def _convex(shape: Polygon) -> Course:
    hull = shape.convex_hull
    if not isinstance(hull, Polygon):
        return ()
    return tuple((float(x), float(z)) for x, z in hull.exterior.coords[:-1])


def _room(frame: CarFrame, cabin: Cabin) -> Room:
    style, (front, rear) = frame.style, frame.axles
    first, belt = front - style.wheel - 0.13, frame.z(style.belt_z)
    floor = style.clearance + 0.1
    top = frame.height - (0.12 if style.panel else 0.081)
    header, end = frame.x(style.header) - 0.2, frame.x(style.roof_end) + 0.2
    ahead = ((first + 0.06, floor), (first + 0.06, 2 * style.wheel + 0.08),
             (frame.x(style.cowl) - 0.22, belt), (header, top))  # fmt: skip
    base = frame.x(style.rear_base) + 0.16
    back = ((max(rear + style.wheel + 0.1, base), floor), (max(rear + 0.06, base), belt),
            (max(end, base), top))  # fmt: skip
    seat = frame.x(style.header) - 0.24
    rows: tuple[float, ...] = (seat, max(seat - 0.86, back[2][0] + 0.25))
    if style.panel:
        wall = pane_marks(frame)[1] - 0.14
        back, rows = ((wall, floor), (wall, belt), (wall, top)), (max(seat, wall + 0.2),)
    elif rows[0] - rows[1] < 0.65:
        rows = rows[:1]
    shares = np.array([0.0, 0.2, 0.4, 0.62, 1.0])
    sunk = style.roof_arch * np.clip((0.62 - shares) / 0.62, 0, 1) ** 2
    run = frame.x(style.roof_end) + shares * (frame.x(style.header) - frame.x(style.roof_end))
    arches = tuple((axle, style.wheel, style.wheel + _ARCH) for axle in frame.axles)
    roof = tuple((float(x), float(top - drop)) for x, drop in zip(run, sunk, strict=True))
    return Room(floor, belt, roof, ahead, back, frame.half, cabin.seat, cabin.head, rows,
                rows[0] + 0.52, arches)  # fmt: skip
