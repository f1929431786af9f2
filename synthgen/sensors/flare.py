"""What a lens makes of points of light: ghosts between its faces and spikes of its iris."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.rng import stream
from synthgen.sensors.glare import Spots
from synthgen.sensors.tone import luminance

CELL = 8
"""[px] Light that saturates is gathered in squares of this size."""
PEAK = 10.0
"""How many times over a pixel is filled by what counts as a point of light."""
MOST = 32
"""Brightest squares that ghosts and spikes are drawn of."""
FAINTEST = 2e-3
"""Share of the saturating radiance from which a ghost or a spike is drawn."""

_COLORS = np.array([[620.0, 545.0, 460.0]]) * 1e-9


@dataclass(frozen=True, eq=False)
class Ghosts:
    """Images that two faces of a lens throw back and forth.

    Attributes:
        place: where each is, in distances of its source from the middle; negative: opposite.
        size: radius of each in widths of the image: it is out of focus.
        share: of the source's light in each, red, green and blue.
    """

    place: Float[Array, "n"]
    size: Float[Array, "n"]
    share: Float[Array, "n 3"]


def ghosts(model: CameraModel, count: int = 6) -> Ghosts:
    """Return the ghosts of `model`: all copies of it have the same glass.

    Where and how large they are follows from the curvature of faces that no data sheet tells;
    here they are drawn. Faces are coated for the middle of the spectrum: what is left is purple
    or green.

    Source: M. Hullin, E. Eisemann, H.-P. Seidel and S. Lee, "Physically-based real-time lens flare
    rendering", ACM Trans. Graph. 30, 2011, sections 3 and 4.
    """
    rng = stream(0, "ghosts", f"{model.f_number:g} {model.width} {model.matrix[0][0]:g}")
    place = -rng.uniform(0.3, 1.2, count)
    place[-1] = rng.uniform(0.25, 0.6)
    tint = np.where(rng.random((count, 1)) < 0.5, [[0.8, 1.3, 0.9]], [[1.2, 0.7, 1.5]])
    part = rng.dirichlet(np.full(count, 2.0))[:, None]
    return Ghosts(place, rng.uniform(0.006, 0.035, count), model.ghosts * part * tint)


def spread_by_iris(model: CameraModel) -> Float[Array, "3"]:
    """Return the share of light that the iris bends by more than a pixel: red, green, blue.

    Beyond an angle t there is wavelength x perimeter / (2 pi^2 x area x t) of it. With straight
    blades this lies in one spike per blade and side.

    Source: asymptote of the encircled energy of any aperture, P. P. Clark, J. W. Howard and
    E. R. Freniere, "Asymptotic approximation to the encircled energy function for arbitrary
    aperture shapes", Appl. Opt. 23, 1984.
    """
    focal = model.matrix[0][0] * model.pixel
    opening = focal / model.f_number
    # A regular polygon about a circle of this diameter has perimeter / area = 4 / diameter.
    return np.minimum(_COLORS[0] * 4 / opening / (2 * np.pi**2 / model.matrix[0][0]), 0.3)


def spots(radiance: Float[Array, "h w 3"], saturation: float) -> Spots:
    """Return the brightest of what saturates in `radiance`, gathered in squares."""
    level = luminance(radiance)
    rows, columns = np.nonzero(level > PEAK * saturation)
    cell = (rows // CELL) * radiance.shape[1] + columns // CELL
    _, number = np.unique(cell, return_inverse=True)
    light = radiance[rows, columns]
    weight = level[rows, columns]
    total = np.bincount(number, weight)
    energy = np.stack([np.bincount(number, light[:, k]) for k in range(3)], -1)
    place = [np.bincount(number, weight * at) / total for at in (columns, rows)]
    order = np.argsort(-total, kind="stable")[:MOST]
    return Spots(np.stack(place, -1)[order], energy[order])


def flared(
    radiance: Float[Array, "h w 3"], model: CameraModel, sources: Spots, saturation: float
) -> Float[Array, "h w 3"]:
    """Return `radiance` with the ghosts and spikes of `sources`, taken from their own light.

    Args:
        radiance: [cd/m2].
        model: the camera.
        sources: what is bright, see `spots`; what lies outside the image throws ghosts only.
        saturation: [cd/m2] radiance that fills a pixel: far fainter ones are left out.
    """
    if not len(sources.position):
        return radiance
    result = radiance.copy()
    if model.blades:
        _add_spikes(result, model, sources, saturation)
    if model.ghosts > 0:
        _add_ghosts(result, model, sources, saturation)
    return result


def _add_ghosts(image: Array, model: CameraModel, sources: Spots, saturation: float) -> None:
    """Draw discs at k (p - c); the light comes off the pixels of the source."""
    lens = ghosts(model)
    middle = np.array([model.matrix[0][2], model.matrix[1][2]])
    for place, size, share in zip(lens.place, lens.size * model.width, lens.share, strict=True):
        bright = sources.energy * share / (np.pi * size**2)
        for n in np.flatnonzero(bright.max(axis=1) > FAINTEST * saturation):
            where = middle + place * (sources.position[n] - middle)
            _disc(image, where[0], where[1], size, bright[n])
            _take(image, sources.position[n], sources.energy[n] * share)


def _add_spikes(image: Array, model: CameraModel, sources: Spots, saturation: float) -> None:
    """Draw a star: an even number of blades has as many spikes, an odd one twice as many."""
    share = spread_by_iris(model)
    turn = stream(model.serial, "iris").uniform(0, 2 * np.pi)
    count = model.blades * (1 + model.blades % 2)
    for place, energy in zip(sources.position, sources.energy, strict=True):
        each = energy * share / count
        # Of each spike 1 / r lies beyond r: per pixel of its length 1 / r^2.
        reach = np.sqrt(each.max() / (FAINTEST * saturation))
        if reach < 2 or not _within(image, place):
            continue
        for angle in turn + 2 * np.pi * np.arange(count) / count:
            _spike(image, place, (np.cos(angle), np.sin(angle)), reach, each)
        _take(image, place, energy * share * (1 - 1 / reach))


def _within(image: Array, place: Array) -> bool:
    return bool(np.all(place >= 0) and np.all(place <= [image.shape[1] - 1, image.shape[0] - 1]))


def _take(image: Array, place: Array, energy: Array) -> None:
    """Take `energy` off the square of pixels around `place`, from each by its brightness."""
    if not _within(image, place):
        return
    column, row = place.astype(int)
    part = image[max(row - CELL, 0) : row + CELL, max(column - CELL, 0) : column + CELL]
    total = part.sum(axis=(0, 1))
    part *= 1 - np.minimum(energy / np.maximum(total, 1e-12), 0.9)


@numba.njit(cache=True)
def _disc(image, column, row, radius, color):  # type: ignore[no-untyped-def]
    """Add an even disc of `color`, its edge one pixel soft."""
    height, width = image.shape[:2]
    for v in range(max(int(row - radius) - 1, 0), min(int(row + radius) + 2, height)):
        for u in range(max(int(column - radius) - 1, 0), min(int(column + radius) + 2, width)):
            away = np.sqrt((u - column) ** 2 + (v - row) ** 2)
            cover = min(max(radius + 0.5 - away, 0.0), 1.0)
            for k in range(3):
                image[v, u, k] += cover * color[k]


@numba.njit(cache=True)
def _spike(image, place, way, reach, energy):  # type: ignore[no-untyped-def]
    """Add a ray of light from 1 px to `reach`, of energy / r^2 at each pixel of its length."""
    height, width = image.shape[:2]
    for step in range(1, int(reach)):
        here = (step + 0.5) * 1.0
        column, row = place[0] + here * way[0], place[1] + here * way[1]
        u, v = int(np.floor(column)), int(np.floor(row))
        if u < 0 or v < 0 or u + 1 >= width or v + 1 >= height:
            return
        level = 1.0 / (step * (step + 1.0))
        for j in range(2):
            for i in range(2):
                part = (1 - abs(column - u - i)) * (1 - abs(row - v - j))
                for k in range(3):
                    image[v + j, u + i, k] += part * level * energy[k]
