"""Where fog banks lie in a clip, which chimneys smoke and what burns."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from synthgen.build.chimneys import mouths
from synthgen.geometry import Array
from synthgen.hanging import Hanging, Vent
from synthgen.rng import stream
from synthgen.scene import Scene
from synthgen.spec.clip import ClipSpec
from synthgen.weather import bank, smoke
from synthgen.world import World

MARGIN = 160.0
"""[m] Round the ego car's way, beyond which fog is not laid out."""
SMOKING = 120.0
"""[m] From the ego car's way within which chimneys smoke."""
FACTS = ("fog_patches", "fires", "smoking_chimneys")
"""What a scene with fog banks or smoke tells of them."""
BURNS = frozenset({"car", "van", "truck"})


def with_haze(scene: Scene, spec: ClipSpec) -> Scene:
    """Return the scene with the fog banks and smoke of `spec`, whatever it had before."""
    around, scene = spec.environment, _cleared(scene)
    vents = (*_chimneys(scene, spec), *_fires(scene, spec))
    puffs, layers = _fog(scene, spec)
    if not (len(puffs) or len(layers) or vents or around.spray):
        return scene
    hung = Hanging(puffs, layers, vents, spec.seed * 100_003 + spec.clip)
    facts = {**scene.world.facts, "fog_patches": len(puffs), "fires": sum(v.black for v in vents),
             "smoking_chimneys": sum(not v.black for v in vents)}  # fmt: skip
    return replace(scene, world=replace(scene.world, hanging=hung, facts=facts))


def _cleared(scene: Scene) -> Scene:
    """Return the scene without fog banks and smoke; the very same if it has none."""
    if FACTS[0] not in scene.world.facts:
        return scene
    facts = {key: value for key, value in scene.world.facts.items() if key not in FACTS}
    return replace(scene, world=replace(scene.world, hanging=Hanging(), facts=facts))


def _fog(scene: Scene, spec: ClipSpec) -> tuple[Array, Array]:
    """Return puffs and layers of fog along the ego car's way."""
    asked, path = spec.environment.bank, scene.path
    low, high = path[:, :2].min(axis=0) - MARGIN, path[:, :2].max(axis=0) + MARGIN
    rng = stream(spec.seed, "clip", spec.clip, "fog bank")
    middle, heading, length = bank.patches(asked, low, high, rng)
    ground = _height(scene.world, middle)
    puffs = bank.patch_puffs(asked, np.column_stack([middle, ground]), heading, length)
    return puffs, bank.layer(asked, float(_height(scene.world, path[:, :2]).min()))


def _height(world: World, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
    return np.zeros(len(points)) if world.land is None else world.land.height(points)


def _fires(scene: Scene, spec: ClipSpec) -> list[Vent]:
    """Return the smoke of the first vehicle that stands in each event of the clip."""
    power = spec.environment.smoke.fire
    found: dict[str, Vent] = {}
    if power <= 0:
        return []
    for body, track in zip(scene.world.things, scene.motion.tracks, strict=True):
        role, _, rest = body.name.partition("/")
        if role != "event" or body.kind not in BURNS or not track.stands or not body.extent:
            continue
        nose = np.array([body.extent.size[0] * 0.3, 0.0, body.extent.size[2] * 0.6, 1.0])
        place = (track.world_from_body(track.time[0]) @ nose)[:3]
        vent = smoke.fire((place[0], place[1], place[2]), power, 10_000 + len(found))
        found.setdefault(rest.partition("/")[0], replace(vent, window=track.windows[0]))
    return list(found.values())


def _chimneys(scene: Scene, spec: ClipSpec) -> list[Vent]:
    """Return the smoke of the share of the chimneys near the way that are in use."""
    share = spec.environment.smoke.chimneys
    if share <= 0:
        return []
    found = []
    every = np.concatenate(
        [np.zeros((0, 4)), *(mouths(b.mesh) for b in scene.world.stuff if b.kind == "building")]
    )
    for number, (x, y, z, wide) in enumerate(every):
        used, strong = stream(spec.seed, "clip", spec.clip, "chimney", number).random(2)
        near = np.linalg.norm(scene.path[:, :2] - [x, y], axis=1).min() < SMOKING
        if used < share and near:
            found.append(smoke.chimney((x, y, z), 0.5 * wide, float(strong), number))
    return found
