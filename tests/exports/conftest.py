"""The toy data set in every format, each made once for all tests."""

from types import SimpleNamespace

import pytest

from synthgen.jobs.export import export
from synthgen.readers.dataset import open_dataset


@pytest.fixture(scope="session")
def exported(toy_data, tmp_path_factory):
    """Return a function from the name of a format to the folder with the toy data set in it."""
    out = tmp_path_factory.mktemp("exports")

    def made(name):
        run = SimpleNamespace(data=str(toy_data), out=str(out), format=(name,), workers=1, store="")
        assert export(run) == 0
        return out / name

    return made


@pytest.fixture(scope="session")
def source(toy_data):
    """Return the toy data set."""
    return open_dataset(toy_data)
