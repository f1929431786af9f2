"""What the path tracer spends, and on what."""

from dataclasses import dataclass

DEVICES = ("auto", "llvm", "cuda")


@dataclass(frozen=True)
class PathQuality:
    """Parameters of the path tracer.

    Attributes:
        samples: paths per pixel, 1 to 4096.
        bounces: most surfaces that a path meets after its first, 0 to 16.
        denoise: whether Open Image Denoise cleans the image.
        lamps: most lamps that light one frame, those that can give its view the most.
        device: llvm (processor), cuda (graphics card), or auto: a card where there is one.
    """

    samples: int = 16
    bounces: int = 3
    denoise: bool = True
    lamps: int = 256
    device: str = "auto"

    def __post_init__(self) -> None:
        for name, least, most in (("samples", 1, 4096), ("bounces", 0, 16), ("lamps", 1, 4096)):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name}={value}: expected a whole number, {least} to {most}")
        if self.device not in DEVICES:
            raise ValueError(f"device={self.device}: expected one of {', '.join(DEVICES)}")
