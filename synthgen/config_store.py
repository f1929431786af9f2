"""`out=`, `stage=` and `data=` where they name a folder in a store."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from synthgen.compiled import user_cache
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec
from synthgen.storage.address import LOCAL, Address, address, is_address

KEYS = ("stage",)
STORED = ("generate", "export", "status")
"""Tasks whose `out` may lie in a store."""
FETCHED = ("fetch",)
"""Tasks whose `data` does."""

PathOf = Callable[[str, object], str]
"""(key, value) -> absolute path, empty for none."""


def place(tree: Mapping[str, Any], out: object, path: PathOf) -> dict[str, Any]:
    """Return `out`, `store` and `data` of a run: its folder, where what is finished goes from
    there, and what it reads.
    """
    data = _path_or_address("data", tree["data"], path)
    if not is_address(out):
        return {"out": path("out", out), "data": data}
    found = address("out", str(out))
    if found.protocol == LOCAL:
        return {"out": path("out", found.path), "data": data}
    folder = stage_folder(found, path("stage", tree["stage"]))
    return {"out": folder, "store": str(found), "data": data}


def _path_or_address(key: str, value: object, path: PathOf) -> str:
    """Return the absolute path that `value` is, or the address."""
    if not is_address(value):
        return path(key, value)
    found = address(key, str(value))
    return path(key, found.path) if found.protocol == LOCAL else str(found)


def stage_folder(store: Address, home: str) -> str:
    """Return where shards for `store` are built: the same for each run, so that none is lost.

    It lies in `home`, by default in the user's cache folder, which nobody else writes.
    """
    name = blake2b(str(store).encode(), digest_size=8).hexdigest()
    return str((Path(home) if home else user_cache() / "stage") / name)


def is_there(folder: str) -> bool:
    """Return whether a folder is there; of one in a store nothing is known yet."""
    return is_address(folder) or Path(folder).is_dir()


def check_store(spec: RunSpec) -> None:
    """Raise a `UserError` where a task cannot work with a store."""
    if spec.store and spec.task not in STORED:
        raise UserError(
            f"out={spec.store}: task={spec.task} works in a local folder; task=fetch "
            f"data={spec.store} out=FOLDER makes one"
        )
    if is_address(spec.data) and spec.task not in FETCHED:
        raise UserError(
            f"data={spec.data}: task={spec.task} reads a local folder; task=fetch "
            f"data={spec.data} out=FOLDER makes one"
        )
    if spec.task == "fetch" and not is_address(spec.data):
        raise UserError(f"data={spec.data}: expected the address of a data set, s3://bucket/prefix")
