"""What a plan says of targets that cannot be reached, and whether it is the right plan."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed

NAME = "plan.jsonl"
"""The plan that a fill keeps beside its data sets."""


@dataclass(frozen=True)
class Planned:
    """A plan, as far as a receipt needs it.

    Attributes:
        digest: SHA-256 of the file.
        version: of its layout.
        audit: digest of the audit that it was made from.
        jobs: it asks for.
        out: why, and the proof, by the id of each target that cannot be reached.
        state: of the fill, `done` or `filling`; empty where none tells.
        short: why the fill stopped short of a target, by its id.
    """

    digest: str
    version: int
    audit: str
    jobs: int
    out: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    state: str = ""
    short: Mapping[str, str] = field(default_factory=dict)


def planned(data: Path, plan: str, audit: str) -> Planned | None:
    """Return the plan that `data` was made by: the one named, else the one that lies in `data`.

    None: the data were made by hand, without a plan.

    Args:
        data: folder of the data.
        plan: path of the plan, empty where none was named.
        audit: digest of the audit.

    Raises:
        UserError: when a fill's plan is not there, cannot be read, or is another fill's or
            another audit's.
    """
    path = Path(plan) if plan else data / NAME
    made = data / "fill.json"
    if not path.is_file():
        if made.is_file():
            raise UserError(f"plan: missing; data={data} was made by a plan, give plan={NAME}")
        return None
    found = read(path)
    if found.audit != audit:
        raise UserError(
            f"plan={path}: was made from another audit than audit=...; expected its own"
        )
    if not made.is_file():
        return found
    digest, state, short = _filled(made)
    if digest != found.digest:
        raise UserError(f"plan={path}: is not the plan that data={data} was made by")
    return replace(found, state=state, short=short)


def read(path: Path) -> Planned:
    """Return a plan; `UserError` names the line that is no line of one."""
    data = path.read_bytes()
    lines = [_line(path, i, text) for i, text in enumerate(data.splitlines(), 1) if text.strip()]
    head = lines[0] if lines else {}
    if "plan" not in head or "audit" not in head:
        raise UserError(f"plan={path}: line 1: expected a plan of task=plan")
    out = {
        str(one["unreachable"]): (str(one.get("why", "")), str(one.get("proof", "")))
        for one in lines
        if "unreachable" in one
    }
    jobs = sum("job" in one for one in lines)
    digest = hashlib.sha256(data).hexdigest()
    return Planned(digest, int(head["plan"]), str(head["audit"]), jobs, out)


def _line(path: Path, number: int, text: bytes) -> Mapping:
    try:
        found = parsed(text)
    except ValueError as error:
        raise UserError(f"plan={path}: line {number}: expected JSON: {error}") from error
    if not isinstance(found, dict):
        raise UserError(f"plan={path}: line {number}: expected keys with values")
    return found


def _filled(path: Path) -> tuple[str, str, dict[str, str]]:
    """Return the digest of a fill's plan, its state, and why it stopped short of targets."""
    try:
        told = parsed(path.read_bytes())
        short = {str(one["id"]): str(one["why"]) for one in told.get("targets", ())}
        return str(told["plan"]), str(told.get("state", "")), short
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: expected what task=fill wrote, with the plan's digest") from error
