"""What a camera's sensor and processor are made of: numbers of data sheets, in one place.

A camera make is a file in `conf/camera` with these keys; a rig names it (`camera: flea2`) and may
set any of them anew.
"""

from dataclasses import dataclass

Row3 = tuple[float, float, float]

REFERENCE = 25.0
"""[degC] Temperature at which `dark_current` is given."""


@dataclass(frozen=True, kw_only=True)
class Electronics:
    """Sensor and converter by EMVA 1288's linear model.

    Source: EMVA standard 1288, release 4.0, 2021, sections 2 to 4.

    Attributes:
        pixel: [m] pitch.
        full_well: [electrons] saturation capacity.
        read_noise: [electrons] temporal dark noise of one reading.
        quantum_efficiency: of red, green and blue pixels.
        nonuniformity: standard deviation of the pixels' sensitivity (PRNU).
        dark_nonuniformity: [electrons] standard deviation of the pixels' offsets (DSNU).
        column_pattern: [electrons] standard deviation of the columns' offsets.
        row_noise: [electrons] standard deviation of a row's offset, drawn anew for each image.
        column_noise: [electrons] the same of a column.
        dark_current: [electrons/s] at 25 degC.
        dark_doubling: [K] rise that doubles the dark current.
        temperature: [degC] of the sensor.
        serial: which copy of the make it is: its fixed pattern is drawn from this and its name.
        bits: of the converter.
        black: [DN] raw value of darkness, so that noise is not cut off.
        shortest_exposure: [s].
        longest_exposure: [s].
        largest_gain: at least 1.
        sharpening: strength of the unsharp mask.
    """

    pixel: float
    full_well: float
    read_noise: float
    quantum_efficiency: Row3
    nonuniformity: float = 0.007
    dark_nonuniformity: float = 0.0
    column_pattern: float = 0.0
    row_noise: float = 0.0
    column_noise: float = 0.0
    dark_current: float = 0.0
    dark_doubling: float = 7.0
    temperature: float = 45.0
    serial: int = 1
    bits: int = 12
    black: int = 64
    shortest_exposure: float = 3e-5
    longest_exposure: float = 0.015
    largest_gain: float = 8.0
    sharpening: float = 0.4

    def check_electronics(self) -> None:
        """Raise ValueError for a number that no sensor has."""
        for name in ("pixel", "full_well", "bits", "dark_doubling"):
            require(getattr(self, name) > 0, f"camera {name} must be > 0", getattr(self, name))
        for name in ("read_noise", "nonuniformity", "dark_nonuniformity", "column_pattern",
                     "row_noise", "column_noise", "dark_current", "sharpening"):  # fmt: skip
            require(getattr(self, name) >= 0, f"camera {name} must be >= 0", getattr(self, name))
        for share in self.quantum_efficiency:
            require(0 < share <= 1, "camera quantum_efficiency must be in (0, 1]", share)
        require(self.bits <= 16, "camera bits must be at most 16", self.bits)
        room = 0 <= self.black < 2**self.bits // 4
        require(room, "camera black must be in the lowest quarter of its bits", self.black)
        warm = -60 <= self.temperature <= 125
        require(warm, "camera temperature must be in -60 to 125 degC", self.temperature)
        exposures = (self.shortest_exposure, self.longest_exposure)
        require(0 < exposures[0] <= exposures[1], "exposures must be > 0 s, rising", exposures)
        require(self.largest_gain >= 1, "camera largest_gain must be >= 1", self.largest_gain)

    def dark(self, time: float) -> float:
        """Return the mean dark electrons that gather in `time` [s].

        I(T) = I(T0) 2^((T - T0) / Td).

        Source: EMVA standard 1288, release 4.0, 2021, section 4.2.
        """
        warmer = (self.temperature - REFERENCE) / self.dark_doubling
        return float(self.dark_current * time * 2**warmer)


def require(holds: bool, claim: str, value: object) -> None:
    """Raise ValueError with the `claim` and the `value` unless it `holds`."""
    if not holds:
        raise ValueError(f"{claim}, got {value}")
