"""Pedestrians."""

import numpy as np

from synthgen.assets.figure import figure
from synthgen.assets.gait import Manner, Walking, stride
from synthgen.assets.physique import draw_physique
from synthgen.assets.wardrobe import draw_outfit
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Body

__all__ = ["person", "stride"]


def person(user: RoadUser, name: str) -> Body:
    """Return a walking person: subtype adult, child, elder or worker, `user.height` tall.

    The origin is on the ground below the hips; `Body.pose` walks, `stride(height)` metres per
    cycle.
    """
    rng = stream(user.seed, "person", user.subtype)
    build = user.subtype
    if build not in ("child", "elder", "worker"):
        build = "woman" if rng.random() < 0.5 else "man"
    body = draw_physique(user.height, "man" if build == "worker" else build, rng)
    outfit = draw_outfit(build, rng)
    skin = figure(body, outfit, "pedestrian")
    walk = Walking(skin, _manner(build, rng))
    mesh, extent = walk(0.0)
    return Body(name, "pedestrian", user.subtype, mesh, extent, pose=walk, color=outfit.color)


def _manner(build: str, rng: np.random.Generator) -> Manner:
    old = build == "elder"
    return Manner(
        reach=float(rng.uniform(0.85, 0.95) if old else rng.uniform(0.94, 1.06)),
        swing=float(rng.uniform(0.5, 0.8) if old else rng.uniform(0.7, 1.25)),
        stoop=float(rng.uniform(0.1, 0.3) if old else rng.uniform(-0.01, 0.07)),
        elbow=float(np.radians(rng.uniform(18, 36))),
        spread=float(rng.uniform(0.08, 0.16)),
    )
