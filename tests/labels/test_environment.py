import json

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.labels.environment import MEANING, environment_record
from synthgen.world import Circuit

AIR = Atmosphere((3e-4, 4e-4, 5e-4), 6e-4, 0.0, 0.0, 0.0, 0.9, 0.8, 2.0)
BEACON = Circuit("beacon_a", 1e4, (1.0, 1.0, 1.0))


def test_record_is_flat_complete_and_finite(toys):
    look = toys.look([], rain=2.0, sun_elevation=0.5)
    record = environment_record(look.moment.scene, look.moment, AIR, 4e4, {"rain": 2.0})
    assert list(record) == list(MEANING)
    assert all(np.isfinite(v) for v in record.values() if not isinstance(v, str))
    assert (record["rain"], record["sun_elevation"], record["extinction"]) == (2.0, 0.5, 4e-4)
    assert json.loads(record["draws"]) == {"rain": 2.0}


def test_blue_light_vehicles_are_counted_with_and_without_lamps(toys):
    lit = toys.box("a", (6, 2, 2.5), "ambulance", circuits=(BEACON,))
    dark = toys.box("b", (6, 2, 2.5), "police_car")
    look = toys.look([(lit, (20, 3, 0), 0.0), (dark, (30, -3, 0), 0.0)])
    record = environment_record(look.moment.scene, look.moment, AIR, 4e4, {})
    assert (record["things"], record["emergency_vehicles"], record["emergency_lamps"]) == (2, 2, 1)
    assert look.of("a").circuits == "beacon_a"
    assert look.of("b").circuits == ""


def test_lamps_on_the_grid_are_off_in_a_blackout(toys):
    street = Circuit("street", 1e4, (1.0, 1.0, 1.0), grid=True)
    lamp = toys.box("lamp", (0.3, 0.3, 4), "traffic_light", circuits=(street,))
    circuits = [
        toys.look([(lamp, (20, 3, 0), 0.0)], power=power).of("lamp").circuits
        for power in (True, False)
    ]
    assert circuits == ["street", ""]
