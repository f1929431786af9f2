from types import SimpleNamespace

import pytest

from synthgen.assets.occupants import PERSON
from synthgen.build import city
from synthgen.rng import stream
from synthgen.streets import Control


def test_a_design_that_cannot_be_built_is_drawn_anew(monkeypatch):
    refused = []

    def make(user):
        if len(refused) < 3:
            refused.append(user)
            raise ValueError("lens low_beam must show")
        return ()

    monkeypatch.setattr(city, "make_bodies", make)
    user, _ = city.draw_design("car", stream(0, "pool"))
    assert user not in refused
    assert len(refused) == 3


def test_a_kind_that_can_never_be_built_is_an_error(monkeypatch):
    def make(user):
        raise ValueError("lens low_beam must show")

    monkeypatch.setattr(city, "make_bodies", make)
    with pytest.raises(ValueError, match="no car of 20 can be built: lens low_beam must show"):
        city.draw_design("car", stream(0, "pool"))


def test_every_traffic_light_names_the_lanes_that_its_link_controls():
    head = SimpleNamespace
    network = head(heads=[head(signal="x", link=1, lane="a"), head(signal="x", link=1, lane="b"),
                          head(signal="x", link=2, lane="a")])  # fmt: skip

    def fixture(name, signal, link=0):
        return head(body=head(name=name), signal=signal, link=link)

    furniture = head(fixtures=[fixture("one", "x", 1), fixture("two", "x", 2), fixture("cone", "")])
    assert city.controls(network, furniture) == {
        "one": Control("x", 1, ("a", "b")), "two": Control("x", 2, ("a",)),
    }  # fmt: skip


def test_what_is_parked_is_empty_and_shared_by_all_of_its_design():
    user, bodies = city.draw_design("car", stream(0, "pool"))
    town = SimpleNamespace(empty={}, of=lambda _: bodies)
    first, again = city.City.parked(town, user), city.City.parked(town, user)
    assert first is again
    assert any(PERSON in material.name for material in bodies[0].mesh.materials)
    assert len(first[0].mesh.triangles) < len(bodies[0].mesh.triangles)
