import pytest

from synthgen.build import city
from synthgen.rng import stream


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
