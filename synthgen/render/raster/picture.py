"""Plain previews: what the rasteriser found, painted and lit without a ray."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.sky import Sky
from synthgen.light.sources import Wiring
from synthgen.rays import Hits
from synthgen.render.raster import setup
from synthgen.render.raster.points import found
from synthgen.render.raster.stage import seen
from synthgen.render.raycast import air, ambient, density, direct, lamplight
from synthgen.render.raycast.picture import Raycast
from synthgen.render.raycast.shading import Frame, coated
from synthgen.render.raycast.spots import Spots, spots
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.world import World


@dataclass(frozen=True, eq=False)
class Raster:
    """Draws frames of one world by OpenGL, in the units, paint and light of `raycast`.

    Every surface is lit by the whole sky, by the sun or moon it faces and by the strongest lamps
    that reach it, and the air with its fog banks, smoke and spray lies before it. What a preview
    leaves out: shadows and dimmer corners, bounced light, mirrors other than highlights and
    blurred sky (wet roads show no lamps), lit haze round lamps, smoothed edges. So it is too
    bright wherever something stands in the light's way, and lamps shine through walls. It draws
    pinhole cameras alone, and everything at one time.

    Attributes:
        world: the world.
        given_sky: a sky instead of that of the world's environment.
        like: the renderer of a world with the same shapes, whose preparation is shared.
    """

    world: World
    given_sky: Sky | None = None
    like: "Raster | None" = None

    def __post_init__(self) -> None:
        """Refuse a machine without OpenGL."""
        setup.check()

    @cached_property
    def _shared(self) -> Raycast:
        """The renderer that prepares what both share: materials, lights, sky, air."""
        if self.like is not None:
            return self.like._shared.twin(self.world)
        return Raycast(self.world, given_sky=self.given_sky)

    def twin(self, world: World) -> "Raster":
        """Return the renderer of `world`, which has the same shapes under other conditions."""
        return Raster(world, like=self)

    @property
    def sky(self) -> Sky:
        """The sky of the world."""
        return self._shared.sky

    def sky_at(self, time: float) -> Sky:
        """The sky at `time` [s]: that of the world, or lit by a stroke of lightning."""
        return self._shared.sky_at(time)

    @property
    def wiring(self) -> Wiring:
        """The lamps and circuits of the world."""
        return self._shared.wiring

    def radiance(
        self,
        tracer: Tracer,
        moment: Moment,
        view: CameraView,
        hits: Hits,
        atmosphere: Atmosphere,
        seed: int,
    ) -> Float[Array, "h w 3"]:
        """Return linear sRGB radiance [cd/m2] at the camera, air included.

        `hits` are not looked at: what each pixel shows is drawn anew. Nor does `seed` matter.

        Raises:
            ValueError: when the lens of `view` bends straight lines.
        """
        frame = self._shared.frame(tracer, moment, view, atmosphere, seed % 2**31)
        row, column = np.divmod(np.arange(view.height * view.width), view.width)
        way = view.directions(column.astype(float), row.astype(float)).astype(np.float32)
        drawn = found(moment, view, seen(moment, view))
        eye = np.tile(view.world_from_camera[:3, 3].astype(np.float32), (len(way), 1))
        points = spots(eye, way, drawn, frame.atlases, frame.poses, frame.pixel)
        image = np.zeros((len(way), 3))
        image[points.ray] = _lit(frame, points)
        air.add_sky(image, np.flatnonzero(drawn.body < 0), way, frame.sky.dome)
        density.veil(image, eye, way, drawn.distance, frame.through)
        return image.reshape(view.height, view.width, 3).astype(np.float32)


def _lit(frame: Frame, points: Spots) -> Float[Array, "n 3"]:
    """Return what `points` send to the eye, nothing in the way of any light."""
    coat = coated(frame, points, sheltered=False)
    light = coat.emission.astype(np.float64)
    count, sky = len(points.ray), frame.sky
    whole = np.ones(count), np.zeros(count)
    no_ray = np.zeros(count, bool)
    ambient.add_ambient(light, points, coat, whole, no_ray, sky.harmonics, sky.dome.ground)
    facing = (points.face @ sky.direction > 0) & direct.shines(sky)
    direct.add_direct(light, points, coat, facing.astype(np.float32), sky.direction, sky.direct)
    choice = lamplight.choose(points, coat, frame.lamps, frame.cells, frame.quality.lamps)
    lamplight.add_lamps(light, points, coat, choice, frame.lamps)
    return light
