"""Air against ISO 9613-1."""

import numpy as np
import pytest

from synthgen.sound.air import Air
from synthgen.sound.spectrum import OCTAVES

ROWS = [
    (15.0, 0.7, (0.105, 0.376, 1.124, 2.358, 4.079, 8.777, 26.607, 94.961)),
    (20.0, 0.5, (0.12, 0.44, 1.31, 2.73, 4.66, 9.89, 29.7, 105)),
    (10.0, 0.7, (0.12, 0.41, 1.04, 1.92, 3.66, 9.70, 33.1, 118)),
    (0.0, 0.8, (0.14, 0.38, 0.76, 1.50, 4.06, 13.9, 49.2, 148)),
    (20.0, 0.9, (0.07, 0.27, 0.96, 2.70, 5.30, 9.08, 20.3, 63.4)),
]
"""[degC], humidity, [dB/km] at the octaves. Source: ISO 9613-1's formula; the first row as
published with CNOSSOS-EU."""


def test_absorption_is_the_published_octave_table_to_three_digits():
    temperature, humidity, published = ROWS[0]
    found = 1000 * Air(temperature, humidity).absorption(OCTAVES)
    np.testing.assert_allclose(found, published, rtol=5e-4, atol=6e-4)


@pytest.mark.parametrize(("temperature", "humidity", "table"), ROWS)
def test_absorption_is_the_table_at_other_weathers(temperature, humidity, table):
    found = 1000 * Air(temperature, humidity).absorption(OCTAVES)
    np.testing.assert_allclose(found, table, rtol=0.01, atol=0.006)


def test_sound_takes_343_metres_a_second_at_20_degrees():
    np.testing.assert_allclose(Air(20.0).speed, 343.2)
    np.testing.assert_allclose(Air(0.0).speed, 331.3, rtol=1e-4)


@pytest.mark.parametrize("wrong", [(60.0, 0.5), (10.0, 1.2), (10.0, 0.0)])
def test_weather_outside_the_standard_is_refused(wrong):
    with pytest.raises(ValueError, match="must be in"):
        Air(*wrong)
