"""What a user says of the assets in a folder: `assets.yaml`, typed.

Positions and directions are in the body's frame: x forward, y left, z up, metres, from the ground
under the middle of the body.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite

from synthgen.assets.lenses import cycle_photometry
from synthgen.spec.wording import choices, nearest

MANIFEST = "assets.yaml"
DRIVEN = ("car", "van", "truck", "bus", "ambulance", "fire_engine", "police_car")
RIDDEN = ("motorcycle", "bicycle")
WALKING = ("pedestrian", "dog")
STANDING = ("trailer", "traffic_cone", "barrier", "debris")
CLASSES = (*DRIVEN, *RIDDEN, *WALKING, *STANDING)
"""Classes that an asset may have; those of `STANDING` are put into parking bays."""
AXES = ("+x", "-x", "+y", "-y", "+z", "-z")

Row3 = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class LampEntry:
    """A lamp.

    Attributes:
        circuit: what switches it, a name of `cycle_photometry`, e.g. low_beam, beacon_a/blue.
        lens: mesh or material that shines.
        position: [m] of the source; in front of its lens when not given.
        direction: of its axis; its circuit's when not given.
        intensity: [cd] along its axis; its circuit's when not given.
    """

    circuit: str
    lens: str = ""
    position: Row3 | None = None
    direction: Row3 | None = None
    intensity: float | None = None

    def __post_init__(self) -> None:
        _choice("circuit", self.circuit, cycle_photometry())
        if not self.lens and self.position is None:
            raise ValueError(f"lamp {self.circuit}: expected lens or position, or both")
        for name in ("position", "direction"):
            row = getattr(self, name)
            if row is not None and not all(isfinite(value) for value in row):
                raise ValueError(f"lamp {self.circuit}: {name}={row}: expected finite numbers")
        if self.direction is not None and not any(self.direction):
            raise ValueError(f"lamp {self.circuit}: direction must not be zero")
        if self.intensity is not None and not 0 < self.intensity <= 1e6:
            raise ValueError(
                f"lamp {self.circuit}: intensity={self.intensity:g}: "
                "expected a number above 0 and at most 1000000 cd"
            )


@dataclass(frozen=True, kw_only=True)
class MaterialEntry:
    """What replaces the file's values of one material; see `synthgen.materials.Material`."""

    color: Row3 | None = None
    roughness: float | None = None
    metallic: float | None = None
    reflectance: float | None = None
    retroreflection: float | None = None
    transmission: float | None = None
    porosity: float | None = None
    clearcoat: float | None = None

    def __post_init__(self) -> None:
        limits = {"retroreflection": 2000.0}
        for name in self.__dataclass_fields__:
            said = getattr(self, name)
            values = said if name == "color" else (said,)
            most = limits.get(name, 1.0)
            for value in () if said is None else values:
                if not 0 <= value <= most:
                    raise ValueError(f"{name}={value:g}: expected a number from 0 to {most:g}")


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One design.

    Attributes:
        name: unique in the manifest.
        file: GLB or OBJ, relative to the manifest's folder.
        kind: class name, `class` in the file.
        length: [m] true size; the mesh must measure it within 2 %. Without mirrors and rider.
        width: [m].
        height: [m].
        scale: [m] length of one unit of the file.
        forward: axis of the file that looks ahead.
        up: axis of the file that looks up.
        share: of the class's members, or of the taken parking bays for what only stands.
        lamps: what shines.
        materials: changes of the file's materials by their name.
        mirrors: meshes or materials that do not count for the size.
        wheels: meshes or materials that turn, for vehicles with wheels.
        rider: meshes or materials of who rides it, for motorcycles and bicycles.
        color: plain word for the tables.
        licence: for the data set's card.
    """

    name: str
    file: str
    kind: str
    length: float
    width: float
    height: float
    scale: float = 1.0
    forward: str = "+z"
    up: str = "+y"
    share: float = 0.1
    lamps: tuple[LampEntry, ...] = ()
    materials: dict[str, MaterialEntry] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()
    wheels: tuple[str, ...] = ()
    rider: tuple[str, ...] = ()
    color: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", self.name):
            raise ValueError(f"name={self.name}: expected up to 40 letters, digits, _ or -")
        _choice("class", self.kind, CLASSES)
        for name, least, most in (("length", 0.05, 30), ("width", 0.05, 5), ("height", 0.05, 6)):
            _number(name, getattr(self, name), least, most, " m")
        _number("scale", self.scale, 1e-6, 1e6, "")
        if not 0 < self.share <= 1:
            raise ValueError(f"share={self.share:g}: expected a number above 0 and at most 1")
        for name in ("forward", "up"):
            _choice(name, getattr(self, name), AXES)
        if self.forward[1] == self.up[1]:
            raise ValueError(f"forward={self.forward}: expected an axis across up={self.up}")
        if self.wheels and self.kind not in (*DRIVEN, *RIDDEN):
            raise ValueError(f"wheels: only vehicles that drive have them turn, not a {self.kind}")
        if (self.kind in RIDDEN) != bool(self.rider):
            wanted = "missing; name the meshes or materials of who rides the" if not self.rider \
                else "only what is ridden has one, not a"  # fmt: skip
            raise ValueError(f"rider: {wanted} {self.kind}")


def _choice(key: str, value: str, names: Iterable[str]) -> None:
    if value not in list(names):
        raise ValueError(f"{key}={value}: expected {choices(names)}{nearest(value, names)}")


def _number(key: str, value: float, least: float, most: float, unit: str) -> None:
    if not least <= value <= most:
        raise ValueError(f"{key}={value:g}: expected a number from {least:g} to {most:g}{unit}")


def check_shares(assets: Sequence[Asset]) -> None:
    """Raise a `ValueError` for a name used twice or shares of a class that exceed 1."""
    names = [asset.name for asset in assets]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"name={name}: used {names.count(name)} times, expected once")
    groups: dict[str, float] = {}
    for asset in assets:
        group = "what stands in parking bays" if asset.kind in STANDING else asset.kind
        groups[group] = groups.get(group, 0.0) + asset.share
    for group, total in groups.items():
        if total > 1 + 1e-9:
            raise ValueError(f"share: those of {group} sum to {total:g}, expected at most 1")
