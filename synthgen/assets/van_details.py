"""Windows and doors of vans with a closed load space."""

from synthgen.assets import finishes as coat
from synthgen.assets.car_shells import CarFrame
from synthgen.assets.car_windows import screened
from synthgen.assets.carving import below, beyond, both, end_view, painted, side_view
from synthgen.assets.shells import FLANKS, Shell, Side


def van_glazed(shell: Shell, frame: CarFrame, windows: bool) -> Shell:
    """Return the upper body with windscreen and front door windows; `windows`: rear doors too."""
    shell = screened(shell, frame, Side.FRONT, coat.glass())
    for grow, finish in ((0.0, coat.trim()), (0.028, coat.glass())):
        outline = van_outline(frame, grow)
        shell = painted(shell, side_view(outline), finish, FLANKS)
    return shell if frame.style.cutaway else _rear_doors(shell, frame, windows)


def van_outline(frame: CarFrame, grow: float) -> list[tuple[float, float]]:
    """Return the corners (x, z) [m] of the front door's window, clockwise from the front foot,
    shrunk by `grow` [m].
    """
    style = frame.style
    low, high = frame.z(style.belt_z) + 0.04, frame.z(style.cowl_z) + 0.33 * frame.height
    high = min(high, frame.height - 0.25)
    front, head = frame.x(style.cowl) - 0.24, frame.x(style.header) - 0.16
    head = front + (head - front) * (high - low) / (frame.height - 0.1 - low)
    back = frame.x(style.panes[0]) + 0.10
    return [
        (front - 1.7 * grow, low + grow), (head - grow, high - grow),
        (back + grow, high - grow), (back + grow, low + grow),
    ]  # fmt: skip


def _rear_doors(shell: Shell, frame: CarFrame, windows: bool) -> Shell:
    """High brake lamp, and windows in the rear doors if they have any."""
    low, high, half = frame.z(frame.style.belt_z) + 0.1, frame.height * 0.82, frame.half
    z = frame.height - 0.18
    lamp = end_view([(-0.1, z), (0.18, z), (0.18, z + 0.04), (-0.1, z + 0.04)])
    shell = painted(shell, lamp, coat.lens("red", (96, 8, 10), "brake"), (Side.REAR,))
    if not windows:
        return shell
    pane = [(0.06, low), (0.72 * half, low), (0.66 * half, high), (0.06, high)]
    return painted(shell, end_view(pane), coat.tinted(), (Side.REAR,))


def van_rear_seams(frame: CarFrame) -> list[list[tuple[float, float]]]:
    """Return the courses (y, z) [m] between the rear doors and around them."""
    low, high, edge = frame.style.clearance + 0.3, frame.height - 0.22, 0.78 * frame.half
    frame_course = [
        (-edge, low),
        (edge, low),
        (edge * 0.95, high),
        (-edge * 0.95, high),
        (-edge, low),
    ]
    return [[(0.0, low), (0.0, high)], frame_course]


def van_seams(frame: CarFrame, marks: list[float]) -> list[list[tuple[float, float]]]:
    """Return the courses (x, z) [m] of the gaps of front and sliding doors."""
    style = frame.style
    low, high = style.clearance + 0.1, frame.height - 0.2
    first = frame.axles[0] - style.wheel - 0.12
    courses = [[(first, frame.z(style.belt_z)), (first, low), (marks[1], low)]]
    courses += [[(mark, low), (mark, high)] for mark in marks[1:]]
    rail = frame.z(style.belt_z) + 0.06
    return [*courses, [(marks[-1], rail), (-frame.length / 2 + 0.25, rail)]]


def van_flank(shell: Shell, frame: CarFrame) -> Shell:
    """Return the hull with rub strips and skirts."""
    style = frame.style
    front, rear = frame.axles
    rub = [(rear, 0.62), (front, 0.62), (front, 0.70), (rear, 0.70)]
    shell = painted(shell, side_view(rub), coat.plastic(), FLANKS)
    skirt = both(below(2, style.clearance + 0.12), below(0, front), beyond(0, rear))
    return painted(shell, skirt, coat.plastic(), FLANKS)
