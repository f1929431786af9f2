import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.spec.shard import CLIPS_PER_SHARD, ClipPlan, Slice, shards


@settings(deadline=None)
@given(n=st.integers(1, 500), frames=st.integers(1, 12), count=st.integers(1, 7))
def test_the_slices_of_a_run_hold_every_frame_once(n, frames, count):
    parts = [shards(n, frames, Slice(index, count)) for index in range(count)]
    held = [frame for part in parts for shard in part for frame in shard.frames]
    assert sorted(held) == list(range(n))
    assert all(shard.index % count == i for i, part in enumerate(parts) for shard in part)


@settings(deadline=None)
@given(n=st.integers(1, 500), frames=st.integers(1, 12))
def test_the_clips_of_a_shard_write_its_frames(n, frames):
    for shard in shards(n, frames, Slice()):
        written = [frame for clip in shard.clips for frame in shard.written(clip)]
        assert written == list(shard.frames)
        assert len(shard.clips) <= CLIPS_PER_SHARD
        assert all(shard.written(clip)[0] == clip * frames for clip in shard.clips)


@settings(deadline=None)
@given(n=st.integers(1, 300), more=st.integers(0, 300))
def test_a_larger_n_changes_only_the_short_last_shard(n, more):
    before, after = shards(n, 10, Slice()), shards(n + more, 10, Slice())
    assert before[:-1] == after[: len(before) - 1]
    assert after[len(before) - 1].frames.start == before[-1].frames.start


@pytest.mark.parametrize(("index", "count"), [(5, 4), (4, 4), (-1, 4), (0, 0)])
def test_a_slice_lies_inside_its_count(index, count):
    with pytest.raises(ValueError, match="0 <= i < k"):
        Slice(index, count)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "film"}, "clip=film: expected one of stills, drive"),
        ({"frames": 0}, "clip.frames=0"),
        ({"gap": 0.0}, "clip.gap=0"),
        ({"distance": -1.0}, "clip.distance=-1"),
    ],
)
def test_a_senseless_clip_plan_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        ClipPlan(**{"name": "stills", "frames": 10, "gap": 3.0, "distance": 20.0, **change})
