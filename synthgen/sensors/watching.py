"""Sensors of kinds of their own, each observed at its time with its own random numbers."""

from collections.abc import Callable, Mapping

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.kinds import Watch, load
from synthgen.rig import Rig
from synthgen.sample import Reading
from synthgen.scene import Moment, moment

Draw = Callable[[str], np.random.Generator]
"""Returns the random numbers of a sensor."""


def readings(
    rig: Rig, watch: Watch, air: Callable[[Moment], Atmosphere], draw: Draw, records: bool = False
) -> Mapping[str, Reading]:
    """Return what the sensors of `rig` read at the moment of `watch`, each at its own time.

    Args:
        rig: the sensors.
        watch: what they look at.
        air: returns the air of another moment.
        draw: returns the random numbers of a sensor.
        records: whether those that record a whole clip are asked, or the others.
    """
    found = {}
    for name, fitted in rig.sensors.items():
        kind = load(fitted.module)
        if kind.records == records:
            sensor = rig.sensor(name)
            own = watch if records else _at(watch, sensor.offset, air)
            found[name] = kind.observe(sensor, own, draw(name))
    return found


def _at(watch: Watch, offset: float, air: Callable[[Moment], Atmosphere]) -> Watch:
    """Return `watch` so much later [s]."""
    if not offset:
        return watch
    now = moment(watch.moment.scene, watch.moment.time + offset, like=watch.moment)
    return Watch(now, watch.trace, air(now))
