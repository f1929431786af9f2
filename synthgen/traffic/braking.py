"""How hard a driver brakes, and from which speed that is enough."""

import math

GRAVITY = 9.81
"""[m/s2]"""
JERK = 12.0
"""[m/s3] Growth of the deceleration in an emergency stop: brakes build up to 8 m/s2 in 0.6 s.

Source: G. Burg and A. Moser, "Handbuch Verkehrsunfallrekonstruktion", 2nd edition, 2009: the
brakes of cars respond within 0.2 s and swell over 0.2 to 0.6 s."""
SHARE = 0.8
"""Of the grip that a driver plans with."""
SPARE = 1.0
"""[m] Left in front of what the car stops for."""
DELAY = 0.35
"""[s] Driven on while the deceleration grows."""


def strongest(grip: float) -> float:
    """Return the most deceleration [m/s2] that tyres with friction coefficient `grip` allow."""
    return grip * GRAVITY


def fastest(room: float, grip: float) -> float:
    """Return the speed [m/s] from which a car stops within `room` [m], `SPARE` kept.

    room - SPARE = DELAY v + v^2 / (2 b) with b = SHARE x grip x g.
    """
    b = SHARE * strongest(grip)
    return math.sqrt((DELAY * b) ** 2 + 2 * b * max(room - SPARE, 0.0)) - DELAY * b


def needed(speed: float, room: float) -> float:
    """Return the constant deceleration [m/s2] that ends `SPARE` before `room` [m] is used up."""
    return speed**2 / (2 * max(room - SPARE, 0.05))


def braked(speed: float, before: float, room: float, grip: float, step: float) -> float:
    """Return the speed [m/s] after one more `step` [s] of an emergency stop.

    Args:
        speed: [m/s] now.
        before: [m/s2] deceleration over the last step.
        room: [m] to what must not be touched.
        grip: friction coefficient.
        step: [s].
    """
    wanted = min(needed(speed, room), strongest(grip))
    return max(speed - min(wanted, before + JERK * step) * step, 0.0)
