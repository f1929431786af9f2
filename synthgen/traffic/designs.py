"""SUMO's vehicle types, one per design."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthgen.road_user import RoadUser
from synthgen.traffic.braking import strongest
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import WALKERS, vehicle_class

DYNAMICS: Mapping[str, tuple[float, float, float, float]] = {
    "passenger": (55.0, 2.6, 4.5, 2.5),
    "delivery": (50.0, 2.6, 4.5, 2.5),
    "truck": (36.0, 1.3, 4.0, 2.5),
    "bus": (23.0, 1.2, 4.0, 2.5),
    "motorcycle": (55.0, 5.0, 8.0, 2.5),
    "bicycle": (5.6, 1.2, 3.0, 0.8),
    "emergency": (40.0, 2.6, 4.5, 2.5),
}
"""Top speed [m/s], acceleration and braking [m/s2], gap [m] kept when standing, per class.

Source: Eclipse SUMO documentation, "Vehicle Type Parameter Defaults"."""


PACES = {"elder": 1.05, "wheelchair": 1.1, "pram": 1.2, "child": 1.4, "runner": 2.9}
"""[m/s] Mean of who does not go at 1.34. Source: Weidmann 1993, section 3.3: elders some 25 %
slower; joggers 2.5 to 4."""
HEARD = 60.0
"""[m] At which others make way for siren and blue light. SUMO's own 25 m leave 2 s at 45 km/h;
sirens are heard from 50 to 150 m in traffic."""


def type_name(user: int) -> str:
    """Return the SUMO type of the design with index `user`."""
    return f"design{user}"


def _walker_type(sim: Any, name: str, user: RoadUser) -> None:
    """Walking speeds 1.34 +- 0.15 m/s, elders and who rolls slower; runners 2.9 m/s.

    Source: U. Weidmann, "Transporttechnik der Fussgänger", ETH Zürich, 1993: mean 1.34 m/s.
    """
    sim.vehicletype.copy("DEFAULT_PEDTYPE", name)
    share = np.random.Generator(np.random.Philox(key=user.seed)).normal(0.0, 0.15)
    speed = PACES.get(user.subtype, 1.34) + float(np.clip(share, -0.3, 0.3))
    sim.vehicletype.setMaxSpeed(name, speed)


def _calm(sim: Any, name: str) -> None:
    """Let who carries the sensors drive as a trained driver does: early, gently, without dawdling.

    Acceleration 2 and braking 3 m/s2, 1.4 s behind others, decisions every 0.1 s.
    Source: M. Treiber and A. Kesting, "Traffic Flow Dynamics", 2013, table 11.2: comfortable
    deceleration 1.5 to 3 m/s2, time gaps 1 to 1.5 s.
    """
    sim.vehicletype.setAccel(name, 2.0)
    sim.vehicletype.setDecel(name, 3.0)
    sim.vehicletype.setApparentDecel(name, 3.0)
    sim.vehicletype.setTau(name, 1.4)
    sim.vehicletype.setImperfection(name, 0.1)
    sim.vehicletype.setActionStepLength(name, STEP)


def _vehicle_type(sim: Any, name: str, user: RoadUser) -> None:
    own = vehicle_class(user)
    speed, acceleration, braking, gap = DYNAMICS[own]
    sim.vehicletype.copy("DEFAULT_VEHTYPE", name)
    sim.vehicletype.setVehicleClass(name, own)
    sim.vehicletype.setLength(name, user.length)
    sim.vehicletype.setWidth(name, user.width)
    sim.vehicletype.setMaxSpeed(name, speed)
    sim.vehicletype.setAccel(name, acceleration)
    sim.vehicletype.setDecel(name, braking)
    sim.vehicletype.setMinGap(name, gap)
    sim.vehicletype.setMinGapLat(name, 0.6)
    sim.vehicletype.setImpatience(name, 0.5)
    sim.vehicletype.setLateralAlignment(name, "right" if own == "bicycle" else "center")
    if user.kind == "ego":
        _calm(sim, name)
    if user.responding:
        sim.vehicletype.setParameter(name, "has.bluelight.device", "true")
        sim.vehicletype.setParameter(name, "device.bluelight.reactiondist", str(HEARD))


def _hold(sim: Any, name: str, grip: float) -> None:
    """Let nobody brake harder than tyres with friction coefficient `grip` can."""
    most = strongest(grip)
    planned = min(float(sim.vehicletype.getDecel(name)), most)
    sim.vehicletype.setDecel(name, planned)
    sim.vehicletype.setApparentDecel(name, planned)
    sim.vehicletype.setEmergencyDecel(name, min(9.0, most))


def make_types(sim: Any, users: Sequence[RoadUser], used: set[int], grip: float) -> None:
    """Tell SUMO the length, width and dynamics of every design in `used`, on roads of `grip`."""
    for index in sorted(used):
        walks = users[index].kind in WALKERS
        (_walker_type if walks else _vehicle_type)(sim, type_name(index), users[index])
        if not walks:
            _hold(sim, type_name(index), grip)
