"""`task=fetch`: a data set from a store into a local folder, where every other task can read it."""

import shutil
from pathlib import Path

from synthgen.jobs.claims import claimed
from synthgen.jobs.ledger import claim, clear, finished_frames, partial_folder, publish, sweep
from synthgen.jobs.shortage import told
from synthgen.spec.run import RunSpec
from synthgen.storage.address import address
from synthgen.storage.fetch import get_shard
from synthgen.storage.remote import Remote, connect, read
from synthgen.storage.shards import stored_record, stored_shards


def fetch(run: RunSpec) -> int:
    """Copy the whole shards of `run.data` into `run.out` and return the exit code.

    What is there already is not copied again; every file is held against its manifest.

    Raises:
        UserError: when there is no data set, a file is not what its manifest names, or `run.out`
            holds something else or cannot be written.
    """
    store, out = connect(address("data", run.data)), Path(run.out)
    claim(out, stored_record(store))
    sweep(out)
    there = stored_shards(store)
    wanted = [shard for shard in sorted(there) if finished_frames(out, shard) != there[shard]]
    fetched = sum(_fetch(store, out, shard) for shard in wanted)
    print(f"{out}: {len(there)} shards of {store.address}, {fetched} of them fetched now")
    return 0


def _fetch(store: Remote, out: Path, shard: int) -> bool:
    """Copy a shard aside and put it in its place whole; False: another process does it."""
    with told(out), claimed(out, shard) as mine:
        if not mine:
            return False
        clear(out, shard)
        partial = partial_folder(out, shard)
        try:
            partial.mkdir(parents=True)
            get_shard(store, shard, partial)
            publish(out, shard, partial)
            _fetch_timing(store, out, shard)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return True


def _fetch_timing(store: Remote, out: Path, shard: int) -> None:
    """Copy on what processor, and how fast, a shard was made, where that is told."""
    name = f"timing/{shard:06d}.json"
    content = read(store, name)
    if content is not None:
        (out / "timing").mkdir(exist_ok=True)
        (out / name).write_bytes(content)
