"""What the cameras of a run let count."""

from collections.abc import Callable
from math import hypot

import numpy as np

from synthgen.assets.fleet import MODELS
from synthgen.coverage.planning.reach import View
from synthgen.projection import Projection
from synthgen.rig import CameraModel
from synthgen.spec.run import RunSpec

SPREAD = 2.0
"""Standard deviations to which sizes are drawn, see `assets.fleet.draw_member`."""
ROUND = 1.1
"""By which mirrors, bars and limbs reach beyond the size of a design."""
STEPS = 33
"""Pixels looked at in a row and in a column for the smallest."""

Size = tuple[float, float, float]


def view(run: RunSpec) -> View:
    """Return what the rig and the label rules of `run` let count."""
    models = [camera.model for camera in run.rig.cameras.values()]
    focal = [abs(model.matrix[axis][axis]) for model in models for axis in (0, 1)]
    subtypes = {kind: {*some} for kind, some in MODELS.items()}
    for asset in run.assets:
        subtypes.setdefault(asset.kind, set()).add(f"asset:{asset.name}")
    return View(
        focal=max(focal),
        full_well=max(model.full_well for model in models),
        min_height=run.labels.min_height,
        min_fraction=run.labels.min_fraction,
        discernible=run.labels.discernible,
        tallest=_extreme(run, SPREAD, max, lambda size: size[2]),
        rows=max(model.height for model in models),
        shortest=min(focal),
        finest=min(_finest(model) for model in models),
        min_pixels=run.labels.min_pixels,
        lowest=_extreme(run, -SPREAD, min, lambda size: size[2]),
        radius=_extreme(run, SPREAD, max, lambda size: ROUND * hypot(*size) / 2),
        subtypes={kind: frozenset(names) for kind, names in subtypes.items()},
    )


def _extreme(
    run: RunSpec, spread: float, pick: Callable[..., float], measure: Callable[[Size], float]
) -> dict[str, float]:
    """Return the extreme `measure` of sizes [m] by class, so many standard deviations off."""
    found: dict[str, list[float]] = {}
    for kind, some in MODELS.items():
        for one in some.values():
            length, width, height = (
                mean * (1.0 + spread * own) for mean, own in zip(one.size, one.spread, strict=True)
            )
            found.setdefault(kind, []).append(measure((length, width, height)))
    for asset in run.assets:
        size = asset.length, asset.width, asset.height
        found.setdefault(asset.kind, []).append(measure(size))
    return {kind: pick(values) for kind, values in found.items()}


def _finest(model: CameraModel) -> float:
    """Return the solid angle [sr] of a camera's smallest pixel."""
    lens = Projection(model.projection_model, np.array(model.matrix), model.distortion, model.half)
    column, row = np.meshgrid(
        np.linspace(0, model.width - 1, STEPS), np.linspace(0, model.height - 1, STEPS)
    )
    sizes = lens.solid_angle(column.ravel(), row.ravel())
    return float(sizes[sizes > 0].min())
