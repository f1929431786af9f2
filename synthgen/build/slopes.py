"""Tracks made on level ground, laid onto the lie of the land."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.articulation import Coupling
from synthgen.build.sections import pinned, point_of
from synthgen.geometry import Array
from synthgen.land import HeightField
from synthgen.motion import Track
from synthgen.world import Body

STANCE = 0.62, 0.8
"""Wheelbase over length and track over width of a vehicle, about."""
TWO_WHEELS = 1.2, 0.3
"""[m] The same of bicycles and motorcycles, and of who rides them."""
FLAT = 0.4, 0.4
"""[m] The same of what lies."""
ROLLING = frozenset(
    {"car", "van", "truck", "bus", "trailer", "ambulance", "fire_engine", "police_car"}
)
RIDDEN = frozenset({"bicycle", "motorcycle", "rider"})

LYING = frozenset({"debris", "traffic_cone", "barrier"})
"""Classes of things that lie or stand flat on the ground, or tumble over it."""


def settled(track: Track, body: Body, field: HeightField) -> Track:
    """Return `track` of `body` on `field`.

    What rolls takes the slope under its wheels, what lies that of the ground; all else stays
    upright. Heights are above the ground below.
    """
    stance = _stance(body)
    position = track.position.copy()
    if stance is None:
        position[:, 2] += field.height(position[:, :2])
        return replace(track, position=position)
    turn = Rotation.from_quat(track.quaternion)
    ahead = np.tile([1.0, 0.0], (len(position), 1))
    if body.kind not in LYING:
        ahead = turn.apply([1.0, 0.0, 0.0])[:, :2]
        ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    height, tilt = footing(field, position[:, :2], ahead, stance)
    position[:, 2] += height
    return replace(track, position=position, quaternion=_one_side((tilt * turn).as_quat()))


def _stance(body: Body) -> tuple[float, float] | None:
    if body.kind in RIDDEN:
        return TWO_WHEELS
    if body.kind in LYING:
        return FLAT
    if body.extent is None or not (body.wheels or body.kind in ROLLING):
        return None
    length, width, _ = body.extent.size
    return STANCE[0] * length, STANCE[1] * width


def footing(
    field: HeightField,
    places: Float[Array, "k 2"],
    ahead: Float[Array, "k 2"],
    stance: tuple[float, float],
) -> tuple[Float[Array, "k"], Rotation]:
    """Return the height [m] of the plane through four wheels, and the turn from level to it.

    Args:
        field: the ground.
        places: [m] middle between the wheels.
        ahead: unit vector of the heading.
        stance: [m] wheelbase and track.
    """
    left = _left(ahead)
    long, wide = stance[0] / 2, stance[1] / 2
    front, rear = places + long * ahead, places - long * ahead
    corners = [end + side * wide * left for end in (front, rear) for side in (1, -1)]
    fl, fr, rl, rr = (field.height(corner) for corner in corners)
    rise = (fl + fr - rl - rr) / (4 * long)
    bank = (fl + rl - fr - rr) / (4 * wide)
    return (fl + fr + rl + rr) / 4, _tilt(ahead, rise, bank)


def towed_settled(
    track: Track, body: Body, field: HeightField, lead: Track, joint: Coupling
) -> Track:
    """Return `track` of a towed section on `field`: its axles on the ground, its joint at `lead`'s.

    Args:
        track: on level ground, pinned to `lead` as that was on level ground.
        body: the section.
        field: the ground.
        lead: track of the leading section, settled.
        joint: of the vehicle.
    """
    assert body.extent is not None
    turn = Rotation.from_quat(track.quaternion)
    ahead = turn.apply([1.0, 0.0, 0.0])[:, :2]
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    wide = STANCE[1] * body.extent.size[1] / 2
    axle = track.position[:, :2] + joint.axle * ahead
    left, right = (field.height(axle + side * wide * _left(ahead)) for side in (1, -1))
    ground = (left + right) / 2
    lift = (point_of(lead, joint.hitch) - point_of(track, joint.eye))[:, 2]
    rise = (lift - ground) / joint.towed
    position = track.position.copy()
    position[:, 2] += ground - joint.axle * rise
    turned = _one_side((_tilt(ahead, rise, (left - right) / (2 * wide)) * turn).as_quat())
    return pinned(replace(track, position=position, quaternion=turned), lead, joint)


def _left(ahead: Float[Array, "k 2"]) -> Float[Array, "k 2"]:
    return np.column_stack([-ahead[:, 1], ahead[:, 0]])


def _tilt(ahead: Float[Array, "k 2"], rise: Float[Array, "k"], bank: Float[Array, "k"]) -> Rotation:
    """Return the turn from level ground to that that rises by `rise` and `bank`."""
    left = _left(ahead)
    x = np.column_stack([ahead, rise])
    y = np.column_stack([left, bank])
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    z = np.cross(x, y)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    level = np.stack([*(np.pad(v, ((0, 0), (0, 1))) for v in (ahead, left)),
                      np.tile([0.0, 0.0, 1.0], (len(x), 1))], axis=2)  # fmt: skip
    sloped = np.stack([x, np.cross(z, x), z], axis=2)
    return Rotation.from_matrix(sloped @ level.transpose(0, 2, 1))


def _one_side(quaternion: Float[Array, "k 4"]) -> Float[Array, "k 4"]:
    """Return the same rotations with neighbours in one hemisphere."""
    flips = np.sign((quaternion[1:] * quaternion[:-1]).sum(axis=1))
    signs = np.concatenate([[1.0], np.where(flips < 0, -1.0, 1.0)]).cumprod()
    return quaternion * signs[:, None]
