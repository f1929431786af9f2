"""A drive down a street with an ambulance and cars: recorded, labelled, written and checked."""

import io
import json
import wave
from dataclasses import asdict, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.kinds import Watch, Written
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, Track
from synthgen.mounting import Sensor
from synthgen.scene import Scene, moment
from synthgen.sensors.kinds.microphones import KIND, Microphones
from synthgen.sound.air import Air
from synthgen.sound.cast import Casting, cast
from synthgen.verify.faults import Tally
from synthgen.verify.sound_checks import heard_from
from synthgen.world import Body, Circuit, Environment, Extent, Stroke, World

GREY = Material("grey", (0.5, 0.5, 0.5))
SQUARE = tuple((x, y, 0.0) for x in (0.15, -0.15) for y in (0.15, -0.15))
TIMES = (2.2, 2.5, 2.8)
HEIGHT, RATE = 1.9, 24_000


def driven(start, velocity, yaw=0.0, lamps=0):
    """Return the way of a vehicle that is at `start` (x, y) at 2.5 s."""
    time = np.round(np.arange(0.0, 3.55, 0.1), 6)
    place = np.array([*start, 0.0]) + (time[:, None] - 2.5) * np.array([*velocity, 0.0])
    turn = np.tile(yaw_quaternion(yaw), (len(time), 1))
    return Track(time=time, position=place, quaternion=turn, phase=np.zeros(len(time)),
                 level=np.ones((len(time), lamps)), windows=((0.0, 3.5),))  # fmt: skip


def vehicle(name, kind, size=(4.5, 1.8, 1.5), circuits=()):
    corner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    body = mesh(corner, np.array([[0, 1, 2]]), GREY, kind)
    return Body(name, kind, "", body, Extent((0, 0, size[2] / 2), size), circuits)


def wall(y, low=-80.0, high=80.0, name="wall"):
    side = -np.sign(y)
    corner = np.array([[low, y, 0], [high, y, 0], [high, y, 12], [low, y, 12]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]]) if side < 0 else np.array([[0, 2, 1], [0, 3, 2]])
    return Body(name, "building", "", mesh(corner, faces, GREY, "building"))


def street(environment, ambulance=((30.0, 0.5), (-15.0, 0.0), np.pi), walls=(), others=(), ego=5.0):
    """Return a scene: the ego car along x, an ambulance that responds, walls and other cars."""
    blue = Circuit("beacon_a", 100.0, (0.1, 0.2, 4.0))
    things = [vehicle("ego", "ego"), vehicle("vehicle/1", "ambulance", (5.7, 2.0, 2.7), (blue,))]
    tracks = [driven((0.0, 0.0), (ego, 0.0)), driven(*ambulance[:2], ambulance[2], lamps=1)]
    for number, (start, velocity) in enumerate(others, 2):
        things.append(vehicle(f"vehicle/{number}", "car"))
        tracks.append(driven(start, velocity))
    world = World(tuple(walls), tuple(things), 0, environment)
    return Scene(world, Motion(tuple(tracks), TIMES))


def listened(scene, **model):
    """Return a reading of the scene, and its files."""
    given = {
        "positions": SQUARE, "country": "germany", "tolerance": 0.0, "own_electric": True,
        "electric": 0.0, "screen": 0.2, "rate": RATE, "before": 0.3, "after": 0.1,
    } | model  # fmt: skip
    place = np.eye(4)
    place[2, 3] = HEIGHT
    sensor = Sensor("roof", Microphones(**given), place)
    with tracer(scene.world) as trace:
        watch = Watch(moment(scene, TIMES[0]), trace, None)
        reading = KIND.observe(sensor, watch, np.random.default_rng(3))
    return reading, KIND.files(reading, lambda body: body), sensor


def table(files):
    return pq.read_table(io.BytesIO(files["sounds/.parquet"])).to_pylist()


def written(scene, files, sensor):
    """Return what verification would be given of the clip."""
    frames, objects = [], []
    for number, time in enumerate(TIMES):
        car = scene.ego.world_from_body(time)
        frames.append({"frame": number, "clip": 0, "time": time,
                       "ego": {"world_from_ego": car.ravel().tolist()}})  # fmt: skip
        for thing in range(1, len(scene.world.things)):
            body, track = scene.world.things[thing], scene.motion.tracks[thing]
            center = track.world_from_body(time) @ [*body.extent.center, 1.0]
            objects.append({
                "frame": number, "instance": thing + 1, "track": thing, "class": body.kind,
                "size": body.extent.size, "center": center[:3].tolist(), "velocity": [15.0, 0, 0],
                "beacon": bool(body.circuits),
            })  # fmt: skip
    model = asdict(sensor.model)
    return Written(name="roof", frame=-1, time=0.0, world_from_sensor=np.eye(4), model=model,
                   facts={}, files=files, frames=frames, objects=objects)  # fmt: skip


def checked(*given):
    tally = Tally()
    KIND.check(written(*given), tally)
    return tally


@pytest.fixture(scope="module")
def air():
    def build(**changes):
        values = {
            "sun_elevation": -0.3, "sun_azimuth": 0.0, "moon_elevation": -1.0, "moon_azimuth": 0.0,
            "moon_phase": 0.0, "cloud": 0.0, "rain": 0.0, "visibility": 30_000.0, "wind": 0.0,
            "wind_azimuth": 0.0, "wetness": 0.0, "skyglow": 0.0, "power": True,
        }  # fmt: skip
        return Environment(**{**values, **changes})

    return build


@pytest.fixture(scope="module")
def passing(air):
    """Return scene, files and sensor of an ambulance that comes along an open street."""
    scene = street(air())
    _, files, sensor = listened(scene)
    return scene, files, sensor


def test_labels_agree_with_the_recording_and_with_geometry(passing):
    tally = checked(*passing)
    assert not tally.violations
    for kind in ("sound level", "sound sum", "sound direction", "sound siren", "sound heard from"):
        assert tally.checks[kind], kind


def test_the_siren_is_louder_ahead_than_behind(air):
    coming = table(listened(street(air()))[1])
    leaving = table(listened(street(air(), ((30.0, 0.5), (15.0, 0.0), 0.0)))[1])
    loud = [
        next(r["level"] for r in rows if r["kind"] == "siren" and r["moment"] == 1)
        for rows in (coming, leaving)
    ]
    assert 8 < loud[0] - loud[1] < 16


def test_doppler_and_direction_are_those_of_the_retarded_place(passing):
    scene, files, _ = passing
    row = next(r for r in table(files) if r["kind"] == "siren" and r["moment"] == 1)
    speed = json.loads(files["array/.json"])["speed_of_sound"]
    there = scene.motion.tracks[1].position_at(2.5 - row["emitted"])
    np.testing.assert_allclose(row["x"], there[0] - 0.3 * 5.7, atol=1e-6)
    np.testing.assert_allclose(row["doppler"], (1 + 5 / speed) / (1 - 15 / speed), rtol=1e-3)
    np.testing.assert_allclose(row["distance"], speed * row["emitted"], rtol=1e-9)
    assert row["in_sight"]
    assert row["occluded"] == 0


def test_a_recording_points_to_the_siren_within_three_degrees(air):
    for start in ((25.0, 8.0), (-12.0, 20.0), (3.0, -18.0)):
        toward = np.arctan2(-start[1], -start[0])
        pace = 8 * np.array([np.cos(toward), np.sin(toward)])
        scene = street(air(), (start, pace, toward))
        _, files, _ = listened(scene)
        row = next(r for r in table(files) if r["kind"] == "siren" and r["moment"] == 1)
        found = direction_of(files, 2.5)
        off = np.rad2deg(np.angle(np.exp(1j * (found - row["azimuth"]))))
        assert abs(off) < 3, (start, off)


def direction_of(files, time):
    said = json.loads(files["array/.json"])
    with wave.open(io.BytesIO(files[".wav"])) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
        rate, channels = file.getframerate(), file.getnchannels()
    parts = raw.reshape(-1, channels, 3).astype(np.int32)
    whole = (parts[..., 0] << 8 | parts[..., 1] << 16 | parts[..., 2] << 24) >> 8
    first = round((time - 0.06 - said["recordings"][0]["start"]) * rate)
    return heard_from(whole[first : first + rate // 8].T / 2**23, np.array(said["places"]), rate,
                      said["speed_of_sound"])  # fmt: skip


def test_walls_throw_sound_back_and_hide_what_is_behind(air):
    open_street = table(listened(street(air()))[1])
    canyon = table(listened(street(air(), walls=(wall(9.0), wall(-8.0, name="other"))))[1])
    across = ((25.0, 30.0), (-10.0, 0.0), np.pi)
    hidden = table(listened(street(air(), across, walls=(wall(9.0),)))[1])
    free = table(listened(street(air(), across))[1])
    rows = [
        next(r for r in one if r["kind"] == "siren" and r["moment"] == 1)
        for one in (open_street, canyon, hidden, free)
    ]
    assert (rows[0]["bounces"], rows[1]["bounces"]) == (0, 2)
    assert rows[1]["level"] > rows[0]["level"] - 3
    assert not rows[2]["in_sight"]
    assert rows[2]["occluded"] == 1
    assert 12 < rows[3]["level"] - rows[2]["level"] < 26


def test_a_siren_is_on_only_with_lamps_and_on_the_way(air):
    scene = street(air())
    dark = replace(scene.motion.tracks[1], level=np.zeros((36, 1)))
    waits = driven((30.0, 0.5), (0.0, 0.0), np.pi, lamps=1)
    for track in (dark, waits):
        tracks = (scene.motion.tracks[0], track)
        rows = table(listened(Scene(scene.world, Motion(tracks, TIMES)))[1])
        assert not [r for r in rows if r["kind"] == "siren"]


def test_quiet_cars_far_off_are_left_out_and_near_ones_are_not(air):
    rows = table(listened(street(air(), others=(((12.0, 4.0), (10.0, 0.0)),
                                                ((280.0, 60.0), (5.0, 0.0)))))[1])  # fmt: skip
    names = {r["source"] for r in rows}
    assert "vehicle/2/drive" in names
    assert "vehicle/3/drive" not in names


def test_who_brakes_hard_may_sound_the_horn(air):
    heard = []
    for number in range(6):
        scene = street(air(), others=[((10.0 + n, 4.0), (12.0, 0.0)) for n in range(number + 1)])
        tracks = list(scene.motion.tracks)
        for n in range(2, len(tracks)):
            time = tracks[n].time
            braked = 12.0 * time - 3.5 * np.maximum(time - 2.0, 0) ** 2
            place = tracks[n].position.copy()
            place[:, 0] = braked - 20.0
            tracks[n] = replace(tracks[n], position=place)
        rows = cast(Scene(scene.world, Motion(tuple(tracks), TIMES)), (1.0, 3.0), Casting(number),
                    300.0)  # fmt: skip
        heard += [one for one in rows if one.kind == "horn"]
    assert heard
    assert len(heard) < 21
    assert all(2.2 < one.window[0] < 2.5 for one in heard)
    calm = cast(street(air(), others=(((10.0, 4.0), (12.0, 0.0)),)), (1.0, 3.0), Casting(1), 300.0)
    assert "horn" not in {one.kind for one in calm}


def test_rain_is_louder_than_a_dry_night(air):
    quiet, wet = (
        json.loads(listened(street(air(rain=r)))[1]["array/.json"])["recordings"][0]["background"]
        for r in (0.0, 25.0)
    )
    assert min(wet) > max(quiet) + 6


def test_thunder_comes_after_its_delay_and_from_where_the_lightning_was(air):
    scene = street(air())
    far = 2000 / np.tan(0.9)
    late = np.hypot(far, 2000 - HEIGHT) / Air().speed
    flash = Stroke(2.5 - late, 5000.0, 100.0, 0.9, 1.2)
    scene = replace(scene, world=replace(scene.world, strokes=(flash,)))
    _, files, sensor = listened(scene)
    assert not checked(scene, files, sensor).violations
    row = next(r for r in table(files) if r["kind"] == "thunder" and r["moment"] == 1)
    np.testing.assert_allclose(row["azimuth"], 1.2, atol=0.15)
    np.testing.assert_allclose(row["emitted"], late, rtol=0.05)
    assert 80 < row["level"] < 125
    early = replace(scene, world=replace(scene.world, strokes=(replace(flash, time=2.4),)))
    assert not [r for r in table(listened(early)[1]) if r["kind"] == "thunder"]


def test_the_same_clip_has_the_same_bytes(passing):
    scene, files, _ = passing
    again = listened(scene)[1]
    assert {name: one == again[name] for name, one in files.items()} == dict.fromkeys(files, True)


def _wav(files, change):
    content = bytearray(files[".wav"])
    samples = np.frombuffer(content, np.uint8, offset=44).reshape(-1, 4, 3).copy()
    return {**files, ".wav": bytes(content[:44]) + change(samples).tobytes()}


def _rows(files, change):
    rows = table(files)
    for row in rows:
        change(row)
    schema = pq.read_table(io.BytesIO(files["sounds/.parquet"])).schema
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out)
    return {**files, "sounds/.parquet": out.getvalue()}


def _shift(name, by, kind="siren"):
    def change(row):
        if row["kind"] == kind:
            row[name] += by

    return lambda files: _rows(files, change)


CORRUPTIONS = {
    "channels swapped": (lambda f: _wav(f, lambda s: s[:, [3, 2, 1, 0]]), "sound heard from"),
    "a channel lost": (lambda f: _wav(f, lambda s: s * np.array([1, 1, 0, 1], np.uint8)[:, None]),
                       "sound channels"),
    "later by half a second": (lambda f: _wav(f, lambda s: np.roll(s, RATE // 2, axis=0)),
                               "sound level"),
    "azimuth off by 5 degrees": (_shift("azimuth", 0.087), "sound direction"),
    "level off by 10 dB": (_shift("level", 10.0), "sound sum"),
    "place off by 30 m": (_shift("y", 30.0), "sound source"),
    "delay off by 20 ms": (_shift("emitted", 0.02), "sound delay"),
    "another instance": (_shift("instance", 1), "sound siren"),
    "distance off by 2 m": (_shift("distance", 2.0), "sound distance"),
}  # fmt: skip


@pytest.fixture(scope="module")
def followed(air):
    """Return what `passing` does, with a car behind."""
    scene = street(air(), others=(((-40.0, 3.5), (12.0, 0.0)),))
    _, files, sensor = listened(scene)
    assert not checked(scene, files, sensor).violations
    return scene, files, sensor


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_what_is_wrong_is_caught(followed, name):
    corrupt, kind = CORRUPTIONS[name]
    scene, files, sensor = followed
    wrong = checked(scene, corrupt(files), sensor)
    assert kind in {violation.kind for violation in wrong.violations}


@pytest.mark.parametrize(
    ("key", "value"),
    [("rate", 100.0), ("bits", 20), ("before", 3.0), ("positions", ()), ("country", "atlantis")],
)
def test_impossible_arrays_are_refused(key, value):
    with pytest.raises(ValueError, match=key):
        Microphones(**{"positions": SQUARE, key: value})
