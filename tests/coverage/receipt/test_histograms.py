"""Histograms: counts in bins as pandas counts them, nothing lost."""

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.receipt.histograms import histograms, in_bins, names

CLASSES = ("car", "dog", None)


def tables(frames, objects):
    """Return both tables with these rows; what a row lacks is null."""
    pair = ((FRAMES, frames), (OBJECTS, objects))
    return tuple(
        pa.table({name: pa.array([row.get(name) for row in rows], schema.field(name).type)
                  for name in schema.names}, schema=schema)
        for schema, rows in pair
    )  # fmt: skip


SOME = st.lists(
    st.fixed_dictionaries(
        {
            "frame": st.sampled_from(["a", "b", "c"]),
            "class": st.sampled_from(CLASSES),
            "label": st.sampled_from(["Car", None]),
            "top": st.just(10.0),
            "bottom": st.floats(10.5, 700),
            "distance": st.none() | st.sampled_from([0.0, 5.0, 9.99, 10.0, 119.99, 120.0, 400.0]),
            "lidar_points": st.none() | st.integers(0, 6000),
            "ignored": st.sampled_from([True, False, None]),
        }
    ),
    max_size=30,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SOME, SOME)
def test_each_object_that_counts_is_in_one_bin_or_unknown(before, added):
    frames = [{"frame": name} for name in "abcd"]
    found = {one.name: one for one in histograms(tables(frames, before), tables(frames, added))}
    for side, rows in ((0, before), (1, added)):
        kept = [row for row in rows if not row["ignored"]]
        for one in found.values():
            counts = (one.before, one.added)[side]
            total = {"objects": len(kept), "frames": len(frames)}[one.of]
            assert sum(counts) + one.unknown[side] == total
        if "distance" in found:
            told = pd.Series([row["distance"] for row in kept], dtype=float).dropna()
            edges = [0, 5, 10, 20, 30, 40, 60, 80, 120, np.inf]
            oracle = pd.cut(told, edges, right=False).value_counts(sort=False)
            assert list((found["distance"].before, found["distance"].added)[side]) == list(oracle)


def test_frames_without_objects_are_frames_with_none():
    frames = [{"frame": name} for name in "abcd"]
    objects = [{"frame": "a", "class": "car", "ignored": False}] * 2
    found = {one.name: one for one in histograms(tables(frames, objects), tables([], []))}
    assert found["objects in a frame"].before[:3] == (3, 0, 1)
    assert found["classes"].bins == ("car",)


def test_many_classes_keep_their_sum_in_one_bar_for_the_rarest():
    objects = [{"frame": "a", "label": f"kind{i:02d}"} for i in range(20) for _ in range(30 - i)]
    told = histograms(tables([{"frame": "a"}], objects), tables([], objects[:30]))[-1]
    assert told.bins[0] == "kind00"
    assert told.bins[-1] == "8 more"
    assert (sum(told.before), sum(told.added)) == (len(objects), 30)


def test_a_bound_belongs_to_the_bin_above_it():
    assert list(in_bins(np.array([0, 9.999, 10, 20, np.nan, -1]), (0, 10, 20))) == [2, 1, 1]
    assert names((0, 2.5, 20)) == ("0", "2.5", "20+")


def test_a_figure_that_neither_side_tells_is_left_out():
    frames, objects = tables([{"frame": "a"}], [{"frame": "a", "class": "car"}])
    told = [one.name for one in histograms((frames, objects), (frames, objects))]
    assert told == ["objects in a frame", "classes"]


def test_brightness_is_drawn_where_images_were_measured():
    frames, objects = tables([{"frame": "a"}, {"frame": "b"}], [])
    bright = frames.append_column("brightness", pa.array([0.05, None]))
    found = {one.name: one for one in histograms((bright, objects), (frames, objects))}
    assert found["brightness of images"].before[0] == 1
    assert found["brightness of images"].unknown == (1, 2)
