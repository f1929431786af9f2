"""Reading a data set whole, for tests."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.readers import open_reader


def read_whole(name, data):
    """Return frames and objects as lists of rows, and the broken records."""
    broken = []
    batches = list(open_reader(name).read(data, broken.append))
    frames = [one.frames for one in batches if one.frames is not None]
    objects = [one.objects for one in batches if one.objects is not None]
    return SimpleNamespace(
        frames=pa.Table.from_batches(frames, FRAMES).to_pylist(),
        objects=pa.Table.from_batches(objects, OBJECTS).to_pylist(),
        broken=broken,
    )


@pytest.fixture(scope="session")
def whole():
    """Return the function that reads a data set whole."""
    return read_whole
