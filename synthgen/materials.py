"""What surfaces are made of: one value for the camera, the lidar and (later) the radar."""

from dataclasses import dataclass
from enum import IntEnum

from synthgen.spectra import SUBSTANCES


class Texture(IntEnum):
    """Procedural pattern that modulates a material; the renderer implements each of them.

    `parameters` of the material mean, in order:
        FACADE: window pitch [m], floor height [m], window width share, share of lit windows;
            evaluated in `Mesh.uv` (u along the wall, v above ground, metres).
        BRICK, PAVING, PLASTER, ASPHALT, CONCRETE, GRASS, FOLIAGE, BARK, SOIL, CLOTH: first is the
            contrast (0 to 1, 0 means the pattern's default); evaluated in body coordinates.
            The second of PLASTER is the height of boards of lap siding [m], 0 for none.
        MARKING: first is the wear (0 new, 1 gone).
        SIGN: first is the face: 0 plain, 1 stop, 2 yield, 3 speed limit, 4 no entry, 5 warning,
            6 parking, 7 crossing, 8 street name; second is the number
            on a speed limit [km/h], 50 where 0; evaluated in `Mesh.uv` in [0, 1]^2, v up.
        LIVERY: first is the pattern: 0 plain, 1 battenburg, 2 stripe, 3 chevrons; second and
            third are two palette numbers; evaluated in `Mesh.uv`, metres, u along the body.
    """

    PLAIN = 0
    ASPHALT = 1
    CONCRETE = 2
    PAVING = 3
    GRASS = 4
    SOIL = 5
    BRICK = 6
    PLASTER = 7
    FACADE = 8
    MARKING = 9
    FOLIAGE = 10
    BARK = 11
    CLOTH = 12
    SIGN = 13
    LIVERY = 14
    ROOF = 15


@dataclass(frozen=True)
class Material:
    """A surface.

    Attributes:
        name: for people and for error messages.
        color: linear sRGB reflectance (0 to 1) of the diffuse part; metal: specular colour.
        roughness: GGX roughness (glTF 2.0 perceptual roughness, 0 mirror to 1 matte).
        metallic: 0 dielectric, 1 metal.
        texture: procedural pattern.
        parameters: numbers of the pattern, see `Texture`.
        reflectance: diffuse reflectance at 905 nm (0 to 1).
        retroreflection: coefficient of retroreflection R_A [cd/lx/m2]; 0 for none.
        transmission: share of light that passes (window glass); the surface still counts as a
            hit everywhere, it only darkens and mirrors.
        porosity: how far water soaks in and darkens it (0 sealed to 1).
        clearcoat: 0 to 1, strength of a smooth lacquer layer (car paint).
        substance: what it is made of for other lasers than 905 nm, see `spectra`; empty: what its
            texture stands for.
        flake: share of what a laser has back from under the lacquer that flakes of metal send.
    """

    name: str
    color: tuple[float, float, float]
    roughness: float = 0.8
    metallic: float = 0.0
    texture: Texture = Texture.PLAIN
    parameters: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    reflectance: float = 0.3
    retroreflection: float = 0.0
    transmission: float = 0.0
    porosity: float = 0.3
    clearcoat: float = 0.0
    substance: str = ""
    flake: float = 0.0

    def __post_init__(self) -> None:
        for field in ("roughness", "metallic", "reflectance", "transmission", "porosity", "flake"):
            value = getattr(self, field)
            if not 0 <= value <= 1:
                raise ValueError(f"material {self.name}: {field} must be in [0, 1], got {value}")
        if self.substance and self.substance not in SUBSTANCES:
            known = ", ".join(SUBSTANCES)
            raise ValueError(
                f"material {self.name}: substance must be {known}, got {self.substance}"
            )

    @property
    def stuff(self) -> str:
        """What it is made of, as `spectra.SUBSTANCES` has it."""
        clear = "glass" if self.transmission > 0 else "paint"
        return self.substance or _STUFF.get(self.texture, clear)


_STUFF = {
    Texture.ASPHALT: "asphalt", Texture.CONCRETE: "mineral", Texture.PAVING: "mineral",
    Texture.BRICK: "mineral", Texture.PLASTER: "mineral", Texture.FACADE: "mineral",
    Texture.ROOF: "mineral", Texture.GRASS: "vegetation", Texture.FOLIAGE: "vegetation",
    Texture.SOIL: "soil", Texture.BARK: "wood", Texture.CLOTH: "cloth",
}  # fmt: skip
_LEVEL = frozenset(
    {Texture.ASPHALT, Texture.MARKING, Texture.CONCRETE, Texture.PAVING, Texture.SOIL}
)

OPTICS = (
    "reflectance", "roughness", "metallic", "clearcoat", "transmission", "retroreflection",
    "porosity", "foliage", "window_pitch", "window_floor", "window_share", "pools", "at_850",
    "at_1550", "flake",
)  # fmt: skip
"""What a laser asks of a material: `foliage` is 1 for leaves, windows are zero off facades, `pools`
is 1 where water may stand, `at_850` and `at_1550` are reflectances over that at 905 nm."""


def optics(material: Material) -> tuple[float, ...]:
    """Return the row of `material` with the columns of `OPTICS`."""
    facade = material.texture == Texture.FACADE
    made = SUBSTANCES[material.stuff]
    return (
        material.reflectance, material.roughness, material.metallic, material.clearcoat,
        material.transmission, material.retroreflection, material.porosity,
        float(material.texture == Texture.FOLIAGE),
        *(material.parameters[:3] if facade else (0.0, 0.0, 0.0)),
        float(material.texture in _LEVEL), made.at_850, made.at_1550,
        material.flake,
    )  # fmt: skip


def srgb(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Return the linear reflectance of an sRGB colour given as 0-255.

    Source: IEC 61966-2-1:1999, inverse of the transfer function.
    """

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return linear(red), linear(green), linear(blue)
