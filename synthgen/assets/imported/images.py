"""Textures of imported assets: checked, and sampled triangle by triangle.

The renderer has procedural patterns and no image textures, so a texture becomes a colour per
triangle: its mean over the triangle, in linear light.
"""

from io import BytesIO
from warnings import catch_warnings, simplefilter

import numpy as np
from jaxtyping import Float, Int
from PIL import Image, UnidentifiedImageError

from synthgen.geometry import Array

MOST_PIXELS = 4096
"""[px] each way."""
MOST_IMAGES = 32
_STEPS = 6
"""Points along an edge of a triangle; 21 in all."""


def check_images(count: int) -> None:
    """Raise ValueError for more than `MOST_IMAGES` textures."""
    if count > MOST_IMAGES:
        raise ValueError(f"has {count} textures, at most {MOST_IMAGES}")


def check_image(name: str, data: bytes) -> None:
    """Raise ValueError unless `data` is a whole PNG or JPEG image of acceptable size.

    The size is read from the image's header: nothing larger is ever unpacked.
    """
    most = f"at most {MOST_PIXELS} px each way"
    try:
        with catch_warnings():
            simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
        if max(image.size) > MOST_PIXELS:
            wide, high = image.size
            raise ValueError(f"texture {name} has {wide} x {high} px, {most}")
        image.load()
    except UnidentifiedImageError:
        raise ValueError(f"texture {name} is no PNG or JPEG image") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(f"texture {name} is too large, {most}") from None
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(f"texture {name} cannot be read: {error}") from None


def linear(values: Float[Array, "*n"]) -> Float[Array, "*n"]:
    """Return the linear light of sRGB `values` in [0, 1]. Source: IEC 61966-2-1:1999."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(values: Float[Array, "*n"]) -> Float[Array, "*n"]:
    """Return the sRGB code in [0, 1] of linear `values`. Source: IEC 61966-2-1:1999."""
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def weights() -> Float[Array, "k 3"]:
    """Return barycentric coordinates of points spread evenly over a triangle, off its edges."""
    rows, columns = np.meshgrid(np.arange(_STEPS), np.arange(_STEPS), indexing="ij")
    inside = rows + columns < _STEPS
    a, b = rows[inside] + 1 / 3, columns[inside] + 1 / 3
    return np.stack([a, b, _STEPS - a - b], axis=1) / _STEPS


def sampled(image: Image.Image, uv: Float[Array, "t 3 2"]) -> Float[Array, "t 3"]:
    """Return the mean red, green and blue in [0, 1] of `image` over each triangle.

    `uv` has v up, as OBJ files have it; what lies outside [0, 1] repeats.
    """
    code = linear(np.arange(256) / 255)
    total = np.zeros((len(uv), 3))
    points = _points(image, uv)
    for codes in points:
        total += code[codes]
    return total / len(points)


def contrast(image: Image.Image, uv: Float[Array, "t 3 2"]) -> Float[Array, "t"]:
    """Return the standard deviation of the sRGB code in [0, 1] of `image` in each triangle."""
    points = np.stack(_points(image, uv)) / 255
    return points.std(axis=0).max(axis=1)


def _points(image: Image.Image, uv: Float[Array, "t 3 2"]) -> list[Int[Array, "t 3"]]:
    """Return the sRGB codes of `image` at each of `weights` in every triangle."""
    pixels = np.asarray(image.convert("RGB"))
    high, wide = pixels.shape[:2]
    found = []
    for weight in weights():
        place = np.einsum("k,tkc->tc", weight, uv) % 1.0
        column = np.minimum((place[:, 0] * wide).astype(int), wide - 1)
        row = np.minimum(((1 - place[:, 1]) * high).astype(int), high - 1)
        found.append(pixels[row, column])
    return found


def quantised(
    colors: Float[Array, "t 3"], area: Float[Array, "t"], most: int
) -> tuple[Float[Array, "c 3"], Array]:
    """Return at most `most` linear colours and which of them each of `colors` becomes.

    Boxes in sRGB codes are halved at their middle, the one with the largest spread first; a
    box's colour is the mean of its members by area, so that the mean of the whole is kept.

    Source: P. Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982,
    median cut.
    """
    codes = np.rint(encoded(np.clip(colors, 0, 1)) * 255)
    box = np.zeros(len(colors), int)
    for new in range(1, most):
        spreads = [np.ptp(codes[box == k], axis=0) for k in range(new)]
        widest = int(np.argmax([spread.max() for spread in spreads]))
        if spreads[widest].max() < 4:
            break
        axis = int(np.argmax(spreads[widest]))
        inside = box == widest
        line = (codes[inside, axis].min() + codes[inside, axis].max()) / 2
        box[inside & (codes[:, axis] > line)] = new
    _, index = np.unique(box, return_inverse=True)
    weight = np.maximum(area, 1e-12)
    mass = np.bincount(index, weight)
    mean = [np.bincount(index, weight * colors[:, c]) / mass for c in range(3)]
    return np.stack(mean, axis=1), index.reshape(-1)
