"""What sits on the glass in front of a camera: drops, film, wiper, dirt, condensation.

The glass is so near that it is out of focus. What is behind it is sharp where the glass is clear;
what sits on it covers a soft share of it and brings light of its own.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.rng import stream
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.sensors import wiper as wipers
from synthgen.sensors.blots import draw_dirt, draw_drops
from synthgen.sensors.condensation import mist
from synthgen.sensors.dirt import dirt_on
from synthgen.sensors.droplets import Weathering, sitting
from synthgen.sensors.streaks import surroundings
from synthgen.sensors.wiper import Wiper
from synthgen.world import Glass

FILM, FILM_LIFE = 0.35, 0.30
"""Share of light that the film behind a blade smears at first, and [s] in which it falls e-fold."""
SMEAR = 0.12
"""[rad] How far it smears light along the blade."""
MUD = np.array([0.23, 0.19, 0.14])
"""Share of the light around that dried mud shows: half of its reflectance (R. N. Clark et al.,
USGS spectral library, 1993: dry clay loam 0.3 to 0.5), as it is lit from one side."""
RUBBER = 0.02
MIST_SPREAD = 0.03
"""[rad] Spread of light through droplets of some 20 um: wavelength over diameter."""


@dataclass(frozen=True, eq=False)
class Through:
    """The scene through glass.

    Attributes:
        radiance: [cd/m2] before the lens.
        clear: share of each pixel's light that comes straight through.
        covered: share of the image behind drops, dirt and the wiper's blade.
        veiled: share of the remaining light that film and condensation scatter.
        soiled: share of light that dirt and film scatter wide, for the lens's glare.
    """

    radiance: Float[Array, "h w 3"]
    clear: Float[Array, "h w"]
    covered: float
    veiled: float
    soiled: float


@dataclass(frozen=True, eq=False)
class Pane:
    """The glass before a camera, with the coarse grid that things out of focus are drawn on.

    Attributes:
        model: the camera.
        name: of the camera.
        glass: what is on it.
        time: [s] in the clip.
        speed: [m/s] of the car.
    """

    model: CameraModel
    name: str
    glass: Glass
    time: float
    speed: float

    @property
    def blur(self) -> float:
        """[px] Diameter of the disc that a point of the glass makes.

        A lens that is focused far away, of focal length f and opening f / N, throws a point at
        distance d on a disc of f^2 / (N d).

        Source: W. J. Smith, "Modern Optical Engineering", 4th edition, 2008, depth of focus.
        """
        model = self.model
        return model.matrix[0][0] ** 2 * model.pixel / (model.f_number * model.glass)

    @property
    def step(self) -> int:
        """Pixels of the image in one of the grid, each way: eight of the grid in a disc."""
        return max(int(self.blur / 8), 1)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return -(-self.model.height // self.step), -(-self.model.width // self.step)

    @property
    def half(self) -> tuple[float, float]:
        """[m] Half of the width and the height of glass that counts, its rim out of sight too."""
        reach = np.array([self.model.width, self.model.height]) / 2 + self.blur / 2
        wide, high = (reach / self.model.matrix[0][0] * self.model.glass + 2e-3).tolist()
        return wide, high

    @property
    def wiper(self) -> Wiper | None:
        """The wiper that passes before this camera."""
        period = self.glass.wiper
        if period == 0 or self.glass.rain == 0 or not self.model.wiped:
            return None
        start = stream(self.glass.seed, "wiper").random() * period
        return Wiper(period, float(start) - 2 * period)

    def on_grid(self, place: Float[Array, "n 2"]) -> Float[Array, "n 2"]:
        """Return grid coordinates (column, row) of places [m] on the glass."""
        matrix = np.array(self.model.matrix)
        pixel = place / self.model.glass * [matrix[0, 0], matrix[1, 1]] + matrix[:2, 2]
        return (pixel + 0.5) / self.step - 0.5

    def places(self) -> Float[Array, "n 2"]:
        """Return the place [m] of each point of the grid, rows first."""
        matrix = np.array(self.model.matrix)
        row, column = np.mgrid[: self.shape[0], : self.shape[1]]
        pixel = (np.stack([column.ravel(), row.ravel()], -1) + 0.5) * self.step - 0.5
        return (pixel - matrix[:2, 2]) / [matrix[0, 0], matrix[1, 1]] * self.model.glass

    def length(self, metres: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return lengths on the glass in pixels of the grid."""
        return metres / self.model.glass * self.model.matrix[0][0] / self.step


def pane(model: CameraModel, name: str, moment: Moment) -> Pane | None:
    """Return the glass before camera `name`, or None where it is dry and clean."""
    glass = moment.scene.world.environment.glass
    if glass.rain == glass.dirt == glass.condensation == 0:
        return None
    speed = float(np.linalg.norm(moment.scene.ego.velocity_at(moment.time)))
    return Pane(model, name, glass, moment.time, speed)


def through(radiance: Float[Array, "h w 3"], view: CameraView, before: Pane | None) -> Through:
    """Return `radiance` [cd/m2] as it comes through the glass `before` the camera.

    What is misty or smeared is so behind drops and dirt too: these maps multiply.
    """
    size = radiance.shape[:2]
    if before is None:
        return Through(radiance, np.ones(size), 0.0, 0.0, 0.0)
    radiance = radiance.astype(np.float32, copy=False)
    small = cv2.resize(radiance, before.shape[::-1], interpolation=cv2.INTER_AREA)
    cover, light = _out_of_focus(before, *_drawn(before, small, surroundings(radiance, view)))
    film, fog = _film(before), _mist(before)
    hazy = _veiled(before, small, film, fog)
    open_share = (1 - cover) * (1 - film) * (1 - fog)
    added = light + (1 - cover)[..., None] * hazy
    clear = _enlarged(open_share, size)
    result = radiance * cv2.merge((clear, clear, clear))
    result += _enlarged(added.astype(np.float32), size)
    veiled = float(1 - ((1 - film) * (1 - fog)).mean())
    soiled = 0.12 * before.glass.dirt + 0.1 * float(film.mean())
    return Through(result, clear, float(cover.mean()), veiled, soiled)


def _enlarged(small: Array, size: tuple[int, int]) -> Array:
    return cv2.resize(small, size[::-1], interpolation=cv2.INTER_LINEAR)


def _drawn(before: Pane, small: Array, around: Float[Array, "3"]) -> tuple[Array, Array]:
    """Return cover and premultiplied light of drops, dirt and blade, in focus."""
    glass = before.glass
    cover = np.zeros(before.shape, np.float32)
    light = np.zeros((*before.shape, 3), np.float32)
    wiper = before.wiper
    if glass.dirt > 0:
        dirt = dirt_on(glass.dirt, glass.seed, before.name, before.half)
        rows = np.column_stack(
            [before.on_grid(dirt.place), before.length(dirt.radius), dirt.opacity]
        )
        draw_dirt(cover, light, rows, MUD * around)
    if glass.rain > 0:
        wet = Weathering(glass.rain, glass.seed, before.name, before.speed, wiper)
        on = sitting(wet, before.time, before.half)
        size = before.length(on.radius)
        rows = np.column_stack([before.on_grid(on.place), size, on.contact, on.shape])
        draw_drops(cover, light, rows, small, before.model.matrix[0][0] / before.step)
    if wiper is not None:
        hides = wipers.under_blade(wiper.angle(before.time), before.places())
        hides = hides.reshape(before.shape).astype(np.float32)
        cover += hides * (1 - cover)
        light += hides[..., None] * ((RUBBER * around).astype(np.float32) - light)
    return cover, light


def _out_of_focus(before: Pane, cover: Array, light: Array) -> tuple[Array, Array]:
    """Return both maps blurred by the disc of the lens's opening."""
    radius = before.blur / 2 / before.step
    reach = int(np.ceil(radius))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(down, across), 0, 1).astype(np.float32)
    disc /= disc.sum()
    soft = [cv2.filter2D(one, -1, disc, borderType=cv2.BORDER_REPLICATE) for one in (cover, light)]
    return soft[0], soft[1]


def _film(before: Pane) -> Float[Array, "h w"]:
    """Return the share of light that the film of water behind the blade smears.

    It lies in arcs, as the rubber presses unevenly, and dries within half a second.
    """
    wiper = before.wiper
    if wiper is None:
        return np.zeros(before.shape, np.float32)
    place = before.places()
    age = before.time - wiper.last_pass(before.time, place)
    rng = stream(before.glass.seed, "film", before.name)
    known = np.arange(0.2, 0.9, 0.0025)
    press = np.clip(0.7 + 0.5 * rng.standard_normal(len(known)), 0.1, 1.6)
    uneven = np.interp(wipers.radius(place), known, press)
    film = FILM * uneven * np.exp(-age / FILM_LIFE)
    return np.clip(film, 0, 0.8).reshape(before.shape).astype(np.float32)


def _mist(before: Pane) -> Float[Array, "h w"]:
    glass = before.glass
    if glass.condensation == 0:
        return np.zeros(before.shape, np.float32)
    found = mist(glass.condensation, glass.seed, before.name, before.shape, before.time)
    return found.astype(np.float32)


def _veiled(before: Pane, small: Array, film: Array, fog: Array) -> Float[Array, "h w 3"]:
    """Return what film and mist bring of light from elsewhere in the scene."""
    hazy = np.zeros_like(small)
    focal = before.model.matrix[0][0] / before.step
    if fog.any():
        spread = cv2.GaussianBlur(small, (0, 0), MIST_SPREAD * focal)
        hazy += fog[..., None] * (0.75 * spread + 0.25 * small.mean(axis=(0, 1)))
    if film.any():
        hazy += (film * (1 - fog))[..., None] * _along_blade(small, SMEAR * focal)
    return hazy


def _along_blade(small: Array, reach: float) -> Float[Array, "h w 3"]:
    """Return the scene smeared along the blade: ridges of water across it bend light that way.

    Slopes are many small ones and few large ones: light falls off as a Lorentz line.
    """
    size = int(3 * reach) | 1
    row, column = (np.mgrid[:size, :size] - size // 2).astype(np.float32)
    turn = float(wipers.bearing(np.zeros((1, 2)))[0])
    along = column * np.sin(turn) - row * np.cos(turn)
    across = column * np.cos(turn) + row * np.sin(turn)
    kernel = np.clip(1.2 - np.abs(across), 0, 1) / (1 + (along / (0.25 * reach)) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    return cv2.filter2D(small, -1, kernel, borderType=cv2.BORDER_REPLICATE)
