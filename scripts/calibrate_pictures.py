"""Teach an audit to tell time of day and weather from pictures, with pictures of known condition.

    scripts/calibrate_pictures.py render OUT [SEED...]     # pictures and what they show
    scripts/calibrate_pictures.py fit OUT SEED,SEED        # constants; tested on the rest

Each seed has a city, two clips in it and moments of each, seen under nine conditions or more by
a camera of its own make; OUT holds the PNGs and `conditions.csv` with the numbers behind each.
"""

import csv
import json
import sys
import tempfile
from math import degrees
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.coverage.columns import TIMES_OF_DAY, WEATHERS
from synthgen.coverage.pictures import conditions as conditions_module
from synthgen.coverage.pictures.conditions import FEATURES, calibration, conditions, features
from synthgen.coverage.pictures.measures import measured
from synthgen.coverage.pictures.opening import opened
from synthgen.jobs.clock import Clock
from synthgen.pipeline import generate
from synthgen.report.sheet import write_png
from synthgen.spec.resolve import resolve

MAKES = ("flea2", "ar0231at", "ev76c570", "imx490")
"""Cameras, by turns: their exposure and noise differ as those of users' cameras do."""
BASES = (
    ("clear", "day"), ("fog", "night"), ("rain", "dusk"), ("overcast", "low_sun"),
    ("snow", "night"), ("fog", "dusk"), ("overcast", "dusk"), ("rain", "night"),
)  # fmt: skip
"""Weather and light of the scenes' own conditions, by turns; the rest are twins of the moment."""
TWINS = "[clear,overcast,rain,snow,fog,dusk,night,blackout,storm_night]"
PLACES = ("downtown", "suburb", "rural", "arterial")
COLUMNS = ("sun_elevation", "rain", "snow", "visibility", "cloud")
DECAYS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
TEMPERATURES = (0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
LEAST, RIGHT, DEVIATES = 0.8, 0.85, 1.28
"""Least probability of a name that is given; share of given names that are right, at least, by the
lower end of Wilson's interval at 80 %."""
TOLD = (*TIMES_OF_DAY, "snow", "fog")
"""Names that may be given. Clear, overcast and rain are not: pictures of seeds left out show them
alike too often, whatever probability is asked for."""
RIG = """
name: calibration
ego: {kind: ego, subtype: estate, length: 4.774, width: 1.820, height: 1.517, seed: 2011}
lidars: {}
cameras:
  front:
    mount: {position: [0.3, 0.0, 1.65]}
    model:
      camera: MAKE
      width: 621
      height: 300
      matrix: [[360.77, 0.0, 310.0], [0.0, 360.77, 150.0], [0.0, 0.0, 1.0]]
      f_number: 1.8
      focus: 0
      lens_transmission: 0.9
      vignetting: 0.15
      glare: 0.03
      blur: 0.5
      ghosts: 2.0e-4
      glass: 0.08
      wiped: true
      blades: 0
"""
"""A front camera of a quarter of KITTI's pixels."""


def samples(seed: int, folder: Path):
    """Yield a name and the sample of every picture of a seed."""
    rig = folder / "rig.yaml"
    rig.write_text(RIG.replace("MAKE", MAKES[seed % len(MAKES)]))
    weather, light = BASES[seed % len(BASES)]
    place = PLACES[(seed // 2) % len(PLACES)]
    run = read([
        f"rig={rig}", f"weather={weather}", f"light={light}", f"place={place}", f"twin={TWINS}",
        f"seed={seed}", "clip.frames=2", "n=4",
    ])  # fmt: skip
    city = None
    for clip in range(2):
        spec = resolve(run, clip)
        city = city or build_city(spec.place, run.seed, run.rig.ego, folder, guests(run))
        frames = [2 * clip, 2 * clip + 1]
        for number, sample in enumerate(generate(city, spec, run.rig, frames, Clock())):
            yield f"{seed}_{clip}_{number:02d}", sample


def render(out: Path, seeds: list[int]) -> None:
    """Write the pictures of `seeds` and a row about each."""
    out.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for name, sample in samples(seed, Path(folder)):
                write_png(out / f"{name}.png", next(iter(sample.cameras.values())).image)
                rows.append([name, *(sample.environment[column] for column in COLUMNS)])
        with (out / f"{seed}.csv").open("w", newline="") as handle:
            csv.writer(handle).writerows([["name", *COLUMNS], *rows])
        print(seed, len(rows), flush=True)


# Fitting ----------------------------------------------------------------------------------------


def truth(row: dict[str, str]) -> tuple[str, str]:
    """Return time of day and weather as `coverage/columns.py` names them."""
    elevation = degrees(float(row["sun_elevation"]))
    time = "day" if elevation > 6 else "dusk" if elevation >= -6 else "night"
    rain, snow, visibility, cloud = (float(row[name]) for name in COLUMNS[1:])
    known = {"fog": visibility < 1000, "snow": snow > 0, "rain": rain > 0, "overcast": cloud >= 0.7}
    return time, next((name for name, holds in known.items() if holds), "clear")


def load(out: Path) -> list[dict]:
    """Return features and truth of every picture."""
    found = []
    for table in sorted(out.glob("*.csv"), key=lambda path: int(path.stem)):
        with table.open(newline="") as handle:
            for row in csv.DictReader(handle):
                picture = opened(out / f"{row['name']}.png").picture
                time, weather = truth(row)
                found.append({"seed": int(table.stem), "time": time, "weather": weather,
                              "measures": measured(picture)})  # fmt: skip
    return found


def fitted(x, y, names, decay):
    """Return the weights [class, feature + 1] of a multinomial logistic regression."""
    x1 = np.column_stack([x, np.ones(len(x))])
    one_hot = (y[:, None] == np.arange(len(names))).astype(float)
    counts = one_hot.sum(axis=0)
    balance = len(y) / (np.sum(counts > 0) * counts[y])

    def loss(flat):
        weights = flat.reshape(len(names), -1)
        logits = x1 @ weights.T
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        value = -np.sum(balance * np.log(chances[np.arange(len(y)), y] + 1e-300))
        slope = ((chances - one_hot) * balance[:, None]).T @ x1
        ridge = weights.copy()
        ridge[:, -1] = 0
        return value + decay / 2 * np.sum(ridge**2), (slope + decay * ridge).ravel()

    start = np.zeros(len(names) * x1.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B").x.reshape(len(names), -1)


def standard(x):
    """Return mean and scale of the columns."""
    return x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)


def left_out(x, y, seeds, names, decay):
    """Return logits of every picture by a model that did not see its seed."""
    logits = np.zeros((len(x), len(names)))
    for seed in np.unique(seeds):
        other = seeds != seed
        mean, scale = standard(x[other])
        weights = fitted((x[other] - mean) / scale, y[other], names, decay)
        logits[~other] = (x[~other] - mean) / scale @ weights[:, :-1].T + weights[:, -1]
    return logits


def chances_of(logits, temperature):
    """Return probabilities [picture, class]."""
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return raised / raised.sum(axis=1, keepdims=True)


def log_loss(logits, y, temperature):
    """Return the mean surprise at the truth."""
    return -np.mean(np.log(chances_of(logits, temperature)[np.arange(len(y)), y] + 1e-12))


def model(rows, key, names, grouped):
    """Return a fitted `Model` as JSON-able values; `grouped` are its pictures' seeds."""
    x = np.array([features(row["measures"]) for row in rows])
    y = np.array([names.index(row[key]) for row in rows])
    best = min(
        (log_loss(logits, y, temperature), decay, temperature, number)
        for number, decay in enumerate(DECAYS)
        for logits in [left_out(x, y, grouped, names, decay)]
        for temperature in TEMPERATURES
    )
    _, decay, temperature, _ = best
    chances = chances_of(left_out(x, y, grouped, names, decay), temperature)
    mean, scale = standard(x)
    z = (x - mean) / scale
    precision = np.linalg.inv(z.T @ z / len(z) + 0.01 * np.eye(z.shape[1]))
    reach = np.sqrt(np.einsum("ij,jk,ik->i", z, precision, z).max())
    print(f"{key}: {len(rows)} pictures, decay {decay}, temperature {temperature}, "
          f"log loss {best[0]:.3f} left out by seed")  # fmt: skip
    return {
        "names": list(names), "mean": rounded(mean), "scale": rounded(scale),
        "weights": rounded(fitted(z, y, names, decay)), "temperature": temperature,
        "sure": [sure(chances, y, number) if name in TOLD else 2.0
                 for number, name in enumerate(names)],
        "precision": rounded(precision), "reach": float(f"{1.25 * reach:.4g}"),
    }  # fmt: skip


def sure(chances, y, number):
    """Return from which probability on a name is right, by pictures of seeds left out.

    2, which no probability reaches, where no bound will do.
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    J. American Statistical Association 22, 1927.
    """
    mine = np.argmax(chances, axis=1) == number
    for bound in np.arange(LEAST, 1, 0.01):
        kept = mine & (chances[:, number] >= bound)
        count, z2 = kept.sum(), DEVIATES**2
        if not count:
            break
        share = np.mean(y[kept] == number)
        spread = np.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
        if (share + z2 / (2 * count) - DEVIATES * spread) / (1 + z2 / count) >= RIGHT:
            return round(float(bound), 2)
    return 2.0


def rounded(values):
    """Return nested lists of 6 digits: files of constants need no more."""
    return np.vectorize(lambda value: float(f"{value:.6g}"))(values).tolist()


def confusion(rows, models) -> None:
    """Print what is told of pictures of every truth."""
    told = [conditions(row["measures"], models) for row in rows]
    for key, names, place in (("time", TIMES_OF_DAY, 0), ("weather", WEATHERS, 1)):
        said = [pair[place].name or "unknown" for pair in told]
        print(f"\n{key:10}" + "".join(f"{name:>10}" for name in (*names, "unknown")))
        for name in names:
            mine = [one for one, row in zip(said, rows, strict=True) if row[key] == name]
            print(f"{name:10}" + "".join(f"{mine.count(one):10d}" for one in (*names, "unknown")))
        given = [(pair[place].sure, one == row[key]) for pair, one, row in
                 zip(told, said, rows, strict=True) if one != "unknown"]  # fmt: skip
        right = np.mean([hit for _, hit in given]) if given else np.nan
        mean = np.mean([chance for chance, _ in given]) if given else np.nan
        print(f"told of {len(given)} of {len(rows)}: {right:.3f} right, "
              f"mean probability {mean:.3f}")  # fmt: skip


def fit(out: Path, seeds: set[int]) -> None:
    """Write `calibration.json` from the pictures of `seeds` and test it on all others."""
    rows = load(out)
    learnt = [row for row in rows if row["seed"] in seeds]
    parts = {
        "time_of_day": (learnt, "time", TIMES_OF_DAY),
        "light": ([row for row in learnt if row["time"] == "day"], "weather", WEATHERS),
        "dark": ([row for row in learnt if row["time"] != "day"], "weather", WEATHERS),
    }
    models = {
        name: model(some, key, names, np.array([row["seed"] for row in some]))
        for name, (some, key, names) in parts.items()
    }
    said = {"made_by": "scripts/calibrate_pictures.py", "features": list(FEATURES),
            "seeds": sorted(seeds), "pictures": len(learnt), "models": models}  # fmt: skip
    path = Path(conditions_module.__file__).with_name("calibration.json")
    path.write_text(json.dumps(said, indent=1) + "\n")
    tested = [row for row in rows if row["seed"] not in seeds]
    for name, some in (("fitted on", learnt), ("tested on", tested)):
        if some:
            print(f"\n{name} seeds {sorted({row['seed'] for row in some})}:", end="")
            confusion(some, calibration())


if __name__ == "__main__":
    task, folder = sys.argv[1], Path(sys.argv[2])
    if task == "render":
        render(folder, [int(text) for text in sys.argv[3:]])
    else:
        fit(folder, {int(text) for text in sys.argv[3].split(",")})
