import pytest

from synthgen.world import Environment


@pytest.fixture
def day():
    """Return the builder of a dry clear day with some fields changed."""

    def build(**changes):
        values = {
            "sun_elevation": 0.8, "sun_azimuth": 0.0, "moon_elevation": -1.0, "moon_azimuth": 0.0,
            "moon_phase": 0.0, "cloud": 0.0, "rain": 0.0, "visibility": 30_000.0, "wind": 0.0,
            "wind_azimuth": 0.0, "wetness": 0.0, "skyglow": 0.0, "power": True,
        }  # fmt: skip
        return Environment(**{**values, **changes})

    return build
