"""What is finished goes to the store that `out=s3://…` names, or stays where it is.

With a store, `run.out` is a local folder in which shards are built, verified and sealed as ever.
A sealed shard is sent and then removed here. One that could not be sent waits here, and the next
run sends it without making it again.
"""

import json
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from synthgen.jobs.claims import FOLDER, claimed
from synthgen.jobs.ledger import finished_frames, shard_folder
from synthgen.spec.run import RunSpec
from synthgen.storage.address import address
from synthgen.storage.remote import Remote, connect, write
from synthgen.storage.shards import claim_store, put_shard, stored_frames, stored_shards
from synthgen.storage.tree import put_tree

RECEIPT = "export.json"
"""File of a whole exported format that says what it is made of."""


def store_of(run: RunSpec) -> Remote | None:
    """Return the store of `run`, None when what it makes stays in a local folder."""
    return connect(address("out", run.store)) if run.store else None


def claim_delivery(run: RunSpec, record: Mapping[str, Any]) -> None:
    """Make the folder in the store that of the run, see `claim_store`."""
    store = store_of(run)
    if store is not None:
        claim_store(store, record)


def finished(run: RunSpec) -> Callable[[int], tuple[int, ...]]:
    """Return what tells the frames of a shard that is where it belongs, asked anew each time."""
    store = store_of(run)
    if store is None:
        return lambda shard: finished_frames(Path(run.out), shard)
    return lambda shard: stored_frames(store, shard)


def all_finished(run: RunSpec) -> Callable[[int], tuple[int, ...]]:
    """Return the same as `finished`; a store is asked once, about all shards together."""
    store = store_of(run)
    if store is None:
        return finished(run)
    there = stored_shards(store)
    return lambda shard: there.get(shard, ())


def finished_now(
    run: RunSpec, before: Callable[[int], tuple[int, ...]], since: Collection[int]
) -> Callable[[int], tuple[int, ...]]:
    """Return the same as `finished` at the end of a run.

    A store is not asked again, it may be what broke the run off: of shards `since` finished it
    has said so, of the others it told `before`.
    """
    if not run.store:
        return finished(run)
    wanted = {shard.index: tuple(shard.frames) for shard in run.shards()}
    return lambda shard: wanted[shard] if shard in since else before(shard)


def deliver_export(run: RunSpec, name: str) -> str:
    """Send the exported format `name`, its receipt last; return a line, empty without a store."""
    store = store_of(run)
    if store is None:
        return ""
    count = put_tree(store, name, Path(run.out) / name, RECEIPT)
    return f"{run.store}/{name}: {count} files sent"


def deliver(run: RunSpec, shard: int) -> None:
    """Send the sealed shard to the store and remove it here; without a store it stays.

    Raises:
        UserError: when the store does not take it; then it stays, for the next run to send.
    """
    store = store_of(run)
    if store is not None:
        folder = shard_folder(Path(run.out), shard)
        put_shard(store, shard, folder)
        shutil.rmtree(folder)


def deliver_timing(run: RunSpec, shard: int, record: Mapping[str, Any]) -> None:
    """Send where and how fast a shard was made."""
    store = store_of(run)
    if store is not None:
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        write(store, f"timing/{shard:06d}.json", text.encode())


def sweep_delivered(run: RunSpec, there: Callable[[int], tuple[int, ...]]) -> None:
    """Remove shards here that are in the store: their maker died in between."""
    out = Path(run.out)
    for folder in sorted((out / "shards").glob("[0-9]*")) if run.store else []:
        shard = int(folder.name)
        with claimed(out, shard) as mine:
            if mine and there(shard) == finished_frames(out, shard):
                shutil.rmtree(folder)


def leave(run: RunSpec) -> None:
    """Remove the local folder of a run whose shards are all in the store."""
    out = Path(run.out)
    if run.store and not any([*(out / "shards").iterdir(), *(out / FOLDER).iterdir()]):
        shutil.rmtree(out)
