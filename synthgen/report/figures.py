"""Figures of pictures that tell rendered ones from photographs: light, contrast, edges, noise.

Names are those of the reference figures in `real_stats.json` (see `scripts/real_figures.py`). All
but the colour ratios are of luma (ITU-R BT.601, 0 to 255).
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from synthgen.geometry import Array

_BLOCK = 16
"""[px] side of the blocks in which noise is measured."""
_BRIGHT = 250
_LOW, _MIDDLE, _NYQUIST = 0.02, 0.25, 0.5
"""[cycles/px] ends of the two bands of the power spectrum."""


def figures(image: UInt8[Array, "h w 3"]) -> dict[str, float]:
    """Return the figures of one RGB image, at least 32 pixels wide and high."""
    if min(image.shape[:2]) < 2 * _BLOCK:
        raise ValueError(f"an image of at least 32 x 32 pixels is expected, got {image.shape[:2]}")
    luma = image.astype(np.float64) @ [0.299, 0.587, 0.114]
    return {
        **_light(luma), **_noise(luma), **_gradient(luma), **_spectrum(luma), **_color(image),
    }  # fmt: skip


def summary(rows: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Return median, least and greatest of each figure over many images."""
    found = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        values = values[np.isfinite(values)]
        if len(values):
            found[name] = (float(np.median(values)), float(values.min()), float(values.max()))
    return found


def _light(luma: Float[Array, "h w"]) -> dict[str, float]:
    count = np.bincount(np.round(luma).astype(int).ravel(), minlength=256)
    share = count[count > 0] / luma.size
    _, _, blobs, _ = cv2.connectedComponentsWithStats((luma >= _BRIGHT).astype(np.uint8))
    return {
        "luma.mean": float(luma.mean()),
        "luma.std": float(luma.std()),
        "luma.frac_ge250": float((luma >= _BRIGHT).mean()),
        "luma.frac_le5": float((luma <= 5).mean()),
        "luma.frac_le20": float((luma <= 20).mean()),
        "luma.entropy_bits": float(-(share * np.log2(share)).sum()),
        "haze.rms_contrast": float(luma.std() / max(luma.mean(), 1e-9)),
        "bright_blobs.n_ge4px": float((blobs[1:, cv2.CC_STAT_AREA] >= 4).sum()),
    }


def _blocks(luma: Float[Array, "h w"]) -> Float[Array, "n b b"]:
    high, wide = (side // _BLOCK for side in luma.shape)
    cut = luma[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide, _BLOCK)
    return cut.transpose(0, 2, 1, 3).reshape(-1, _BLOCK, _BLOCK)


def _noise(luma: Float[Array, "h w"]) -> dict[str, float]:
    """What is left of the flattest blocks without their plane, and how neighbours agree there.

    Clipped blocks hold no noise and are left out; where all are clipped the figures are NaN. The
    third estimate is of J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image
    Understanding 64, 1996: the mean of a Laplacian difference, over 6, times sqrt(pi / 2).
    """
    parts = _blocks(luma)
    step = np.arange(_BLOCK) - (_BLOCK - 1) / 2
    spread = _BLOCK * (step @ step)
    across, down = parts @ step, step @ parts
    rest = parts - parts.mean(axis=(1, 2), keepdims=True)
    rest = rest - (across.sum(axis=1) / spread)[:, None, None] * step
    rest = rest - (down.sum(axis=1) / spread)[:, None, None] * step[:, None]
    level = rest.std(axis=(1, 2))
    open_ = (parts.max(axis=(1, 2)) < 254) & (parts.min(axis=(1, 2)) > 1)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float)
    sharp = cv2.filter2D(luma, -1, kernel)[1:-1, 1:-1]
    found = {
        "noise.immerkaer_sigma": float(np.sqrt(np.pi / 2) * np.abs(sharp).mean() / 6),
        "haze.local_contrast": float(parts.std(axis=(1, 2)).mean()),
    }
    for percent in (1, 5, 10):
        value = np.percentile(level[open_], percent) if open_.any() else np.nan
        found[f"noise.block_std_p{percent}"] = float(value)
    return found | {"noise.lag1_correlation": _correlation(rest[open_], level[open_])}


def _correlation(rest: Float[Array, "n b b"], level: Float[Array, "n"]) -> float:
    """Correlation of horizontal neighbours in the flattest twentieth of the blocks."""
    if not len(level):
        return float("nan")
    flat = rest[level <= np.percentile(level, 5)]
    power = (flat**2).mean()
    return float((flat[:, :, 1:] * flat[:, :, :-1]).mean() / power) if power > 0 else float("nan")


def _gradient(luma: Float[Array, "h w"]) -> dict[str, float]:
    """Statistics of differences of horizontal neighbours; a normal distribution has kurtosis 3."""
    across, down = np.diff(luma, axis=1), np.diff(luma, axis=0)
    apart = across - across.mean()
    variance = (apart**2).mean()
    return {
        "gradient.std_gx": float(across.std()),
        "gradient.mean_mag": float(np.hypot(across[:-1], down[:, :-1]).mean()),
        "gradient.kurtosis_gx": float((apart**4).mean() / max(variance, 1e-12) ** 2),
        "gradient.frac_absgx_lt1": float((np.abs(across) < 1).mean()),
        "gradient.laplacian_var": float(cv2.Laplacian(luma, cv2.CV_64F)[1:-1, 1:-1].var()),
    }


def _spectrum(luma: Float[Array, "h w"]) -> dict[str, float]:
    """Slopes of the radial mean of the power spectrum on log-log axes, under a Hann window."""
    high, wide = luma.shape
    window = np.outer(np.hanning(high), np.hanning(wide))
    power = np.abs(np.fft.rfft2((luma - luma.mean()) * window)) ** 2
    pitch = np.hypot(np.fft.fftfreq(high)[:, None], np.fft.rfftfreq(wide)[None])
    edges = np.geomspace(_LOW, _NYQUIST, 33)
    ring = np.digitize(pitch, edges).ravel()
    total = np.bincount(ring, power.ravel(), len(edges) + 1)[1:-1]
    count = np.bincount(ring, minlength=len(edges) + 1)[1:-1]
    middle = np.sqrt(edges[1:] * edges[:-1])
    level = total / np.maximum(count, 1)
    known = (count > 0) & (level > 0)
    return {
        "power_spectrum.slope_0p02_0p25": _slope(middle, level, known & (middle < _MIDDLE)),
        "power_spectrum.slope_0p25_0p5": _slope(middle, level, known & (middle >= _MIDDLE)),
    }


def _slope(pitch: Float[Array, "n"], level: Float[Array, "n"], which: Array) -> float:
    if which.sum() < 2:
        return float("nan")
    return float(np.polyfit(np.log(pitch[which]), np.log(level[which]), 1)[0])


def _color(image: UInt8[Array, "h w 3"]) -> dict[str, float]:
    red, green, blue = (float(v) for v in image.reshape(-1, 3).mean(axis=0))
    darkest = cv2.erode(image.min(axis=2), np.ones((15, 15), np.uint8))
    done, data = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise ValueError("the image cannot be encoded as PNG")
    return {
        "colour.r_over_g": red / max(green, 1e-9),
        "colour.b_over_g": blue / max(green, 1e-9),
        "colour.sat_mean": float(cv2.cvtColor(image, cv2.COLOR_RGB2HSV)[..., 1].mean()),
        "haze.dark_channel_mean": float(darkest.mean()),
        "bits_per_px": 8 * len(data) / (image.shape[0] * image.shape[1]),
    }
