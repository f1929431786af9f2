"""Which renderer makes colour, and what it spends."""

from dataclasses import dataclass

from synthgen.render.path.quality import PathQuality
from synthgen.spec.wording import choices, nearest

RENDERERS = ("raycast", "path", "raster")


@dataclass(frozen=True, kw_only=True)
class RenderSpec:
    """A renderer and its parameters.

    Attributes:
        name: raycast, path or raster.
        path: parameters of `path`, None for other renderers.
    """

    name: str = "raycast"
    path: PathQuality | None = None

    def __post_init__(self) -> None:
        if self.name not in RENDERERS:
            close = nearest(self.name, RENDERERS)
            raise ValueError(f"render.name={self.name}: expected {choices(RENDERERS)}{close}")
        if (self.name == "path") != (self.path is not None):
            raise ValueError(f"render.name={self.name}: expected its own parameters")
