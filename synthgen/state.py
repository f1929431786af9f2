"""What a thing does at one moment: lamps, what it shows and says, posture."""

from dataclasses import dataclass

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""COCO's keypoints of a person. Source: COCO data format, person_keypoints categories."""
OUTSIDE, HIDDEN, VISIBLE = 0, 1, 2
"""Visibility of a keypoint: outside the image, in it behind something, seen."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Lamps, face and limbs of one thing; empty or None where the thing has no such part.

    `..._lit` tells whether a flashing lamp that is switched on is bright at this very moment.

    Attributes:
        signal: id of the program that switches a traffic light, empty for none.
        link: index into that program's state.
        lanes: names of the lanes that it speaks to.
        shows: red, amber, green, red_amber, flashing_amber, flashing_red or off.
        shows_lit: whether the lenses of what it shows are bright now.
        shows_pulse: how bright pulsed lenses are while the shutter is open, over their mean; None
            where light is steady.
        sign: what a sign means, e.g. stop or speed_limit.
        text: what is written on it.
        brake: whether the brake lamps are on.
        indicator: off, left, right or hazard.
        indicator_lit: whether one shines now.
        headlamps: off, daytime, low or high.
        tail: whether the rear position lamps are on.
        reverse: whether the reversing lamps are on.
        beacon: whether the emergency or warning lamps are switched on.
        beacon_lit: whether one of them shines now.
        posture: what a person or animal does with its body.
        keypoints: (column, row) [px] of each of `KEYPOINTS`, empty for none.
        visibility: of each of these.
        joints: [m] where they are, world frame.
        door: which door of a vehicle stands open; it is not in the 3D box.
        door_angle: [rad] by how much.
        door_hinge: [m] foot of the edge it hangs on, world frame.
        door_edge: [m] foot of its free edge, world frame.
    """

    signal: str = ""
    link: int = -1
    lanes: tuple[str, ...] = ()
    shows: str = ""
    shows_lit: bool | None = None
    shows_pulse: float | None = None
    sign: str = ""
    text: str = ""
    brake: bool | None = None
    indicator: str = ""
    indicator_lit: bool | None = None
    headlamps: str = ""
    tail: bool | None = None
    reverse: bool | None = None
    beacon: bool | None = None
    beacon_lit: bool | None = None
    posture: str = ""
    keypoints: tuple[tuple[float, float], ...] = ()
    visibility: tuple[int, ...] = ()
    joints: tuple[tuple[float, float, float], ...] = ()
    door: str = ""
    door_angle: float | None = None
    door_hinge: tuple[float, ...] = ()
    door_edge: tuple[float, ...] = ()


NOTHING = State()
"""The state of a thing that has none."""
