from copy import deepcopy
from dataclasses import replace
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from synthgen.config import read, run_spec
from synthgen.config_compose import Job, compose
from synthgen.errors import UserError
from synthgen.spec.distribution import LogUniform, Normal, Table, Uniform
from synthgen.spec.resolve import draw
from synthgen.spec.run import RunSpec


@cache
def compose_once() -> Job:
    return compose([])


@cache
def plain() -> RunSpec:
    return run_spec(compose_once())


def said(overrides, config_dir=None) -> str:
    with pytest.raises(UserError) as caught:
        read(overrides, config_dir)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def user_scene(tmp_path, text: str) -> str:
    (tmp_path / "scene").mkdir()
    (tmp_path / "scene" / "mine.yaml").write_text("# @package _global_\n" + text)
    return str(tmp_path)


# Composition ------------------------------------------------------------------------------------


def test_a_cluster_changes_no_frame_and_has_its_own_number_of_workers():
    run = read(["cluster=ray"])
    assert (run.cluster, run.workers) == ("ray", 0)
    assert read(["cluster=ray", "workers=3"]).workers == 3
    assert run.identity == plain().identity
    assert plain().cluster == "local"
    assert said(["cluster=ray", "task=plan", "audit=x"]) == (
        "cluster=ray: task=plan works on this machine; expected local"
    )


def test_choices_on_the_command_line_beat_the_scenes():
    run = read(["scene=emergency", "weather=fog", "power=off", "place=suburb"])
    drawn = draw(run, 0)
    assert run.scene == "emergency"
    assert drawn["weather.visibility"] <= 600
    assert (drawn["power"], drawn["place.kind"]) == ("off", "suburb")
    assert run.events == ("companion",)


def test_out_is_named_after_the_scene(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read(["scene=fog"]).out == str(tmp_path / "out" / "fog")


def test_composing_leaves_no_trace_in_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    read(["scene=fog"])
    assert list(tmp_path.iterdir()) == []


def test_a_distribution_on_the_command_line_replaces_the_scenes():
    run = read(["weather=rain", "weather.rain={uniform: [1, 2]}"])
    assert run.draws["weather.rain"] == Uniform(1, 2)


def test_a_single_format_needs_no_brackets():
    assert run_spec(composed_with("format=coco")).format == ("coco",)
    assert plain().format == run_spec(composed_with("format=[coco,kitti]")).format


@pytest.mark.parametrize("power", ["off", "false"])
def test_power_may_be_off_in_any_spelling(power):
    assert draw(read([f"power={power}"]), 0)["power"] == "off"


@pytest.mark.parametrize("power", ["off", "{choice: {on: 0, off: 1}}"])
def test_power_may_be_off_in_any_yaml(tmp_path, power):
    run = read(["scene=mine"], user_scene(tmp_path, f"power: {power}\n"))
    assert draw(run, 0)["power"] == "off"


def test_a_scene_of_ones_own_may_refine_a_choice(tmp_path):
    text = """
defaults:
  - override /weather: storm
  - _self_
weather:
  wind: {normal: [25, 2], bounds: [20, 30]}
  visibility: {log_uniform: [100, 200]}
"""
    run = read(["scene=mine", "power=off"], user_scene(tmp_path, text))
    assert run.draws["weather.wind"] == Normal(25, 2, 20, 30)
    assert run.draws["weather.visibility"] == LogUniform(100, 200)
    assert draw(run, 0)["weather.rain"] >= 15


def test_null_takes_a_distribution_of_a_lower_layer_away(tmp_path):
    text = """
defaults:
  - override /weather: clear
  - _self_
weather: {visibility: {log_uniform: null, uniform: [500, 900]}}
"""
    run = read(["scene=mine"], user_scene(tmp_path, text))
    assert run.draws["weather.visibility"] == Uniform(500, 900)


def test_mixed_distributions_are_refused_with_the_way_out(tmp_path):
    text = """
defaults:
  - override /weather: clear
  - _self_
weather: {visibility: {uniform: [500, 900]}}
"""
    error = said(["scene=mine"], user_scene(tmp_path, text))
    assert "got both log_uniform and uniform; set the one that is not meant to null" in error


def test_keys_of_one_table_draw_one_row(tmp_path):
    rows = {"rain": [1.0, 2.0, 3.0], "wind": [10.0, 20.0, 30.0]}
    pq.write_table(pa.table(rows), tmp_path / "weather.parquet")
    table = f"{{table: '{tmp_path}/weather.parquet', column: "
    run = read([f"weather.{key}={table}{key}}}" for key in rows])
    assert isinstance(run.draws["weather.rain"], Table)
    pairs = {(d["weather.rain"], d["weather.wind"]) for d in (draw(run, c) for c in range(40))}
    assert pairs == {(1, 10), (2, 20), (3, 30)}


# Files of the user's ----------------------------------------------------------------------------


# Bad input --------------------------------------------------------------------------------------

SCENES = (
    "blackout, clear_day, emergency, fog, fog_banks, incident, night, overcast_day, rain, "
    "rescue_lane, school_street, snow, storm_night"
)
ROAD_USERS = "car, van, truck, bus, motorcycle, bicycle, ambulance, fire_engine, police_car"


def composed_with(override: str) -> Job:
    """Return what Hydra makes of one valid override, without the half second that it takes."""
    parsed = OverridesParser.create().parse_override(override)
    *path, last = parsed.key_or_group.split(".")
    tree = deepcopy(dict(compose_once().tree))
    node = tree
    for part in path:
        node = node[part]
    assert last in node
    node[last] = parsed.value()
    return replace(compose_once(), tree=tree)


COMPOSING_ERRORS = [
    ("render=pat", "render=pat: expected one of path, raster, raycast; did you mean path?"),
    (
        "scene=strom_night",
        f"scene=strom_night: expected one of {SCENES}; did you mean storm_night?",
    ),
    ("weahter=fog", "weahter: no such key; did you mean weather?"),
    ("weather.rian=3", "weather.rian: no such key; did you mean weather.rain?"),
    (
        "weather.smoke.fier=1",
        "weather.smoke.fier: no such key; did you mean weather.smoke.fire?",
    ),
    ("clip=dirve", "clip=dirve: expected one of drive, stills; did you mean drive?"),
    ("place=osm", "file: missing; place=osm needs a street map, file=city.osm"),
    ("place=opendrive", "file: missing; place=opendrive needs an OpenDRIVE map, file=town.xodr"),
    ("rig=none.yaml", "rig=none.yaml: no such file"),
    (
        "traffic.shares.cra=1",
        "traffic.shares.cra: no such key; did you mean traffic.shares.car?",
    ),
    (
        "hydra/launcher=submitit_slurm",
        "hydra/launcher=submitit_slurm: not used here, Hydra starts no job of ours; expected "
        "scripts/slurm_array.sh, or from Python synthgen.submission.submit",
    ),
    ("n", "n: expected key=value; quote special characters (Error parsing override 'n')"),
]
VALUE_ERRORS = [
    ("n=-1", "n=-1: expected a whole number of at least 1"),
    ("n=0", "n=0: expected a whole number of at least 1"),
    ("n=abc", "n=abc: expected a whole number"),
    ("n=1.5", "n=1.5: expected a whole number"),
    ("n=true", "n=true: expected a whole number"),
    ("seed=-1", "seed=-1: expected a whole number of at least 0"),
    ("workers=0", "workers=0: expected a whole number of at least 1"),
    ("traffic.doors=3", "traffic.doors=3: expected a number from 0 to 1"),
    ("weather.rain=-3", "weather.rain=-3: expected a number from 0 to 300 mm/h"),
    (
        "weather.visibility=0",
        "weather.visibility=0: expected a number above 0 m and at most 300000 m",
    ),
    ("weather.snow=50", "weather.snow=50: expected a number from 0 to 20 mm/h of water"),
    ("weather.drops=hail", "weather.drops=hail: expected one of rain, drizzle"),
    (
        "place.season=witner",
        "place.season=witner: expected one of any, spring, summer, autumn, "
        "winter; did you mean winter?",
    ),
    ("weather.spray=-1", "weather.spray=-1: expected a number from 0 to 5 mm of water"),
    ("weather.fog_bank.share=2", "weather.fog_bank.share=2: expected a number from 0 to 1"),
    (
        "weather.fog_bank.visibility=1",
        "weather.fog_bank.visibility=1: expected a number from 5 to 2000 m",
    ),
    ("weather.smoke.fire=99", "weather.smoke.fire=99: expected a number from 0 to 20 MW"),
    ("format=kiti", "format=kiti: expected one of kitti, coco; did you mean kitti?"),
    ("format=[]", "format=[]: expected a list of kitti, coco"),
    ("shard=5/4", "shard=5/4: expected i/k with 0 <= i < k"),
    ("shard=one", "shard=one: expected i/k with 0 <= i < k"),
    (
        "task=verfy",
        "task=verfy: expected one of generate, preview, verify, merge, export, rig, status, "
        "estimate, fetch, replay, audit, plan, fill, receipt; did you mean verify?",
    ),
    ("json=true", "json=true: expected task=status, got task=generate"),
    ("json=1", "json=1: expected true or false"),
    ("cluster=rai", "cluster=rai: expected one of local, ray; did you mean ray?"),
    ("workers=0", "workers=0: expected a whole number of at least 1"),
    ("task=verify", "data: missing; task=verify needs the data set to verify, data=OUT"),
    ("task=replay", "data: missing; task=replay needs the data set of the frame, data=OUT"),
    ("frame=-1", "frame=-1: expected a whole number of at least 0"),
    ("frame=3", "frame=3: only task=replay makes a single frame"),
    (
        "file=x.osm",
        "file=x.osm: only place=osm and place=opendrive read a map; did you mean place=osm?",
    ),
    (
        "file=x.xodr",
        "file=x.xodr: only place=osm and place=opendrive read a map; did you mean place=opendrive?",
    ),
    ("power=of", "power=of: expected one of on, off, blocks; did you mean off?"),
    (
        "weather.rain={uniform: [5, 1]}",
        "weather.rain={uniform: [5, 1]}: expected [a, b] with a <= b, both finite",
    ),
    (
        "weather.rain={uniform: [-5, 5]}",
        "weather.rain={uniform: [-5, 5]}: expected a number from 0 to 300 mm/h (can be -5)",
    ),
    ("weather.rain={uniform: 5}", "weather.rain={uniform: 5}: expected uniform: [a, b], got 5"),
    (
        "weather.rain={choice: {1: -1}}",
        "weather.rain={choice: {1: -1}}: expected weights of at least 0",
    ),
    (
        "events=[{companion: {who: ambulence, ahead: 3, responding: on}}]",
        f"events.0.who=ambulence: expected one of {ROAD_USERS}; did you mean ambulance?",
    ),
    (
        "events=[{compnion: {}}]",
        "events.0.compnion={}: no such key; did you mean events.0.companion?",
    ),
    (
        "events=[{cutin: {frame: 1, distance: 5}}]",
        "events.0.cutin={frame: 1, distance: 5}: no such key; did you mean events.0.cut_in?",
    ),
    (
        "events=[{cut_in: {frame: 1, distance: 90}}]",
        "events.0.distance=90: expected a number from 3 to 40 m",
    ),
    (
        "events=[{breakdown: {frame: 1, distance: {uniform: [2, 50]}}}]",
        "events.0.distance={uniform: [2, 50]}: expected a number from 5 to 100 m (can be 2)",
    ),
    (
        "events=[{near_miss: {frame: 1, how: brakes, gap: 1}}]",
        "events.0.how=brakes: expected one of brake, cross; did you mean brake?",
    ),
    ("events=[{crash: {frame: 1}}]", "events.0.crash.distance: missing"),
    (
        "events=[{emergency: {frame: 0, who: ambulance, origin: above, distance: 9, "
        "responding: on}}]",
        "events.0.origin=above: expected one of behind, side, oncoming",
    ),
    ("events=none", "events=none: expected a list, e.g. [{companion: {...}}]"),
]


@pytest.mark.parametrize(("override", "line"), COMPOSING_ERRORS)
def test_what_hydra_refuses_gives_one_line_with_the_nearest_right_name(override, line):
    assert said([override]) == line


@pytest.mark.parametrize(("override", "line"), VALUE_ERRORS)
def test_bad_input_gives_one_line_with_key_value_and_expectation(override, line):
    with pytest.raises(UserError) as caught:
        run_spec(composed_with(override))
    assert str(caught.value) == line


@pytest.mark.long
@pytest.mark.parametrize(("override", "line"), VALUE_ERRORS)
def test_the_same_line_comes_all_the_way_through_hydra(override, line):
    assert said([override]) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("weather: {rain: -3}", "weather.rain=-3: expected a number from 0 to 300 mm/h"),
        ("wether: {rain: 3}", "wether={rain: 3}: no such key; did you mean weather?"),
        (
            "weather: {rian: 3}",
            "weather.rian=3: no such key; did you mean weather.rain?",
        ),
        (
            "weather: {rain: {_target_: os.system, command: id}}",
            "weather.rain._target_=os.system: refused: a configuration may not name code to run",
        ),
        (
            "events: [{_target_: subprocess.run}]",
            "events.0._target_=subprocess.run: refused: a configuration may not name code to run",
        ),
        (
            "hydra: {callbacks: {mine: {_target_: os.system}}}",
            "hydra.callbacks.mine._target_=os.system: refused: "
            "a configuration may not name code to run",
        ),
        (
            "defaults: [override /weather: fgo, _self_]",
            "weather=fgo: expected one of clear, drizzle, fog, fog_banks, overcast, rain, snow, "
            "storm; did you mean fog?",
        ),
    ],
)
def test_a_faulty_scene_file_gives_one_line(tmp_path, text, line):
    assert said(["scene=mine"], user_scene(tmp_path, text + "\n")) == line


def test_broken_yaml_names_file_and_line(tmp_path):
    assert "mine.yaml: line 3: expected YAML" in said(
        ["scene=mine"], user_scene(tmp_path, "weather: {rain: [\n")
    )


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("rian", "expected one of rain as column, got rian; did you mean rain?"),
        ("rain", "got null"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path, column, expected):
    pq.write_table(pa.table({"rain": [1.0, None]}), tmp_path / "t.parquet")
    assert expected in said([f"weather.rain={{table: '{tmp_path}/t.parquet', column: {column}}}"])


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "t.parquet").write_text("rain\n1\n")
    error = said([f"weather.rain={{table: '{tmp_path}/t.parquet', column: rain}}"])
    assert "expected a readable Parquet file" in error
