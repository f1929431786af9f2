"""Sweeps compensated for the ego motion to another time."""

from dataclasses import replace

from synthgen.geometry import inverse, transform
from synthgen.sample import LidarReading, Sample


def compensated(sample: Sample, sweep: LidarReading, time: float) -> LidarReading:
    """Return `sweep` as it is seen from where the lidar is at `time` [s]; itself if that is its.

    What stands still stays where it is in the world; what moves is where its points were.
    """
    if time == sweep.time:
        return sweep
    ego = sample.moment.scene.ego
    mount = inverse(ego.world_from_body(sweep.time)) @ sweep.world_from_lidar
    pose = ego.world_from_body(time) @ mount
    points = transform(inverse(pose) @ sweep.world_from_lidar, sweep.point)
    fired = sweep.fired + (sweep.time - time)
    return replace(sweep, time=time, world_from_lidar=pose, point=points, fired=fired)
