"""Print the box dimensions of 1,000 draws per class beside the means of public data sets.

    scripts/dimensions.py [N=1000] [seed=0]

Then, per subtype: share, triangles and modelling time of some designs.

Sources: KITTI, class means of the training labels: C. R. Qi et al., "Frustum PointNets for 3D
object detection from RGB-D data", CVPR 2018 (code, `g_type_mean_size`). nuScenes, means and
standard deviations of the trainval annotations: H. Caesar et al., "nuScenes: A multimodal dataset
for autonomous driving", CVPR 2020, with the counts that its devkit prints per category.
"""

import sys
import time

import numpy as np

from synthgen.assets.fleet import MODELS, draw_member, draw_user
from synthgen.build.city import make_bodies
from synthgen.rng import stream

KITTI = {
    "car": (3.883, 1.629, 1.526), "van": (5.068, 1.901, 2.205), "truck": (10.136, 2.585, 3.252),
    "bicycle": (1.763, 0.597, 1.737), "pedestrian": (0.844, 0.661, 1.763),
}  # fmt: skip
"""[m] Mean length, width, height. The box of a bicycle holds its rider."""
NUSCENES = {
    "car": ((4.62, 1.95, 1.73), (0.46, 0.19, 0.24)),
    "truck": ((6.93, 2.51, 2.84), (2.17, 0.45, 0.84)),
    "bus": ((11.23, 2.93, 3.47), (2.07, 0.33, 0.52)),
    "ambulance": ((5.40, 2.18, 2.45), (0.24, 0.10, 0.04)),
    "police_car": ((5.04, 2.03, 1.85), (0.33, 0.14, 0.19)),
    "motorcycle": ((2.11, 0.77, 1.47), (0.32, 0.17, 0.23)),
    "bicycle": ((1.70, 0.60, 1.28), (0.26, 0.16, 0.34)),
    "pedestrian": ((0.73, 0.67, 1.77), ()),
    "dog": ((0.73, 0.36, 0.51), (0.19, 0.12, 0.16)),
}
"""[m] Mean and standard deviation of length, width, height. Boxes hold mirrors, and riders where
there are some; dog is the class animal."""


def drawn(kind: str, count: int, seed: int) -> np.ndarray:
    """Return length, width, height [m] of `count` designs."""
    rng = stream(seed, "dimensions", kind)
    users = [draw_user(kind, rng) for _ in range(count)]
    return np.array([(user.length, user.width, user.height) for user in users])


def figures(mean: object, spread: object = ()) -> str:
    """Return three means and, if any, three standard deviations [m] as text."""
    means, spreads = tuple(mean), tuple(spread)  # type: ignore[call-overload]
    if not means:
        return "-"
    if not spreads:
        return " x ".join(f"{value:.2f}" for value in means)
    pairs = zip(means, spreads, strict=True)
    return " x ".join(f"{value:.2f}±{wide:.2f}" for value, wide in pairs)


def costs(kind: str, subtype: str, count: int = 4) -> tuple[float, float]:
    """Return mean triangles and modelling time [s] of a subtype."""
    rng, triangles, start = stream(0, "costs", kind, subtype), 0, time.process_time()
    for _ in range(count):
        bodies = make_bodies(draw_member(kind, subtype, rng))
        triangles += sum(len(body.mesh.triangles) for body in bodies)
    return triangles / count, (time.process_time() - start) / count


def main() -> None:
    """Print both tables."""
    options = dict(word.split("=") for word in sys.argv[1:])
    count, seed = int(options.get("N", 1000)), int(options.get("seed", 0))
    print(f"length x width x height [m], {count} draws per class")
    print(f"{'class':12} {'drawn':35} {'KITTI':20} nuScenes")
    for kind in MODELS:
        sizes = drawn(kind, count, seed)
        ours = figures(sizes.mean(axis=0), sizes.std(axis=0))
        theirs = figures(*NUSCENES.get(kind, ((),)))
        print(f"{kind:12} {ours:35} {figures(KITTI.get(kind, ())):20} {theirs}")
    print(f"\n{'subtype':32} {'share':>6} {'triangles':>9} {'ms':>6}")
    for kind, models in MODELS.items():
        make_bodies(draw_user(kind, stream(0, "warm", kind)))
        whole = sum(model.share for model in models.values())
        for subtype, model in models.items():
            triangles, seconds = costs(kind, subtype)
            name, share = f"{kind}/{subtype}", model.share / whole
            print(f"{name:32} {share:6.2f} {triangles:9.0f} {1000 * seconds:6.0f}")


if __name__ == "__main__":
    main()
