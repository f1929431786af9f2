from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.cluster.arrays import batches, compact, expand, shards_of, task_of
from synthgen.spec.shard import Slice, shards

TASKS = st.sets(st.integers(0, 3000), max_size=40)


@given(st.integers(1, 400), st.integers(0, 3000))
def test_every_shard_is_made_by_exactly_one_task(tasks, count):
    made = Counter(s for task in range(tasks) for s in shards_of(task, tasks, count))
    assert made == Counter(range(count))


@given(st.integers(1, 50), st.integers(1, 2000), st.data())
def test_a_task_makes_what_the_shard_key_of_its_command_asks_for(tasks, frames, data):
    task = data.draw(st.integers(0, tasks - 1))
    own = [shard.index for shard in shards(frames, 3, Slice(task, tasks))]
    count = len(shards(frames, 3, Slice()))
    assert own == list(shards_of(task, tasks, count))
    assert {task_of(shard, tasks) for shard in own} <= {task}


@given(TASKS)
def test_an_expression_names_the_very_tasks_it_was_made_of(tasks):
    assert expand(compact(tasks)) == tuple(sorted(tasks))


@given(TASKS)
def test_no_expression_of_runs_is_shorter(tasks):
    """A run starts wherever the number before is not there: as many parts as such starts."""
    words = compact(tasks)
    assert len(words.split(",")) - (not words) == sum(task - 1 not in tasks for task in tasks)


@given(TASKS, st.integers(1, 1001))
def test_arrays_with_an_offset_hold_each_task_once_and_no_index_too_large(tasks, size):
    held = [batch.offset + i for batch in batches(tasks, size) for i in expand(batch.array)]
    assert held == sorted(tasks)
    assert all(max(expand(batch.array)) < size for batch in batches(tasks, size))


def test_expressions_read_as_slurm_writes_them():
    assert compact([12, 0, 1, 2, 3, 7, 9, 10, 11, 7]) == "0-3,7,9-12"
    assert compact([]) == ""
    assert [(b.offset, b.array) for b in batches([5, 1000, 1001, 1002, 2500])] == [
        (0, "5,1000"), (1001, "0-1"), (2002, "498")
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["3-1", "a", "1,,2", "0-9:2", "0-9%2", "-1", "1-"])
def test_what_is_no_list_of_indices_is_refused(words):
    with pytest.raises(ValueError, match="expected indices such as"):
        expand(words)


def test_a_task_beyond_the_last_is_refused():
    with pytest.raises(ValueError, match="task=4: expected a number from 0 to 3"):
        shards_of(4, 4, 10)
    with pytest.raises(ValueError, match="index -1"):
        compact([-1])
    with pytest.raises(ValueError, match="size=0"):
        batches([1], 0)
