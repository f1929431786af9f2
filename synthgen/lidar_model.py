"""What a lidar is: its lasers, how it turns, what it can range and how it codes what it hears.

Tables have a value for each laser in the order in which lasers fire, as calibration files number
them. A ring is a laser's rank from the top: ring 0 looks highest.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtri

from synthgen.electronics import require as _require
from synthgen.geometry import Array
from synthgen.spec.wording import choices, nearest

TABLES = ("azimuth_deg", "height", "side", "firing", "bias")
"""Tables that may be left out, which is zero for every laser."""
RETURNS = ("first", "strongest", "second", "last")
"""Echoes of a shot that a lidar may report."""
ENCODINGS = ("logarithmic", "reflectivity", "percent", "signal")
"""How makers code the strength of a return."""
SPAN = 0.06
"""[s] What moves is known this long about a frame."""


@dataclass(frozen=True, kw_only=True)
class LidarModel:
    """A lidar whose lasers are swept around by a turning head or a mirror.

    Attributes:
        elevation_deg: [deg] of each laser.
        azimuth_deg: [deg] of each laser, to the left of where the head looks.
        height: [m] of each laser's origin above the sensor's.
        side: [m] of each laser's origin to the left of its beam.
        forward: [m] of all origins from the axis, where the head looks.
        firing: [s] of each laser after its column starts.
        bias: [m] error of each laser's range.
        rate: [Hz] sweeps per second.
        columns: per sweep, 0 for as many as start `cycle` after one another.
        cycle: [s] from one column to the next, 0 for as many as `columns` asks for.
        clockwise: whether the head turns to the right, seen from above.
        field_deg: [deg] that a sweep covers, 360 for a whole turn.
        scanning: share of the time in which it is covered; a mirror's faces leave gaps.
        faces_deg: [deg] by which each face of the mirror lifts its sweep, in turns.
        start_deg: [deg] azimuth of the head where a sweep starts, left of straight ahead.
        stamp: share of the sweep that is done at the frame's time: 0 at its start, 1 at its end.
        encoder_deg: [deg] steps in which the azimuth is reported, 0 for none.
        wavelength: [m].
        nearest: [m] shortest range that is reported.
        farthest: [m] longest range that is reported.
        range_noise: [m] standard deviation of strong returns.
        weak_noise: [m] standard deviation of a return at the detection threshold.
        range_step: [m] of the range counter.
        divergence: [rad] full angle of the beam, sideways.
        divergence_vertical: [rad] full angle up and down, 0 for as much as sideways.
        aperture: [m] width of the beam at the sensor.
        pulse: [s] length.
        separation: [m] at which two echoes of a shot are told apart.
        threshold: effective reflectance that is detected half of the time within `plateau`; 0:
            what the first of `sheet` asks for.
        plateau: [m] range up to which the receiver's gain makes up for distance.
        sheet: (reflectance, range [m]) at which the maker promises detection.
        sheet_chance: of detection there.
        false_alarms: share of shots in which noise is taken for an echo.
        sunlight: share of the noise's variance that is due to 100 klx of sunlight, in which data
            sheets are stated: at night it is not there.
        bloom: share of an echo that the receiver's optics scatter onto a beam one degree beside;
            it falls with the square of the angle.
        crosstalk: share of shots in which the pulse of another lidar is taken for an echo.
        lost: share of rays that are lost for no reason of the scene.
        returns: which echoes of a shot are reported.
        encoding: of intensity: logarithmic; reflectivity (diffuse ones up to `border`, beyond it
            retroreflectors, by their logarithm); percent (linear); signal (photons).
        border: intensity code, of 255, of a white diffuse plate.
        dark: effective reflectance that is coded as intensity 0, of a logarithmic encoding.
        intensity_gain: rise of the coded intensity where the return grows e-fold; of a signal,
            photons that a white plate at 1 m gives.
        intensity_step: of the coded value.
    """

    elevation_deg: tuple[float, ...]
    azimuth_deg: tuple[float, ...] = ()
    height: tuple[float, ...] = ()
    side: tuple[float, ...] = ()
    forward: float = 0.0
    firing: tuple[float, ...] = ()
    bias: tuple[float, ...] = ()
    rate: float
    columns: int = 0
    cycle: float = 0.0
    clockwise: bool = False
    field_deg: float = 360.0
    scanning: float = 1.0
    faces_deg: tuple[float, ...] = (0.0,)
    start_deg: float = 180.0
    stamp: float = 0.5
    encoder_deg: float = 0.0
    wavelength: float = 905e-9
    nearest: float
    farthest: float
    range_noise: float
    weak_noise: float
    range_step: float
    divergence: float
    divergence_vertical: float = 0.0
    aperture: float
    pulse: float
    separation: float = 1.0
    threshold: float = 0.0
    plateau: float
    sheet: tuple[tuple[float, float], ...] = ()
    sheet_chance: float = 0.5
    false_alarms: float = 1e-4
    sunlight: float = 0.0
    bloom: float = 5e-6
    crosstalk: float = 0.0
    lost: float
    returns: tuple[str, ...] = ("strongest",)
    encoding: str = "logarithmic"
    border: int = 100
    dark: float = 0.0
    intensity_gain: float = 0.0
    intensity_step: float = 1 / 255

    def __post_init__(self) -> None:
        _require(self.beams > 0, "lidar elevation_deg needs at least one beam", self.beams)
        _require(self.beams <= 256, "lidar elevation_deg must have at most 256 beams", self.beams)
        for name in TABLES:
            count = len(getattr(self, name))
            claim = f"lidar {name} needs one value for each of {self.beams} beams"
            _require(count in (0, self.beams), claim, count)
        for name in ("rate", "plateau", "pulse", "range_step", "divergence"):
            _require(getattr(self, name) > 0, f"lidar {name} must be > 0", getattr(self, name))
        window = (self.nearest, self.farthest)
        _require(0 < window[0] < window[1], "lidar nearest, farthest must be > 0 m, rising", window)
        _require(0 <= self.lost < 1, "lidar lost must be in [0, 1)", self.lost)
        colours = 800e-9 <= self.wavelength <= 1600e-9
        _require(colours, "lidar wavelength must be in [800e-9, 1600e-9] m", self.wavelength)
        self._check_turning()
        self._check_coding()
        self._check_receiver()

    def _check_turning(self) -> None:
        one = (self.columns > 0) != (self.cycle > 0)
        _require(one, "a lidar needs either columns or cycle > 0", (self.columns, self.cycle))
        _require(0 < self.field_deg <= 360, "lidar field_deg must be in (0, 360]", self.field_deg)
        _require(0 < self.scanning <= 1, "lidar scanning must be in (0, 1]", self.scanning)
        _require(0 <= self.stamp <= 1, "lidar stamp must be in [0, 1]", self.stamp)
        _require(0 <= self.encoder_deg < 5, "lidar encoder_deg must be in [0, 5)", self.encoder_deg)
        _require(len(self.faces_deg) > 0, "lidar faces_deg needs at least one", self.faces_deg)
        fits = self.columns_per_sweep > 0
        _require(fits, "lidar cycle must be shorter than a sweep, got [s]", self.cycle)
        last = max(self.firing, default=0.0)
        claim = f"lidar firing must be in [0, {1 / self.frequency:.3g}] s, a column's time"
        _require(min(self.firing, default=0.0) >= 0 and last <= 1 / self.frequency, claim, last)
        longest = max(self.stamp, 1 - self.stamp) * self.scanning / self.rate
        _require(longest <= SPAN, f"lidar sweep must lie within {SPAN} s of its frame", longest)

    def _check_coding(self) -> None:
        for name in self.returns:
            close = nearest(name, RETURNS)
            _require(name in RETURNS, f"lidar returns must be {choices(RETURNS)}{close}", name)
        several = 0 < len(self.returns) == len(set(self.returns))
        _require(several, "lidar returns must be one or more, each once", self.returns)
        close = nearest(self.encoding, ENCODINGS)
        known = self.encoding in ENCODINGS
        _require(known, f"lidar encoding must be {choices(ENCODINGS)}{close}", self.encoding)
        scaled = self.encoding not in ("logarithmic", "signal") or self.intensity_gain > 0
        claim = f"lidar encoding {self.encoding} needs intensity_gain > 0"
        _require(scaled, claim, self.intensity_gain)
        dark = self.encoding != "logarithmic" or self.dark > 0
        _require(dark, "lidar encoding logarithmic needs dark > 0", self.dark)
        _require(0 < self.border < 255, "lidar border must be in 1 to 254", self.border)
        for pair in self.sheet:
            good = 0 < pair[0] <= 1 and pair[1] > 0
            _require(good, "lidar sheet must hold pairs of reflectance and range > 0 m", pair)
        chance = 0 < self.sheet_chance < 1
        _require(chance, "lidar sheet_chance must be in (0, 1)", self.sheet_chance)

    def _check_receiver(self) -> None:
        told = self.threshold > 0 or (self.threshold == 0 and len(self.sheet) > 0)
        claim = "lidar threshold must be > 0, or 0 with the ranges of a data sheet"
        _require(told, claim, self.threshold)
        rate = self.false_alarms
        _require(0 < rate <= 0.1, "lidar false_alarms must be in (0, 0.1]", rate)
        for name in ("sunlight", "bloom", "crosstalk"):
            value = getattr(self, name)
            _require(0 <= value < 1, f"lidar {name} must be in [0, 1)", value)

    @property
    def alarm(self) -> float:
        """Detection threshold in standard deviations of the noise."""
        return float(-ndtri(self.false_alarms))

    @cached_property
    def level(self) -> float:
        """Effective reflectance that is detected half of the time within `plateau`.

        A plate of the sheet's first reflectance at its range is detected with the sheet's chance,
        that of a Gaussian noise to stay below signal minus threshold.
        """
        if self.threshold > 0:
            return self.threshold
        bright, far = self.sheet[0]
        share = self.alarm / (self.alarm + float(ndtri(self.sheet_chance)))
        return bright * min(1.0, (self.plateau / far) ** 2) * share

    def without_losses(self) -> "LidarModel":
        """Return the same lidar that loses no shot."""
        return replace(self, lost=0.0)

    @property
    def beams(self) -> int:
        """Number of beams."""
        return len(self.elevation_deg)

    @property
    def frequency(self) -> float:
        """[Hz] Columns per second while a sweep is on."""
        return self.columns * self.rate / self.scanning if self.columns else 1 / self.cycle

    @property
    def columns_per_sweep(self) -> int:
        """Number of columns that start within a sweep."""
        return self.columns or int(self.scanning / (self.rate * self.cycle) + 1e-9)

    @property
    def turning(self) -> float:
        """[rad/s] How fast the beams sweep, positive to the left."""
        speed = 2 * np.pi * self.rate * (self.field_deg / 360) / self.scanning
        return float(-speed if self.clockwise else speed)

    @property
    def stamped_azimuth(self) -> float:
        """[rad] Where the head looks at the frame's time."""
        way = self.field_deg * self.stamp
        return float(np.deg2rad((self.start_deg + (-way if self.clockwise else way)) % 360))

    @cached_property
    def lasers(self) -> Int[Array, "n"]:
        """Number of the laser of each ring, from the top."""
        return np.argsort(-np.array(self.elevation_deg), kind="stable")

    def table(self, name: str) -> Float[Array, "n"]:
        """Return table `name`, ring by ring from the top."""
        values = np.array(getattr(self, name), float)
        return values[self.lasers] if len(values) else np.zeros(self.beams)


def passing(model: LidarModel, azimuth: float) -> float | None:
    """Return when [s] after the frame's time the sweep passes `azimuth` [rad], None for never.

    The azimuth is in the lidar's frame, to the left of straight ahead. Of a sweep from `start_deg`
    over the field at an even rate the share done is then (azimuth - start) / field, the way the
    head turns; the frame's time is when the share `stamp` is done.
    """
    way = np.rad2deg(azimuth) - model.start_deg
    done = float((-way if model.clockwise else way) % 360) / model.field_deg
    return (done - model.stamp) * model.scanning / model.rate if done <= 1 else None
