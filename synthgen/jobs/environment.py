"""What the environment of every process that makes shards says, before any library loads."""

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "LP_NUM_THREADS",
)
"""What keeps numerical libraries to one thread, read by them when they load."""
MOST_PIXELS = 2**26
"""Of an image that OpenCV decodes: a small file may unfold to any size; no camera has more."""


def limits() -> dict[str, str]:
    """Return variables that keep libraries to one thread (Arrow's readers have another eight),
    OpenCV to images of a camera, and Arrow to the C library's memory, see `memory`.
    """
    return {
        **dict.fromkeys(ONE_THREAD, "1"),
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(MOST_PIXELS),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "ARROW_IO_THREADS": "1",
    }
