"""The renderers by name; only the one that is asked for is loaded."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.sky import Sky
from synthgen.light.sources import Wiring
from synthgen.rays import Hits
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.world import World


class Renderer(Protocol):
    """What every renderer can do; see `synthgen.render`."""

    @property
    def sky(self) -> Sky:
        """The sky of the world."""
        ...

    def sky_at(self, time: float) -> Sky:
        """The sky at `time` [s]: that of the world, or lit by a stroke of lightning."""
        ...

    @property
    def wiring(self) -> Wiring:
        """The lamps and circuits of the world."""
        ...

    def twin(self, world: World) -> "Renderer":
        """Return the renderer of `world`, which has the same shapes under other conditions."""
        ...

    def radiance(
        self,
        tracer: Tracer,
        moment: Moment,
        view: CameraView,
        hits: Hits,
        atmosphere: Atmosphere,
        seed: int,
    ) -> Float[Array, "h w 3"]:
        """Return linear sRGB radiance [cd/m2] at the camera, air included."""
        ...


def renderer(world: World, name: str, path: PathQuality | None) -> Renderer:
    """Return the renderer called `name` for `world`; `path` is the quality of the path tracer."""
    makers: dict[str, Callable[[], Renderer]] = {
        "raycast": lambda: Raycast(world),
        "path": lambda: import_module("synthgen.render.path.picture").Path(world, path),
        "raster": lambda: import_module("synthgen.render.raster.picture").Raster(world),
    }
    return makers[name]()
