"""Radars through the real pipeline: from a rig's YAML to verified files."""

import io
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.config import read
from synthgen.config_compose import folder
from synthgen.errors import UserError
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.pipeline import watched
from synthgen.radar.checks import parse
from synthgen.radar.truth import DETECTION, OBJECT
from synthgen.verify.shard import tally_shard

HERE = Path(__file__).parent


def module_at(path):
    spec = spec_from_file_location(path.parent.name + path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kinds():
    return module_at(HERE.parent / "kinds/conftest.py")


@pytest.fixture(scope="module")
def rig_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("rig") / "radar.yaml"
    path.write_text((folder() / "rig/kitti.yaml").read_text() + (HERE / "toy.yaml").read_text())
    return path


@pytest.fixture(scope="module")
def made(kinds, rig_file, tmp_path_factory):
    """Return a shard of three frames, with their twins in rain."""
    kinds.KINDS = ("synthgen.sensors.kinds",)
    street = module_at(HERE.parent / "twins/conftest.py")
    run, spec, plot, scene = kinds.staged(street, rig_file, "twin=[rain]")
    shard = tmp_path_factory.mktemp("radar") / "000000"
    writers = open_all_writers(run, shard)
    for sample in watched(plot, scene, spec, run.rig, [0, 1, 2], Clock()):
        for writer in writers[sample.twin]:
            writer.add(sample)
    close_all(writers)
    return shard


@pytest.fixture
def shard(made, tmp_path):
    """Return a copy of the shard, without its twins, that may be spoilt."""
    kept = shutil.ignore_patterns("twins*")
    return Path(shutil.copytree(made, tmp_path / "000000", ignore=kept))


def points(shard, name="front", frame=1):
    return parse((shard / f"sensor/{name}/{frame:06d}.pcd").read_bytes())[1]


def test_every_radar_has_its_files_and_they_hold(made):
    for name in ("front", "corner", "image"):
        assert len(list((made / f"sensor/{name}").glob("*.pcd"))) == 3
        assert len(list((made / f"twins/rain/sensor/{name}/truth").glob("*.parquet"))) == 3
    tally = tally_shard(made)
    assert not tally.violations, tally.violations[:3]
    assert tally.checks["radar bytes"] == 18
    assert tally.checks["radar echo's place"] > 20


def test_the_car_ahead_is_in_the_list_and_its_points_are_counted(made):
    found = pq.read_table(made / "sensor/front/objects/000001.parquet").to_pylist()
    counts = {row["instance"]: (row["num_radar_pts"], row["hits"]) for row in found}
    assert counts[2][0] >= 1
    assert counts[2][1] >= 1
    rows = points(made)
    ahead = (np.abs(rows["y"]) < 2.0) & (rows["x"] < 15.0)
    # The car drives 10 m/s towards one that stands.
    assert rows["vx"][ahead].max() == pytest.approx(-10.0, abs=0.5)
    assert np.median(np.abs(rows["vx_comp"][ahead])) < 0.3


def test_points_lie_on_the_radars_grid_and_only_the_imaging_one_knows_height(made):
    rows = points(made)
    np.testing.assert_allclose(rows["x"] / 0.2, np.round(rows["x"] / 0.2), atol=1e-4)
    assert (rows["z"] == 0).all()
    assert np.ptp(points(made, "image")["z"]) > 0.5
    assert len(points(made, "corner")) <= 60


def test_every_column_says_what_it_means():
    assert all(field.metadata[b"meaning"] for schema in (DETECTION, OBJECT) for field in schema)


def change_points(shard, change):
    path = shard / "sensor/front/000001.pcd"
    data = path.read_bytes()
    head = data[: data.index(b"DATA binary\n") + 12]
    rows = parse(data)[1].copy()
    change(rows)
    path.write_bytes(head + rows.tobytes() + b"\n")


def change_table(shard, what, change):
    path = shard / f"sensor/front/{what}/000001.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), out)
    path.write_bytes(out.getvalue())


def away(rows):
    rows["x"] += 6.0


def raw_as_compensated(rows):
    rows["vx_comp"], rows["vy_comp"] = rows["vx"], rows["vy"]


def aside(rows):
    rows["vy"] += 1.0


def coarse(rows):
    rows["rcs"] += 0.2


def invalid(rows):
    rows["invalid_state"][0] = 4


def none_of_it(rows):
    for row in rows:
        if row["num_radar_pts"]:
            row["num_radar_pts"] = 0


def swapped(rows):
    """Take every straight echo for one of the other car."""
    for row in rows:
        if row["cause"] == "direct" and row["instance"]:
            row["instance"] = 5 - row["instance"]


def faster(rows):
    for row in rows:
        row["true_speed"] += 2.0


def grown(rows):
    rows[0]["size"] = [2 * edge for edge in rows[0]["size"]]


@pytest.mark.parametrize(
    ("what", "change", "said"),
    [
        ("points", away, "radar range"),
        ("points", raw_as_compensated, "radar compensation"),
        ("points", aside, "radar line of sight"),
        ("points", coarse, "radar steps"),
        ("points", invalid, "radar flags"),
        ("objects", none_of_it, "radar points"),
        ("objects", grown, "radar box"),
        ("truth", swapped, "radar echo's place"),
        ("truth", swapped, "radar hits"),
        ("truth", faster, "radar speed"),
        ("truth", lambda rows: rows.pop(), "radar truth rows"),
        ("truth", lambda rows: rows.reverse(), "radar list"),
    ],
)
def test_what_is_wrong_is_found(shard, what, change, said):
    if what == "points":
        change_points(shard, change)
    else:
        change_table(shard, what, change)
    assert said in {violation.kind for violation in tally_shard(shard).violations}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-1], "radar bytes"),
        (lambda data: data[1:], "radar header"),
        (lambda data: data.replace(b"dyn_prop id", b"id dyn_prop"), "radar header"),
    ],
)
def test_what_is_wrong_with_the_bytes_is_found(shard, change, said):
    path = shard / "sensor/front/000002.pcd"
    path.write_bytes(change(path.read_bytes()))
    assert said in {violation.kind for violation in tally_shard(shard).violations}


def test_a_wrong_speed_of_the_car_is_found(shard):
    path = shard / "sensors.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    for row in rows:
        facts = dict(row["facts"])
        row["facts"] = list((facts | {"velocity_x": facts["velocity_x"] * 1.1}).items())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    assert "radar motion" in {violation.kind for violation in tally_shard(shard).violations}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{radar: ars407}", r"radar=ars407: expected .*did you mean"),
        ("{radar: ars408, most: 0}", "radar most must be >= 1, got 0"),
        ("{radar: ars408, mst: 3}", "no such key"),
        ("{radar: ars408, cycle: 0.001}", "radar cycle must hold its scans"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(rig_file, tmp_path, given, said):
    mine = tmp_path / "mine.yaml"
    mine.write_text(rig_file.read_text().replace("model: {radar: ars408}", f"model: {given}"))
    with pytest.raises(UserError, match=said) as caught:
        read([f"rig={mine}"])
    assert "\n" not in str(caught.value)
