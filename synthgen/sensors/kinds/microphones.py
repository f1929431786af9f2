"""An array of microphones on the car: one recording per clip, or one about each still.

`sensor/<name>/clip<number>.wav` is the recording of a drive, `sensor/<name>/<nn>/clip<number>.wav`
that about frame nn of a clip of stills; one channel per microphone. Beside them lie
`sounds/clip<number>.parquet`, a row per source and frame, and `array/clip<number>.json`, what it
takes to read the rest: where the microphones are, when each recording begins, the speed of sound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from synthgen.electronics import Row3, require
from synthgen.geometry import Array, transform
from synthgen.kinds import Instances, Kind, Watch
from synthgen.mounting import Sensor
from synthgen.rng import stream
from synthgen.sample import Reading
from synthgen.scene import Scene
from synthgen.sound.cast import Casting, countries
from synthgen.sound.labels import SoundLabel
from synthgen.sound.microphone import MicrophoneModel
from synthgen.sound.recording import MicrophoneArray, Recording, place_of, record, spans
from synthgen.sound.tables import array_file, sounds_file
from synthgen.sound.wav import encode
from synthgen.spec.wording import choices
from synthgen.verify.sound_checks import check_sound

_MOST = 1.1, 0.5
"""[s] Most before and after a frame: motion is known from 2 s before, and sound of 300 m has been
0.9 s on its way."""


@dataclass(frozen=True, kw_only=True)
class Microphones(MicrophoneModel):
    """An array: what its microphones are, where they are, and what it hears about.

    Attributes:
        positions: [m] of each in the sensor's frame (x forward, y left, z up), 1 to 64.
        before: [s] from the start of a recording to its first frame.
        after: [s] from its last frame to its end.
        country: of the sirens; auto: America's for vehicles with red or white beacons, one of
            Europe's for all others of a clip.
        electric: share of cars and vans that are electric.
        own_electric: whether the car that carries the array is.
        stems: whether each source alone is written too, as `stems/<nn>`.
    """

    positions: tuple[Row3, ...]
    before: float = 1.0
    after: float = 0.4
    country: str = "auto"
    electric: float = 0.15
    own_electric: bool = False
    stems: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(self.positions)
        require(1 <= count <= 64, "microphones positions must be 1 to 64 places", count)
        for name, most in zip(("before", "after"), _MOST, strict=True):
            value = getattr(self, name)
            require(0.07 <= value <= most, f"microphones {name} must be in 0.07 to {most} s", value)
        require(0 <= self.electric <= 1, "microphones electric must be in 0 to 1", self.electric)
        known = ("auto", *countries())
        good = self.country in known
        require(good, f"microphones country must be {choices(known)}", self.country)


def observe(sensor: Sensor, watch: Watch, rng: np.random.Generator) -> Reading:
    """Return the recordings of a clip.

    Everything but the noise of the microphones themselves follows from the scene, so that twins
    hear the same sirens.
    """
    scene, model = watch.moment.scene, sensor.model
    array = MicrophoneArray(_places(sensor), model)
    casting = Casting(_key(scene), model.country, model.electric, model.own_electric)
    found: list[tuple[Recording, Sequence[int]]] = []
    for span, group in spans(scene.motion.times, model.before, model.after):
        times = [scene.motion.times[number] for number in group]
        place = place_of(scene, watch.trace, sum(span) / 2)
        found.append((record(place, array, span, times, casting, rng), group))
    start = found[0][0].start
    data = _data(scene, found, array.places, model) | {"speed": np.array([place.air.speed])}
    facts = {"recordings": float(len(found)), "microphones": float(len(array.places))}
    return Reading(sensor.name, start, watch.world_from(sensor, start), data, facts)


def _places(sensor: Sensor) -> Float[Array, "m 3"]:
    """Where the microphones are [m], ego frame."""
    return transform(sensor.ego_from_sensor, np.array(sensor.model.positions, float))


def _key(scene: Scene) -> int:
    """A number that only this scene's motion has."""
    way = np.round(scene.path * 1000).astype(int).ravel().tolist()
    return int(stream(0, "sound", *way[:60], len(way)).integers(2**62))


def _data(
    scene: Scene,
    found: Sequence[tuple[Recording, Sequence[int]]],
    places: Array,
    model: Microphones,
) -> dict[str, Array]:
    """Recordings and labels as arrays by name."""
    out = {"places": places, "times": np.array(scene.motion.times),
           "model": np.array([model.rate, model.bits])}  # fmt: skip
    for number, (one, group) in enumerate(found):
        out[f"pcm/{number:02d}"] = one.samples
        out[f"start/{number:02d}"] = np.array([one.start])
        out[f"moment/{number:02d}"] = np.array(group)
        out[f"levels/{number:02d}"] = np.array(one.levels)
        if model.stems and one.stems:
            out[f"stems/{number:02d}"] = np.stack([*one.stems.values()])
            out[f"names/{number:02d}"] = np.array([*one.stems])
    return out | _labels(found)


def _labels(found: Sequence[tuple[Recording, Sequence[int]]]) -> dict[str, Array]:
    """Labels as columns: the moment is the frame's place in the clip."""
    rows = [(number, group, label) for number, (one, group) in enumerate(found)
            for label in one.labels]  # fmt: skip
    out = {f"label/{field.name}": np.array([getattr(label, field.name) for *_, label in rows])
           for field in fields(SoundLabel)}  # fmt: skip
    out["label/moment"] = np.array([group[label.moment] for _, group, label in rows], int)
    return out | {"label/recording": np.array([number for number, *_ in rows], int)}


def files(reading: Reading, instances: Instances) -> Mapping[str, bytes]:
    """Return WAV files, the table of sources and what describes the array."""
    data = reading.data
    rate, bits = (int(value) for value in data["model"])
    numbers = sorted(name[4:] for name in data if name.startswith("pcm/"))
    alone = len(numbers) == 1
    out = {(".wav" if alone else f"{number}/.wav"): encode(data[f"pcm/{number}"], rate, bits)
           for number in numbers}  # fmt: skip
    for number in numbers:
        if f"stems/{number}" in data:
            out[f"stems/{number}/.f32"] = data[f"stems/{number}"].astype("<f4").tobytes()
    out["sounds/.parquet"] = sounds_file(data)
    out["array/.json"] = array_file(data, numbers)
    return out


KIND = Kind(
    model=Microphones, observe=observe, files=files, check=check_sound, records=True,
    facts={"recordings": ("1", "WAV files of the clip"), "microphones": ("1", "channels of each")},
)  # fmt: skip
