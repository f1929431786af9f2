"""What each task needs to be told, and where it writes when it is not."""

import os
from collections.abc import Mapping
from typing import Any

from synthgen.config_compose import Job
from synthgen.config_store import check_store, is_there
from synthgen.config_survey import check as check_survey
from synthgen.config_survey import default_out as survey_out
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec
from synthgen.spec.survey import SURVEYS


def default_out(job: Job, tree: Mapping[str, Any]) -> str:
    """Return where the run writes that names no folder: an export into its data set's."""
    if tree["task"] in SURVEYS:
        return survey_out(tree["task"])
    if tree["task"] == "export" and tree["data"]:
        return f"{tree['data']}/export"
    if tree["task"] == "replay" and tree["data"] and isinstance(tree["frame"], int):
        return f"{tree['data']}/replay/{tree['frame']:06d}"
    if tree["task"] == "rig":
        raise UserError("out: missing; task=rig needs the file to write, out=mine.yaml")
    return f"out/{job.scene}/{job.suffix}"


def check_task(spec: RunSpec) -> None:
    """Raise a `UserError` unless the task has the data that it reads."""
    check_store(spec)
    check_survey(spec.task, spec.data, spec.survey)
    if spec.task in ("verify", "export", "replay") and not spec.data:
        wanted = "of the frame" if spec.task == "replay" else f"to {spec.task}"
        raise UserError(f"data: missing; task={spec.task} needs the data set {wanted}, data=OUT")
    if spec.task == "replay" and spec.frame is None:
        raise UserError("frame: missing; task=replay needs the number of the frame, frame=12")
    if spec.task != "replay" and spec.frame is not None:
        raise UserError(f"frame={spec.frame}: only task=replay makes a single frame")
    if spec.task == "rig":
        if not spec.source:
            raise UserError("from: missing; task=rig needs calibration files, from=calib.txt")
        if not spec.out.endswith((".yaml", ".yml")) or os.path.isdir(spec.out):
            raise UserError(f"out={spec.out}: expected a YAML file to write the rig to")
    data, out = ("data", spec.data), ("out", spec.out)
    read_from = {"verify": data, "export": data, "replay": data, "merge": out, "status": out}.get(
        spec.task
    )
    if read_from and not spec.store and not is_there(read_from[1]):
        raise UserError(f"{read_from[0]}={read_from[1]}: no such folder")
