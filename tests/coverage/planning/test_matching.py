"""Traffic matched to a user's data, with streets of numbers in the place of rendered ones."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.coverage.planning.marginals import DISTANCES, HEIGHTS, Marginals
from synthgen.coverage.planning.match import Clip
from synthgen.coverage.planning.matching import match
from synthgen.rng import stream
from synthgen.spec.quantity import ROAD_USERS

FAR = {"downtown": 2, "suburb": 4, "arterial": 9}
"""Bin of distance in which everything stands, by place."""


def _marginals(frames, classes, place):
    distances, heights = np.zeros(len(DISTANCES) - 1, int), np.zeros(len(HEIGHTS) - 1, int)
    distances[FAR[place]], heights[FAR[place]] = sum(classes.values()), sum(classes.values())
    return Marginals(frames, classes, distances, heights)


def _read(line):
    told = dict(one.partition("=")[::2] for one in line)
    return SimpleNamespace(told=told, line=tuple(line), identity="drawn")


def _generate(run):
    (Path(run.told["out"]) / "run.json").write_text(json.dumps({"command": run.line}))
    return 0


def _drawn(told, clip):
    """Return the traffic of a world: what the line sets, else something of its own."""
    rng = stream(1, clip)
    usual = {"traffic.vehicles": rng.uniform(6, 16), "traffic.parked": rng.uniform(0.2, 0.9),
             "traffic.pedestrians": rng.uniform(5, 40)}  # fmt: skip
    usual |= {f"traffic.shares.{kind}": 0.8 if kind == "car" else 0.05 for kind in ROAD_USERS}
    return {key: float(told.get(key, value)) for key, value in usual.items()}


def _look(folder):
    told = _read(json.loads((folder / "run.json").read_text())["command"]).told
    frames, clips = int(told["clip.frames"]), []
    for number in range(int(told["n"]) // frames):
        traffic = _drawn(told, number)
        whole = sum(traffic[f"traffic.shares.{kind}"] for kind in ROAD_USERS)
        counts = {
            kind: frames * 0.5 * traffic["traffic.vehicles"] * traffic[f"traffic.shares.{kind}"]
            / whole
            for kind in ROAD_USERS
        }  # fmt: skip
        counts["car"] += frames * 4 * traffic["traffic.parked"]
        counts["pedestrian"] = frames * 0.1 * traffic["traffic.pedestrians"]
        clips.append(Clip(traffic, frames, counts))
    names = [*ROAD_USERS, "pedestrian"]
    classes = {name: round(sum(clip.counts[name] for clip in clips)) for name in names}
    return _marginals(frames * len(clips), classes, told["place"]), clips


def test_numbers_per_frame_come_nearer_and_streets_are_chosen_by_distances(tmp_path):
    """Three cars, one van and a pedestrian for every two frames, as far as on an arterial."""
    run = run_spec(compose([f"out={tmp_path}/plan.jsonl", "pilot=4"]))
    wanted = _marginals(100, {"car": 300, "van": 100, "pedestrian": 50}, "arterial")
    found = match(run, wanted, (), (_read, _generate, _look))
    assert found.place == "arterial"
    assert found.after["per_frame"] < 0.2 < found.before["per_frame"]
    assert found.after["classes"] < 0.5 * found.before["classes"]
    assert found.after["distances"] == 0.0
    told = dict(one.split("=") for one in found.overrides)
    assert float(told["traffic.pedestrians"]) < 10


def test_where_no_fitted_traffic_comes_nearer_the_usual_is_kept(tmp_path):
    """Whatever is set, streets show trucks alone."""
    run = run_spec(compose([f"out={tmp_path}/plan.jsonl", "pilot=2"]))

    def stubborn(folder):
        found, clips = _look(folder)
        told = _read(json.loads((folder / "run.json").read_text())["command"]).told
        if "traffic.vehicles" not in told:
            return found, clips
        return _marginals(found.frames, {"truck": 50 * found.frames}, told["place"]), clips

    wanted = _marginals(100, {"car": 900, "pedestrian": 200}, "suburb")
    found = match(run, wanted, (), (_read, _generate, stubborn))
    assert found.overrides == ()
    assert found.after == found.before
