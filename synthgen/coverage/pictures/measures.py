"""Light, contrast, haze, sharpness and noise of one picture, each in numbers.

Lightness is CIE L* / 100 of 8-bit sRGB, 0 black to 1 white; a linear step of it looks alike.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from synthgen.geometry import Array

Picture = UInt8[Array, "height width 3"]
Plane = Float[Array, "height width"]

FULL, EMPTY = 253, 3
"""[8 bits] from which on a channel is full, and down from which it is empty."""
STANDARD = 320
"""[px] width at which haze, light and colour are measured: means of larger pictures."""
FINE = 640
"""[px] width at which sharpness and noise are measured: both fall with the size that the same view
is drawn at, and pictures of the calibration have 621."""
PATCH = 7
"""[px] of a dark channel's square at the standard width; He et al. take 15 of 600."""
KEPT_HAZE = 0.95
"""Share of haze that is taken for haze, He et al.'s omega."""
SMOOTH = 0.0025
"""Lightness by pixel of the standard width that a sky changes by at most."""
TILE = 32
"""[px] of the squares among which the smoothest tells the noise."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What is measured; all of it is 0 to 1 unless said otherwise.

    Attributes:
        luminance: mean of linear luminance.
        dark: 5th percentile of lightness.
        middle: its median.
        bright: its 95th percentile.
        sky: 90th percentile of lightness of what is smooth in the upper third.
        lower: median lightness of the lower third, mostly road.
        contrast: standard deviation of lightness.
        haze: mean of 1 - transmission over the lower two thirds.
        sharpness: variance of the Laplacian over that of the picture, noise taken out; 0 to 20.
            Like noise of the picture at `FINE` where it is larger, so that the same view has the
            same.
        blur: Crete's measure, 0 sharp to 1 all blurred.
        noise: standard deviation of noise, of lightness by 8-bit grey.
        over: share of pixels with a full channel.
        under: share of pixels with all channels empty.
        red: mean of CIE a* / 100: towards red, negative towards green.
        yellow: mean of b* / 100: towards yellow, negative towards blue.
        colour: mean chroma / 100.
        sky_yellow: mean of b* / 100 where the upper third is smooth.
    """

    luminance: float
    dark: float
    middle: float
    bright: float
    sky: float
    lower: float
    contrast: float
    haze: float
    sharpness: float
    blur: float
    noise: float
    over: float
    under: float
    red: float
    yellow: float
    colour: float
    sky_yellow: float


def measured(picture: Picture) -> Measures:
    """Return what is measured of an RGB picture of at least 3 x 3 pixels."""
    grey, fine = (
        cv2.cvtColor(one, cv2.COLOR_RGB2GRAY).astype(np.float64)
        for one in (picture, standard(picture, FINE))
    )
    noise = noise_of(fine)
    most = cv2.max(cv2.max(picture[..., 0], picture[..., 1]), picture[..., 2])
    small = standard(picture)
    return Measures(
        **_light(small),
        haze=haze(small),
        sharpness=sharpness(fine, noise),
        blur=blur(grey),
        noise=noise / 255,
        over=float(np.mean(most >= FULL)),
        under=float(np.mean(most <= EMPTY)),
    )


def standard(picture: Picture, most: int = STANDARD) -> Picture:
    """Return `picture` at the standard width, or as it is where it has no more than `most` [px]."""
    height, width = picture.shape[:2]
    if width <= most:
        return picture
    size = (most, max(3, round(height * most / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _light(small: Picture) -> dict[str, float]:
    """Return all that is told by values alone.

    Source: CIE 15:2004, "Colorimetry", section 8.2.1 (L*a*b*); Rec. ITU-R BT.709 (luminance).
    """
    linear = _linear(small)
    lab = cv2.cvtColor((small / 255).astype(np.float32), cv2.COLOR_RGB2LAB).astype(np.float64)
    lightness, red, yellow = (lab[..., axis] / 100 for axis in range(3))
    third = max(1, len(small) // 3)
    sky = smooth(lightness[:third])
    low, middle, high = np.percentile(lightness, (5, 50, 95))
    return {
        "luminance": float(np.mean(linear @ (0.2126, 0.7152, 0.0722))),
        "dark": float(low),
        "middle": float(middle),
        "bright": float(high),
        "sky": float(np.percentile(lightness[:third][sky], 90)),
        "lower": float(np.median(lightness[-third:])),
        "contrast": float(np.std(lightness)),
        "red": float(np.mean(red)),
        "yellow": float(np.mean(yellow)),
        "colour": float(np.mean(np.hypot(red, yellow))),
        "sky_yellow": float(np.mean(yellow[:third][sky])),
    }


def smooth(lightness: Plane) -> Bool[Array, "height width"]:
    """Return which pixels have no edge or lamp near them; all of them where few have none."""
    slopes = [cv2.Sobel(lightness, cv2.CV_64F, *way) / 8 for way in ((1, 0), (0, 1))]
    slope = cv2.dilate(
        np.hypot(*slopes), np.ones((3, 3), np.uint8)
    )  # a lone lamp's middle has none
    found = np.asarray(slope < SMOOTH)
    return found if found.mean() >= 0.05 else np.ones_like(found)


def _linear(picture: Picture) -> Float[Array, "height width 3"]:
    """Return linear light, 0 to 1. Source: IEC 61966-2-1:1999, eqs. 5 and 6."""
    coded = np.arange(256) / 255
    curve = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return np.asarray(curve[picture])


def haze(small: Picture) -> float:
    """Return the mean of 1 - transmission over the lower two thirds, where the sky seldom is.

    Without haze some channel of some pixel in every small square is dark.

    Source: K. He, J. Sun and X. Tang, "Single image haze removal using dark channel prior", CVPR
    2009, eqs. 5 and 12; air light of section 4.4. By day: lamps at night are no air light.
    """
    values = small.astype(np.float32) / 255
    square = np.ones((PATCH, PATCH), np.uint8)
    dark = cv2.erode(values.min(axis=2), square)
    most = np.argsort(dark, axis=None, kind="stable")[-max(1, dark.size // 1000) :]
    air = np.maximum(values.reshape(-1, 3)[most].max(axis=0), 1 / 255)
    veil = cv2.erode((values / air).min(axis=2), square)
    return float(np.mean(KEPT_HAZE * np.clip(veil[len(veil) // 3 :], 0, 1), dtype=np.float64))


def noise_of(grey: Plane) -> float:
    """Return the standard deviation of noise in the smoothest tenth of the tiles, as `grey`.

    Source: J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding
    64(2), 1996, eq. 4 (its mask ignores planes and straight slopes); by tile, so that texture
    counts less. For white noise; compressed noise measures lower.
    """
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)
    found = np.abs(cv2.filter2D(grey, cv2.CV_64F, mask))[1:-1, 1:-1]
    if min(found.shape) < TILE:
        return float(np.sqrt(np.pi / 2) / 6 * found.mean())
    rows, columns = found.shape[0] // TILE, found.shape[1] // TILE
    tiles = found[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return float(np.sqrt(np.pi / 2) / 6 * np.percentile(tiles.mean(axis=(1, 3)), 10))


def sharpness(grey: Plane, noise: float) -> float:
    """Return the variance of the Laplacian over the variance of `grey`, both without noise.

    White noise of variance s2 adds 20 s2 to the first and s2 to the second.

    Source: J. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative
    study", ICPR 2000 (variance of the Laplacian).
    """
    laplacian = cv2.Laplacian(grey, cv2.CV_64F)
    texture = grey.var() - noise**2
    if texture < 1e-6:
        return 0.0
    return float(max(0.0, laplacian.var() - 20 * noise**2) / texture)


def blur(grey: Plane) -> float:
    """Return how little is lost when the picture is blurred again, 0 (all) to 1 (nothing).

    Source: F. Crete, T. Dolmiere, P. Ladret and M. Nicolas, "The blur effect: perception and
    estimation with a new no-reference perceptual blur metric", SPIE 6492, 2007, eqs. 1 to 6;
    their mean filter of 9 px, the larger of both directions.
    """
    return max(_blur_along(grey, axis) for axis in (0, 1))


def _blur_along(grey: Plane, axis: int) -> float:
    size = (1, 9) if axis == 0 else (9, 1)
    single = grey.astype(np.float32)
    change = _change(single, axis)
    later = _change(cv2.blur(single, size, borderType=cv2.BORDER_REFLECT_101), axis)
    whole = np.sum(change, dtype=np.float64)
    lost = cv2.subtract(change, later)
    return float(1 - np.sum(lost[lost > 0], dtype=np.float64) / whole) if whole > 0 else 1.0


def _change(grey: Plane, axis: int) -> Plane:
    """Return how much neighbours along `axis` differ."""
    if axis == 0:
        return np.asarray(cv2.absdiff(grey[1:], grey[:-1]))
    return np.asarray(cv2.absdiff(grey[:, 1:], grey[:, :-1]))
