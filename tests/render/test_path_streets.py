from dataclasses import replace

import numpy as np
import pytest

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.materials import Texture
from synthgen.render.path import setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.scene import moment
from synthgen.sensors.camera import pixel_rays, view_of
from synthgen.spec.resolve import resolve
from synthgen.weather.air import atmosphere

try:
    setup.check("llvm")
except UserError as missing:
    pytest.skip(f"the extra `path` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.path.picture import Path

LUMA = np.array([0.2126, 0.7152, 0.0722])


def blunt(material):
    plain = Texture.PLAIN if material.texture == Texture.FACADE else material.texture
    return replace(material, roughness=1.0, metallic=0.0, clearcoat=0.0, transmission=0.0,
                   retroreflection=0.0, texture=plain)  # fmt: skip


def matte(world):
    """The world with every surface matt; bodies of one mesh keep one mesh."""
    known = {}

    def paper(body):
        if id(body.mesh) not in known:
            every = tuple(blunt(material) for material in body.mesh.materials)
            known[id(body.mesh)] = replace(body.mesh, materials=every)
        return replace(body, mesh=known[id(body.mesh)])

    stuff, things = (tuple(paper(body) for body in part) for part in (world.stuff, world.things))
    return replace(world, stuff=stuff, things=things)


def smaller(view, factor):
    matrix = view.matrix.copy()
    matrix[:2] /= factor
    matrix[:2, 2] += 0.5 / factor - 0.5
    return replace(view, width=view.width // factor, height=view.height // factor, matrix=matrix)


def prepared(run, folder):
    """Return clip, moment, air and a camera a quarter as wide."""
    spec = resolve(run, 0)
    city = build_city(spec.place, run.seed, run.rig.ego, folder, guests(run))
    built = build_clip(city, spec, 1)
    now, air = moment(built, built.motion.times[0]), atmosphere(spec.environment)
    view = smaller(view_of(run.rig.camera(next(iter(run.rig.cameras))), now), 4)
    return built, now, air, view


def means(built, now, air, view):
    """Return the mean luminance [cd/m2] by raycast and by path."""
    with tracer(built.world) as trace:
        hits = trace.first_hits(now, pixel_rays(view))
        renderers = Raycast(built.world), Path(built.world, PathQuality(denoise=False))
        return [
            float((one.radiance(trace, now, view, hits, air, 1) @ LUMA).mean()) for one in renderers
        ]


@pytest.mark.long
@pytest.mark.parametrize("scene", ["clear_day", "night"])
def test_a_matt_street_downtown_is_as_bright_as_by_raycast(tmp_path, scene):
    built, *rest = prepared(read([f"scene={scene}", "place=downtown"]), tmp_path)
    one, other = means(replace(built, world=matte(built.world)), *rest)
    assert other == pytest.approx(one, rel=0.1)


@pytest.mark.long
@pytest.mark.parametrize(
    ("keys", "apart"),
    [
        (["scene=fog"], 0.1),
        (["scene=fog", "weather.visibility=60"], 0.1),
        (["scene=fog", "light=night", "weather.visibility=100"], 0.2),
        (["scene=storm_night"], 0.2),
    ],
    ids=["fog", "thick", "fog by night", "storm by night"],
)
def test_a_street_in_thick_air_is_as_bright_as_by_raycast(tmp_path, keys, apart):
    one, other = means(*prepared(read(keys), tmp_path))
    assert other == pytest.approx(one, rel=apart)
