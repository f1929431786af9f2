"""Open Image Denoise, through `pyoidn`."""

import numpy as np
import pyoidn

from synthgen.geometry import Array


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
