"""How images are stored."""

from dataclasses import dataclass, replace

from synthgen.rig import Rig
from synthgen.spec.wording import choices, nearest

FORMATS = ("png", "jpeg")
CHROMA = (444, 422, 420)
LEAST, MOST = 60, 100


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """What becomes of the image of a camera.

    Attributes:
        format: png, which loses nothing, or jpeg.
        quality: of a JPEG, 60 to 100.
        chroma: colour of a JPEG is kept for every pixel (444), every second column (422), or every
            second column and row (420).
    """

    format: str = "png"
    quality: int = 92
    chroma: int = 420

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            close = nearest(self.format, FORMATS)
            raise ValueError(f"image.format={self.format}: expected {choices(FORMATS)}{close}")
        if not LEAST <= self.quality <= MOST:
            raise ValueError(f"image.quality={self.quality}: expected {LEAST} to {MOST}")
        if self.chroma not in CHROMA:
            raise ValueError(f"image.chroma={self.chroma}: expected 444, 422 or 420")

    @property
    def suffix(self) -> str:
        """How names of image files end."""
        return ".jpg" if self.format == "jpeg" else ".png"


def stored(rig: Rig, image: ImageSpec) -> Rig:
    """Return `rig` with cameras that send what is stored: nothing is compressed twice.

    A camera that compresses its images itself (`processing.jpeg`) keeps its own quality.
    """
    if image.format == "png":
        return rig
    cameras = {}
    for name, fitted in rig.cameras.items():
        own = fitted.model.processing
        coded = own if own.jpeg else replace(own, jpeg=image.quality, chroma=image.chroma)
        cameras[name] = replace(fitted, model=replace(fitted.model, processing=coded))
    return replace(rig, cameras=cameras)
