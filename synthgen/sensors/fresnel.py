"""How much a smooth face mirrors."""

import numba
import numpy as np


@numba.njit(cache=True)
def fresnel(cosine, index):  # type: ignore[no-untyped-def]
    """Return the reflectance of a smooth surface of refractive `index` for unpolarised light.

    Source: M. Born and E. Wolf, "Principles of Optics", 1959, section 1.5.2, equation 21a.
    """
    inner = np.sqrt(1 - (1 - cosine * cosine) / (index * index))
    across = (cosine - index * inner) / (cosine + index * inner)
    along = (index * cosine - inner) / (index * cosine + inner)
    return 0.5 * (across * across + along * along)
