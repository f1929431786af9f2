"""What the cameras of a run let count."""

from synthgen.assets.fleet import MODELS
from synthgen.coverage.planning.reach import View
from synthgen.spec.run import RunSpec

SPREAD = 2.0
"""Standard deviations to which sizes are drawn, see `assets.fleet.draw_member`."""


def view(run: RunSpec) -> View:
    """Return what the rig and the label rules of `run` let count."""
    models = [camera.model for camera in run.rig.cameras.values()]
    tallest = {
        kind: max(one.size[2] * (1.0 + SPREAD * one.spread[2]) for one in some.values())
        for kind, some in MODELS.items()
    }
    for asset in run.assets:
        tallest[asset.kind] = max(tallest.get(asset.kind, 0.0), asset.height)
    return View(
        focal=max(abs(model.matrix[axis][axis]) for model in models for axis in (0, 1)),
        full_well=max(model.full_well for model in models),
        min_height=run.labels.min_height,
        min_fraction=run.labels.min_fraction,
        discernible=run.labels.discernible,
        tallest=tallest,
    )
