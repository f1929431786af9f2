"""What a camera's sensor and processor are made of: numbers of data sheets, in one place.

A camera make is a file in `conf/camera` with these keys; a rig names it (`camera: flea2`) and may
set any of them anew.
"""

from dataclasses import dataclass

Row3 = tuple[float, float, float]

REFERENCE = 25.0
"""[degC] Temperature at which `dark_current` is given."""


def require(holds: bool, claim: str, value: object) -> None:
    """Raise ValueError with the `claim` and the `value` unless it `holds`."""
    if not holds:
        raise ValueError(f"{claim}, got {value}")


@dataclass(frozen=True)
class Setting:
    """How a camera is set when it takes an image.

    Attributes:
        time: [s] the shutter is open.
        gain: analogue gain, at least 1.
        balance: what red, green and blue signals are multiplied by, once the filter's colours are
            evened out; green's is 1.
        digital: what the merged signal of several exposures is multiplied by before the tone
            curve; 1 for a sensor of one exposure.
    """

    time: float
    gain: float
    balance: Row3 = (1.0, 1.0, 1.0)
    digital: float = 1.0

    @property
    def product(self) -> float:
        """[s] What the sensor's signal is proportional to."""
        return self.time * self.gain

    @property
    def brightness(self) -> float:
        """[s] What the image's brightness follows."""
        return self.product * self.digital


@dataclass(frozen=True, kw_only=True)
class Control:
    """How automatic exposure and white balance follow the light from image to image.

    What an image shows changes the setting of the next one.

    Attributes:
        loop_gain: share of the error of exposure, in stops, that an image takes away.
        hysteresis: [EV] error that starts a correction; it ends at a quarter of this.
        largest_step: [EV] that exposure moves at most from one image to the next.
        balance_gain: share of the error of white balance, in stops, that an image takes away.
        settled: [s] images farther apart than this are taken by a camera that has settled.
    """

    loop_gain: float = 0.3
    hysteresis: float = 0.1
    largest_step: float = 0.5
    balance_gain: float = 0.1
    settled: float = 1.0

    def __post_init__(self) -> None:
        for name in ("loop_gain", "balance_gain"):
            value = getattr(self, name)
            require(0 < value <= 1, f"camera control.{name} must be in (0, 1]", value)
        for name in ("hysteresis", "settled"):
            value = getattr(self, name)
            require(value >= 0, f"camera control.{name} must be >= 0", value)
        require(self.largest_step > 0, "camera control.largest_step must be > 0 EV",
                self.largest_step)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Processing:
    """What a camera's processor does to raw values, after the black level and before the file.

    Attributes:
        crosstalk: share of red, green and blue light in what each filter lets through (rows: the
            filters red, green, blue; each row adds up to 1).
        contrast: strength of the S-shape over the sRGB curve, 0 to 0.9.
        sharpening: strength of an unsharp mask of 1 px on luma.
        resampling: [px] standard deviation of the blur by a resampling, e.g. a rectification.
        jpeg: quality 1 to 100 of the compression that the image has gone through; 0: none.
        chroma: colour is kept for every pixel (444), every second column (422) or every second
            column and row (420) of a JPEG.
    """

    crosstalk: tuple[Row3, Row3, Row3] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    contrast: float = 0.12
    sharpening: float = 0.4
    resampling: float = 0.0
    jpeg: int = 0
    chroma: int = 420

    def __post_init__(self) -> None:
        for row in self.crosstalk:
            mixed = abs(sum(row) - 1) < 1e-6 and min(row) >= 0
            require(mixed, "camera processing.crosstalk rows must be >= 0 and add up to 1", row)
        own = all(self.crosstalk[n][n] >= 0.5 for n in range(3))
        require(own, "camera processing.crosstalk: a filter passes at least 0.5 of its own colour",
                self.crosstalk)  # fmt: skip
        require(0 <= self.contrast <= 0.9, "camera processing.contrast must be in [0, 0.9]",
                self.contrast)  # fmt: skip
        require(self.sharpening >= 0, "camera processing.sharpening must be >= 0", self.sharpening)
        require(
            0 <= self.resampling <= 3, "camera processing.resampling must be in [0, 3] px",
            self.resampling,
        )  # fmt: skip
        require(0 <= self.jpeg <= 100, "camera processing.jpeg must be in 0 to 100", self.jpeg)
        known = self.chroma in (444, 422, 420)
        require(known, "camera processing.chroma must be 444, 422 or 420", self.chroma)


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What is wrong with a camera, always or now and then; labels stay those of the moment.

    Attributes:
        dead_pixels: share of the pixels that stay dark.
        hot_pixels: share of the pixels that glow by themselves.
        black: share of the images that are black: the camera sends nothing.
        frozen: share of the images that show an earlier moment: the last image is sent again.
        lasting: [s] mean duration of the last two, where images follow closely.
    """

    dead_pixels: float = 0.0
    hot_pixels: float = 0.0
    black: float = 0.0
    frozen: float = 0.0
    lasting: float = 0.5

    def __post_init__(self) -> None:
        for name in ("dead_pixels", "hot_pixels"):
            value = getattr(self, name)
            require(0 <= value <= 0.1, f"camera faults.{name} must be in [0, 0.1]", value)
        for name in ("black", "frozen"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"camera faults.{name} must be in [0, 1]", value)
        both = self.black + self.frozen
        require(both <= 1, "camera faults.black and frozen must add up to at most 1", both)
        require(self.lasting > 0, "camera faults.lasting must be > 0 s", self.lasting)


FLICKER_FREE = 0.011
"""[s] Exposure that holds a whole period of lamps from 91 Hz up."""


@dataclass(frozen=True, kw_only=True)
class Hdr:
    """A sensor that takes several images of different sensitivity at once and merges them.

    Attributes:
        exposures: how many, 2 to 4.
        ratio: of sensitivity from one to the next.
        split: whether each has a photodiode of its own, of less sensitivity and exposed as long;
            else they are shorter and shorter.
        flicker_free: whether the longest is held at 11 ms at least, so that pulsed lamps show.
    """

    exposures: int = 3
    ratio: float = 16.0
    split: bool = False
    flicker_free: bool = False

    def __post_init__(self) -> None:
        require(2 <= self.exposures <= 4, "camera hdr.exposures must be 2 to 4", self.exposures)
        require(1 < self.ratio <= 64, "camera hdr.ratio must be in (1, 64]", self.ratio)

    @property
    def reach(self) -> float:
        """How many times what fills the most sensitive image fills the least sensitive one."""
        return float(self.ratio ** (self.exposures - 1))


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
        control: automatic exposure and white balance.
        processing: from raw values to the image.
        hdr: exposures that are merged; None for a sensor with one.
        faults: dead and hot pixels, black and frozen images.
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
    control: Control = Control()
    processing: Processing = Processing()
    hdr: Hdr | None = None
    faults: Faults = Faults()

    def check_electronics(self) -> None:
        """Raise ValueError for a number that no sensor has."""
        for name in ("pixel", "full_well", "bits", "dark_doubling"):
            require(getattr(self, name) > 0, f"camera {name} must be > 0", getattr(self, name))
        for name in ("read_noise", "nonuniformity", "dark_nonuniformity", "column_pattern",
                     "row_noise", "column_noise", "dark_current"):  # fmt: skip
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
        held = self.least_exposure <= self.longest_exposure
        require(held, "camera hdr.flicker_free needs longest_exposure of 0.011 s",
                self.longest_exposure)  # fmt: skip

    @property
    def least_exposure(self) -> float:
        """[s] The shortest that automatic exposure chooses."""
        held = self.hdr is not None and self.hdr.flicker_free
        return max(self.shortest_exposure, FLICKER_FREE) if held else self.shortest_exposure

    @property
    def reach(self) -> float:
        """The signal that saturates the sensor over what saturates its most sensitive image."""
        return 1.0 if self.hdr is None else self.hdr.reach

    def dark(self, time: float) -> float:
        """Return the mean dark electrons that gather in `time` [s].

        I(T) = I(T0) 2^((T - T0) / Td).

        Source: EMVA standard 1288, release 4.0, 2021, section 4.2.
        """
        warmer = (self.temperature - REFERENCE) / self.dark_doubling
        return float(self.dark_current * time * 2**warmer)
