import numpy as np
import pyarrow as pa
import pytest

from synthgen.coverage.columns import OBJECTS
from synthgen.coverage.detections.outcomes import outcomes
from synthgen.rng import stream
from synthgen.spec.detector import Detector


def table(rows):
    """Return a table of objects; rows are (frame, class, box, ignored, score[, label])."""
    told = [
        {"frame": frame, "class": kind, "label": label[0] if label else kind, "left": box[0],
         "top": box[1], "right": box[2], "bottom": box[3], "ignored": ignored, "score": score}
        for frame, kind, box, ignored, score, *label in rows
    ]  # fmt: skip
    return pa.Table.from_pylist(told, schema=OBJECTS)


def label(frame, kind, box, ignored=False, word=None):
    return (frame, kind, box, ignored, None, *([word] if word else []))


def found(frame, kind, box, score):
    return (frame, kind, box, None, score)


BOX, BESIDE = (0, 0, 10, 10), (100, 0, 110, 10)


def test_frames_and_classes_do_not_mix():
    labels = table([label("a", "car", BOX), label("b", "car", BOX), label("a", "dog", BESIDE)])
    seen = table([found("b", "car", BOX, 0.9), found("a", "dog", BOX, 0.8),
                  found("a", "car", BESIDE, 0.7)])  # fmt: skip
    told = outcomes(labels, seen, Detector())
    np.testing.assert_array_equal(told.score, [np.nan, 0.9, np.nan])
    np.testing.assert_array_equal(told.right, [True, False, False])
    assert not told.aside.any()


def test_the_surest_takes_the_label_and_the_next_is_wrong():
    labels = table([label("a", "car", BOX)])
    seen = table([found("a", "car", BOX, 0.3), found("a", "car", (1, 0, 11, 10), 0.6)])
    told = outcomes(labels, seen, Detector())
    np.testing.assert_array_equal(told.right, [False, True])
    assert told.score[0] == 0.6


def test_dont_care_is_left_out_for_every_class_and_a_crowd_for_its_own():
    labels = table([label("a", None, BOX, True, "DontCare"), label("a", "car", BESIDE, True)])
    seen = table([found("a", kind, box, 0.5) for kind in ("car", "dog") for box in (BOX, BESIDE)])
    told = outcomes(labels, seen, Detector())
    np.testing.assert_array_equal(told.aside, [True, True, True, False])
    assert not told.right.any()
    assert np.isnan(told.score).all()


def test_a_neighbour_is_left_out_only_where_it_is_asked_for():
    labels = table([label("a", "van", BOX)])
    seen = table([found("a", "car", BOX, 0.5), found("a", "van", BOX, 0.4)])
    alike = Detector(neighbours={"car": ("van",)})
    np.testing.assert_array_equal(outcomes(labels, seen, alike).aside, [True, False])
    np.testing.assert_array_equal(outcomes(labels, seen, Detector()).aside, [False, False])
    assert outcomes(labels, seen, alike).score[0] == 0.4


def test_classes_of_the_format_match_by_their_own_word():
    labels = table([label("a", None, BOX, word="tram")])
    seen = table([(("a"), None, BOX, None, 0.5, "tram")])
    assert outcomes(labels, seen, Detector()).right.all()


def test_each_class_asks_for_its_own_overlap():
    labels = table([label("a", "car", BOX), label("a", "dog", BOX)])
    seen = table([found("a", kind, (0, 0, 10, 6), 0.5) for kind in ("car", "dog")])
    told = outcomes(labels, seen, Detector(overlaps={"car": 0.7}))
    np.testing.assert_array_equal(told.right, [False, True])


@pytest.mark.parametrize("missing", ["labels", "found"])
def test_nothing_labelled_and_nothing_found_are_fine(missing):
    rows = {"labels": [label("a", "car", BOX)], "found": [found("a", "car", BOX, 0.5)]}
    rows[missing] = []
    told = outcomes(table(rows["labels"]), table(rows["found"]), Detector())
    assert not told.right.any()
    assert np.isnan(told.score).all()


def test_the_order_of_rows_changes_nothing():
    rng = stream(2, "rows")
    corner = rng.uniform(0, 60, (400, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 40, (400, 2))], axis=1).tolist()
    frames, kinds = rng.integers(0, 9, 400).astype(str), rng.choice(["car", "dog"], 400)
    labels = [label(frames[i], str(kinds[i]), boxes[i], i % 7 == 0) for i in range(200)]
    seen = [found(frames[i], str(kinds[i]), boxes[i], float(i)) for i in range(200, 400)]
    plain = outcomes(table(labels), table(seen), Detector(overlap=0.2))
    mixed = rng.permutation(200)
    turned = outcomes(table([labels[i] for i in mixed]), table([seen[i] for i in mixed]),
                      Detector(overlap=0.2))  # fmt: skip
    assert plain.right.any()
    assert plain.aside.any()
    np.testing.assert_array_equal(turned.score, plain.score[mixed])
    np.testing.assert_array_equal(turned.right, plain.right[mixed])
    np.testing.assert_array_equal(turned.aside, plain.aside[mixed])
