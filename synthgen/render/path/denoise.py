"""Open Image Denoise, through `pyoidn`."""

from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np
import pyoidn

from synthgen.geometry import Array
from synthgen.render.path.memory import address


def denoised(light: Array, reflectance: Array, normal: Array) -> Array:
    """Return the image `light` (h, w, 3) [cd/m2] without the noise of few samples.

    `reflectance` (0 to 1) and `normal` of the first surfaces tell where edges are. Runs on one
    thread: the same image gives the same bytes.
    Source: A. Áfra, "Intel Open Image Denoise", 2019-2025, filter RT.
    """
    color, albedo, bent = (
        np.ascontiguousarray(a, np.float32) for a in (light, reflectance, normal)
    )
    out = np.empty_like(color)
    with pyoidn.Device(pyoidn.OIDN_DEVICE_TYPE_CPU) as device:
        device.set_int("numThreads", 1)
        device.set_bool("setAffinity", False)
        device.commit()
        with pyoidn.Filter(device, "RT") as filtering:
            images = (("color", color), ("albedo", albedo), ("normal", bent), ("output", out))
            for name, image in images:
                filtering.set_image(name, image, pyoidn.OIDN_FORMAT_FLOAT3)
            filtering.set_bool("hdr", True)
            filtering.commit()
            filtering.execute()
        error = device.get_error()
    if error:
        raise RuntimeError(f"Open Image Denoise failed: {error}")
    return np.maximum(out, 0.0)


class Cleaner:
    """`denoised` on a graphics card, for images of one size that Dr.Jit has made there.

    What the card needs is kept from image to image.
    """

    def __init__(self, height: int, width: int) -> None:
        self._shape = height, width, 3
        self._device = pyoidn.Device(pyoidn.OIDN_DEVICE_TYPE_CUDA)
        self._device.commit()
        self._filter = pyoidn.Filter(self._device, "RT")
        size = height * width * 3
        self._images = [dr.empty(mi.Float, size) for _ in range(4)]
        dr.sync_thread()
        self._shared = [
            pyoidn.Buffer.shared(self._device, address(image), size * 4) for image in self._images
        ]
        names = ("color", "albedo", "normal", "output")
        for name, buffer in zip(names, self._shared, strict=True):
            self._filter.set_image(name, buffer, pyoidn.OIDN_FORMAT_FLOAT3, width, height)
        self._filter.set_bool("hdr", True)
        self._filter.commit()
        self._check()

    def _check(self) -> None:
        if error := self._device.get_error():
            raise RuntimeError(f"Open Image Denoise failed on the card: {error}")

    def denoised(self, light: Any, reflectance: Any, normal: Any) -> Array:
        """Return what `denoised` does of flat images in Dr.Jit; it reaches the processor."""
        place = dr.arange(mi.UInt32, dr.width(light))
        for image, value in zip(self._images[:3], (light, reflectance, normal), strict=True):
            dr.scatter(image, value, place)
        dr.eval(self._images)
        dr.sync_thread()
        self._filter.execute()
        self._check()
        out: Array = self._images[3].numpy().reshape(self._shape)
        return np.maximum(out, 0.0)
