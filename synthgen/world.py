"""What exists: bodies, lamps, environment. There is no time in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.grid import Grid, Supply
from synthgen.hanging import NO_BANK, NO_SMOKE, Bank, Hanging, Smoke
from synthgen.land import HeightField
from synthgen.lane_grid import LaneGrid, lane_grid
from synthgen.mesh import Mesh
from synthgen.pulse import Pulse
from synthgen.streets import NO_STREETS, Streets


class Beam(IntEnum):
    """Angular pattern of a lamp, about its direction."""

    ISOTROPIC = 0
    LAMBERT = 1
    STREET = 2
    LOW_BEAM = 3
    HIGH_BEAM = 4
    SIGNAL = 5
    MARKER = 6


@dataclass(frozen=True)
class Flash:
    """A repeating on/off pattern.

    Attributes:
        period: [s].
        pulses: (start, duration) of each pulse [s] within the period.
        phase: [s] offset.
    """

    period: float
    pulses: tuple[tuple[float, float], ...]
    phase: float = 0.0

    def on(self, time: float) -> bool:
        """Return whether the lamp is lit at `time` [s]."""
        inside = (time + self.phase) % self.period
        return any(start <= inside < start + length for start, length in self.pulses)


@dataclass(frozen=True)
class Circuit:
    """A set of lenses and lamps of one body that are lit together.

    Attributes:
        name: e.g. low_beam, tail, brake, indicator_left, reverse, beacon_a, red, amber, green,
            street, window.
        luminance: [cd/m2] of the lens when lit.
        color: linear sRGB, scaled so that its luminance is 1.
        flash: pattern while switched on, or None for steady.
        grid: whether it is fed by the public grid (dark in a blackout).
        pulse: of LEDs that are pulsed, None for steady light; short exposures see it.
    """

    name: str
    luminance: float
    color: tuple[float, float, float]
    flash: Flash | None = None
    grid: bool = False
    pulse: Pulse | None = None


@dataclass(frozen=True)
class Lamp:
    """A source that lights the scene.

    Attributes:
        position: [m] in the body's frame.
        direction: unit vector in the body's frame.
        intensity: [cd] along `direction` (peak for LOW_BEAM and HIGH_BEAM).
        beam: angular pattern.
        circuit: index into the body's circuits.
        radius: [m] of the source.
    """

    position: tuple[float, float, float]
    direction: tuple[float, float, float]
    intensity: float
    beam: Beam
    circuit: int
    radius: float = 0.05


@dataclass(frozen=True)
class Extent:
    """A box in a body's frame, axes along the body's.

    Attributes:
        center: [m].
        size: [m] length (x), width (y), height (z).
    """

    center: tuple[float, float, float]
    size: tuple[float, float, float]


@dataclass(frozen=True)
class Wheel:
    """A wheel: part of a body's mesh that turns about an axle along y.

    Attributes:
        hub: [m] middle of the axle at rest, body frame.
        radius: [m] rolling radius.
        triangles: first, and one after the last, of the body's mesh.
        vertices: the same of its vertices; nothing else of the body uses them.
        steered: whether it turns left and right.
    """

    hub: tuple[float, float, float]
    radius: float
    triangles: tuple[int, int]
    vertices: tuple[int, int]
    steered: bool = False


@dataclass(frozen=True)
class Door:
    """A door that stands open; the labelled box is that of the body with all doors shut.

    Attributes:
        name: front_left, front_right, rear_left or rear_right.
        angle: [rad] between the door and where it is when shut.
        hinge: [m] foot of the edge it hangs on, body frame.
        edge: [m] foot of its free edge, body frame.
    """

    name: str
    angle: float
    hinge: tuple[float, float, float]
    edge: tuple[float, float, float]


@dataclass(frozen=True)
class Bellows:
    """Half of the bellows between two sections: part of a body's mesh that bends with the joint.

    Attributes:
        wall: [m] x of its end on the rigid part of the body, body frame.
        joint: [m] x of its end at the joint.
        triangles: first, and one after the last, of the body's mesh.
        vertices: the same of its vertices; nothing else of the body uses them.
    """

    wall: float
    joint: float
    triangles: tuple[int, int]
    vertices: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Body:
    """One thing or one piece of stuff.

    Vehicles: origin on the ground under the middle of the body, x forward; each section of a
    vehicle that bends is a body of its own. People: on the ground
    between the feet. Stuff: the world frame.

    Attributes:
        name: unique in the world, e.g. `vehicle/12`.
        kind: class name, see `classes`.
        subtype: free text, e.g. `estate`, `box_truck`, `child`, `stop`.
        mesh: surface at rest.
        extent: labelled box at rest, without mirrors (None for stuff).
        circuits: what can be lit.
        lamps: what lights other things.
        pose: for articulated bodies, `phase [cycles] -> (mesh, extent)`.
        rides: name of the body that this one rides, or empty.
        part_of: name of the leading section of the vehicle that this one is towed in, or empty.
        color: plain colour word for the tables, or empty.
        posture: what a person or animal does with its body, e.g. `walking`, `sitting`, or empty.
        keypoints: for people, `phase [cycles] -> (17, 3)` [m] in the body's frame, in COCO's order
            (nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right).
        wheels: of vehicles; `Track.joints` says how they are turned.
        text: what is written on a sign, or empty.
        door: of vehicles, which door stands open.
        doors: names of those that could.
        bellows: of a section of an articulated bus.
    """

    name: str
    kind: str
    subtype: str
    mesh: Mesh
    extent: Extent | None = None
    circuits: tuple[Circuit, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    pose: Callable[[float], tuple[Mesh, Extent]] | None = None
    rides: str = ""
    color: str = ""
    posture: str = ""
    keypoints: Callable[[float], Float[Array, "17 3"]] | None = None
    wheels: tuple[Wheel, ...] = ()
    text: str = ""
    door: Door | None = None
    doors: tuple[str, ...] = ()
    part_of: str = ""
    bellows: Bellows | None = None

    def at_phase(self, phase: float) -> tuple[Mesh, Extent | None]:
        """Return mesh and box at `phase` [cycles] of the body's gait."""
        return (self.mesh, self.extent) if self.pose is None else self.pose(phase)

    def circuit_index(self, name: str) -> int:
        """Return the number of circuit `name`, -1 if the body has none of that name."""
        names = [circuit.name for circuit in self.circuits]
        return names.index(name) if name in names else -1


@dataclass(frozen=True)
class Outage:
    """What is left of a public grid that has failed, in shares from 0 to 1.

    Attributes:
        fed: of the areas that still have power.
        generator: of the areas whose buildings and signals a generator feeds.
        backup: of the shops in dark areas with a generator of their own.
        flashing: of the signal controllers in dark areas that flash red from a battery.
        torches: of the people in dark areas who carry a torch.
    """

    fed: float = 0.0
    generator: float = 0.0
    backup: float = 0.0
    flashing: float = 0.0
    torches: float = 0.0


@dataclass(frozen=True)
class Glass:
    """What is on the glass in front of cameras.

    Attributes:
        rain: [mm/h] that reaches it.
        wiper: [s] from one pass of the wiper to the next, 0 for none.
        dirt: 0 clean to 1 filthy.
        condensation: 0 to 1, share of light that mist on its inner side scatters where densest.
        seed: of where drops, specks and mist are, the same through a clip.
    """

    rain: float = 0.0
    wiper: float = 0.0
    dirt: float = 0.0
    condensation: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Environment:
    """Every physical number of the surroundings.

    Attributes:
        sun_elevation: [rad] above the horizon, negative at night.
        sun_azimuth: [rad] anticlockwise from world x.
        moon_elevation: [rad].
        moon_azimuth: [rad].
        moon_phase: illuminated share of the disc, 0 to 1.
        cloud: cloud cover, 0 clear to 1 overcast.
        rain: [mm/h], drizzle included.
        visibility: [m] meteorological optical range of fog and haze alone (5 % contrast).
        wind: [m/s].
        wind_azimuth: [rad] where it blows to.
        wetness: 0 dry to 1 flooded road surface.
        skyglow: [cd/m2] luminance of the night sky from city light (0 when the grid is off).
        power: whether the public grid is on everywhere.
        lightning: [cd/m2] sky luminance added by the brightest stroke of a flash that strikes
            during this clip, 0 for none; `World.strokes` says when.
        outage: what is left of the grid where it is not on everywhere.
        drops: rain, or drizzle with its finer drops.
        snow: [mm/h of water].
        bank: fog banks.
        smoke: from chimneys and fires.
        spray: [mm] of water on the road that tyres throw up.
        glass: what is on the glass in front of cameras.
        snow_cover: [cm] of snow that lies on open, level, untouched ground.
        lidar_ratio: [sr] of fog for lasers: extinction over backscatter, see `weather.fog`.
    """

    sun_elevation: float
    sun_azimuth: float
    moon_elevation: float
    moon_azimuth: float
    moon_phase: float
    cloud: float
    rain: float
    visibility: float
    wind: float
    wind_azimuth: float
    wetness: float
    skyglow: float
    power: bool
    lightning: float = 0.0
    outage: Outage = Outage()
    drops: str = "rain"
    snow: float = 0.0
    bank: Bank = NO_BANK
    smoke: Smoke = NO_SMOKE
    spray: float = 0.0
    glass: Glass = Glass()
    snow_cover: float = 0.0
    lidar_ratio: float = 65.1


@dataclass(frozen=True)
class Stroke:
    """One stroke of a flash of lightning.

    Attributes:
        time: [s] in the clip.
        luminance: [cd/m2] that it adds to the sky.
        illuminance: [lx] of a plane that faces its channel, 0 where cloud hides it.
        elevation: [rad] of the channel's middle above the horizon.
        azimuth: [rad] anticlockwise from world x.
    """

    time: float
    luminance: float
    illuminance: float
    elevation: float
    azimuth: float


@dataclass(frozen=True, eq=False)
class World:
    """All bodies of one clip.

    Attributes:
        stuff: bodies that stand still and are not counted; meshes in the world frame.
        things: counted or moving bodies, each with a mesh in its own frame; `Motion` has their
            poses in the same order.
        ego: index into `things` of the car that carries the sensors.
        environment: air and sky.
        facts: what the place recorded about itself (city name, licence, map file, counts).
        streets: the map.
        land: heights of the ground, None where it is level at 0.
        grid: what feeds each body; None: all alike, by `Environment.power`.
        strokes: of lightning, in the order of time.
        hanging: fog banks and where smoke comes from.
    """

    stuff: tuple[Body, ...]
    things: tuple[Body, ...]
    ego: int
    environment: Environment
    facts: dict[str, str | int | float] = field(default_factory=dict)
    streets: Streets = NO_STREETS
    land: HeightField | None = None
    grid: Grid | None = None
    strokes: tuple[Stroke, ...] = ()
    hanging: Hanging = field(default_factory=Hanging)

    @cached_property
    def fed(self) -> Bool[Array, "b"]:
        """Which bodies have mains power, from the grid or a generator."""
        if self.grid is None:
            return np.full(len(self.bodies), self.environment.power)
        return self.grid.supply != Supply.OFF

    @cached_property
    def lane_grid(self) -> LaneGrid:
        """Lanes by where they are."""
        return lane_grid(self.streets.lanes)

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """Stuff then things: hits and labels index into this."""
        return self.stuff + self.things

    def thing_of(self, body: int) -> int:
        """Return the index into `things` of body number `body`, -1 for stuff and nothing."""
        return body - len(self.stuff) if body >= len(self.stuff) else -1

    @cached_property
    def stuff_lamps(self) -> Float[Array, "n 3"]:
        """Positions [m] of all lamps on stuff, world frame."""
        found = [lamp.position for body in self.stuff for lamp in body.lamps]
        return np.array(found, float).reshape(-1, 3)
