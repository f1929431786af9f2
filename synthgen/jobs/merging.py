"""What is finished of a data set, merged: at the end of a run, and by hand with `task=merge`."""

from pathlib import Path

from synthgen.errors import UserError
from synthgen.jobs.waiting import alone
from synthgen.merge import merge
from synthgen.report.sheet import contact_sheet
from synthgen.report.twins import twin_sheet
from synthgen.spec.run import RunSpec


def merge_alone(run: RunSpec) -> int:
    """Merge the finished shards of `run.out` once no other job merges them; return 0.

    Raises:
        UserError: when there is no finished shard, or what `merge.merge` refuses.
    """
    out = Path(run.out)
    if not (out / "shards").is_dir():
        raise UserError(f"no finished shard in {out / 'shards'}")
    merge_whole(out)
    return 0


def merge_whole(out: Path) -> None:
    """Merge what is finished, with its overviews, once no other job does."""
    with alone(out, "dataset"):
        merge(out, (contact_sheet, twin_sheet))
