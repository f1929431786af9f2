from dataclasses import replace

import numpy as np
import pytest

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.detail import detailed
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.render.raster import setup
from synthgen.render.raster.agreement import depth_share, overlaps
from synthgen.scene import moment
from synthgen.sensors.camera import depths, pixel_rays, seen, view_of
from synthgen.spec.resolve import resolve

try:
    setup.check()
except UserError as missing:
    pytest.skip(f"the extra `raster` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.raster import stage

pytestmark = pytest.mark.long
FRAMES = 2


def aside(now, view):
    """The moment with every thing 2 mm to the right per metre of its distance."""
    right, eye = view.world_from_camera[:3, 0], view.world_from_camera[:3, 3]

    def moved(thing):
        gap = np.linalg.norm(thing.track.world_from_body(view.time)[:3, 3] - eye)
        place = thing.track.position + 0.002 * gap * right
        return replace(thing, track=replace(thing.track, position=place))

    return replace(now, things=tuple(moved(thing) for thing in now.things))


def widths(body):
    """The number of columns that each body fills."""
    return {n: len(np.unique(np.nonzero(body == n)[1])) for n in np.unique(body)}


@pytest.mark.parametrize(
    ("scene", "place"), [("emergency", "downtown"), ("rescue_lane", "motorway")]
)
def test_masks_and_depth_of_streets_agree_and_two_centimetres_at_ten_metres_do_not(
    tmp_path, scene, place
):
    run = read([f"scene={scene}", f"place={place}", "traffic.doors=0.3"])
    spec = resolve(run, 0)
    city = build_city(spec.place, run.seed, run.rig.ego, tmp_path, guests(run))
    built = detailed(build_clip(city, spec, FRAMES), run.rig, city.coarse)
    camera = run.rig.camera(next(iter(run.rig.cameras)))
    slim = []
    with tracer(built.world) as trace:
        for time in built.motion.times[:FRAMES]:
            now = moment(built, time)
            view = view_of(camera, now)
            rays = pixel_rays(view)
            _, hits = seen(trace, now, view, rays)
            body = hits.body.reshape(view.height, view.width)
            drawn = stage.seen(now, view, fine=5)
            found = overlaps(body, drawn.body, 400)
            assert len(found) >= 10
            assert min(part.iou for part in found) >= 0.99
            assert depth_share(depths(view, rays, hits), drawn.depth) >= 0.99
            other = stage.seen(aside(now, view), view, fine=5)
            wide = widths(body)
            slim += [
                part.iou
                for part in overlaps(body, other.body, 400)
                if built.world.thing_of(part.body) >= 0 and wide.get(part.body, 999) < 100
            ]
    assert len(slim) >= 3
    assert max(slim) < 0.99
