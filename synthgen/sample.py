"""What one frame yields: readings of sensors, labelled objects, environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxtyping import Bool, Float, Int, UInt8

from synthgen.geometry import Array
from synthgen.scene import Moment, Present
from synthgen.state import NOTHING, State
from synthgen.view import CameraView as CameraView


@dataclass(frozen=True, eq=False)
class Silhouette:
    """All pixels of one thing taken alone, nothing in front of it, inside the image.

    Attributes:
        thing: the thing.
        column: [px] left edge of `mask` in the image.
        row: [px] top edge of `mask` in the image.
        mask: true where the pixel's centre ray meets the thing.
    """

    thing: Present
    column: int
    row: int
    mask: Bool[Array, "h w"]


@dataclass(frozen=True, eq=False)
class CameraReading:
    """One image and everything known about its pixels.

    Attributes:
        view: the camera.
        image: 8-bit RGB as the user gets it.
        stream: the JPEG that `image` is the content of; empty where nothing was compressed.
        quality: of that JPEG, 0 for none.
        chroma: of that JPEG, 444, 422 or 420; 0 for none.
        body: body number at each pixel centre, -1 for sky.
        semantic: class id at each pixel centre.
        depth: [m] along the optical axis, of a fisheye along the ray; 0 where there is no surface.
        signal: [electrons] noise-free luma of the world, without what is on the glass before it.
        noise: [electrons] predicted standard deviation of `signal`: that of the image, and what
            JPEG makes of it, over the share of light that comes straight through the glass.
        silhouettes: things whose own silhouette has at least one pixel inside the image.
        exposure: [s] the shutter was open.
        gain: analogue gain.
        balance: what red, green and blue were multiplied by for the cast of the light.
        digital: what the merged signal of several exposures was multiplied by; else 1.
        fault: black (no signal) or frozen (an earlier image), empty for nothing; see `shown`.
        shown: [s] moment that the image shows where that is not the view's; nan where it is.
        covered: share of the image behind drops, dirt and the wiper's blade on the glass.
        veiled: share of the remaining light that film and condensation on the glass scatter.
    """

    view: CameraView
    image: UInt8[Array, "h w 3"]
    body: Int[Array, "h w"]
    semantic: UInt8[Array, "h w"]
    depth: Float[Array, "h w"]
    signal: Float[Array, "h w"]
    noise: Float[Array, "h w"]
    silhouettes: tuple[Silhouette, ...]
    exposure: float = 0.0
    gain: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    digital: float = 1.0
    fault: str = ""
    shown: float = float("nan")
    covered: float = 0.0
    veiled: float = 0.0
    stream: bytes = b""
    quality: int = 0
    chroma: int = 0


@dataclass(frozen=True, eq=False)
class LidarReading:
    """One sweep, compensated for the ego motion to `time`.

    Attributes:
        name: sensor name.
        time: [s] the sweep is compensated to.
        world_from_lidar: pose at `time`.
        point: [m] lidar frame at `time` (x forward, y left, z up).
        intensity: 0 to 1 as the maker encodes it.
        fired: [s] firing time minus `time`.
        ring: beam number, 0 at the top.
        body: body number that was hit, -1 for what is no surface, see `CAUSES`.
        semantic: class id, 0 for what is no surface.
        cause: index into `CAUSES`.
        fired_count: number of rays fired.
        dropped: number of rays without a return although a surface was in range.
        echo: number of the return within its shot, 0 for the first that the model names.
        snr: signal-to-noise ratio of each return (of amplitudes).
        clean: the same shots without weather in the air and without noise, where asked for.
        raw: [m] the points in the lidar's frame at their own firing times, if asked for.
        poses: of the lidar during the sweep, if `raw` is there: time after `time` [s], position
            [m], quaternion (x, y, z, w) in the world.
    """

    name: str
    time: float
    world_from_lidar: Float[Array, "4 4"]
    point: Float[Array, "n 3"]
    intensity: Float[Array, "n"]
    fired: Float[Array, "n"]
    ring: Int[Array, "n"]
    body: Int[Array, "n"]
    semantic: UInt8[Array, "n"]
    cause: UInt8[Array, "n"]
    fired_count: int
    dropped: int
    echo: UInt8[Array, "n"]
    snr: Float[Array, "n"]
    clean: "LidarReading | None" = None
    raw: Float[Array, "n 3"] | None = None
    poses: Float[Array, "k 8"] | None = None


@dataclass(frozen=True, eq=False)
class Reading:
    """What a sensor of a kind of its own yields; see `kinds.Kind`.

    Attributes:
        name: sensor name.
        time: [s] that it holds for; of a recording of a whole clip when it begins.
        world_from_sensor: pose at `time` (x forward, y left, z up).
        data: arrays by name; the kind says what they are.
        facts: single values by name; the kind says what they are.
    """

    name: str
    time: float
    world_from_sensor: Float[Array, "4 4"]
    data: Mapping[str, Array]
    facts: Mapping[str, float] = field(default_factory=dict)


CAUSES = (
    "surface", "fog", "rain", "snow", "ghost", "smoke", "spray", "mixed", "bloom", "crosstalk",
    "noise",
)  # fmt: skip
"""What a point is: `ghost` is met in a mirror and told straight on, `mixed` lies between two
depths that one footprint straddles, `bloom` is light of a retroreflector beside it, `crosstalk`
that of another lidar, `noise` none. Only a surface has a body and a class, and what is mixed of
one body alone."""


@dataclass(frozen=True, eq=False)
class ObjectLabel:
    """Everything known about one thing in one frame, seen from one camera.

    Image boxes are (left, top, right, bottom) [px] with pixel centres at integers, both ends
    included. The 3D box is in the world frame at the camera's time stamp; limbs are always of
    that time.

    Attributes:
        number: body number.
        track: id, stable in the clip, unique in the data set.
        kind: class name.
        subtype: free text.
        color: colour word or empty.
        rides: track id of what this one rides, 0 for none.
        ridden_by: track id of its rider, 0 for none.
        part_of: track id of the leading section of the vehicle it is towed in, 0 for none.
        visible_box: around the visible mask, None when no pixel shows.
        amodal_box: around the own silhouette inside the image, None when outside.
        unclipped_box: around the whole own silhouette, None when it crosses the camera plane.
        visible_pixels: number of pixels.
        amodal_pixels: number of pixels of the silhouette inside the image.
        occlusion: 1 - visible / amodal pixels.
        truncation: share of the silhouette's solid angle outside the image.
        contrast: discernibility value, see design; nan when nothing is visible.
        discernible: contrast is at least 5.
        center: [m] world frame.
        size: [m] length, width, height.
        quaternion: world from box.
        velocity: [m/s] world frame.
        yaw_rate: [rad/s].
        distance: [m] from the camera to the centre.
        lidar_points: points inside the box, by file-level test on the compensated sweep.
        lidar_hits: points that hit the thing.
        circuits: names of circuits that are switched on, comma separated.
        state: what it does: lamps, signs, limbs.
        sweep_center: `center` at the time of the sweeps where the camera's is another, else None.
        sweep_quaternion: `quaternion` then.
    """

    number: int
    track: int
    kind: str
    subtype: str
    color: str
    rides: int
    ridden_by: int
    visible_box: tuple[int, int, int, int] | None
    amodal_box: tuple[int, int, int, int] | None
    unclipped_box: tuple[float, float, float, float] | None
    visible_pixels: int
    amodal_pixels: int
    occlusion: float
    truncation: float
    contrast: float
    discernible: bool
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    quaternion: tuple[float, float, float, float]
    velocity: tuple[float, float, float]
    yaw_rate: float
    distance: float
    lidar_points: int
    lidar_hits: int
    circuits: str
    state: State = NOTHING
    part_of: int = 0
    sweep_center: tuple[float, float, float] | None = None
    sweep_quaternion: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class LaneLine:
    """One boundary of the map as a camera sees it.

    Attributes:
        boundary: its name in the map.
        kind: see `streets.Boundary`.
        color: white, yellow or empty.
        pixel: (column, row) [px] of each point.
        point: [m] camera frame (x right, y down, z forward).
        visibility: 0 outside the image, 1 in it behind something, 2 seen.
        painted: whether there is paint at the point.
        snow: share of the road that snow hides at the point, 0 to 1.
    """

    boundary: str
    kind: str
    color: str
    pixel: Float[Array, "n 2"]
    point: Float[Array, "n 3"]
    visibility: Int[Array, "n"]
    painted: Bool[Array, "n"]
    snow: Float[Array, "n"]


@dataclass(frozen=True, eq=False)
class Flow:
    """Where what each pixel shows is at another time.

    Attributes:
        span: [s] from the image to that time, negative for before.
        world_from_camera: pose of the camera then.
        pixel: [px] way in the image, right and down; nan where there is none.
        state: 0 none, 1 seen then too, 2 hidden then, 3 outside the image then.
        motion: [m] way of the surface through the world between the two time stamps, along the
            axes that the camera has at the image's; nan where there is no surface.
    """

    span: float
    world_from_camera: Float[Array, "4 4"]
    pixel: Float[Array, "h w 2"]
    state: UInt8[Array, "h w"]
    motion: Float[Array, "h w 3"]


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame, complete.

    Attributes:
        frame: index in the data set: clip * frames per clip + position in the clip.
        clip: clip index.
        moment: what was there.
        cameras: by sensor name.
        lidars: by sensor name.
        objects: labels by camera name.
        environment: flat record of physical numbers, as written to `frames.parquet`.
        lines: boundaries of lanes that show, by camera name.
        drivable: 0 not, 1 directly, 2 alternatively drivable at each pixel, by camera name.
        lamps: columns of `lamps.parquet` with the state of each lamp around; empty: not asked for.
        twin: name of the conditions when they are not the scene's own, else empty.
        readings: of sensors of other kinds by name; recordings come with a clip's first sample.
        flows: to the next and from the previous time, by camera name; empty: not asked for.
    """

    frame: int
    clip: int
    moment: Moment
    cameras: Mapping[str, CameraReading]
    lidars: Mapping[str, LidarReading]
    objects: Mapping[str, tuple[ObjectLabel, ...]]
    environment: Mapping[str, float | int | str | bool] = field(default_factory=dict)
    lines: Mapping[str, tuple[LaneLine, ...]] = field(default_factory=dict)
    drivable: Mapping[str, UInt8[Array, "h w"]] = field(default_factory=dict)
    lamps: Mapping[str, Array] = field(default_factory=dict)
    twin: str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    flows: Mapping[str, tuple[Flow, Flow]] = field(default_factory=dict)
