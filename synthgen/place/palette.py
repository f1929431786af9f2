"""Materials of places.

Reflectances at 905 nm follow the ECOSTRESS spectral library (Meerdink et al., Remote Sensing of
Environment 230, 2019), rounded: asphalt 0.15, concrete 0.35, brick 0.4, grass and leaves 0.5,
white paint 0.6, window glass 0.08.
"""

from dataclasses import replace

from synthgen.materials import Material, Texture, srgb

Color = tuple[float, float, float]


def asphalt(shade: int, name: str = "asphalt") -> Material:
    """Return asphalt of sRGB grey `shade`: 84 to 110 once its binder has worn off, 58 when fresh.

    These are reflectances of 0.09 to 0.16 and of 0.04. Asphalt concrete reflects 0.04 when it is
    laid, 0.12 on average within five years and never more than 0.16.

    Source: M. Pomerantz, H. Akbari and J. T. Harvey, "Cooler reflective pavements give benefits
    beyond energy savings: durability and illumination", Lawrence Berkeley National Laboratory,
    2000; measured albedos of pavements.
    """
    return Material(
        name, srgb(shade, shade, shade + 2), 0.9, 0, Texture.ASPHALT, reflectance=0.15, porosity=0.7
    )


def concrete(shade: int, name: str = "concrete", texture: Texture = Texture.CONCRETE) -> Material:
    """Return concrete of sRGB grey `shade`, slightly warm."""
    color = srgb(shade, shade - 3, shade - 9)
    return Material(name, color, 0.85, 0, texture, reflectance=0.35, porosity=0.6)


def paint(color: Color, wear: float) -> Material:
    """Return retroreflecting road paint, `wear` 0 new to 1 gone.

    Source: EN 1436:2018, class R3 asks for R_L of 150 mcd/m2/lx; as R_A of glass beads seen from
    a car about 0.3 cd/lx/m2, falling with wear.
    """
    return Material(
        "road paint", color, 0.6, 0, Texture.MARKING, (wear, 0, 0, 0),
        reflectance=0.6 - 0.25 * wear, retroreflection=0.3 * (1 - 0.7 * wear), porosity=0.1,
    )  # fmt: skip


WHITE = srgb(226, 226, 220)
YELLOW = srgb(226, 172, 44)


def grass(red: int, green: int, blue: int) -> Material:
    """Return lawn of an sRGB colour."""
    return Material(
        "grass", srgb(red, green, blue), 0.95, 0, Texture.GRASS, reflectance=0.5, porosity=0.5
    )


def foliage(red: int, green: int, blue: int) -> Material:
    """Return leaves of an sRGB colour."""
    return Material(
        "foliage", srgb(red, green, blue), 0.9, 0, Texture.FOLIAGE, reflectance=0.5, porosity=0.2
    )


def evergreen(red: int, green: int, blue: int) -> Material:
    """Return leaves of an sRGB colour that stay all year: privet, yew, laurel."""
    return replace(foliage(red, green, blue), name="evergreen")


SOIL = Material("soil", srgb(96, 78, 60), 0.95, 0, Texture.SOIL, reflectance=0.3, porosity=0.8)
GRANITE = Material(
    "granite kerb", srgb(150, 148, 146), 0.75, 0, Texture.CONCRETE, reflectance=0.35, porosity=0.2
)
VERGE = Material(
    "verge", srgb(134, 126, 104), 0.95, 0, Texture.SOIL, reflectance=0.35, porosity=0.8
)
IRON = Material("cast iron", srgb(70, 68, 66), 0.5, 0.6, reflectance=0.25, porosity=0.0)
TAR = Material("tar", srgb(28, 28, 30), 0.6, 0, reflectance=0.08, porosity=0.0)
GLASS = Material(
    "window glass", srgb(34, 42, 48), 0.06, 0, reflectance=0.08, transmission=0.6, porosity=0.0
)
BLIND = Material(
    "window with a blind", srgb(236, 230, 214), 0.06, 0, reflectance=0.1, transmission=0.4,
    porosity=0.0,
)  # fmt: skip
LIT_GLASS = Material(
    "shop glass", srgb(70, 72, 70), 0.08, 0, reflectance=0.08, transmission=0.7, porosity=0.0
)
FRAME_WHITE = Material("window frame", srgb(228, 226, 220), 0.5, porosity=0.05)
FRAME_DARK = Material("dark metal frame", srgb(46, 48, 50), 0.4, 0.3, porosity=0.0)
STEEL = Material("galvanised steel", srgb(150, 154, 156), 0.45, 0.8, reflectance=0.4, porosity=0.0)
WOOD = Material("weathered wood", srgb(126, 100, 74), 0.85, reflectance=0.45, porosity=0.5)
TIMBER = Material("painted wood", srgb(222, 220, 212), 0.7, reflectance=0.5, porosity=0.2)

STONE = (
    srgb(196, 184, 160), srgb(178, 172, 162), srgb(206, 198, 182), srgb(158, 148, 134),
    srgb(188, 166, 138), srgb(146, 142, 138),
)  # fmt: skip
BRICK = (
    srgb(138, 72, 54), srgb(120, 62, 50), srgb(152, 92, 66), srgb(104, 62, 54),
    srgb(164, 112, 84), srgb(112, 78, 66),
)  # fmt: skip
PLASTER = (
    srgb(222, 208, 178), srgb(206, 184, 148), srgb(214, 206, 196), srgb(196, 150, 124),
    srgb(176, 188, 180), srgb(226, 216, 204), srgb(188, 176, 152), srgb(208, 168, 120),
)  # fmt: skip
CLADDING = (
    srgb(218, 220, 216), srgb(150, 168, 178), srgb(190, 196, 178), srgb(168, 150, 128),
    srgb(112, 128, 138), srgb(206, 190, 156), srgb(126, 140, 118), srgb(160, 92, 76),
    srgb(226, 214, 178), srgb(96, 104, 112),
)  # fmt: skip
CURTAIN = (srgb(74, 92, 104), srgb(60, 76, 84), srgb(92, 104, 110), srgb(88, 86, 84))
TILES = (srgb(92, 60, 48), srgb(70, 70, 74), srgb(84, 76, 68), srgb(120, 70, 52), srgb(58, 62, 66))
BRIGHT = (
    srgb(150, 36, 34), srgb(30, 74, 124), srgb(36, 92, 62), srgb(196, 148, 44), srgb(70, 40, 84),
    srgb(40, 44, 48), srgb(178, 84, 32), srgb(24, 104, 112), srgb(120, 28, 52),
)  # fmt: skip
LEAVES = ((58, 84, 38), (70, 92, 44), (48, 76, 42), (84, 96, 50), (64, 88, 56))


def facade(color: Color, grid: tuple[float, float, float, float], brick: bool = False) -> Material:
    """Return a wall with windows.

    Args:
        color: linear sRGB of the wall between the windows.
        grid: window pitch [m], floor height [m], window width share, share of lit windows.
        brick: whether the wall reflects like brick rather than plaster.
    """
    return Material(
        "facade", color, 0.8, 0, Texture.FACADE, grid, reflectance=0.4 if brick else 0.45
    )


def wall(color: Color, texture: Texture = Texture.PLASTER, boards: float = 0.0) -> Material:
    """Return a wall without windows, of rendered plaster with lap siding of `boards` [m]."""
    return Material(
        "wall", color, 0.85, 0, texture, (0, boards, 0, 0), reflectance=0.4, porosity=0.4
    )


def painted(color: Color, roughness: float = 0.5) -> Material:
    """Return something painted: doors, signs, awnings."""
    return Material("paint", color, roughness, reflectance=0.4, porosity=0.05)


def roof(color: Color) -> Material:
    """Return tiles or shingles."""
    return Material("roof", color, 0.85, 0, Texture.ROOF, reflectance=0.25, porosity=0.4)


GRAVEL = Material("roof gravel", srgb(120, 118, 114), 0.95, 0, Texture.CONCRETE, reflectance=0.3)
