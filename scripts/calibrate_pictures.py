"""Teach an audit to tell time of day and weather from pictures, with pictures of known condition.

    scripts/calibrate_pictures.py render OUT [SEED...]     # pictures and what they show
    scripts/calibrate_pictures.py wide OUT [SEED...]       # the same, twice the rows and columns
    scripts/calibrate_pictures.py strange OUT [SEED...]    # conditions, places, lenses beside those
    scripts/calibrate_pictures.py fit OUT SEED,SEED        # constants; tested on the rest
    scripts/calibrate_pictures.py check OUT                # the constants in use, on what is there

Each seed has a city, two clips in it and moments of each, seen under nine conditions or more by
a camera of its own make; OUT holds the PNGs and `SEED.csv` with the numbers behind each. `check`
looks at every picture as it is, as JPEG, twice as large, and with the light of real frames.
"""

import csv
import json
import sys
from functools import partial
from itertools import pairwise
from math import degrees
from pathlib import Path

import cv2
import numpy as np
from pictures_of_conditions import COLUMNS, render, samples, strange
from scipy.optimize import minimize

from synthgen.coverage.columns import TIMES_OF_DAY, WEATHERS
from synthgen.coverage.pictures import conditions as conditions_module
from synthgen.coverage.pictures.conditions import FEATURES, calibration, conditions, features
from synthgen.coverage.pictures.measures import measured
from synthgen.coverage.pictures.opening import opened

JPEG = 75
"""Quality at which pictures are checked again."""
REAL = {
    "KITTI by day": ("day", 90, 79, 0.99, 0.99),
    "nuScenes by day": ("day", 111, 54, 0.99, 0.98),
    "BDD100K by day": ("day", 96, 48, 0.79, 1.09),
    "BDD100K in snow": ("day", 125, 67, 0.99, 1.02),
    "BDD100K at night": ("night", 31, 35, 1.05, 0.89),
    "BDD100K at night, darkest": ("night", 15, 23, 1.05, 0.89),
    "BDD100K at night, lightest": ("night", 46, 47, 1.05, 0.89),
}
"""Time of day, mean and standard deviation [8 bits] of luma, red and blue over green of frames that
those data sets show in public, one to four of each: Geiger et al. 2013, Caesar et al. 2020, Yu et
al. 2020."""
BINS = (0.8, 0.9, 0.95, 0.99, 1.0)
"""Between which probabilities that were told are compared with how many are right."""
DECAYS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
TEMPERATURES = (0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
LEAST, RIGHT, DEVIATES = 0.8, 0.85, 1.28
"""Least probability of a name that is given; share of given names that are right, at least, by the
lower end of Wilson's interval at 80 %."""
TOLD = (*TIMES_OF_DAY, "snow", "fog")
"""Names that may be given. Clear, overcast and rain are not: pictures of seeds left out show them
alike too often, whatever probability is asked for."""


def truth(row: dict[str, str]) -> tuple[str, str]:
    """Return time of day and weather as `coverage/columns.py` names them."""
    elevation = degrees(float(row["sun_elevation"]))
    time = "day" if elevation > 6 else "dusk" if elevation >= -6 else "night"
    rain, snow, visibility, cloud = (float(row[name]) for name in COLUMNS[1:])
    known = {"fog": visibility < 1000, "snow": snow > 0, "rain": rain > 0, "overcast": cloud >= 0.7}
    return time, next((name for name, holds in known.items() if holds), "clear")


def as_it_is(picture):
    """Return a picture."""
    return picture


def as_jpeg(picture):
    """Return a picture as JPEG leaves it."""
    code = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG])[1]
    return np.ascontiguousarray(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1])


def twice_as_large(picture):
    """Return a picture with twice the rows and columns."""
    return cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def developed(picture, mean: float, deviation: float, red: float, blue: float):
    """Return a picture with the light of another: a gain, an offset, and what is too much is cut.

    Args:
        picture: RGB, 8 bits.
        mean: of luma [8 bits].
        deviation: its standard deviation.
        red: mean of red over that of green.
        blue: likewise.
    """
    channels = np.maximum(picture.reshape(-1, 3).mean(axis=0), 1)
    cast = picture * (np.array([red, 1, blue]) * channels[1] / channels)
    gain, offset = 1.0, 0.0
    for _ in range(30):
        luma = np.clip(gain * cast + offset, 0, 255) @ (0.299, 0.587, 0.114)
        gain *= (deviation / max(luma.std(), 1)) ** 0.7
        offset += mean - np.clip(gain * cast + offset, 0, 255).mean()
    return np.clip(np.rint(gain * cast + offset), 0, 255).astype(np.uint8)


def load(out: Path, changed=as_it_is) -> list[dict]:
    """Return name, measures and truth of every picture, its pixels `changed`."""
    found = []
    for table in sorted(out.glob("*.csv"), key=lambda path: int(path.stem)):
        with table.open(newline="") as handle:
            for row in csv.DictReader(handle):
                picture = changed(opened(out / f"{row['name']}.png").picture)
                time, weather = truth(row)
                found.append({"name": row["name"], "seed": int(table.stem), "time": time,
                              "weather": weather, "measures": measured(picture)})  # fmt: skip
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
        "precision": rounded(precision), "reach": float(f"{reach:.4g}"),
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
        reliability(np.array(given, float).reshape(-1, 2), len(rows))
        for row, pair, one in zip(rows, told, said, strict=True):
            if one not in ("unknown", row[key]):
                print(f"  {row['name']}: {one} ({pair[place].sure:.3f}), shows {row[key]}")


def reliability(given, count: int) -> None:
    """Print of probabilities told and whether they were right (columns) how honest they are."""
    if not len(given):
        print(f"told of 0 of {count}")
        return
    sure, right = given.T
    print(f"told of {len(given)} of {count}: {right.mean():.3f} right, mean probability "
          f"{sure.mean():.3f}")  # fmt: skip
    for low, high in pairwise(BINS):
        inside = (sure >= low) & ((sure < high) | (high == BINS[-1]))
        if inside.any():
            print(f"  {low:.2f} to {high:.2f}: {right[inside].sum():.0f} of {inside.sum()} right, "
                  f"mean {sure[inside].mean():.3f}")  # fmt: skip


def check(out: Path) -> None:
    """Print what the constants in use tell of the pictures in a folder."""
    for changed in (as_it_is, as_jpeg, twice_as_large):
        rows = load(out, changed)
        print(f"\n{changed.__name__.replace('_', ' ')}, seeds "
              f"{sorted({row['seed'] for row in rows})}:", end="")  # fmt: skip
        confusion(rows, calibration())
    for name, (time, *light) in REAL.items():
        rows = load(out, lambda picture, light=light: developed(picture, *light))
        print(f"\nwith the light of {name}:", end="")
        confusion([row for row in rows if row["time"] == time], calibration())


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
    kinds = {"render": samples, "wide": partial(samples, scale=2), "strange": strange}
    if task in kinds:
        render(folder, [int(text) for text in sys.argv[3:]], kinds[task])
    elif task == "check":
        check(folder)
    else:
        fit(folder, {int(text) for text in sys.argv[3].split(",")})
