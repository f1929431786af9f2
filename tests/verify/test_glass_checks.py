import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.glass_checks import check_glass, glass_is_clean


def row(covered=0.0, veiled=0.0, **glass):
    camera = {"name": "front", "covered": covered, "veiled": veiled}
    return {"frame": 3, "rain": 10.0, "cameras": [camera], **glass}


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (row(), 0),
        (row(covered=0.1), 1),
        (row(covered=0.1, lens_rain=5.0), 0),
        (row(covered=1.2, lens_rain=5.0), 1),
        (row(covered=0.1, lens_rain=12.0), 1),
        (row(lens_condensation=0.5), 1),
        (row(veiled=0.2, lens_condensation=0.5), 0),
    ],
)
def test_what_is_on_the_glass_agrees_with_what_it_hides(found, wrong):
    tally = Tally()
    check_glass(found, tally)
    assert len(tally.violations) == wrong


def test_older_sets_have_clean_glass():
    assert glass_is_clean({})
    assert not glass_is_clean({"lens_dirt": 0.1})
