"""Hydra: from command-line arguments to one plain tree per job, and Hydra's own commands.

Hydra composes and nothing else: it makes no folder, starts no job, calls nothing that a
configuration names. A command such as `--cfg job` goes to Hydra once the same arguments have been
composed and found harmless.
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import hydra
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import get_args_parser
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import MissingConfigException
from omegaconf import DictConfig, OmegaConf

from synthgen.config_error import COMPOSING, composing
from synthgen.config_trust import (
    check_asking,
    check_folder,
    check_hydra,
    check_targets,
    shut_environment,
)
from synthgen.errors import UserError
from synthgen.spec.quantity import QUANTITIES

FILE_GROUPS = ("rig", "labels", "coverage")
"""Groups whose value may be a user's YAML file."""
_REFUSED = ("config_path", "config_name", "experimental_rerun")


@dataclass(frozen=True)
class Job:
    """A composed configuration.

    Attributes:
        tree: dicts, lists and scalars.
        scene: name of the scene.
        overrides: as typed.
        suffix: what tells this job from the others of a sweep; empty outside of sweeps.
        config_dir: the user's own folder of configuration, if any.
    """

    tree: Mapping[str, object]
    scene: str
    overrides: tuple[str, ...]
    suffix: str = ""
    config_dir: str | None = None


def folder() -> Path:
    """Return the folder of our own configuration: in the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def start(section: str) -> Mapping[str, object]:
    """Return what `config.yaml` itself says of a section, before any choice of a group."""
    tree = OmegaConf.to_container(OmegaConf.load(folder() / "config.yaml"))
    found: Mapping[str, object] = tree.get(section, {}) if isinstance(tree, dict) else {}
    return found


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed command line, or raise a `UserError` with what argparse says of it."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            parsed = get_args_parser().parse_intermixed_args(list(arguments))
    except SystemExit as error:
        if not error.code:
            raise
        raise UserError(said.getvalue().strip().splitlines()[-1].partition("error: ")[2]) from error
    for name in _REFUSED:
        if getattr(parsed, name) is not None:
            raise UserError(f"--{name.replace('_', '-')}: not used here; expected --config-dir")
    if parsed.config_dir is not None and not Path(parsed.config_dir).is_dir():
        raise UserError(f"--config-dir={parsed.config_dir}: expected an existing folder")
    if parsed.config_dir is not None:
        check_folder(f"--config-dir={parsed.config_dir}", Path(parsed.config_dir))
    return parsed


def is_question(parsed: argparse.Namespace) -> bool:
    """Return whether the command line asks Hydra for something instead of starting a run."""
    flags = (parsed.help, parsed.hydra_help, parsed.cfg, parsed.info, parsed.shell_completion)
    return any(flag for flag in flags)


def answer(parsed: argparse.Namespace, arguments: Sequence[str]) -> None:
    """Let Hydra print help, configuration, information or completions for `arguments`."""
    rest = list(arguments)
    if not parsed.shell_completion:
        compose(parsed.overrides, parsed.config_dir)
        flags = [argument for argument in rest if argument not in parsed.overrides]
        rest = [*flags, *(["--"] if parsed.info else []), *prepared(parsed.overrides)]
    before, sys.argv = sys.argv, [sys.argv[0], *rest]
    try:
        hydra.main(version_base="1.3", config_path=str(folder()), config_name="config")(_nothing)()
    except COMPOSING as error:
        raise composing(error) from error
    except SystemExit as error:  # how Hydra ends after its help
        if error.code:
            raise
    finally:
        sys.argv = before


def _nothing(config: DictConfig) -> None:
    """Do nothing: Hydra wants a task even where it only answers."""


def jobs(parsed: argparse.Namespace) -> list[Job]:
    """Return the composed jobs of `parsed`: one, or as many as a sweep has."""
    try:
        overrides = OverridesParser.create().parse_overrides(list(parsed.overrides))
        if not parsed.multirun:
            return [compose(parsed.overrides, parsed.config_dir)]
        swept = [
            override.get_key_element() for override in overrides if override.is_sweep_override()
        ]
        batches = BasicSweeper.split_arguments(overrides, max_batch_size=None)[0]
    except COMPOSING as error:
        raise composing(error) from error
    return [compose(batch, parsed.config_dir, ",".join(_swept(batch, swept))) for batch in batches]


def _swept(batch: Sequence[str], keys: Sequence[str]) -> list[str]:
    return [text.replace("/", "_") for text in batch if text.partition("=")[0] in keys]


def compose(overrides: Sequence[str], config_dir: str | None = None, suffix: str = "") -> Job:
    """Return the configuration that `overrides` make of our own and the user's `config_dir`."""
    extra = [] if config_dir is None else [_search(config_dir)]
    GlobalHydra.instance().clear()
    shut_environment()
    try:
        with hydra.initialize_config_dir(version_base="1.3", config_dir=str(folder())):
            full = _composed([*extra, *prepared(overrides)])
            scene = str(full.hydra.runtime.choices.scene)
            check_hydra(OmegaConf.to_container(full.hydra, resolve=False))
            tree = OmegaConf.masked_copy(full, [key for key in full if key != "hydra"])
            check_asking(OmegaConf.to_container(tree, resolve=False))
            plain = OmegaConf.to_container(tree, resolve=True, throw_on_missing=True)
    except COMPOSING as error:
        raise composing(error) from error
    if not isinstance(plain, dict):
        raise UserError("config: expected keys with values")
    check_targets(plain)
    whole = {str(key): value for key, value in plain.items()}
    return Job(whole, scene, tuple(overrides), suffix, config_dir)


def _composed(overrides: list[str]) -> DictConfig:
    """Return what Hydra composes; its error for a lacking member of a list names the others."""
    try:
        return hydra.compose("config", overrides, return_hydra_config=True)
    except MissingConfigException as error:
        group = str(error.missing_cfg_file).rpartition("/")[0]
        if error.options is None and group:
            loader = GlobalHydra.instance().config_loader()
            error.options = loader.get_group_options(group, ObjectType.CONFIG)
        raise


def _search(config_dir: str) -> str:
    return f"hydra.searchpath=['{_escaped('file://' + str(Path(config_dir).absolute()))}']"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def prepared(overrides: Sequence[str]) -> list[str]:
    """Return `overrides` with files and whole distributions put the way Hydra takes them."""
    try:
        parsed = OverridesParser.create().parse_overrides(list(overrides))
    except COMPOSING as error:
        raise composing(error) from error
    return [text for override in parsed for text in _prepared(override)]


def _prepared(override: Override) -> list[str]:
    """Return what replaces `override`.

    Hydra merges a new mapping into the old one, which would mix two distributions: the old one
    goes first. A user's rig or label file is no member of a group: the group is emptied and the
    path kept beside it, for the door to read.
    """
    line, key = str(override.input_line), override.key_or_group
    if key.partition(".")[2].startswith("searchpath"):
        raise UserError(f"{line}: not used here; expected --config-dir")
    if key == "hydra/launcher" and override.value() != "basic":
        raise UserError(
            f"{line}: not used here, Hydra starts no job of ours; expected scripts/slurm_array.sh, "
            "or from Python synthgen.submission.submit"
        )
    if line.startswith(("~", "+")) or override.is_sweep_override():
        return [line]
    value = override.value()
    if key in FILE_GROUPS and isinstance(value, str) and value.endswith((".yaml", ".yml")):
        return [f"~{key}", f"+{key}.file='{_escaped(value)}'"]
    if isinstance(value, dict) and re.sub(r"^twin\.\w+\.", "", key) in QUANTITIES:
        return [f"~{key}", f"+{line}"]
    return [line]
