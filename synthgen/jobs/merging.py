"""`task=merge`: what is finished of a data set, merged by hand."""

from pathlib import Path

from synthgen.errors import UserError
from synthgen.jobs.waiting import alone
from synthgen.merge import merge
from synthgen.spec.run import RunSpec


def merge_alone(run: RunSpec) -> int:
    """Merge the finished shards of `run.out` once no other job merges them; return 0.

    Raises:
        UserError: when there is no finished shard, or what `merge.merge` refuses.
    """
    out = Path(run.out)
    if not (out / "shards").is_dir():
        raise UserError(f"no finished shard in {out / 'shards'}")
    with alone(out, "dataset"):
        merge(out)
    return 0
