"""Everything known about each thing of a frame, seen from one camera."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgen.geometry import Array
from synthgen.labels.contrast import LIMIT, contrast
from synthgen.labels.keypoints import joints
from synthgen.labels.mask import Cutout, box_of, visible_masks
from synthgen.labels.solid import Solid, points_held, points_hitting, solids_at
from synthgen.labels.state import pulse_of, state_of, switched_on
from synthgen.labels.truncation import Caster, beyond, share_beyond
from synthgen.sample import CameraReading, LidarReading, ObjectLabel
from synthgen.scene import Moment, Present
from synthgen.state import State

REACH = 120.0
"""[m] things farther away than this are labelled only when they show in the image."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """A thing to label, with what was found about it."""

    thing: Present
    solid: Solid
    visible: Cutout | None
    amodal: Cutout | None


def annotate(
    tracer: Caster,
    moment: Moment,
    camera: CameraReading,
    lidars: Mapping[str, LidarReading],
    first_track: int,
) -> tuple[ObjectLabel, ...]:
    """Return the label of every thing but the ego car that shows in the image or is near.

    A rider and what is ridden, and both sections of a vehicle, are labelled together, so that
    their links always resolve. Lidar
    points are counted over all `lidars`. The track id is `first_track` + the thing's index + 1.
    """
    found = _choose(moment, camera)
    things, solids = [seen.thing for seen in found], [seen.solid for seen in found]
    points = points_held(things, solids, camera.view.time, lidars.values())
    hits = points_hitting(lidars, len(moment.scene.world.bodies))
    swept = _swept(things, camera.view.time, lidars)
    links, leads = _links(things, first_track), dict(_pairs(things, "part_of"))
    return tuple(
        ObjectLabel(
            **_identity(seen.thing, first_track),
            rides=links.get(seen.thing.thing, (0, 0))[0],
            ridden_by=links.get(seen.thing.thing, (0, 0))[1],
            part_of=first_track + 1 + leads.get(seen.thing.thing, -first_track - 1),
            **_image_part(tracer, moment, camera, seen),
            **_space_part(camera, seen),
            lidar_points=int(count),
            lidar_hits=int(hits[seen.thing.number]),
            circuits=",".join(one.name for one in switched_on(moment, seen.thing)),
            state=State(
                **state_of(moment, seen.thing),
                **_limbs(seen.thing, camera, moment.time),
                shows_pulse=_pulse(moment, camera, seen),
            ),
            **then,
        )
        for seen, count, then in zip(found, points, swept, strict=True)
    )


def relabelled(
    labels: Sequence[ObjectLabel],
    moment: Moment,
    camera: CameraReading,
    lidars: Mapping[str, LidarReading],
) -> tuple[ObjectLabel, ...]:
    """Return `labels` as they are under other conditions.

    Args:
        labels: what `annotate` says of the moment under the scene's own.
        moment: the same moment under other conditions.
        camera: what the camera reads then.
        lidars: what the lidars read then.
    """
    found = _choose(moment, camera)
    things, solids = [seen.thing for seen in found], [seen.solid for seen in found]
    points = points_held(things, solids, camera.view.time, lidars.values())
    hits = points_hitting(lidars, len(moment.scene.world.bodies))
    return tuple(
        replace(
            label,
            **_contrast(camera, seen),
            lidar_points=int(count),
            lidar_hits=int(hits[label.number]),
            circuits=",".join(one.name for one in switched_on(moment, seen.thing)),
            state=replace(label.state, **state_of(moment, seen.thing)),
        )
        for label, seen, count in zip(labels, found, points, strict=True)
    )


def _choose(moment: Moment, camera: CameraReading) -> list[_Seen]:
    """Return what is to be labelled, in the order of `World.things`."""
    world, view = moment.scene.world, camera.view
    visible = visible_masks(camera.body, len(world.stuff))
    amodal = {s.thing.thing: Cutout(s.column, s.row, s.mask) for s in camera.silhouettes}
    others = [thing for thing in moment.things if thing.thing != world.ego]
    numbers = [thing.thing for thing in others]
    solids = dict(zip(numbers, solids_at(others, view.time), strict=True))
    eye = view.world_from_camera[:3, 3]
    wanted = {
        index
        for index, solid in solids.items()
        if index in amodal or np.linalg.norm(solid.center - eye) <= REACH
    }
    for pair in (*_pairs(others, "part_of"), *_pairs(others, "rides")):
        wanted |= set(pair) if wanted & set(pair) else set()
    return [
        _Seen(t, solids[t.thing], visible.get(t.number), amodal.get(t.thing))
        for t in others
        if t.thing in wanted
    ]


def _pairs(things: Sequence[Present], tie: str) -> list[tuple[int, int]]:
    """Return thing indices of the pairs that are both among `things`.

    `tie` is `rides` for (rider, ridden) or `part_of` for (towed, leading section).
    """
    by_name = {thing.body.name: thing.thing for thing in things}
    named = [(thing.thing, getattr(thing.body, tie)) for thing in things]
    return [(number, by_name[name]) for number, name in named if name in by_name]


def _links(things: Sequence[Present], first_track: int) -> dict[int, tuple[int, int]]:
    """Return (rides, ridden by) track ids by thing index."""
    links: dict[int, tuple[int, int]] = {}
    for rider, ridden in _pairs(things, "rides"):
        links[rider] = (first_track + ridden + 1, links.get(rider, (0, 0))[1])
        links[ridden] = (links.get(ridden, (0, 0))[0], first_track + rider + 1)
    return links


def _identity(thing: Present, first_track: int) -> dict:
    body = thing.body
    return {
        "number": thing.number,
        "track": first_track + thing.thing + 1,
        "kind": body.kind,
        "subtype": body.subtype,
        "color": body.color,
    }


def _image_part(tracer: Caster, moment: Moment, camera: CameraReading, seen: _Seen) -> dict:
    visible, amodal = _pixels(seen.visible), _pixels(seen.amodal)
    whole = beyond(tracer, moment, camera.view, seen.thing, seen.amodal)
    return {
        "visible_box": box_of(seen.visible),
        "amodal_box": box_of(seen.amodal),
        "unclipped_box": whole.box,
        "visible_pixels": visible,
        "amodal_pixels": amodal,
        "occlusion": 1 - visible / amodal if amodal else 1.0,
        "truncation": share_beyond(camera.view, seen.amodal, whole),
        **_contrast(camera, seen),
    }


def _contrast(camera: CameraReading, seen: _Seen) -> dict:
    value = contrast(camera.signal, camera.noise, seen.visible)
    return {"contrast": value, "discernible": bool(value >= LIMIT)}


def _pixels(cutout: Cutout | None) -> int:
    return 0 if cutout is None else int(np.count_nonzero(cutout.mask))


def _space_part(camera: CameraReading, seen: _Seen) -> dict:
    time, solid, track = camera.view.time, seen.solid, seen.thing.track
    moves = len(track.time) > 1
    eye = camera.view.world_from_camera[:3, 3]
    return {
        "center": _plain(solid.center),
        "size": _plain(solid.size),
        "quaternion": _plain(solid.quaternion),
        "velocity": _plain(track.velocity_at(time)) if moves else (0.0, 0.0, 0.0),
        "yaw_rate": track.yaw_rate_at(time) if moves else 0.0,
        "distance": float(np.linalg.norm(solid.center - eye)),
    }


def _swept(
    things: Sequence[Present], time: float, lidars: Mapping[str, LidarReading]
) -> list[dict]:
    """Return the place of each box at the time of the sweeps, where that is not `time` [s]."""
    when = next((one.time for one in lidars.values()), time)
    if when == time:
        return [{} for _ in things]
    return [
        {"sweep_center": _plain(one.center), "sweep_quaternion": _plain(one.quaternion)}
        for one in solids_at(things, when)
    ]


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _pulse(moment: Moment, camera: CameraReading, seen: _Seen) -> float | None:
    """How bright the pulsed lenses of a signal are, by the row in the middle of what it covers."""
    time = camera.view.time
    if seen.amodal is not None:
        middle = seen.amodal.row + (seen.amodal.mask.shape[0] - 1) / 2
        time = float(camera.view.times(np.array([middle]))[0])
    return pulse_of(moment, seen.thing, time, camera.exposure)


def _limbs(thing: Present, camera: CameraReading, time: float) -> dict:
    found = joints(thing, camera, time)
    if found is None:
        return {}
    return {
        "keypoints": tuple(_plain(one) for one in found.pixel),
        "visibility": tuple(int(one) for one in found.visibility),
        "joints": tuple(_plain(one) for one in found.world),
    }
