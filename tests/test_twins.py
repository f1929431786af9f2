"""The same moments under five other conditions, in a toy street, through the real pipeline."""

import json
import shutil
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from synthgen.build.lighting import Acting, Plot, lit
from synthgen.classes import CLASSES
from synthgen.config import read
from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.labels.contrast import LIMIT, contrast
from synthgen.labels.mask import visible_masks
from synthgen.merge import merge
from synthgen.pipeline import watched
from synthgen.render.raycast import Raycast
from synthgen.report.twins import moments_of, twin_sheet
from synthgen.rig import Mount
from synthgen.rng import stream
from synthgen.sensors.adaptation import thumbnail
from synthgen.sensors.camera import look
from synthgen.sensors.imager import pattern, raw, steps_per_electron
from synthgen.spec.clip import Conditions
from synthgen.spec.resolve import resolve
from synthgen.street.fixture import Fixture
from synthgen.verify.files import verify
from synthgen.verify.shard import tally_shard
from synthgen.verify.twin_checks import EQUAL_FILES, OBJECT_DIFFERS
from synthgen.weather.air import atmosphere
from synthgen.world import Beam, Circuit, Lamp
from synthgen.writers.manifest import ShardRecord, write_manifest

TWINS = ("clear", "rain", "fog", "night", "blackout")
HERE = Path(__file__).parent
LAMPS = ("low_beam", "tail", "daytime")


def load_toys():
    spec = spec_from_file_location("toys", HERE / "labels/conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Toys()


def car(toys, name):
    """Return a box with head lamps and tail lamps."""
    circuits = tuple(Circuit(lamp, 1e4, (1.0, 1.0, 1.0)) for lamp in LAMPS)
    lamps = tuple(
        Lamp((2.05 * way, y, 0.7), (way, 0.0, -0.02), candela, Beam.LAMBERT, number)
        for number, (way, candela) in enumerate(((1, 2e3), (-1, 10.0), (1, 800.0)))
        for y in (-0.6, 0.6)
    )
    return replace(toys.box(name, (4.0, 1.8, 1.5)), circuits=circuits, lamps=lamps)


def street_lamp(toys, name, place):
    """Return a lamp on the grid above the road."""
    body = toys.box(name, (0.2, 0.2, 6.0), "street_light")
    moved = replace(body.mesh, vertices=body.mesh.vertices + np.array(place))
    lamp = Lamp((place[0], place[1] - 1.0, 6.2), (0.0, 0.0, -1.0), 3000.0, Beam.LAMBERT, 0)
    wire = Circuit("street", 5e3, (1.0, 1.0, 1.0), grid=True)
    return replace(body, mesh=moved, extent=None, circuits=(wire,), lamps=(lamp,))


@pytest.fixture(scope="module")
def stage():
    """Return a run with five twins, its clip, a toy street and what happens there."""
    toys = load_toys()
    run = read(["scene=clear_day", f"twin=[{','.join(TWINS)}]", "seed=3"])
    run = replace(run, rig=smaller(run.rig))
    spec = resolve(run, 0)
    head = Fixture(toys.signal("head"), (20.0, -2.5, 3.0), (0, 0, 1.0, 0), "crossing", 0)
    stuff, streets = toys.painted_street()
    stuff = (*stuff, street_lamp(toys, "lantern", (12.0, -5.0, 0.0)))
    cars = ((14, 3.2, 0.1), (40, 0.2, 0.0), (9, -3.4, 0.3))
    placed = [(car(toys, f"car/{n}"), (x, y, 0), yaw) for n, (x, y, yaw) in enumerate(cars)]
    placed += [(toys.figure("walker"), (16, 6.5, 0), 3.0), (head.body, head.position, np.pi)]
    scene = toys.scene_of(placed, stuff=stuff, streets=streets)
    scene = replace(scene, world=replace(scene.world, environment=spec.environment))
    tracks = scene.motion.tracks
    ego = replace(tracks[0], position=np.zeros((1, 3)))
    scene = replace(scene, motion=replace(scene.motion, tracks=(ego, *tracks[1:])))
    acts = {f"car/{n}": Acting(np.zeros(1, int), False) for n in range(len(cars))}
    plot = Plot(city_of(stuff, (head,)), drive(), acts, frozenset())
    return run, spec, plot, lit(plot, scene, spec)


def smaller(rig):
    """Return `rig` with a camera of a ninth of the pixels and a lidar of a fifth of the rays."""
    cameras = {
        name: replace(one, projection="", mount=Mount(position=(0.3, 0.0, 1.65)),
                      model=thumbnail(rig.camera(name), 3).model)
        for name, one in rig.cameras.items()
    }  # fmt: skip
    lidars = {
        name: replace(one, model=replace(one.model, columns=one.model.columns // 5))
        for name, one in rig.lidars.items()
    }
    return replace(rig, cameras=cameras, lidars=lidars, calibration=None)


def city_of(stuff, fixtures):
    region = SimpleNamespace(bounds=(-100.0, -100.0, 100.0, 100.0))
    place = SimpleNamespace(plan=SimpleNamespace(region=region))
    return SimpleNamespace(stuff=stuff, furniture=SimpleNamespace(fixtures=fixtures), place=place)


def drive():
    """Return a drive of nobody past a signal that is green."""
    return SimpleNamespace(agents=(), frames=(0.0,), lights={"crossing": (np.zeros(1), ("G",))})


@pytest.fixture(scope="module")
def samples(stage):
    run, spec, plot, scene = stage
    return list(watched(plot, scene, spec, run.rig, [0], Clock()))


@pytest.fixture(scope="module")
def made(stage, samples, tmp_path_factory):
    """Return a merged data set of one shard."""
    out = tmp_path_factory.mktemp("twins")
    shard = out / "shards" / "000000"
    writers = open_all_writers(stage[0], shard)
    for sample in samples:
        for writer in writers[sample.twin]:
            writer.add(sample)
    close_all(writers)
    run, spec, *_ = stage
    facts = {0: {"attribution": "a map"}}
    record = ShardRecord(identity=run.identity, shard=0, frames=(0,), clips=(spec,), facts=facts,
                         versions={"synthgen": "0.1.0"})  # fmt: skip
    write_manifest(shard, record)
    merge(out)
    return out


@pytest.fixture
def shard(made, tmp_path):
    """Return a copy of the shard that may be spoilt, without hashes that would tell."""
    copy = Path(shutil.copytree(made / "shards" / "000000", tmp_path / "000000"))
    (copy / "manifest.json").unlink()
    return copy


def objects(home):
    return pq.read_table(home / "objects.parquet").to_pylist()


def test_the_scene_comes_first_and_its_twins_follow(samples):
    assert [sample.twin for sample in samples] == ["", *TWINS]
    assert {sample.frame for sample in samples} == {0}


def test_masks_boxes_ids_and_depth_have_equal_bytes_in_five_twins(made):
    base = made / "shards" / "000000"
    for name in TWINS:
        home = base / "twins" / name
        for kind in EQUAL_FILES:
            files = sorted(base.glob(kind))
            assert files, kind
            for file in files:
                assert (home / file.relative_to(base)).read_bytes() == file.read_bytes()
        pairs = list(zip(objects(base), objects(home), strict=True))
        assert len(pairs) == 5
        for old, new in pairs:
            assert {key for key in old if old[key] != new[key]} <= OBJECT_DIFFERS


def test_lines_are_the_same_in_all_twins_but_for_the_snow_on_them(made):
    base = made / "shards" / "000000"
    plain = pq.read_table(base / "lane_lines.parquet").to_pylist()
    for name in TWINS:
        home = base / "twins" / name
        own = pq.read_table(home / "lane_lines.parquet").to_pylist()
        assert [one | {"snow": None} for one in own] == [one | {"snow": None} for one in plain]


def test_every_column_that_may_differ_does_so_somewhere(made):
    """`kitti` and what follows from it needs something that no twin shows well."""
    base = made / "shards" / "000000"
    homes = [base, *(base / "twins" / name for name in TWINS)]
    rows = [objects(home) for home in homes]
    changed = {k for one in rows for a, b in zip(rows[0], one, strict=True) for k in a
               if a[k] != b[k]}  # fmt: skip
    assert changed >= {"contrast", "lidar_hits", "circuits", "state"}


def test_pictures_and_sweeps_differ_between_all_twins(made):
    base = made / "shards" / "000000"
    homes = [base, *(base / "twins" / name for name in TWINS)]
    for file in ("sensor/image_2/000000.png", "sensor/velodyne/000000.bin"):
        assert len({(home / file).read_bytes() for home in homes}) == len(homes)


def test_night_is_dark_fog_is_pale_and_lamps_follow(samples):
    by = {sample.twin: sample for sample in samples}
    image = {name: sample.cameras["image_2"] for name, sample in by.items()}
    assert image["night"].exposure * image["night"].gain > 20 * image["clear"].exposure
    assert image["fog"].image.std() < image["clear"].image.std()
    states = {name: sample.objects["image_2"][0].state for name, sample in by.items()}
    lamps = {name: state.headlamps for name, state in states.items()}
    assert lamps == {"": "daytime", "clear": "daytime", "rain": "low", "fog": lamps["fog"],
                     "night": "low", "blackout": "low"}  # fmt: skip
    assert lamps["fog"] == ("low" if by["fog"].environment["visibility"] < 500 else "daytime")
    signal = {name: sample.objects["image_2"][-1].state.shows for name, sample in by.items()}
    assert {signal[name] for name in ("", "clear", "rain", "fog", "night")} == {"green"}
    assert signal["blackout"] in ("off", "flashing_red")
    street = {name: bool(sample.lamps["on"][0]) for name, sample in by.items()}
    assert street == {"": False, "clear": False, "rain": False, "fog": False, "night": True,
                      "blackout": False}  # fmt: skip


def test_shapes_and_ways_are_the_very_objects_of_the_scene(samples):
    first = samples[0].moment
    for twin in samples[1:]:
        assert twin.moment.shaped_as(first)
        for old, new in zip(first.scene.world.stuff, twin.moment.scene.world.stuff, strict=True):
            assert old.mesh is new.mesh
        assert twin.objects["image_2"] is not samples[0].objects["image_2"]


def test_a_shard_with_twins_is_verified_and_every_kind_of_check_is_made(made):
    tally = tally_shard(made / "shards" / "000000")
    assert not tally.violations
    kinds = {"twin file": 8 * len(TWINS), "twin frame": len(TWINS), "twin object": 5 * len(TWINS),
             "twin pair": 1 + len(TWINS)}  # fmt: skip
    for kind, least in kinds.items():
        assert tally.checks[kind] >= least
    assert tally.checks["lidar points in box"] >= 5 * (1 + len(TWINS))


def test_a_mask_of_a_twin_that_is_changed_is_found(shard):
    file = shard / "twins/night/sensor/image_2/instance/000000.png"
    other = (shard / "twins/night/sensor/image_2/semantic/000000.png").read_bytes()
    file.unlink()
    file.write_bytes(other)
    found = {(one.kind, one.detail) for one in tally_shard(shard).violations}
    assert ("twin file", "night: sensor/image_2/instance/000000.png") in found


def test_a_twin_that_lacks_a_file_a_frame_or_a_row_is_found(shard):
    (shard / "twins/fog/sensor/image_2/depth/000000.png").unlink()
    for name, table in (("rain", "frames"), ("blackout", "objects")):
        path = shard / f"twins/{name}/{table}.parquet"
        pq.write_table(pq.read_table(path).slice(1), path)
    table = pq.read_table(shard / "twins.parquet")
    pq.write_table(table.slice(0, 5), shard / "twins.parquet")
    with pytest.raises(OSError, match="depth"):
        tally_shard(shard)
    shutil.copy(shard / "sensor/image_2/depth/000000.png",
                shard / "twins/fog/sensor/image_2/depth/000000.png")  # fmt: skip
    found = {(one.kind, one.detail.split(":")[0]) for one in tally_shard(shard).violations}
    assert {("twin frame", "rain"), ("twin object", "blackout"), ("twin pair", "blackout")} <= found


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [("objects", "track", "twin object"), ("objects", "occlusion", "twin object"),
     ("frames", "ego_x", "twin frame"), ("frames", "time", "twin frame")],
)  # fmt: skip
def test_a_label_of_a_twin_that_must_not_differ_and_does_is_found(shard, table, column, kind):
    path = shard / f"twins/rain/{table}.parquet"
    rows = pq.read_table(path)
    changed = rows.to_pylist()
    changed[0][column] += 1
    pq.write_table(rows.from_pylist(changed, schema=rows.schema), path)
    found = [one for one in tally_shard(shard).violations if one.kind == kind]
    assert [one.detail for one in found] == [f"rain: {column}"]


def test_pairs_name_files_and_tell_what_stands_out(made):
    base = made / "shards" / "000000"
    rows = pq.read_table(base / "twins.parquet").to_pylist()
    assert [row["twin"] for row in rows] == ["base", *TWINS]
    assert len({row["seen"] for row in rows}) == 1
    for row in rows:
        home = base / row["folder"]
        assert (home / row["image"]).is_file()
        shown = [one for one in objects(home) if one["visible_pixels"] > 0]
        assert row["discernible"] == sum(one["contrast"] >= LIMIT for one in shown)
        assert row["counting"] == sum(one["counts"] for one in shown)
        assert row["points"] == (home / row["sweep"]).stat().st_size / 16


def test_the_sheet_has_a_picture_for_each_condition(made):
    assert [len(rows) for _, rows in moments_of(made)] == [1 + len(TWINS)]
    assert twin_sheet(made) == made / "dataset" / "twins.png"


def test_the_manifest_names_all_files_and_the_draws_of_all_twins(made):
    base = made / "shards" / "000000"
    content = json.loads((base / "manifest.json").read_text())
    there = {p.relative_to(base).as_posix() for p in base.rglob("*") if p.is_file()}
    assert {one["path"] for one in content["files"]} == there - {"manifest.json"}
    drawn = content["clips"][0]["twins"]
    assert list(drawn) == sorted(TWINS)
    assert drawn["night"]["environment"]["sun_elevation"] < 0
    assert drawn["rain"]["draws"]["weather.rain"] > 0


def test_the_merged_set_has_a_tree_like_its_own_for_each_twin(made):
    home = made / "dataset"
    names = {p.relative_to(home) for p in (home / "kitti").rglob("*") if p.is_file()}
    names |= {p.relative_to(home) for p in (home / "coco").rglob("*") if p.is_file()}
    assert len(names) > 15
    for twin in TWINS:
        own = home / "twins" / twin
        found = {p.relative_to(own) for p in own.rglob("*") if p.is_file()}
        assert found >= names
        image = "kitti/training/image_2/000000.png"
        assert (own / image).samefile(made / f"shards/000000/twins/{twin}/{image}".replace(
            "kitti/training", "sensor"))  # fmt: skip
        assert (own / "kitti/training/calib/000000.txt").read_bytes() == (
            home / "kitti/training/calib/000000.txt"
        ).read_bytes()
        boxes = [json.loads((place / "coco/instances.json").read_text())["annotations"]
                 for place in (home, own)]  # fmt: skip
        assert len(boxes[0]) == 5
        for old, new in zip(*boxes, strict=True):
            differs = {key for key in old if old[key] != new[key]}
            assert differs <= {"category_id", "iscrowd", "num_lidar_pts", "num_lidar_hits"}
    assert "night" in (home / "README.md").read_text()
    assert pq.read_table(home / "twins.parquet").num_rows == 1 + len(TWINS)


def test_verification_of_the_whole_set_counts_twins_and_finds_what_is_lost(made, tmp_path, capsys):
    out = Path(shutil.copytree(made, tmp_path / "out"))
    run = replace(read(["scene=clear_day", "task=verify", f"data={out}"]))
    assert verify(run) == 0
    path = out / "dataset/twins/fog/coco/instances.json"
    content = json.loads(path.read_text())
    content["annotations"].pop()
    for one in path.parent.glob("instances*.json"):
        one.unlink()
    path.write_text(json.dumps(content))
    mask = out / "shards/000000/twins/rain/sensor/image_2/instance/000000.png"
    mask.unlink()
    shutil.copy(mask.parents[1] / "semantic/000000.png", mask)
    assert verify(run) == 1
    said = capsys.readouterr().out
    assert "merged annotations: frame -1 track 0: twins/fog: id" in said
    assert "twin file: frame 0 track 0: rain: sensor/image_2/instance/000000.png" in said
    assert "file hash" in said


@pytest.mark.parametrize("name", ["night", "blackout"])
def test_a_twins_renderer_makes_the_light_of_a_renderer_of_its_own(stage, samples, name):
    run, *_ = stage
    base = samples[0].moment
    twin = next(one for one in samples if one.twin == name).moment
    air = atmosphere(twin.scene.world.environment)
    with tracer(base.scene.world) as trace:
        sight = look(run.rig.camera("image_2"), trace, base)
        first = Raycast(base.scene.world)
        shared, own = first.twin(twin.scene.world), Raycast(twin.scene.world)
        images = [
            one.radiance(trace, twin, sight.view, sight.hits, air, 7) for one in (shared, own)
        ]
    np.testing.assert_array_equal(*images)
    assert images[0].max() > 0


@pytest.mark.parametrize("name", ["", "fog", "night"])
def test_contrast_is_what_64_noisy_images_of_the_same_moment_measure(stage, samples, name):
    """Second route, see `labels/test_contrast_properties.py`; here on rendered pictures."""
    sample = next(one for one in samples if one.twin == name)
    reading, model = sample.cameras["image_2"], stage[0].rig.cameras["image_2"].model
    setting = Setting(reading.exposure, reading.gain)
    gain = steps_per_electron(model, setting.gain)
    images = np.stack(
        [
            raw(reading.signal, model, setting, pattern(model, f"{draw}"), stream(draw, "noise"))
            for draw in range(64)
        ]
    )
    images = (images.astype(float) - model.black) / gain
    mean, scatter = images.mean(0), images.std(0, ddof=1) * np.sqrt(63 / 61)
    shown = visible_masks(reading.body, len(sample.moment.scene.world.stuff))
    compared = 0
    for label in sample.objects["image_2"]:
        if label.visible_pixels < 60 or label.contrast < 3 or lost(reading, model, label):
            continue
        measured = contrast(mean, scatter, shown[label.number])
        assert measured == pytest.approx(label.contrast, rel=0.06)
        compared += 1
    assert compared >= 3


def lost(reading, model, label):
    """Return whether some of an object is so bright that the sensor clips it."""
    most = model.reach * model.full_well / reading.gain
    return reading.signal[reading.body == label.number].max() > 0.8 * most


def test_thicker_fog_never_lets_anything_stand_out_more(stage):
    run, spec, plot, scene = stage
    air = (30_000.0, 400.0, 150.0, 60.0, 25.0)
    twins = {
        f"fog_{number}": Conditions(
            environment=replace(spec.environment, visibility=sight), draws=spec.draws
        )
        for number, sight in enumerate(air)
    }
    clips = watched(plot, scene, replace(spec, twins=twins), run.rig, [0], Clock())
    values = np.array([[one.contrast for one in sample.objects["image_2"]] for sample in clips])
    distance = [one.distance for one in next(iter(samples_of(stage))).objects["image_2"]]
    assert (np.diff(values[1:], axis=0) < 0).all()
    left = values[-1] / values[1]
    assert (left[np.argsort(distance)][[0, -1]] == [left.max(), left.min()]).all()


def test_snow_that_lies_is_a_twin_too_whiter_and_brighter_for_the_laser(stage):
    run, spec, plot, scene = stage
    under = replace(spec.environment, snow_cover=12.0)
    twins = {"snow": Conditions(environment=under, draws=spec.draws)}
    base, snow = watched(plot, scene, replace(spec, twins=twins), run.rig, [0], Clock())
    plain, white = base.cameras["image_2"], snow.cameras["image_2"]
    for name in ("body", "depth", "semantic"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(white, name))
    assert snow.moment.shaped_as(base.moment)
    road = CLASSES["road"].semantic
    seen = [one.signal[one.semantic == road] / one.exposure / one.gain for one in (plain, white)]
    # Where no wheels go: the toy's road is busy.
    assert np.quantile(seen[1], 0.9) > 1.4 * np.quantile(seen[0], 0.9)
    sweeps = [one.lidars["velodyne"] for one in (base, snow)]
    echo = [np.quantile(one.intensity[one.semantic == road], 0.9) for one in sweeps]
    assert echo[1] > echo[0] + 0.1
    assert (base.environment["snow_cover"], snow.environment["snow_cover"]) == (0.0, 12.0)


def samples_of(stage):
    run, spec, plot, scene = stage
    return watched(plot, scene, replace(spec, twins={}), run.rig, [0], Clock())


def test_things_stand_out_less_by_night_and_least_without_power(samples):
    """Who carries no lamp; those that do may stand out more."""
    by = {sample.twin: sample.objects["image_2"][3].contrast for sample in samples}
    assert samples[0].objects["image_2"][3].kind == "pedestrian"
    assert by["clear"] > by["fog"] > by["night"] > by["blackout"]
