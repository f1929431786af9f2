"""The user's own designs among ours."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from synthgen.build.city import City
from synthgen.build.guests import guests
from synthgen.build.parked import standing_user
from synthgen.build.play import _draw
from synthgen.config import read
from synthgen.errors import UserError
from synthgen.road_user import RoadUser


def _workshop():
    path = Path(__file__).parents[1] / "assets/imported/conftest.py"
    spec = spec_from_file_location("workshop", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Workshop


@pytest.fixture
def workshop(tmp_path):
    made = _workshop()(tmp_path / "mine")
    made.glb()
    return made


def test_a_run_without_assets_has_no_guests():
    assert guests(read([])) == ()


def test_the_identity_is_that_of_the_content_and_not_of_the_place(workshop, tmp_path):
    one = read([f"assets={workshop.manifest()}"])
    other = _workshop()(tmp_path / "elsewhere")
    other.put("crate.glb", (workshop.folder / "crate.glb").read_bytes())
    two = read([f"assets={other.manifest()}"])
    assert one.identity == two.identity
    assert one.assets_folder != two.assets_folder
    assert one.identity != read([]).identity
    assert one.identity != read([f"assets={workshop.manifest(share=0.2)}"]).identity
    other.glb(other.scene(crate=other.box(material=other.paint("paint", (0, 0, 1)))))
    assert read([f"assets={other.folder}"]).identity != one.identity


def test_a_file_that_changes_while_the_run_goes_on_is_refused(workshop):
    run = read([f"assets={workshop.manifest()}"])
    (design,) = guests(run)
    assert (design.user.kind, design.user.subtype) == ("car", "asset:crate")
    workshop.glb(workshop.scene(crate=workshop.box(material=workshop.paint("paint", (0, 0, 1)))))
    with pytest.raises(UserError, match="a file has changed since the run began"):
        guests(run)
    workshop.put("crate.glb", b"gone")
    with pytest.raises(UserError, match="is no GLB file"):
        guests(run)


def test_a_city_knows_the_bodies_of_its_guests_whatever_their_state(workshop):
    (design,) = guests(read([f"assets={workshop.manifest()}"]))
    user = design.user
    known = {replace(user, share=0.0): design.bodies}
    city = City(None, None, None, None, None, (), (), known)
    for state in (user, replace(user, responding=True), replace(user, share=0.0)):
        assert city.of(state) is design.bodies


def car(kind="car", share=0.0, seed=0):
    return RoadUser(kind, "x", 4.0, 1.8, 1.5, seed, share=share)


KINDS = ("car", "car", "car", "car", "van")
POOL = (car("ego"), *(car(seed=n) for n in range(3)), car("van"))


def counted(pool):
    rng = np.random.default_rng(0)
    found = [pool.index(standing_user(pool, KINDS, *rng.random(2))) for _ in range(8000)]
    return np.bincount(found, minlength=len(pool)) / 8000


def test_parking_bays_hold_cars_and_vans_and_never_the_ego_car():
    np.testing.assert_allclose(counted(POOL), [0, 0.8 / 3, 0.8 / 3, 0.8 / 3, 0.2], atol=0.02)


def test_what_only_stands_takes_its_share_of_the_bays():
    pool = (*POOL, car("trailer", 0.2), car("barrier", 0.3), car("car", 0.5))
    shares = [0, *(0.5 * 0.8 * 0.5 / 3,) * 3, 0.5 * 0.2, 0.2, 0.3, 0.5 * 0.8 * 0.5]
    np.testing.assert_allclose(counted(pool), shares, atol=0.02)


def test_events_are_played_by_guests_too_and_do_not_count_twice():
    rng = np.random.default_rng(0)
    players = [_draw([car(seed=1), car(seed=2, share=1.0)], rng) for _ in range(20)]
    assert {(player.seed, player.share) for player in players} == {(2, 0.0)}
    assert _draw([], rng) is None
