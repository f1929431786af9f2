"""The card's way of tracing, run on the processor: the same functions, other loops around them."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.errors import UserError
from synthgen.geometry import yaw_quaternion
from synthgen.materials import Material, Texture
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rays import Rays
from synthgen.render.path import setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import air
from synthgen.render.raycast.glow import scattered
from synthgen.render.raycast.lantern import levels
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.world import Beam, Body, Circuit, Environment, Lamp, World

try:
    setup.check("llvm")
except UserError as missing:
    pytest.skip(f"the extra `path` is not usable here: {missing}", allow_module_level=True)

import drjit as dr
import mitsuba as mi

from synthgen.render.path.bench import FULL, Bench
from synthgen.render.path.meeting import Notes, meet
from synthgen.render.path.memory import address
from synthgen.render.path.picture import Path
from synthgen.render.path.trees import Trees, Way
from synthgen.render.raycast.density import MANY
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.patterns.spot import COLUMNS
from synthgen.render.raycast.shortlist import KEPT, NO_CELL, fill, mixed
from synthgen.render.raycast.spots import Found, Spots

mi.set_variant("llvm_ad_rgb")
dr.set_thread_count(1)
NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
DAY = replace(NIGHT, sun_elevation=0.8)
CLEAR = Atmosphere((0.0, 0.0, 0.0), 0, 0, 0, 0, 1.0, 0.0, 0)
FOG = Atmosphere((0.03, 0.03, 0.03), 0.03, 0, 0, 0, 0.999, 0.86, 0)


@numba.njit(cache=True)
def claimed(keys, key):
    last = len(keys) - 1
    slot = mixed(key) & last
    for _ in range(len(keys)):
        if keys[slot] in (NO_CELL, key):
            keys[slot] = key
            return slot
        slot = (slot + 1) & last
    return FULL


@numba.njit(cache=True)
def all_met(step, rays, setting, met, seats, keys, notes):
    for n in range(len(seats)):
        key = meet(n, step, rays, setting, met, notes)
        seats[n] = -1 if key == NO_CELL else claimed(keys, key)


@numba.njit(cache=True)
def all_filled(every, known, kept):
    room = np.empty(KEPT)
    for slot in range(len(kept)):
        if kept[slot] < 0 and known.key[slot] != NO_CELL:
            kept[slot] = fill((known.lamps[slot], room), every, known.key[slot], known)


def notes():
    def single(*shape):
        return np.zeros(shape, np.float32)

    def whole():
        return np.zeros(1, np.int32)

    def long(count=1):
        return np.zeros(count, np.int64)

    threes = (single(1, 3) for _ in range(6))
    spots = Spots(long(), *threes, single(1, 2), whole(), whole(), whole(), single(1), single(1))
    coat = Coat(single(1, 3), single(1, 3), single(1), single(1, 3), single(1))
    found = Found(single(1), whole(), whole(), single(1, 2), np.zeros(0))
    puffs = np.zeros(MANY), np.zeros(MANY), long(MANY), np.zeros(3), np.zeros(3)
    places = long(), *(np.zeros(1) for _ in range(4))
    return Notes(long(), places, single(1, 3), single(1, 3), np.zeros((1, 3)), found, spots, coat,
                 single(1), long(), np.zeros((1, 4, 4)), np.zeros((1, COLUMNS)), puffs)  # fmt: skip


class Processor:
    """Does what `card.Card` does."""

    levels, scattered = staticmethod(levels), staticmethod(scattered)
    add_coarse = staticmethod(air.add_coarse)

    def give(self, array):
        return array

    def view(self, place, kind, shape):
        number = np.ctypeslib.as_ctypes_type(np.dtype(kind))
        block = (number * int(np.prod(shape))).from_address(place)
        return np.ctypeslib.as_array(block).reshape(shape)

    def meet(self, step, rays, setting, met, seats, keys):
        all_met(step, rays, setting, met, seats, keys, notes())

    def fill(self, every, known):
        all_filled(every, known, known.kept)


def block(material, low, high, name="block"):
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1])
                        for z in (low[2], high[2])], float)  # fmt: skip
    faces = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
             [2, 3, 7], [2, 7, 6], [1, 5, 7], [1, 7, 3], [0, 2, 6], [0, 6, 4]]  # fmt: skip
    return Body(name, "building", "", mesh(corners, faces, material, "building"))


def scene_of(environment):
    """A paved ground with a brick block and a lamp; a second block is a thing of its own."""
    ground = block(Material("g", (0.2,) * 3, texture=Texture.ASPHALT), (-40, -40, -1), (40, 40, 0))
    wall = block(Material("w", (0.4, 0.2, 0.1), texture=Texture.BRICK), (6, 1, 0), (8, 5, 4))
    lamp = Lamp((0, 0, 5.0), (0, 0, -1.0), 2000.0, Beam.LAMBERT, 0)
    far_off = block(Material("f", (0.1,) * 3), (-1, -1, -300), (1, 1, -299)).mesh
    post = Body("lamp", "pole", "", far_off, None, (Circuit("white", 0.0, (1, 1, 1)),), (lamp,))
    thing = block(Material("t", (0.1, 0.2, 0.6), roughness=0.2), (-1, -1, 0), (1, 1, 2), "thing")
    ego = Body("ego", "ego", "", far_off)
    still = yaw_quaternion(0.0)
    tracks = (standing((0, 0, 0), still, ()), standing((5, 0, 0), still, (1.0,)),
              standing((5.0, -3.0, 0), still, ()))  # fmt: skip
    world = World((ground, wall), (ego, post, thing), 0, environment)
    return Scene(world, Motion(tracks, (0.0,)))


def camera():
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])
    pose[2, 3] = 1.5
    matrix = np.array([[40.0, 0, 23.5], [0, 40.0, 15.5], [0, 0, 1]])
    return CameraView("eye", 48, 32, matrix, pose, 0.0)


def pictures(environment, atmosphere=CLEAR, samples=16):
    """The same picture by `tracing` and by `wave`."""
    scene, view = scene_of(environment), camera()
    now, tracer = moment(scene, 0.0), Tracer(scene.world)
    row, column = np.divmod(np.arange(view.width * view.height), view.width)
    way = view.directions(column, row).astype(np.float32)
    hits = tracer.first_hits(now, Rays(view.origins(row).astype(np.float32), way, 0 * way[:, 0]))
    usual = Path(scene.world, PathQuality(samples, denoise=False, device="llvm"))
    other = Path(scene.world, PathQuality(samples, denoise=False, device="llvm"))
    other.__dict__["_helper"], other.__dict__["_bench"] = Processor(), Bench(Processor())
    return [one.radiance(tracer, now, view, hits, atmosphere, 3) for one in (usual, other)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("environment", "atmosphere"),
    [(DAY, CLEAR), (NIGHT, CLEAR), (NIGHT, FOG), (replace(NIGHT, wetness=1.0, rain=5.0), CLEAR)],
    ids=["day", "night", "fog", "rain"],
)
def test_all_paths_at_once_bring_the_light_that_they_bring_one_sample_at_a_time(
    environment, atmosphere
):
    one, all_at_once = pictures(environment, atmosphere)
    assert one.mean() > 0
    # The rays' directions are singles here and doubles there: edges fall on other samples.
    np.testing.assert_allclose(all_at_once.mean((0, 1)), one.mean((0, 1)), rtol=2e-3)
    floor = 0.1 * np.median(one)
    gap = np.abs(np.log10((all_at_once + floor) / (one + floor)))
    assert np.median(gap) < 1e-4
    assert np.mean(gap > 0.02) < 0.05


def test_a_frame_with_more_cells_of_lamps_than_there_is_room_for_is_an_error():
    bench = Bench(Processor())
    bench.check()
    bench._least = mi.Int32(FULL)
    with pytest.raises(RuntimeError, match="cells of lamps"):
        bench.check()


def test_numbers_written_to_the_address_of_an_array_are_in_it():
    array = dr.empty(mi.Float, 8)
    Processor().view(address(array), np.float32, (8,))[:] = np.arange(8)
    np.testing.assert_array_equal(array.numpy(), np.arange(8))


def trees_and_rays():
    """Trees of the scene, and rays in all directions."""
    scene = scene_of(DAY)
    trees, now = Trees(scene.world), moment(scene, 0.0)
    trees.enter(now, camera())
    way = np.random.default_rng(1).normal(size=(500, 3)).astype(np.float32)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return trees, np.tile(np.float32([[0, 0, 1.5]]), (500, 1)), way


def test_rays_find_in_drjit_what_they_find_in_numpy():
    trees, start, way = trees_and_rays()
    hits = trees.cast(start, way)
    found = trees.find(mi.Point3f(start.T), mi.Vector3f(way.T))
    np.testing.assert_array_equal(found.body.numpy(), hits.body)
    hit = hits.body >= 0
    assert {0, 1} < set(hits.body[hit].tolist())
    np.testing.assert_array_equal(found.distance.numpy()[hit], hits.distance[hit])
    np.testing.assert_array_equal(found.primitive.numpy()[hit], hits.primitive[hit])


def test_what_rays_find_is_stored_before_another_scene_is_asked():
    # On a card a kernel with two scenes misses everything in one of them.
    trees, start, way = trees_and_rays()
    found = trees.find(mi.Point3f(start.T), mi.Vector3f(way.T))
    assert found.distance.state == dr.VarState.Evaluated
    assert found.body.state == dr.VarState.Evaluated


def test_ways_are_free_where_no_hit_is_nearer():
    trees, start, way = trees_and_rays()
    hits, reach = trees.cast(start, way), mi.Float(5.0)
    asked = [Way(mi.Vector3f(way.T), reach, mi.Bool(True)),
             Way(mi.Vector3f(way.T), reach, mi.Bool(False))]  # fmt: skip
    free, unasked = trees.free(mi.Point3f(start.T), asked)
    np.testing.assert_array_equal(free.numpy(), hits.distance > 5.0)
    assert not np.any(unasked.numpy())
