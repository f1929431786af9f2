"""The default renderer: Embree rays and shading in compiled loops."""

from synthgen.render.raycast.picture import Raycast
from synthgen.render.raycast.quality import Quality

__all__ = ["Quality", "Raycast"]
