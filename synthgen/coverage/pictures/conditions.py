"""Time of day and weather of a picture, with a confidence, or nothing where it cannot be told.

Two steps: day, dusk or night; then the weather, by a model of its own for light and for dark
pictures. Each is a multinomial logistic regression on the measures, fitted and tested on pictures
of known condition by `scripts/calibrate_pictures.py`, which writes `calibration.json`. A name is
given only where its probability is at least `sure`, and where the picture is not unlike all those
that the model was fitted on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from jaxtyping import Float

from synthgen.coverage.pictures.measures import Measures
from synthgen.geometry import Array

FEATURES = (
    *("luminance", "dark", "middle", "bright", "sky", "lower", "contrast", "haze", "sharpness"),
    *("noise", "over", "under", "red", "yellow", "colour", "sky_yellow"),
)
"""Measures that models see, in order."""
FLOORS = {"luminance": 1e-3, "sky": 0.02, "sharpness": 1e-3, "noise": 1e-3}
"""What is added to those that models see the logarithm of."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A fitted regression; arrays have a column per feature.

    Attributes:
        names: of the classes, a row of `weights` each.
        mean: of the features where it was fitted.
        scale: their standard deviations.
        weights: of the standardised features, the last column is the intercept.
        temperature: that logits are divided by, so that probabilities hold on other worlds.
        sure: least probability of a name that is given, by class; above 1: never given.
        precision: inverse covariance of the standardised features.
        reach: largest Mahalanobis distance at which the model is asked.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    temperature: float
    sure: tuple[float, ...]
    precision: tuple[tuple[float, ...], ...]
    reach: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The models: of the time of day, of weather by day, of weather at dusk and night."""

    time_of_day: Model
    light: Model
    dark: Model


@dataclass(frozen=True)
class Told:
    """What a picture tells: a name, or None, and its probability, None without a name."""

    name: str | None
    sure: float | None


NOTHING = Told(None, None)


def calibration() -> Calibration:
    """Return the calibration that comes with the package."""
    text = files("synthgen.coverage.pictures").joinpath("calibration.json").read_text()
    return Calibration(**{name: _model(said) for name, said in json.loads(text)["models"].items()})


def _model(said: Mapping[str, Any]) -> Model:
    rows: dict[str, Any] = {
        key: tuple(tuple(row) for row in said[key]) for key in ("weights", "precision")
    }
    flat: dict[str, Any] = {key: tuple(said[key]) for key in ("names", "mean", "scale", "sure")}
    return Model(**rows, **flat, temperature=said["temperature"], reach=said["reach"])


def features(measures: Measures) -> Float[Array, "features"]:
    """Return what models see of `measures`."""
    said = asdict(measures)
    for name, floor in FLOORS.items():
        said[name] = np.log(said[name] + floor)
    return np.array([said[name] for name in FEATURES])


def conditions(measures: Measures, models: Calibration) -> tuple[Told, Told]:
    """Return time of day and weather of a picture."""
    seen = features(measures)
    chances = probabilities(models.time_of_day, seen)
    if chances is None:
        return NOTHING, NOTHING
    time = _named(models.time_of_day, chances)
    day = chances[models.time_of_day.names.index("day")]
    if max(day, 1 - day) < min(models.time_of_day.sure):
        return time, NOTHING
    model = models.light if day > 0.5 else models.dark
    weather = probabilities(model, seen)
    return time, NOTHING if weather is None else _named(model, weather)


def probabilities(model: Model, seen: Float[Array, "features"]) -> Float[Array, "classes"] | None:
    """Return the probability of each class, None for a picture beyond the model's reach."""
    standard = (seen - np.array(model.mean)) / np.array(model.scale)
    if standard @ np.array(model.precision) @ standard > model.reach**2:
        return None
    weights = np.array(model.weights)
    logits = (weights[:, :-1] @ standard + weights[:, -1]) / model.temperature
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())


def _named(model: Model, chances: Sequence[float] | Float[Array, "classes"]) -> Told:
    best = int(np.argmax(chances))
    if chances[best] < model.sure[best]:
        return NOTHING
    return Told(model.names[best], float(chances[best]))
