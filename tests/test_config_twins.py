import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.spec.distribution import Uniform

NAMES = "blackout, clear, dusk, fog, night, overcast, rain, snow, storm_night"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["twin=[fogg]"], f"twin=fogg: expected one of {NAMES}; did you mean fog?"),
        (["twin=[rain,xyz]"], f"twin=xyz: expected one of {NAMES}"),
        (["twin=[rain]", "twin.rain.weather.rain=-5"],
         "twin.rain.weather.rain=-5: expected a number from 0 to 300 mm/h"),
        (["twin=[rain]", "+twin.rain.weather.rian=5"],
         "twin.rain.weather.rian=5: no such key; did you mean twin.rain.weather.rain?"),
        (["+twin.mine.traffic.parked=1"],
         "twin.mine.traffic={parked: 1}: no such key; "
         "expected one of weather, light, grid, power"),
        (["+twin.base.power=off"],
         "twin=base: expected a name of small letters, digits and _ other than base"),
        (["+twin.A-b.power=off"],
         "twin=A-b: expected a name of small letters, digits and _ other than base"),
        (["+twin.mine=5"], "twin.mine=5: expected keys with values: weather, light, grid, power"),
    ],
)  # fmt: skip
def test_a_bad_twin_gives_one_line(overrides, message):
    with pytest.raises(UserError) as caught:
        read(overrides)
    assert str(caught.value) == message


def test_a_twin_may_be_set_anew_in_part_or_made_up():
    run = read(["twin=[rain]", "twin.rain.weather.rain={uniform: [5, 20]}", "+twin.dead.power=off"])
    twins = dict(run.twins)
    assert twins["rain"]["weather.rain"] == Uniform(5, 20)
    assert twins["dead"].keys() == {"power"}
    assert [name for name, _ in run.twins] == ["rain", "dead"]


def test_a_users_folder_adds_twins(tmp_path):
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "misty.yaml").write_text(
        "# @package twin.misty\n"
        "defaults:\n  - /weather@weather: fog\n  - _self_\nweather:\n"
        "  visibility: {stratified: null, strata: null, uniform: [30, 60]}\n"
    )
    run = read(["twin=[misty,night]"], str(tmp_path))
    assert dict(run.twins)["misty"]["weather.visibility"] == Uniform(30, 60)
