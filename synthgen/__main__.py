"""The command line: `python -m synthgen scene=storm_night n=1000`."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from synthgen.compiled import folder
from synthgen.errors import UserError
from synthgen.jobs.environment import limits
from synthgen.spec.discreet import discreet

Read = Callable[[Sequence[str]], Any]
"""From a line of overrides to a run."""

TASKS: dict[str, tuple[str, Callable[[Callable[..., Any], Any, Read], Any]]] = {
    "generate": ("synthgen.jobs.generate.generate", lambda task, run, _: task(run)),
    "preview": ("synthgen.preview.preview", lambda task, run, _: task(run)),
    "verify": ("synthgen.verify.files.verify", lambda task, run, _: task(run)),
    "export": ("synthgen.jobs.export.export", lambda task, run, _: task(run)),
    "rig": ("synthgen.calibrations.task.import_rig", lambda task, run, _: task(run)),
    "status": ("synthgen.cluster.status.status", lambda task, run, _: task(run)),
    "estimate": ("synthgen.cost.task.estimate", lambda task, run, _: task(run)),
    "replay": ("synthgen.jobs.replay.replay", lambda task, run, read: task(run, read)),
    "fetch": ("synthgen.jobs.fetch.fetch", lambda task, run, _: task(run)),
    "audit": ("synthgen.coverage.audit.audit", lambda task, run, _: task(run)),
    "plan": ("synthgen.coverage.planning.entry.plan", lambda task, run, read: task(run, read)),
    "fill": ("synthgen.coverage.filling.task.fill", lambda task, run, read: task(run, read)),
    "receipt": ("synthgen.coverage.receipt.task.receipt", lambda task, run, _: task(run)),
    "merge": ("synthgen.jobs.merging.merge_alone", lambda task, run, _: task(run)),
}
"""Function of each task and how it is called, some with what reads lines of overrides. Only the
one that is asked for is loaded."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 good, 1 failed, 2 not understood."""
    os.environ.update(limits())
    os.environ["NUMBA_CACHE_DIR"] = str(folder())
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises, and we word the error
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except UserError as error:
        print(f"synthgen: {discreet(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno is None:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"synthgen: {discreet(place)}{error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("synthgen: interrupted", file=sys.stderr)
        return 130


def _run(arguments: list[str]) -> int:
    """Answer a question about the configuration, or do every job that `arguments` ask for."""
    compose = import_module("synthgen.config_compose")
    parsed = compose.parse(arguments)
    if compose.is_question(parsed):
        compose.answer(parsed, arguments)
        return 0
    jobs = compose.jobs(parsed)
    config = import_module("synthgen.config")
    read = partial(read_line, config_dir=parsed.config_dir)
    return _do([config.run_spec(job) for job in jobs], read)


def read_line(overrides: Sequence[str], config_dir: str | None = None) -> Any:
    """Return the run that a line of overrides asks for, as the command line would make it."""
    compose = import_module("synthgen.config_compose")
    return import_module("synthgen.config").run_spec(compose.compose(overrides, config_dir))


def _do(runs: Sequence[Any], read: Read) -> int:
    """Do `runs` in order, up to the first that fails."""
    for number, run in enumerate(runs):
        if len(runs) > 1:
            print(f"[{number + 1}/{len(runs)}] {discreet(' '.join(run.command))}")
        path, call = TASKS[run.task]
        module, _, function = path.rpartition(".")
        _check_map(run)
        _check_renderer(run)
        _check_store(run)
        _check_cluster(run)
        _make_folder(run)
        code = int(call(getattr(import_module(module), function), run, read) or 0)
        if code:
            return code
    return 0


def _check_map(run: Any) -> None:
    """Refuse a map that cannot be driven on before anything is made."""
    if run.task not in ("generate", "preview", "estimate") or not run.file:
        return
    maps, scratch = (import_module(f"synthgen.{name}") for name in ("traffic.maps", "jobs.scratch"))
    kind = str(run.draws["place.kind"].form())
    try:
        with scratch.scratch() as folder:
            maps.import_map(kind, Path(run.file), folder)
    except ValueError as error:
        raise UserError(str(error)) from error


def _check_renderer(run: Any) -> None:
    """Refuse a renderer whose libraries are not there before anything is made."""
    if run.task in ("generate", "preview", "estimate"):
        import_module("synthgen.render.engines").record(run.render.name, run.render.path)


def _check_store(run: Any) -> None:
    """Refuse a store whose package is not there before anything is made."""
    for place in (run.store, run.data):
        if "://" in place:
            address = import_module("synthgen.storage.address").address("out", place)
            import_module("synthgen.storage.remote").connect(address)


def _check_cluster(run: Any) -> None:
    """Refuse a cluster that is not there, or its library, before anything is made."""
    if run.task == "generate" and run.cluster == "ray":
        import_module("synthgen.jobs.ray_cluster").check()


def _make_folder(run: Any) -> None:
    """Make the folder that `run` writes into, or say why that cannot be."""
    if run.task not in ("generate", "preview", "export", "fetch"):
        return
    try:
        os.makedirs(run.out, exist_ok=True)
    except OSError as error:
        raise UserError(f"out={run.out}: expected a writable folder: {error.strerror}") from error
    if not os.access(run.out, os.W_OK | os.X_OK):
        raise UserError(f"out={run.out}: expected a writable folder: Permission denied")


if __name__ == "__main__":
    sys.exit(main())
