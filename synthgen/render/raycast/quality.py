"""What the renderer spends where."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """Parameters of the raycast renderer.

    Attributes:
        ambient_step: [px] spacing of the pixels whose sky visibility is measured.
        ambient_rays: sky rays at each of them.
        in_view: most lamps that light one frame.
        lamps: most lamps that light one pixel.
        shadowed: most lamps per pixel whose shadow is tested, strongest first.
        threshold: share of the light at a pixel below which a lamp is left out.
        mirror: least mirrored share for which a mirror ray is cast.
        air_step: [px] spacing of the pixels at which lamp light scattered by air is integrated.
        edge_samples: extra rays through each edge pixel.
        edge_share: most edge pixels, as a share of all.
        thin_share: most pixels besides, for what is no more than a pixel wide.
    """

    ambient_step: int = 4
    ambient_rays: int = 6
    in_view: int = 90
    lamps: int = 5
    shadowed: int = 4
    threshold: float = 0.05
    mirror: float = 0.04
    air_step: int = 6
    edge_samples: int = 4
    edge_share: float = 0.06
    thin_share: float = 0.2

    def __post_init__(self) -> None:
        for name in ("ambient_step", "ambient_rays", "lamps", "shadowed", "air_step"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
