"""What a run with encounters must be like."""

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.events import Encounter
from synthgen.spec.resolve import resolve


def events(*said, **clip):
    return [f"events=[{', '.join(said)}]", *(f"clip.{key}={value}" for key, value in clip.items())]


def test_only_who_must_be_given():
    run = read(events("{encounter: {who: dog}}"))
    assert resolve(run, 0).events == (
        Encounter(who="dog", nearest=0, farthest=200, occlusion_least=0, occlusion_most=1,
                  responding="any"),
    )  # fmt: skip


def test_bounds_may_be_drawn():
    run = read(events("{encounter: {who: van, nearest: {uniform: [5, 9]}, farthest: 10}}"))
    drawn = {resolve(run, clip).events[0].nearest for clip in range(5)}
    assert len(drawn) == 5
    assert all(5 <= one <= 9 for one in drawn)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        (["{encounter: {nearest: 5}}"], r"events.0.encounter.who: missing"),
        (["{encounter: {who: dgo}}"], r"events.0.who=dgo: .*did you mean dog\?"),
        (["{encounter: {who: dog, near: 4}}"], r"events.0.encounter.near=4: .*nearest"),
        (["{encounter: {who: dog, nearest: 9, farthest: 9}}"],
         r"events.0.nearest=9: expected less than farthest, which may be 9"),
        (["{encounter: {who: dog, occlusion_least: {uniform: [0, 0.6]}, occlusion_most: 0.5}}"],
         r"events.0.occlusion_least=0.6: expected less than occlusion_most"),
        (["{encounter: {who: dog}}", "{cut_in: {frame: 1, distance: 9}}"],
         r"events.1=cut_in: expected no such event beside an encounter"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_line(said, claim):
    with pytest.raises(UserError, match=claim) as caught:
        read(events(*said))
    assert "\n" not in str(caught.value)


def test_each_encounter_needs_a_frame_of_its_own():
    two = "{encounter: {who: dog}}", "{encounter: {who: car}}"
    assert len(read(events(*two, frames=2)).events) == 2
    with pytest.raises(UserError, match=r"clip.frames=1: expected at least 2"):
        read(events(*two, frames=1))


def test_a_film_has_no_encounters():
    with pytest.raises(UserError, match=r"clip.gap=0.1: expected single frames"):
        read([*events("{encounter: {who: dog}}"), "clip=drive"])
