"""receipt.json: the numbers add up, the definition is whole, equal receipts are equal bytes."""

import json
from dataclasses import replace

from synthgen.coverage.definition import coverage_from
from synthgen.coverage.receipt.findings import Goal
from synthgen.coverage.receipt.record import written


def test_what_is_written_adds_up_and_names_its_shards(toy):
    told = json.loads(written(toy.receipt()))
    assert told["receipt"] == 1
    for cell in told["cells"]:
        assert cell["after"] == {
            name: cell["before"][name] + cell["got"][name] for name in cell["before"]
        }
        assert list(cell["where"]) == sorted(cell["crossing"])
        assert all(number < len(told["shards"]) for number in cell["shards"])
    assert [one["state"] for one in told["targets"]] == ["closed", "short", "unreachable", "had"]
    assert told["targets"][0]["where"]["distance"] == [40, 60]
    assert told["shards"][1]["sha256"] == "d" * 64


def test_the_definition_comes_back_as_it_was(toy):
    told = json.loads(written(toy.receipt()))
    assert coverage_from(told["definition"]) == toy.DEFINITION


def test_endless_bounds_are_text(toy):
    goal = Goal("t00", "far", {"distance": (200.0, float("inf"))}, 1, 0, 1, 0)
    told = json.loads(written(toy.receipt(goals=(goal,))))
    assert told["targets"][0]["where"] == {"distance": [200.0, "inf"]}


def test_equal_receipts_are_equal_bytes_and_others_are_not(toy):
    assert written(toy.receipt()) == written(toy.receipt())
    one = toy.receipt().goals[0]
    assert written(toy.receipt()) != written(toy.receipt(goals=(replace(one, got=20),)))


def test_a_target_that_was_reached_all_the_same_is_closed():
    assert Goal("t00", "x", {}, 3, 0, 3, 3, why="thought out of reach").state == "closed"
    assert Goal("t00", "x", {}, 3, 0, 3, 2, why="out of reach").state == "unreachable"
    assert Goal("t00", "x", {}, 3, 5, 0, 0).state == "had"
