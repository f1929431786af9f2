"""The keys of the tasks audit, plan, fill and receipt."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target
from synthgen.spec.survey import SURVEYS, Survey

KEYS = ("data_format", "audit", "plan", "match", "detections", "budget", "pilot",
        "pictures", "coverage")  # fmt: skip
"""Root keys that only these tasks read."""
_PATHS = ("audit", "plan", "match", "detections")
NEEDS = {
    "audit": {"data": "the data set to audit, data=FOLDER"},
    "plan": {"audit": "the audit to plan from, audit=FOLDER"},
    "fill": {"plan": "the plan to make, plan=plan.jsonl"},
    "receipt": {
        "audit": "the audit of what was there before, audit=FOLDER",
        "data": "what a fill made, data=FOLDER",
    },
}
"""What each task cannot do without, and how it is written."""


def survey(
    tree: Mapping[str, Any],
    path: Callable[[str, object], str],
    scalar: Callable[..., Any],
    coverage: Coverage,
) -> Survey:
    """Return what `tree` says; `path` and `scalar` type one value of a key."""
    return Survey(
        data_format=""
        if tree["data_format"] is None
        else scalar("data_format", str, tree["data_format"]),
        budget=scalar("budget", int, tree["budget"]),
        pilot=scalar("pilot", int, tree["pilot"]),
        pictures=scalar("pictures", bool, tree["pictures"]),
        coverage=coverage,
        **{key: path(key, tree[key]) for key in _PATHS},
    )


def check_coverage(tree: object, check_keys: Callable[[str, object, list[str]], Any]) -> None:
    """Raise a `UserError` for a key that no definition has, before any value is read."""
    names = [[one.name for one in fields(kind)] for kind in (Coverage, Axis, Target)]
    told = check_keys("coverage", tree, names[0])
    axes, targets = told.get("axes"), told.get("targets")
    for name, axis in axes.items() if isinstance(axes, Mapping) else ():
        check_keys(f"coverage.axes.{name}", axis, names[1])
    for number, target in enumerate(targets if isinstance(targets, list) else ()):
        check_keys(f"coverage.targets.{number}", target, names[2])


def default_out(task: str) -> str:
    """Return where a task writes that is told no place."""
    return {"plan": "plan.jsonl", "fill": "filled", "receipt": "receipt"}.get(task, task)


def check(task: str, data: str, told: Survey) -> None:
    """Raise a `UserError` unless what a task reads is named and there."""
    if task not in SURVEYS:
        return
    places = {"data": data, "audit": told.audit, "plan": told.plan}
    for key, meant in NEEDS[task].items():
        if not places[key]:
            raise UserError(f"{key}: missing; task={task} needs {meant}")
    for key, place in {**places, "match": told.match, "detections": told.detections}.items():
        if place and not os.path.exists(place):
            raise UserError(f"{key}={place}: no such file or folder")
