import pytest

from synthgen.exports.nuscenes.description import description

CLEAR = {
    "sun_elevation": 0.5, "rain": 0.0, "drops": "rain", "snow": 0.0, "snow_cover": 0.0,
    "visibility": 2e4, "fog_bank_share": 0.0, "cloud": 0.1, "power": True, "grid_fed": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Day, clear"),
        ({"cloud": 1.0}, "Day, overcast"),
        ({"sun_elevation": -0.05, "visibility": 300.0}, "Twilight, fog"),
        ({"sun_elevation": -0.5, "rain": 25.0, "power": False}, "Night, heavy rain, power cut"),
        ({"rain": 0.5, "drops": "drizzle"}, "Day, drizzle"),
        ({"snow": 1.0, "snow_cover": 4.0}, "Day, snow, snow on the ground"),
    ],
)
def test_the_text_says_time_of_day_and_weather(changes, text):
    assert description(CLEAR | changes, frozenset()) == text


def test_emergency_vehicles_are_named():
    assert description(CLEAR, frozenset({"fire_engine", "car"})) == "Day, clear, fire engine"


def test_only_rain_is_called_rain_and_only_night_night():
    dry = description(CLEAR | {"cloud": 0.9, "snow": 2.0}, frozenset()).lower()
    assert "rain" not in dry
    assert "night" not in dry
