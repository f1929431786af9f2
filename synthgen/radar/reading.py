"""What a radar reports in a cycle, with what is known of it."""

from dataclasses import dataclass

from jaxtyping import Float, Int

from synthgen.geometry import Array


@dataclass(frozen=True, eq=False)
class Detections:
    """A list of targets, strongest first, in the radar's frame (x along its axis, y left, z up).

    Attributes:
        point: [m]; z is 0 where elevation is not measured.
        speed: [m/s] range rate as measured, negative: coming closer.
        still_speed: [m/s] the same less what the radar's own motion makes of a thing that stands.
        cross_section: [dBsm] that a target of this strength has at that place.
        snr: [dB].
        fired: [s] time of the scan minus the reading's.
        scan: index into the model's scans.
        sigma: [m, m, m/s] standard deviations along and across the line of sight, and of speed.
        body: body number, -1 for noise and rain.
        semantic: class id, 0 for noise and rain.
        cause: index into `CAUSES`.
        true_range: [m] of the echo that gave most; nan for noise.
        true_speed: [m/s] of that echo, not wrapped.
    """

    point: Float[Array, "n 3"]
    speed: Float[Array, "n"]
    still_speed: Float[Array, "n"]
    cross_section: Float[Array, "n"]
    snr: Float[Array, "n"]
    fired: Float[Array, "n"]
    scan: Int[Array, "n"]
    sigma: Float[Array, "n 3"]
    body: Int[Array, "n"]
    semantic: Int[Array, "n"]
    cause: Int[Array, "n"]
    true_range: Float[Array, "n"]
    true_speed: Float[Array, "n"]

    def __len__(self) -> int:
        return len(self.speed)

    def select(self, which: Array) -> "Detections":
        """Return the detections that `which` (mask or indices) picks."""
        return Detections(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class RadarReading:
    """One cycle of a radar.

    Attributes:
        name: sensor name.
        time: [s] the cycle began.
        world_from_radar: pose at `time`.
        velocity: [m/s] of the radar, its own frame.
        detections: what it reports.
    """

    name: str
    time: float
    world_from_radar: Float[Array, "4 4"]
    velocity: Float[Array, "3"]
    detections: Detections
