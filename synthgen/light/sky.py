"""The sky of an environment: sun, moon, clouds, dusk, city glow."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.light import illuminance
from synthgen.light.dome import Dome, radiances
from synthgen.light.scattering import shares
from synthgen.snowpack import between_clouds_and_ground, ground_reflectance
from synthgen.world import Environment

_LOWEST = np.deg2rad(2.0)
_SUN_COSINE = float(np.cos(0.00951204 / 2))
_GROUND = np.array([0.15, 0.145, 0.135])
_BROKEN, _CLOSED = 0.625, 0.875
"""Cover from which the disc begins to be hidden, and is: "broken" cloud is 5 to 7 eighths.
Source: WMO-No. 306, manual on codes, METAR, cloud amounts."""
_UP = np.array([0.0, 0.0, 1.0])
_SUN_GONE = np.deg2rad(-0.8)
"""[rad] Height of the sun's middle when its rim sets, by refraction below the horizon."""
_SUNSET, _DIM = np.deg2rad(-1.0), 50.0
"""Sun's height [rad] and light on the ground [lx] below which street lamps burn."""
_MOON_COLOR = np.array([1.12, 0.99, 0.80])


@dataclass(frozen=True, eq=False)
class Sky:
    """All light that does not come from lamps.

    Attributes:
        direction: towards the sun, or the moon once the sun is down; unit, world frame.
        direct: [lx] linear sRGB, of a plane that faces it; clouds counted, shadows not.
        dome: luminance of the sky in every direction, for `dome.radiance`.
        harmonics: nine spherical-harmonic coefficients of the irradiance [lx] of a surface by
            its normal, sky and ground together, see `irradiance`.
        dark: whether lamps are switched on.
    """

    direction: Float[Array, "3"]
    direct: Float[Array, "3"]
    dome: Dome
    harmonics: Float[Array, "9 3"]
    dark: bool

    def irradiance(self, normals: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
        """Return the illuminance [lx] by sky and bounced ground light on surfaces, unshadowed."""
        return np.maximum(_basis(normals) @ self.harmonics, 0.0)

    @cached_property
    def illuminance(self) -> float:
        """Illuminance [lx] of open level ground by sky, sun and moon."""
        up = self.irradiance(np.array([[0.0, 0.0, 1.0]]))[0]
        return float(illuminance.luminance(up + self.direct * max(self.direction[2], 0.0)))


def sky(environment: Environment, flash: float = 0.0, bolt: Array = _UP) -> Sky:
    """Return the sky of `environment`, to which lightning towards `bolt` adds `flash` [cd/m2]."""
    sun_up = environment.sun_elevation > _SUN_GONE
    direction, direct = _key(environment, sun_up)
    diffuse = _diffuse(environment, direct[1] * max(direction[2], 0.0))
    dome = _scaled(_shape(environment, direct), environment, diffuse)._replace(
        flash=flash, bolt=bolt
    )
    overcast_level = illuminance.luminance(direct) * max(direction[2], 0.0) + diffuse
    dark = bool(environment.sun_elevation < _SUNSET or overcast_level < _DIM)
    ground = ground_reflectance(_GROUND, environment.snow_cover / 100)
    dome = dome._replace(ground=_bounce(dome, direction, direct, ground))
    return Sky(direction, direct, dome, _harmonics(dome), dark)


def is_dark(environment: Environment) -> bool:
    """Return whether lamps are switched on, as `Sky.dark`, without making a sky."""
    if environment.sun_elevation < _SUNSET:
        return True
    direction, direct = _key(environment, environment.sun_elevation > _SUN_GONE)
    level = direct[1] * max(direction[2], 0.0)
    level = illuminance.luminance(direct) * max(direction[2], 0.0) + _diffuse(environment, level)
    return bool(level < _DIM)


def sunlight(environment: Environment) -> tuple[Array, Array]:
    """Return the direction of the sun and the illuminance [lx] of a plane that faces it.

    As `Sky.direct`; nothing once it has set.
    """
    if environment.sun_elevation < _SUN_GONE:
        return _UP, np.zeros(3)
    return _key(environment, True)


def _key(environment: Environment, sun_up: bool) -> tuple[Array, Array]:
    """Direction and facing illuminance [lx] of the sun by day, of the moon by night.

    The air takes the same share of moonlight as of sunlight.
    """
    thin = _through(environment.cloud)
    if sun_up:
        elevation, azimuth = environment.sun_elevation, environment.sun_azimuth
        color = illuminance.beam_color(elevation)
        return _toward(elevation, azimuth), color * illuminance.sun_normal(elevation) * thin
    elevation, azimuth = environment.moon_elevation, environment.moon_azimuth
    share = illuminance.sun_normal(elevation) / illuminance.sun_horizontal(np.pi / 2)
    level = illuminance.moon_horizontal(np.pi / 2, environment.moon_phase) * share
    return _toward(elevation, azimuth), _MOON_COLOR * level * thin


def _through(cloud: float) -> float:
    """Share of direct light that comes through cloud cover `cloud`.

    Between clouds it falls with the cover; from seven eighths on the disc is hidden for good: a
    picture is of one instant, in which shadows are there or not, never a fifth as dark.
    """
    hidden = float(np.clip((cloud - _BROKEN) / (_CLOSED - _BROKEN), 0.0, 1.0))
    return float((1 - cloud) ** 0.8 * (1 - hidden**2 * (3 - 2 * hidden)))


def _diffuse(environment: Environment, direct: float) -> float:
    """Horizontal illuminance [lx] by the sky alone, of sun- and moonlight."""
    total = illuminance.sun_horizontal(environment.sun_elevation)
    total += illuminance.moon_horizontal(environment.moon_elevation, environment.moon_phase)
    storm = 1 / (1 + environment.rain / 25)
    below = max(total * illuminance.cloud_factor(environment.cloud) * storm - direct, 0.03 * total)
    return below * _to_and_fro(environment)


def _to_and_fro(environment: Environment) -> float:
    """How much more skylight there is over snow than over bare ground."""
    if environment.snow_cover <= 0:
        return 1.0
    white = ground_reflectance(_GROUND, environment.snow_cover / 100)
    bare, snow = (float(illuminance.luminance(ground)) for ground in (_GROUND, white))
    return between_clouds_and_ground(environment.cloud, snow, bare)


def _toward(elevation: float, azimuth: float) -> Array:
    flat = np.cos(elevation)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)])


def _shape(environment: Environment, direct: Array) -> Dome:
    """The sky with unscaled daylight, or moonlight."""
    by_sun = environment.sun_elevation > np.deg2rad(-12)
    elevation = environment.sun_elevation if by_sun else environment.moon_elevation
    azimuth = environment.sun_azimuth if by_sun else environment.moon_azimuth
    elevation = min(max(elevation, _LOWEST), np.pi / 2)
    source = _toward(elevation, azimuth)
    dusk = float(np.clip((np.deg2rad(7) - environment.sun_elevation) / np.deg2rad(9), 0, 1))
    dusk = dusk**2 if by_sun else 0.0
    white = np.array([0.97, 1.0, 1.05])
    tint = direct / max(float(illuminance.luminance(direct)), 1e-9) if by_sun else white
    color = 0.7 * white + 0.3 * (tint if direct.any() else white)
    return Dome(
        source=source, air=shares(float(elevation)), clear=1.0, twilight=dusk, dusk=dusk,
        cloud=environment.cloud, cloud_color=color / illuminance.luminance(color),
        cloud_sun=_sunlit(environment), glow=0.0, flash=0.0, bolt=_UP,
        discs=_discs(environment), ground=np.zeros(3),
        seed=int(1e4 * abs(environment.wind_azimuth)) + 17,
    )  # fmt: skip


def _sunlit(environment: Environment) -> Array:
    """Colour of a sunlit cloud [cd/m2]: a matt white that reflects 0.7 of what falls on it.

    Source: albedo of cumulus 0.70 to 0.85, J. Houghton, "The physics of atmospheres", 2002.
    """
    height = environment.sun_elevation
    light = illuminance.beam_color(height) * illuminance.sun_normal(height)
    return 0.7 / np.pi * light


def _discs(environment: Environment) -> Array:
    """Rows of direction, cosine of radius, luminance [cd/m2] and where light comes from."""
    area = 2 * np.pi * (1 - _SUN_COSINE)
    bright = min(illuminance.sun_normal(environment.sun_elevation) / area, 2e8)
    sun = illuminance.beam_color(environment.sun_elevation) * bright
    shine = illuminance.moon_horizontal(np.pi / 2, environment.moon_phase)
    moon = _MOON_COLOR * shine / (area * max(environment.moon_phase, 0.01))
    to_sun = _toward(environment.sun_elevation, environment.sun_azimuth)
    to_moon = _toward(environment.moon_elevation, environment.moon_azimuth)
    return np.array([
        [*to_sun, _SUN_COSINE, *sun, *-to_sun],
        [*to_moon, _SUN_COSINE, *moon, *_moon_lit_from(to_moon, to_sun, environment.moon_phase)],
    ])  # fmt: skip


def _moon_lit_from(moon: Array, sun: Array, phase: float) -> Array:
    """Direction from the moon to the sun: as far round as `phase` asks, the bright limb sunward.

    The lit share of a ball seen at phase angle i is (1 + cos i) / 2 (Meeus 1998, eq. 48.1).
    """
    aside = sun - moon * (sun @ moon)
    size = np.linalg.norm(aside)
    aside = aside / size if size > 1e-6 else np.cross(moon, [0.0, 0.0, 1.0])
    cosine = float(np.clip(2 * phase - 1, -1, 1))
    found: Array = -cosine * moon + np.sqrt(1 - cosine**2) * aside
    return found


def _scaled(shape: Dome, environment: Environment, diffuse: float) -> Dome:
    """Scale each part of the sky so that its horizontal illuminance is what it should be."""
    none = np.zeros(3)
    bare = shape._replace(cloud=0.0, cloud_color=none, cloud_sun=none)
    day = _level(bare._replace(twilight=0.0, dusk=0.0))
    dusk = _level(bare._replace(clear=0.0, dusk=1.0))
    # A CIE overcast sky with zenith luminance 1 gives 7 pi / 9 lx. Broken cloud is brighter.
    cloud = diffuse * (1.5 - 0.5 * environment.cloud) / (7 * np.pi / 9)
    made = shape._replace(
        clear=diffuse / day, dusk=shape.dusk * diffuse / dusk,
        cloud_color=shape.cloud_color * cloud,
    )  # fmt: skip
    share = diffuse / _level(made) if made.cloud_sun.any() else 1.0
    return made._replace(
        clear=share * made.clear, dusk=share * made.dusk, cloud_color=share * made.cloud_color,
        cloud_sun=share * made.cloud_sun, glow=environment.skyglow,
    )  # fmt: skip


def _grid(rows: int = 20, columns: int = 40) -> tuple[Array, Array]:
    """Directions over the whole sphere and their solid angles [sr]."""
    z = (np.arange(2 * rows) + 0.5) / rows - 1
    azimuth = (np.arange(columns) + 0.5) * 2 * np.pi / columns
    z, azimuth = (grid.ravel() for grid in np.meshgrid(z, azimuth, indexing="ij"))
    flat = np.sqrt(1 - z**2)
    directions = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), z], axis=-1)
    return directions, np.full(len(z), 4 * np.pi / len(z))


def _level(dome: Dome) -> float:
    directions, solid = _grid()
    weight = solid * np.maximum(directions[:, 2], 0)
    return float(weight @ illuminance.luminance(radiances(dome, directions)))


def _bounce(dome: Dome, direction: Array, direct: Array, ground: Array) -> Array:
    """Luminance of level `ground` under this sky, sunlit where the sun shines on it."""
    directions, solid = _grid()
    weight = solid * np.maximum(directions[:, 2], 0)
    level = weight @ radiances(dome, directions) + direct * max(direction[2], 0.0)
    return ground * level / np.pi


def _basis(normals: Array) -> Array:
    x, y, z = normals.T
    return np.stack(
        [np.ones_like(x), y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], axis=-1
    )


def _harmonics(dome: Dome) -> Array:
    """Irradiance by normal as nine coefficients of `_basis`.

    Source: R. Ramamoorthi and P. Hanrahan, "An efficient representation for irradiance
    environment maps", SIGGRAPH 2001, eq. 8 and 12.
    """
    directions, solid = _grid()
    norm = np.array([0.282095, *[0.488603] * 3, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
    band = np.array([np.pi, *[2 * np.pi / 3] * 3, *[np.pi / 4] * 5])
    coefficients = (_basis(directions) * solid[:, None]).T @ radiances(dome, directions)
    return coefficients * (norm**2 * band)[:, None]
