"""What a radar is: its scans, how far each reaches, what it can tell apart, what it reports."""

from dataclasses import dataclass

import numpy as np

LIGHT = 299_792_458.0
"""[m/s]."""

BOLTZMANN = 1.380649e-23
"""[J/K]."""

ROOM = 290.0
"""[K] Temperature that noise figures refer to."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What a scan still sees: so much signal over noise from a known target straight ahead.

    Attributes:
        cross_section_dbsm: [dBsm] of the target.
        range: [m] of the target.
        snr_db: [dB] mean power over noise in the target's cell.
    """

    cross_section_dbsm: float
    range: float
    snr_db: float


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One of the beams that a radar forms in a cycle.

    Attributes:
        name: far, near ...
        delay: [s] after the start of the cycle.
        frequency: [Hz].
        bandwidth: [Hz] of the chirps.
        dwell: [s] over which a cycle's chirps are integrated.
        transmit_power_dbm: [dBm] into the antenna.
        transmit_gain_dbi: [dBi].
        receive_gain_dbi: [dBi] of all receivers together.
        noise_figure_db: [dB].
        sensitivity: what comes of it; the equation says what is lost on the way.
        field_deg: [deg] half of the angle in which targets are reported.
        azimuth_pattern: (angle from the axis [deg], loss there and back [dB]), angles rising.
        elevation_beam_deg: [deg] width at which power one way is half.
        nearest: [m].
        farthest: [m].
        range_resolution: [m]; cannot be better than light / (2 bandwidth).
        range_accuracy: [m] within which 95 % of strong targets are.
        azimuth_resolution_deg: [deg] straight ahead; it grows with 1 / cos(azimuth).
        azimuth_accuracy_deg: [deg] as `range_accuracy`.
        elevation_resolution_deg: [deg]; 0: elevation is not measured.
        elevation_accuracy_deg: [deg].
        slowest: [m/s] range rate at which the unambiguous ones begin; negative: coming closer.
        fastest: [m/s] at which they end.
        speed_resolution: [m/s].
        speed_accuracy: [m/s].
        false_alarm: probability that noise alone passes the threshold in a cell.
        grouping: resolutions in range and azimuth within which only the strongest is reported...
        grouping_speed: [m/s] ... of those whose compensated speeds differ by no more than this.
        sidelobe_db: [dB] below the strongest of the same range and speed at which others vanish.
    """

    name: str
    frequency: float = 76.5e9
    bandwidth: float
    dwell: float
    transmit_power_dbm: float
    transmit_gain_dbi: float
    receive_gain_dbi: float
    noise_figure_db: float
    sensitivity: Sensitivity
    field_deg: float
    azimuth_pattern: tuple[tuple[float, float], ...]
    elevation_beam_deg: float
    nearest: float
    farthest: float
    range_resolution: float
    range_accuracy: float
    azimuth_resolution_deg: float
    azimuth_accuracy_deg: float
    elevation_resolution_deg: float = 0.0
    elevation_accuracy_deg: float = 0.0
    slowest: float
    fastest: float
    speed_resolution: float
    speed_accuracy: float
    false_alarm: float
    sidelobe_db: float = 25.0
    grouping: float = 0.0
    grouping_speed: float = 0.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            _require(getattr(self, name) > 0, f"radar {name} must be > 0", getattr(self, name))
        _require(0 < self.field_deg <= 85, "radar field_deg must be in (0, 85]", self.field_deg)
        window = (self.nearest, self.farthest)
        _require(0 < window[0] < window[1], "radar nearest, farthest must be > 0 m, rising", window)
        span = (self.slowest, self.fastest)
        _require(span[0] < 0 < span[1], "radar slowest, fastest must be < 0 and > 0 m/s", span)
        _require(0 < self.false_alarm < 0.1, "radar false_alarm must be in (0, 0.1)",
                 self.false_alarm)  # fmt: skip
        finest = LIGHT / (2 * self.bandwidth)
        _require(self.range_resolution >= 0.999 * finest,
                 f"radar range_resolution must be >= {finest:.3g} m, light / (2 bandwidth)",
                 self.range_resolution)  # fmt: skip
        angles = [angle for angle, _ in self.azimuth_pattern]
        _require(angles == sorted(angles) and angles[:1] == [0.0],
                 "radar azimuth_pattern must start at 0 deg and rise", angles)  # fmt: skip
        _require(self.losses_db >= 0,
                 "radar sensitivity is better than its power, gains, dwell and noise allow by [dB]",
                 -self.losses_db)  # fmt: skip

    @property
    def wavelength(self) -> float:
        """[m]."""
        return LIGHT / self.frequency

    @property
    def losses_db(self) -> float:
        """[dB] What filters, windows and bumper must take for `sensitivity` to be what it is."""
        seen = self.sensitivity
        return self._ideal_db(seen.cross_section_dbsm, seen.range) - seen.snr_db

    def _ideal_db(self, cross_section_dbsm: float, distance: float) -> float:
        """Return signal over noise [dB] without losses.

        SNR = P G_t G_r wavelength^2 sigma T / ((4 pi)^3 R^4 k T_0 F).

        Source: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd ed., 2014,
        equations 2.10 and 2.11 with a matched filter over the dwell T.
        """
        watts = self.transmit_power_dbm - 30
        gains = self.transmit_gain_dbi + self.receive_gain_dbi
        spread = 20 * np.log10(self.wavelength) - 30 * np.log10(4 * np.pi) - 40 * np.log10(distance)
        noise = 10 * np.log10(BOLTZMANN * ROOM / self.dwell) + self.noise_figure_db
        return float(watts + gains + cross_section_dbsm + spread - noise)


_POSITIVE = (
    "frequency", "bandwidth", "dwell", "elevation_beam_deg", "range_resolution", "range_accuracy",
    "azimuth_resolution_deg", "azimuth_accuracy_deg", "speed_resolution", "speed_accuracy",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RadarModel:
    """A radar.

    Attributes:
        scans: what it measures in a cycle, one after the other.
        cycle: [s] from one list of targets to the next.
        most: targets that a list holds; the strongest are kept.
        horizontal: whether the electric field is horizontal, else it is vertical.
        distance_step: [m] of the reported coordinates; 0: none.
        speed_step: [m/s] of the reported speeds; 0: none.
        cross_section_step_db: [dB]; 0: none.
        smallest_dbsm: [dBsm] weaker targets are not listed.
        mirrored: what a smooth car front sends back of an echo, as a cross-section [dBsm].
    """

    scans: tuple[Scan, ...]
    cycle: float
    most: int
    horizontal: bool = False
    distance_step: float = 0.0
    speed_step: float = 0.0
    cross_section_step_db: float = 0.0
    smallest_dbsm: float = -64.0
    mirrored: float = 10.0

    def __post_init__(self) -> None:
        _require(len(self.scans) > 0, "radar scans must be one at least", self.scans)
        _require(self.most >= 1, "radar most must be >= 1", self.most)
        last = max(scan.delay + scan.dwell for scan in self.scans)
        _require(last <= self.cycle, f"radar cycle must hold its scans, >= {last} s", self.cycle)
        for name in ("distance_step", "speed_step", "cross_section_step_db"):
            _require(getattr(self, name) >= 0, f"radar {name} must be >= 0", getattr(self, name))

    @property
    def farthest(self) -> float:
        """[m] That any scan reports."""
        return max(scan.farthest for scan in self.scans)


def _require(good: bool, claim: str, value: object) -> None:
    if not good:
        raise ValueError(f"{claim}, got {value}")
