from dataclasses import dataclass, field

import pytest

from synthgen.road_user import RoadUser
from synthgen.traffic.designs import DYNAMICS, make_types, type_name

USERS = (
    RoadUser("ego", "estate", 4.6, 1.8, 1.5, 0),
    RoadUser("motorcycle", "motorcycle", 2.1, 0.8, 1.2, 1),
    RoadUser("truck", "box_truck", 7.6, 2.4, 3.3, 2),
    RoadUser("pedestrian", "runner", 0.9, 0.5, 1.7, 3),
    RoadUser("pedestrian", "wheelchair", 1.05, 0.6, 1.7, 4),
)


@dataclass
class Types:
    """What SUMO was told, by type and setting."""

    told: dict = field(default_factory=dict)

    def __getattr__(self, name):
        if name.startswith("set"):
            return lambda kind, *value: self.told.__setitem__((kind, name[3:]), value[-1])
        if name == "getDecel":
            return lambda kind: self.told[kind, "Decel"]
        return lambda *given: None


@dataclass
class Simulation:
    vehicletype: Types


def told(grip):
    types = Types()
    make_types(Simulation(types), USERS, set(range(len(USERS))), grip)
    return types.told


@pytest.mark.parametrize("grip", [0.1, 0.45, 0.85])
def test_nobody_brakes_harder_than_the_road_allows(grip):
    found = told(grip)
    for (_, name), value in found.items():
        if name.endswith("Decel"):
            assert value <= 9.81 * grip + 1e-9
    wanted = min(DYNAMICS["motorcycle"][2], 9.81 * grip)
    assert found[type_name(1), "Decel"] == pytest.approx(wanted)
    assert found[type_name(0), "Decel"] == pytest.approx(min(3.0, 9.81 * grip))


def test_runners_run_and_wheelchairs_roll():
    found = told(0.8)
    assert 2.5 < found[type_name(3), "MaxSpeed"] < 3.3
    assert 0.7 < found[type_name(4), "MaxSpeed"] < 1.45
