"""Draw what lidars of several makes see from the same place.

    scripts/lidar_sheet.py OUT.png [makes=vlp16,hdl64e_kitti,os1_128,vls128,at128]
                           [place=downtown] [scene=clear_day] [seed=3]

Each make has a row: from above 100 m x 60 m, the car's front to the right, coloured by ring from
red at the top to blue; beside it intensities by ring (down) and column in the order of firing.
"""

import sys

import numpy as np
from lidar_table import clip, lidar, scan
from PIL import Image, ImageDraw

from synthgen.embree import tracer
from synthgen.scene import moment

HIGH, WIDE, ACROSS = 480, 800, 1400
SCALE = 8.0
"""[px/m] of the view from above."""


def above(seen, beams: int):  # type: ignore[no-untyped-def]
    """Return the view from above."""
    column = np.rint(WIDE * 0.4 + SCALE * seen.point[:, 0]).astype(int)
    row = np.rint(HIGH / 2 - SCALE * seen.point[:, 1]).astype(int)
    here = (column >= 0) & (column < WIDE) & (row >= 0) & (row < HIGH)
    share = seen.ring / max(beams - 1, 1)
    colour = np.stack([1.5 - 3 * share, 1.5 - np.abs(3 * share - 1.5), 3 * share - 1.2], -1)
    image = np.zeros((HIGH, WIDE, 3), np.uint8)
    image[row[here], column[here]] = np.clip(255 * colour[here], 40, 255).astype(np.uint8)
    return Image.fromarray(image)


def fired(seen, model):  # type: ignore[no-untyped-def]
    """Return intensities by ring and column."""
    start = seen.fired - model.table("firing")[seen.ring]
    column = np.rint(start * model.frequency).astype(int) + int(
        model.columns_per_sweep * model.stamp
    )
    image = np.zeros((model.beams, model.columns_per_sweep), np.uint8)
    bright = np.percentile(seen.intensity, 97) or 1.0
    image[seen.ring, column] = np.clip(40 + 215 * seen.intensity / bright, 0, 255).astype(np.uint8)
    return Image.fromarray(image).resize((ACROSS, HIGH), Image.Resampling.NEAREST).convert("RGB")


def main() -> None:
    """Write the sheet."""
    words = {
        "makes": "vlp16,hdl64e_kitti,os1_128,vls128,at128", "place": "downtown",
        "scene": "clear_day", "seed": "3",
    }  # fmt: skip
    words |= dict(text.split("=", 1) for text in sys.argv[2:])
    names = words["makes"].split(",")
    street = clip(words["scene"], words)
    now = moment(street, street.motion.times[0])
    sheet = Image.new("RGB", (WIDE + ACROSS + 10, (HIGH + 30) * len(names)))
    with tracer(street.world) as trace:
        for number, name in enumerate(names):
            one, top = lidar(name), (HIGH + 30) * number
            seen = scan(one, trace, now)
            sheet.paste(above(seen, one.model.beams), (0, top + 30))
            sheet.paste(fired(seen, one.model), (WIDE + 10, top + 30))
            text = f"{name}: {len(seen.point)} of {seen.fired_count} rays, {words['place']}"
            ImageDraw.Draw(sheet).text((8, top + 6), text, (255, 255, 255))
    sheet.save(sys.argv[1])


if __name__ == "__main__":
    main()
