"""Index arithmetic of job arrays: which task makes which shard, and short words for many tasks.

Task i of k makes the shards s with s mod k = i, as `shard=i/k` does. A scheduler takes indices
below its largest array size only, so that a task's number is the index in its array plus the
offset of that array.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from synthgen.spec.wording import compact

MAX_ARRAY_SIZE = 1001
"""One more than the largest index that Slurm takes where its site says nothing else.

Source: SchedMD, "slurm.conf", MaxArraySize.
"""


@dataclass(frozen=True)
class Batch:
    """Tasks that are submitted as one array.

    Attributes:
        offset: what is added to an index of the array to have the number of the task.
        array: the indices, in the words of `sbatch --array`.
    """

    offset: int
    array: str


def task_of(shard: int, tasks: int) -> int:
    """Return which of so many `tasks` makes `shard`."""
    return shard % tasks


def shards_of(task: int, tasks: int, shards: int) -> range:
    """Return those of so many `shards` that `task` of so many `tasks` makes."""
    if not 0 <= task < tasks:
        raise ValueError(f"task={task}: expected a number from 0 to {tasks - 1}")
    return range(task, shards, tasks)


def expand(expression: str) -> tuple[int, ...]:
    """Return the indices that an expression such as `0-3,7,9-12` names, sorted.

    Raises:
        ValueError: for anything else, steps and limits (`0-99:2`, `0-99%20`) among it.
    """
    found: set[int] = set()
    for part in expression.split(",") if expression else ():
        first, dash, last = part.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            raise ValueError(f"array={expression}: expected indices such as 0-3,7,9-12")
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def batches(tasks: Iterable[int], size: int = MAX_ARRAY_SIZE) -> tuple[Batch, ...]:
    """Return `tasks` as arrays whose indices are below `size`, in order."""
    if size < 1:
        raise ValueError(f"size={size}: expected a whole number of at least 1")
    groups: dict[int, list[int]] = {}
    for task in sorted(set(tasks)):
        groups.setdefault(task // size, []).append(task % size)
    return tuple(Batch(number * size, compact(own)) for number, own in groups.items())
