import json

import pytest

from synthgen.origins import joint, mixed


@pytest.fixture
def out(tmp_path):
    """Return a data set of four shards of one make."""
    (tmp_path / "timing").mkdir()
    for shard in range(4):
        (tmp_path / f"shards/{shard:06d}").mkdir(parents=True)
        put(tmp_path, shard, {"numpy": "2.4.6", "scipy": "1.17.1"})
        note(tmp_path, shard, {"class": "x86_64 znver4"})
    return tmp_path


def put(out, shard, versions):
    (out / f"shards/{shard:06d}/manifest.json").write_text(json.dumps({"versions": versions}))


def note(out, shard, processor):
    (out / f"timing/{shard:06d}.json").write_text(json.dumps({"processor": processor}))


def test_of_one_make_nothing_is_said(out):
    assert mixed(out) == []


def test_packages_of_other_versions_are_named_with_their_shards(out):
    put(out, 1, {"numpy": "2.4.5", "scipy": "1.17.1"})
    put(out, 2, {"numpy": "2.4.5"})
    assert mixed(out) == [
        "shards of different versions: numpy 2.4.6 (0,3), 2.4.5 (1-2); "
        "scipy 1.17.1 (0-1,3), none (2)"
    ]


def test_classes_of_processors_are_named_with_their_shards(out):
    for shard in (2, 3):
        note(out, shard, {"class": "x86_64 haswell"})
    told = "shards of different processors: x86_64 znver4 (0-1); x86_64 haswell (2-3)"
    assert mixed(out) == [told]


@pytest.mark.parametrize("told", ["{", "[]", "{}", '{"processor": "AMD EPYC"}'])
def test_what_is_not_known_differs_from_nothing(out, told):
    (out / "timing/000001.json").write_text(told)
    (out / "timing/000002.json").unlink()
    assert mixed(out) == []


def test_shards_that_are_not_finished_count_for_nothing(out):
    note(out, 9, {"class": "x86_64 haswell"})
    assert mixed(out) == []


def test_a_version_with_a_bracket_is_one_version():
    assert joint({0: {"a": "1 (beta)"}, 1: {"a": "1 (beta)"}}) == {"a": "1 (beta)"}


@pytest.mark.parametrize("told", ["{", "[]", "{}", '{"versions": ["numpy"]}'])
def test_a_spoilt_manifest_says_nothing_of_versions(out, told):
    (out / "shards/000001/manifest.json").write_text(told)
    (out / "shards/000004-old").mkdir()
    (out / "shards/000004-old/manifest.json").write_text('{"versions": {"numpy": "1"}}')
    assert mixed(out) == []
