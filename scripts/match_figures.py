"""How near worlds come to a user's data, with the traffic that match= fitted and without.

    scripts/match_figures.py AUDIT FOLDER [FOLDER ...] [DRIVES=REGEX]

AUDIT is that of the user's data, each FOLDER a data set of ours, its worlds independent. Prints
objects per frame by class, and the measures of `marginals.apart`, each with the 95 % interval of
worlds drawn anew; the last column says in how many draws the last folder is nearer than the first.
DRIVES finds the drive in the name of a user's frame: then each drive is compared with the others
too, which shows how near one could come.
"""

import re
import sys
from collections.abc import Sequence
from functools import reduce
from math import inf
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.coverage.folder import Audit, open_audit
from synthgen.coverage.planning.entry import sweeps
from synthgen.coverage.planning.holdings import tables
from synthgen.coverage.planning.kin import called, names
from synthgen.coverage.planning.marginals import AMONG, COLUMNS, Marginals, apart, marginals
from synthgen.coverage.readers import own_around
from synthgen.rng import stream

DRAWS = 2000


def parted(frames: pa.Table, objects: pa.Table, by: str, reach: float) -> list[Marginals]:
    """Return the marginals of each group of frames: `by` is a column of `frames`."""
    found = []
    for value in pc.unique(frames[by]).to_pylist():
        own = frames.filter(pc.equal(frames[by], value))["frame"]
        rows = objects.filter(pc.is_in(objects["frame"], own.combine_chunks()))
        found.append(marginals(len(own), rows.select(list(COLUMNS)).to_batches(), reach))
    return found


def together(some: Sequence[Marginals]) -> Marginals:
    """Return the marginals of all frames."""

    def plus(one: Marginals, other: Marginals) -> Marginals:
        classes = {name: one.classes.get(name, 0) + other.classes.get(name, 0)
                   for name in {*one.classes, *other.classes}}  # fmt: skip
        return Marginals(one.frames + other.frames, classes, one.distances + other.distances,
                         one.heights + other.heights)  # fmt: skip

    return reduce(plus, some)


def worlds(folder: Path, around: bool) -> list[Marginals]:
    """Return the marginals of each world of a data set of ours."""
    with tables(folder, own_around if around else None) as scratch:
        frames, objects = (pq.read_table(scratch / f"{name}.parquet")
                           for name in ("frames", "objects"))  # fmt: skip
    return parted(frames, objects, "world", inf)


def measures(wanted: Marginals, some: Sequence[Marginals]) -> dict[str, float]:
    """Return objects per frame by class, then how far apart all is."""
    by = names(wanted.classes)
    whole = called(together(some), by)
    kinds = [name for name in AMONG if by[name] == name]
    return {**{name: whole.per_frame(name) for name in kinds}, **apart(wanted, whole)}


def drawn(wanted: Marginals, some: Sequence[Marginals], name: str) -> list[dict[str, float]]:
    """Return the measures of worlds drawn anew."""
    picks = stream(0, "match", name).integers(len(some), size=(DRAWS, len(some)))
    return [measures(wanted, [some[n] for n in pick]) for pick in picks]


def drives(audit: Audit, pattern: str, reach: float) -> list[Marginals]:
    """Return the marginals of each drive of the user's."""
    frames = audit.table("frames", ["frame"])
    found = [re.search(pattern, name)[0] for name in frames["frame"].to_pylist()]
    frames = frames.append_column("drive", pa.array(found))
    return parted(frames, audit.table("objects", ["frame", *COLUMNS]), "drive", reach)


def main(audit: Audit, folders: Sequence[Path], pattern: str) -> None:
    """Print the table."""
    around = sweeps(audit)
    reach = own_around.REACH if around else inf
    objects = audit.table("objects", list(COLUMNS))
    wanted = marginals(audit.counts["frames"], objects.to_batches(), reach)
    every = [worlds(folder, around) for folder in folders]
    found = [measures(wanted, some) for some in every]
    draws = [drawn(wanted, some, folder.name) for some, folder in zip(every, folders, strict=True)]
    own = {name: wanted.per_frame(name) for name in AMONG}
    heads = [f"{one.name} ({len(some)} worlds, {sum(w.frames for w in some)} frames)"
             for one, some in zip(folders, every, strict=True)]  # fmt: skip
    print(f"{'':12} {'the user':>9} " + " ".join(f"{head:>34}" for head in heads))
    for name in found[0]:
        cells = []
        for one, some in zip(found, draws, strict=True):
            low, high = np.quantile([draw[name] for draw in some], (0.025, 0.975))
            cells.append(f"{one[name]:10.3f} ({low:9.3f} to {high:9.3f})")
        told = f"{own[name]:9.3f}" if name in own else f"{'':9}"
        aim = own.get(name, 0.0)
        nearer = np.mean([abs(last[name] - aim) < abs(first[name] - aim)
                          for first, last in zip(draws[0], draws[-1], strict=True)])  # fmt: skip
        print(f"{name:12} {told} " + " ".join(f"{cell:>34}" for cell in cells)
              + f"   nearer in {100 * nearer:.0f} %")  # fmt: skip
    if pattern:
        parts = drives(audit, pattern, reach)
        for number, part in enumerate(parts):
            rest = together([one for one in parts if one is not part])
            told = ", ".join(f"{key} {value:.2f}" for key, value in apart(rest, part).items())
            print(f"drive {number} of the user's against the others: {told}")


if __name__ == "__main__":
    said = dict(one.split("=", 1) for one in sys.argv[1:] if one.startswith("DRIVES="))
    first, *others = [one for one in sys.argv[1:] if not one.startswith("DRIVES=")]
    main(open_audit(Path(first)), [Path(one) for one in others], said.get("DRIVES", ""))
