"""Taxis: a saloon in yellow or cream with a lit sign on the roof."""

from dataclasses import replace

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.cars import car
from synthgen.assets.draping import surface_at
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Shell, Side, rounded_box
from synthgen.road_user import RoadUser


def taxi(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a taxi with its lit roof sign."""
    word, code = (("yellow", (238, 178, 16)), ("beige", (226, 212, 172)))[int(rng.random() < 0.35)]
    paint = coat.aged(coat.solid(word, code, 0.6), rng)
    body = car(replace(user, height=user.height - 0.14), paint, rng)
    frame = body.frame
    x = frame.x(frame.style.header) - 0.35
    foot = surface_at(body.shell, (x, 0.0), Side.TOP) - 0.02
    lens = coat.lens("sign", (232, 214, 140), "taxi_sign")
    sign = rounded_box(
        (x - 0.1, -0.3, foot), (x + 0.1, 0.3, user.height), (0.06, 0.06, 0.05), (1, 2, 1), lens
    )
    dark = coat.trim()
    words = [
        lettered(sign, "TAXI", (0.0, foot + 0.085), 0.085, side, dark)
        for side in (Side.FRONT, Side.REAR)
    ]
    doors = [
        lettered(
            body.shell, "TAXI", ((frame.axles[0] + frame.axles[1]) / 2 + 0.5, 0.6), 0.18, side, dark
        )
        for side in FLANKS
    ]
    return [body.shell, *body.parts, sign, *words, *(doors if word == "yellow" else [])], word
