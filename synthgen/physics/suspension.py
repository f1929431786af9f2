"""Sprung bodies: how a chassis pitches, rolls and heaves over its wheels.

Front and rear end bounce independently of each other (dynamic index one, which road cars are
close to), so pitch and heave are the difference and the mean of two oscillators; roll is a third.

Source: T. D. Gillespie, "Fundamentals of Vehicle Dynamics", SAE, 1992, chapter 5 (bounce and
pitch, dynamic index; ride frequencies of cars 1 to 1.5 Hz, rear above front after Olley, trucks
1.5 to 2 Hz) and chapter 6 (roll gradient).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.physics.oscillator import respond
from synthgen.physics.travel import GRAVITY, Travel


@dataclass(frozen=True)
class Suspension:
    """Springs of a class of vehicle.

    Attributes:
        pitch_gradient: [rad] of pitch per g of braking, steady.
        roll_gradient: [rad] of roll per g of lateral acceleration, steady.
        front: [Hz] of the front end on its springs.
        rear: [Hz] of the rear end.
        roll: [Hz].
        damping: share of critical damping.
        density: [kg/m2] mass over length times width, half loaded.
    """

    pitch_gradient: float
    roll_gradient: float
    front: float
    rear: float
    roll: float
    damping: float
    density: float

    def __post_init__(self) -> None:
        for name in ("pitch_gradient", "roll_gradient", "front", "rear", "roll", "density"):
            if getattr(self, name) <= 0:
                raise ValueError(f"suspension {name} must be > 0, got {getattr(self, name)}")


def _degrees(pitch: float, roll: float, *rest: float) -> Suspension:
    return Suspension(float(np.radians(pitch)), float(np.radians(roll)), *rest)


SUSPENSIONS: Mapping[str, Suspension] = {
    "car": _degrees(1.9, 3.2, 1.20, 1.40, 1.6, 0.35, 175.0),
    "ego": _degrees(1.9, 3.0, 1.20, 1.40, 1.6, 0.35, 185.0),
    "police_car": _degrees(1.7, 2.7, 1.30, 1.50, 1.7, 0.40, 195.0),
    "van": _degrees(2.3, 4.3, 1.30, 1.60, 1.3, 0.30, 235.0),
    "ambulance": _degrees(2.4, 4.8, 1.30, 1.55, 1.2, 0.32, 330.0),
    "truck": _degrees(2.3, 5.2, 1.50, 1.80, 1.0, 0.25, 430.0),
    "fire_engine": _degrees(2.2, 4.8, 1.45, 1.75, 1.0, 0.28, 600.0),
    "bus": _degrees(2.1, 5.0, 1.15, 1.25, 0.9, 0.28, 440.0),
    "trailer": _degrees(1.2, 5.2, 1.50, 1.60, 0.9, 0.25, 480.0),
}
"""By kind.

Source: gradients of cars within 2 to 4 (roll) and 1.5 to 2.5 degrees per g (pitch), softer and
higher vehicles above, from Gillespie 1992 chapter 6 and T. Winkler, "Rollover of Heavy Commercial
Vehicles", UMTRI Research Review 31(4), 2000 (tractors and trailers 4 to 6 degrees at 1 g). Masses
are kerb masses and half the payload over the footprint of common makes.
"""


def ride(
    springs: Suspension, travel: Travel, axles: tuple[float, float], side: Float[Array, "k"]
) -> Float[Array, "k 3"]:
    """Return heave [m] up, pitch [rad] nose down and roll [rad] left side up, per sample.

    The inertia of braking loads the front springs and unloads the rear ones; that of a left turn
    loads the right ones. Steady: pitch = -gradient * forward / g, roll = gradient * (left) / g.

    Args:
        springs: of the vehicle.
        travel: its way.
        axles: [m] front and rear axle ahead of the body's middle.
        side: [m/s2] what wind adds to the lateral acceleration that the springs feel.
    """
    front, rear = axles
    forward, left = travel.acceleration.T / GRAVITY
    whole = springs.pitch_gradient * (front - rear)
    share = springs.rear**2 / (springs.front**2 + springs.rear**2)
    drive = np.stack(
        [whole * share * forward, -whole * (1 - share) * forward,
         springs.roll_gradient * (left + side / GRAVITY)], axis=1,
    )  # fmt: skip
    frequency = np.array([springs.front, springs.rear, springs.roll])
    ahead, behind, roll = travel.by_stretch(
        lambda part: respond(travel.time[part], drive[part], frequency, springs.damping)
    ).T
    pitch = (behind - ahead) / (front - rear)
    return np.stack([ahead + front * pitch, pitch, roll], axis=1)


def towed_ride(
    springs: Suspension, travel: Travel, ends: tuple[float, float], lift: Float[Array, "k"],
    side: Float[Array, "k"],
) -> Float[Array, "k 3"]:  # fmt: skip
    """Return the ride of a towed section, as `ride` does: its front end goes with the joint.

    The axle bounces on its own springs and is unloaded by braking as a rear axle is.

    Args:
        springs: of the section.
        travel: its way.
        ends: [m] joint and axle ahead of its middle.
        lift: [m] that the joint has risen.
        side: [m/s2] what wind adds to the lateral acceleration that the springs feel.
    """
    joint, axle = ends
    forward, left = travel.acceleration.T / GRAVITY
    share = springs.front**2 / (springs.front**2 + springs.rear**2)
    dive = -springs.pitch_gradient * (joint - axle) * share * forward
    drive = np.stack([dive, springs.roll_gradient * (left + side / GRAVITY)], axis=1)
    frequency = np.array([springs.rear, springs.roll])
    behind, roll = travel.by_stretch(
        lambda part: respond(travel.time[part], drive[part], frequency, springs.damping)
    ).T
    pitch = (behind - lift) / (joint - axle)
    return np.stack([lift + joint * pitch, pitch, roll], axis=1)


LEAN = np.radians(32.0)
"""[rad] Most lean of a two-wheeler in traffic. Source: B. Spiegel, "The Upper Half of the
Motorcycle", 2010: riders keep below 20 degrees by habit and few ever pass 35."""
BALANCE = 1.2, 0.7
"""[Hz] and share of critical damping with which a rider takes up a lean."""


def lean(travel: Travel) -> Float[Array, "k"]:
    """Return the roll [rad] (left side up) of a two-wheeler that leans into its curve.

    Balanced: tan(lean) = v * yaw rate / g, to the side that it turns to.
    """
    wanted = np.arctan(travel.acceleration[:, 1] / GRAVITY)
    drive = -np.clip(wanted, -LEAN, LEAN)[:, None]
    frequency = np.array([BALANCE[0]])
    return travel.by_stretch(
        lambda part: respond(travel.time[part], drive[part], frequency, BALANCE[1])
    )[:, 0]
