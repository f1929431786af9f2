"""Recordings of microphones: levels, directions and sources against samples and other tables."""

import io
import json
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import Float

from synthgen.geometry import Array, inverse
from synthgen.kinds import Written
from synthgen.verify.ego_checks import pose_of
from synthgen.verify.faults import Tally

FAST = 0.125
"""[s] Over which levels are taken."""
_SIRENS = frozenset({"ambulance", "fire_engine", "police_car", "motorcycle"})
_ALONE = 12.0
"""[dB] So much louder than all else together a source must be for its direction to be heard."""
_APART = np.deg2rad(10.0)
_BAND = 300.0, 5000.0
"""[Hz] in which directions are looked for: wind is below, little above."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """One WAV file and what is said of it.

    Attributes:
        samples: shares of the full scale.
        rate: [Hz].
        start: [s] of the first sample.
        said: its entry in the array's description.
        places: [m] of the microphones, ego frame.
        speed: [m/s] of sound.
    """

    samples: Float[Array, "m n"]
    rate: int
    start: float
    said: Mapping
    places: Float[Array, "m 3"]
    speed: float

    def about(self, time: float) -> Float[Array, "m k"]:
        """Return the samples within `FAST` about `time` [s]."""
        middle, half = (time - self.start) * self.rate, FAST / 2 * self.rate
        return self.samples[:, max(round(middle - half), 0) : max(round(middle + half), 1)]


def check_sound(written: Written, tally: Tally) -> None:
    """Tell `tally` what the recordings of a clip and their labels agree on."""
    said = json.loads(written.files["array/.json"])
    rows = pq.read_table(io.BytesIO(written.files["sounds/.parquet"])).to_pylist()
    recorded = [_read(written, said, number) for number in range(len(said["recordings"]))]
    for one in recorded:
        _check_file(written, one, tally)
    frames = {_moment(said, row): row for row in written.frames}
    for number, one in enumerate(recorded):
        for place, moment in enumerate(one.said["moments"]):
            heard = [r for r in rows if (r["recording"], r["moment"]) == (number, moment)]
            frame = frames.get(moment)
            if frame is not None:
                _check_moment(written, (one, place), heard, frame, tally)
    lost = [r for r in rows if not 0 <= r["recording"] < len(recorded)]
    tally.check("sound rows", not lost, -1, 0, f"{len(lost)} rows of no recording")


def _moment(said: Mapping, row: Mapping) -> int:
    """Return the place of a frame in its clip: the moment about which it was recorded."""
    known = [m for one in said["recordings"] for m in one["moments"]]
    return known[0] + row["frame"] % max(len(known), 1) if known else -1


def _read(written: Written, said: Mapping, number: int) -> Recorded:
    alone = len(said["recordings"]) == 1
    content = written.files[".wav" if alone else f"{number:02d}/.wav"]
    with wave.open(io.BytesIO(content), "rb") as file:
        channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
    parts = raw.reshape(-1, channels, width).astype(np.int64)
    whole = sum(parts[:, :, n] << (8 * n) for n in range(width))
    top = 1 << (8 * width - 1)
    signed = np.where(whole >= top, whole - 2 * top, whole).T / top
    entry = said["recordings"][number]
    return Recorded(signed, rate, entry["start"], entry, np.array(said["places"]),
                    said["speed_of_sound"])  # fmt: skip


def _check_file(written: Written, one: Recorded, tally: Tally) -> None:
    """As many channels, samples a second and samples as the model and the description say."""
    model = written.model
    found = (len(one.samples), one.rate, one.samples.shape[1])
    wanted = (len(model["positions"]), model["rate"], one.said["samples"])
    tally.check("sound file", found == wanted, -1, 0, f"{written.name}: {found}, not {wanted}")
    quiet = bool((one.samples.std(axis=1) > 0).all()) if one.samples.size else False
    tally.check("sound channels", quiet, -1, 0, f"{written.name}: a channel is silent")


def _check_moment(
    written: Written, when: tuple[Recorded, int], heard: Sequence[Mapping], frame: Mapping,
    tally: Tally,
) -> None:  # fmt: skip
    one, place = when
    number, time = frame["frame"], frame["time"]
    scale = np.sqrt(2) * 10 ** (-written.model["sensitivity"] / 20)
    level = _decibels(one.about(time)[0] * scale)
    told = one.said["recorded"][place]
    tally.check("sound level", abs(level - told) < 0.1, number, 0, f"{level:.2f} dB, said {told}")
    _check_sum(written, when, heard, frame, tally)
    car = pose_of(frame["ego"]["world_from_ego"])
    objects = {r["instance"]: r for r in written.objects if r["frame"] == number}
    for row in heard:
        _check_row(one, row, car, number, tally)
        _check_carrier(row, objects, number, tally)
    for row in _alone(one.said["background"][place], heard):
        _check_direction(one, row, time, number, tally)


def _check_sum(
    written: Written, when: tuple[Recorded, int], heard: Sequence[Mapping], frame: Mapping,
    tally: Tally,
) -> None:  # fmt: skip
    """The recording is as loud as all sources and the background together."""
    one, place = when
    model, level = written.model, one.said["recorded"][place]
    parts = [row["level"] for row in heard] + [one.said["background"][place], model["noise"]]
    total = 10 * np.log10(np.sum(10 ** (np.array(parts) / 10)))
    room = 3.0 + 3 * model["tolerance"]
    good = abs(level - total) < room or level > model["overload"] - 6
    tally.check("sound sum", bool(good), frame["frame"], 0, f"{level:.1f} dB of {total:.1f}")


def _check_row(one: Recorded, row: Mapping, car: Array, frame: int, tally: Tally) -> None:
    """Direction, distance and delay are those of where the source was."""
    spot = inverse(car) @ [row["x"], row["y"], row["z"], 1.0]
    way = spot[:3] - one.places.mean(axis=0)
    far = float(np.linalg.norm(way))
    angles = np.arctan2(way[1], way[0]), np.arcsin(way[2] / max(far, 1e-9))
    turn = np.angle(np.exp(1j * (angles[0] - row["azimuth"]))) * np.cos(angles[1])
    room = 0.002 + 0.03 / max(far, 0.1)
    good = abs(turn) < room and abs(angles[1] - row["elevation"]) < room
    said = f"{row['source']}: {np.rad2deg([turn, angles[1] - row['elevation']])} degrees off"
    tally.check("sound direction", bool(good), frame, 0, said)
    near = abs(far - row["distance"]) < 0.03
    tally.check("sound distance", near, frame, 0, f"{row['source']}: {far:.3f} m")
    late = abs(row["emitted"] * one.speed - row["distance"]) < 0.01
    tally.check("sound delay", late, frame, 0, f"{row['source']}: {row['emitted']:.4f} s")


def _check_carrier(row: Mapping, objects: Mapping[int, Mapping], frame: int, tally: Tally) -> None:
    """A source is at what carries it, and a siren is of who may have one and has lamps on."""
    body = objects.get(row["instance"])
    if body is None:
        return
    size, speed = np.linalg.norm(body["size"]) / 2, np.linalg.norm(body["velocity"])
    gap = np.linalg.norm(np.array(body["center"]) - [row["x"], row["y"], row["z"]])
    room = size + (speed + 1.0) * row["emitted"] + 0.5
    tally.check("sound source", bool(gap < room), frame, body["track"], f"{gap:.2f} m off")
    if row["kind"] == "siren":
        good = body["class"] in _SIRENS and bool(body["beacon"])
        said = f"{row['source']}: {body['class']}, beacon {body['beacon']}"
        tally.check("sound siren", good, frame, body["track"], said)
    elif row["kind"] == "vehicle":
        said = f"{row['variety']} on a {body['class']}"
        tally.check("sound class", row["variety"].endswith(body["class"]), frame, 0, said)


def _alone(background: float, heard: Sequence[Mapping]) -> Iterator[Mapping]:
    """Yield the source that drowns all others, if there is one and no wall throws it back."""
    for row in heard:
        if row["kind"] == "thunder":  # it comes from many places at once
            continue
        rest = [background, *(other["level"] for other in heard if other is not row)]
        total = 10 * np.log10(np.sum(10 ** (np.array(rest) / 10)))
        if row["level"] > total + _ALONE and not row["bounces"] and row["in_sight"]:
            yield row


def _check_direction(one: Recorded, row: Mapping, time: float, frame: int, tally: Tally) -> None:
    """The delays between the channels point to the source."""
    if len(one.places) < 3:
        return
    found = heard_from(one.about(time), one.places, one.rate, one.speed)
    off = np.angle(np.exp(1j * (found - row["azimuth"])))
    said = f"{row['source']}: {np.rad2deg(off):.1f} degrees off"
    tally.check("sound heard from", bool(abs(off) < _APART), frame, 0, said)


def heard_from(
    samples: Float[Array, "m n"], places: Float[Array, "m 3"], rate: float, speed: float
) -> float:
    """Return the azimuth [rad] that the channels' delays point to, by GCC-PHAT over all pairs.

    Source: C. Knapp and G. Carter, "The generalized correlation method for estimation of time
    delay", IEEE Trans. ASSP 24, 1976. The direction is where the sum of all pairs' correlations is
    largest (steered response power).
    """
    length = 2 * samples.shape[1]
    spectra = np.fft.rfft(samples * np.hanning(samples.shape[1]), n=length)
    frequency = np.fft.rfftfreq(length, 1 / rate)
    inside = (frequency > _BAND[0]) & (frequency < min(_BAND[1], 0.45 * rate))
    angles = np.deg2rad(np.arange(0.0, 360.0, 1.0))
    toward = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(len(angles))])
    power = np.zeros(len(angles))
    for a, b in combinations(range(len(places)), 2):
        cross = spectra[a, inside] * spectra[b, inside].conj()
        cross = cross / (np.abs(cross) + 1e-30) * _weight(spectra[a, inside])
        lead = toward @ (places[a] - places[b]) / speed
        turn = np.exp(-2j * np.pi * lead[:, None] * frequency[inside])
        power += (turn @ cross).real
    return float(angles[np.argmax(power)])


def _weight(spectrum: Array) -> Array:
    """Bins that hold sound count, others do not: tones have few."""
    strength = np.abs(spectrum)
    return (strength > 0.1 * strength.max()).astype(float)


def _decibels(pressure: Array) -> float:
    return float(10 * np.log10(max(float(np.mean(pressure**2)) / (20e-6) ** 2, 1e-20)))
