"""Kinds that a data set does not tell apart: where it has no vans, its cars are cars and vans.

COCO, nuScenes, BDD100K, Waymo and Argoverse have no class of vans; no set that we read but
nuScenes has one of emergency vehicles. Matched to such data as it stands, streets would lose them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from synthgen.coverage.planning.marginals import Marginals
from synthgen.coverage.planning.match import Clip, Traffic
from synthgen.spec.quantity import ROAD_USERS

KIN = {"van": "car", "police_car": "car", "ambulance": "van", "fire_engine": "truck"}
"""What a kind is called where its own class is not used."""
Names = Mapping[str, str]
"""By kind, the class in which a data set counts it."""


def names(classes: Mapping[str, int]) -> Names:
    """Return what each kind is called in a data set with these `classes`."""
    return {kind: _name(kind, classes) for kind in (*ROAD_USERS, "pedestrian")}


def _name(kind: str, classes: Mapping[str, int]) -> str:
    while kind not in classes and kind in KIN:
        kind = KIN[kind]
    return kind


def called(one: Marginals, by: Names) -> Marginals:
    """Return `one` with classes as `by` calls them."""
    return replace(one, classes=_sums(one.classes, by))


def clip_called(clip: Clip, by: Names) -> Clip:
    """Return `clip` with counts and shares as `by` calls them; a kind called otherwise has none."""
    stem = "traffic.shares."
    shares = _sums({kind: clip.traffic[f"{stem}{kind}"] for kind in ROAD_USERS}, by)
    traffic = {f"{stem}{kind}": shares.get(kind, 0.0) for kind in ROAD_USERS}
    return replace(clip, traffic={**clip.traffic, **traffic}, counts=_sums(clip.counts, by))


def told_apart(traffic: Traffic, usual: Mapping[str, float], by: Names) -> Traffic:
    """Return `traffic` with what is called alike parted as it is in `usual` traffic.

    Args:
        traffic: by what kinds are called.
        usual: vehicles that move per km of lane [1/km], by kind.
        by: what each kind is called.
    """
    whole = _sums(usual, by)
    moving = {
        kind: traffic.moving[by[kind]] * (usual[kind] / whole[by[kind]] if whole[by[kind]] else
                                          float(by[kind] == kind))
        for kind in ROAD_USERS
    }  # fmt: skip
    return replace(traffic, moving=moving)


def _sums(counts: Mapping[str, float], by: Names) -> dict:
    found: Counter[str] = Counter()
    for kind, count in counts.items():
        found[by.get(kind, kind)] += count  # type: ignore[assignment]
    return dict(sorted(found.items()))
