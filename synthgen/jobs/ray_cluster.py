"""The door to Ray: a cluster that is there, or one of our own while the job lasts.

Which one is said by RAY_ADDRESS, as Ray's own tools take it: `host:port`, `auto` (one on this
host) or `local` (one of our own). Where it is not set, `auto`, then `local`. No configuration can
say it: who answers at that address may run code here, so the user's environment alone decides.
"""

import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.jobs.environment import limits
from synthgen.jobs.owner import Owner, ended, myself
from synthgen.spec.plain_json import parsed

STORE = 80 * 2**20
"""[byte] of shared memory for what tasks are told and tell; Ray takes no less than 75 MiB."""
HOME = "sg-ray-"
"""Prefix of the folder of a cluster of our own; short, since paths of sockets end at 107 bytes."""
_OWNER = "owner.json"
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS_SKIP_REGEX": ".*"}
"""No statistics sent, and no lines of Ray's own among ours: what befalls a shard we tell."""


def load() -> Any:
    """Return Ray.

    Raises:
        UserError: when it is not installed.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        return import_module("ray")
    except ImportError as error:
        raise UserError(
            f"cluster=ray: Ray cannot be loaded ({error}); run scripts/setup ray, or "
            "pip install 'synthgen[ray]'"
        ) from error


def check() -> None:
    """Look whether Ray is installed and somebody listens where RAY_ADDRESS says.

    Raises:
        UserError: when not.
    """
    load()
    if _address() not in ("auto", "local"):
        _check(_address())


def _address() -> str:
    return os.environ.get("RAY_ADDRESS", "") or "auto"


@contextmanager
def joined(workers: int) -> Iterator[Any]:
    """Be connected to a cluster during the block; `workers` of one of our own, 0 one per CPU.

    Raises:
        UserError: when nobody answers where RAY_ADDRESS says, or who answers does not fit.
    """
    ray, address = load(), _address()
    with _keeping_signals():
        there = address != "local" and _connect(ray, address)
    if there:
        with _leaving(ray):
            yield ray
        return
    with _home() as home:
        with _keeping_signals():
            _start(ray, workers or len(os.sched_getaffinity(0)), home)
        with _leaving(ray):
            yield ray


def processors(ray: Any) -> int:
    """Return how many CPUs the cluster has now, at least 1."""
    return max(1, int(ray.cluster_resources().get("CPU", 0)))


@contextmanager
def _leaving(ray: Any) -> Iterator[None]:
    try:
        yield
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> bool:
    """Join the cluster at `address`, or tell by False that there is none on this host."""
    if address != "auto":
        _check(address)
    try:
        ray.init(address=address, **_asked())
    except ConnectionError as error:
        if address == "auto":
            return False
        raise UserError(f"cluster=ray: RAY_ADDRESS={address}: {first_line(error)}") from error
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise UserError(f"cluster=ray: RAY_ADDRESS={address}: {first_line(error)}") from error
    place = ray.get_runtime_context().gcs_address
    nodes, cores = sum(node["Alive"] for node in ray.nodes()), processors(ray)
    many = f"{nodes} node{'s' * (nodes > 1)} with {cores} CPU{'s' * (cores > 1)}"
    print(f"cluster=ray: {many} at {place}", file=sys.stderr)
    return True


def _check(address: str) -> None:
    """Refuse what is no address, or one where nobody listens; Ray would try for a minute."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise UserError(
            f"cluster=ray: RAY_ADDRESS={address}: expected host:port, auto or local (ray:// needs "
            "a client of Ray; start the job on a node of the cluster)"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except (OSError, OverflowError) as error:
        raise UserError(f"cluster=ray: RAY_ADDRESS={address}: nobody listens ({error})") from error


def _start(ray: Any, workers: int, home: Path) -> None:
    """Start a cluster of our own that leaves nothing outside `home`, neither files nor a token."""
    print(
        f"cluster=ray: one of our own with {workers} CPU{'s' * (workers > 1)} is started",
        file=sys.stderr,
    )
    if not {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ):
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)  # Ray's own would stay in ~/.ray
    try:
        ray.init(
            address="local",
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=STORE,
            _temp_dir=str(home),
            **_asked(),
        )
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise UserError(f"cluster=ray: it cannot be started: {first_line(error)}") from error


def _asked() -> dict[str, Any]:
    return {
        "log_to_driver": False,
        "logging_level": logging.CRITICAL,
        "runtime_env": {"env_vars": limits()},
    }


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, or its name where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def _keeping_signals() -> Iterator[None]:
    """Give SIGINT and SIGTERM back to who had them: Ray takes the latter."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _home() -> Iterator[Path]:
    """Make the folder of a cluster of our own and remove it, and those of the dead, at the end."""
    place = tempfile.gettempdir()
    place = place if len(place) <= 24 else "/tmp"
    sweep_homes(Path(place))
    home = Path(tempfile.mkdtemp(prefix=HOME, dir=place))
    (home / _OWNER).write_text(json.dumps(myself().plain()) + "\n")
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def sweep_homes(place: Path) -> int:
    """Remove the folders in `place` of clusters whose process has ended; return how many."""
    removed = 0
    for path in place.glob(f"{HOME}*/{_OWNER}"):
        try:
            owner = Owner(**parsed(path.read_text()))
            ours = path.stat().st_uid == os.geteuid()
        except (OSError, ValueError, TypeError):
            continue
        if ours and ended(owner):
            shutil.rmtree(path.parent, ignore_errors=True)
            removed += 1
    return removed
