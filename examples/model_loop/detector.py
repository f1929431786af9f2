"""A small detector of boxes without anchors, in JAX: learns in minutes on one processor core.

Source: after X. Zhou, D. Wang and P. Krähenbühl, "Objects as points", 2019: a heat map per class
whose peaks are middles of boxes, sizes beside it.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from teaching import STRIDE, Lesson

LAYERS = {  # width of the kernel, channels in, channels out
    "look": (5, 3, 12),
    "half": (3, 12, 24),
    "quarter": (3, 24, 40),
    "quarter_on": (3, 40, 40),
    "eighth": (3, 40, 56),
    "eighth_on": (3, 56, 56),
    "down": (1, 56, 24),
    "across": (1, 40, 24),
    "stay": (1, 24, 24),
    "head": (3, 24, 32),
}
PEAKS = 60
"""Most boxes that are told of one picture."""


def fresh(seed: int, classes: int) -> dict:
    """Return untaught weights.

    Source: K. He et al., "Delving deep into rectifiers", ICCV 2015, eq. 10; the heat map begins at
    0.1 as T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017, sec. 4.1, advise.
    """
    layers = {**LAYERS, "heat": (1, 32, classes), "shape": (1, 32, 4)}
    keys = jax.random.split(jax.random.key(seed), len(layers))
    weights = {}
    for key, (name, (width, before, after)) in zip(keys, layers.items(), strict=True):
        spread = np.sqrt(2 / (width * width * before))
        kernel = jax.random.normal(key, (width, width, before, after)) * spread
        weights[name] = (kernel, jnp.zeros(after))
    weights["heat"] = (weights["heat"][0] * 0.1, jnp.full(classes, float(np.log(0.1 / 0.9))))
    weights["shape"] = (weights["shape"][0] * 0.1, jnp.array([0.5, 0.5, 3.0, 3.0]))
    return weights


def answer(weights: dict, image: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return heat (logits) and shape of `image`: n, height, width, 3, bytes."""

    def layer(name: str, data: jax.Array, stride: int = 1) -> jax.Array:
        kernel, offset = weights[name]
        return offset + jax.lax.conv_general_dilated(
            data, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    def up(data: jax.Array) -> jax.Array:
        return jnp.repeat(jnp.repeat(data, 2, axis=1), 2, axis=2)

    data = image.astype(jnp.float32) / 128 - 1
    fine = jax.nn.relu(layer("half", jax.nn.relu(layer("look", data, 2)), 2))
    half = jax.nn.relu(layer("quarter", fine, 2))
    half = half + jax.nn.relu(layer("quarter_on", half))
    coarse = jax.nn.relu(layer("eighth", half, 2))
    coarse = coarse + jax.nn.relu(layer("eighth_on", coarse))
    joined = up(layer("down", coarse)) + layer("across", half)
    whole = jax.nn.relu(layer("head", jax.nn.relu(up(joined) + layer("stay", fine))))
    return layer("heat", whole), layer("shape", whole)


def loss(weights: dict, told: Lesson) -> jax.Array:
    """Return how wrong the answers are, per box.

    Source: "Objects as points", eq. 1 (alpha 2, beta 4) for the heat; the mean absolute error for
    middles and logarithms of sizes.
    """
    heat, shape = answer(weights, told.image)
    sure, unsure = jax.nn.log_sigmoid(heat), jax.nn.log_sigmoid(-heat)
    chance = jax.nn.sigmoid(heat)
    peak = told.heat == 1
    right = jnp.where(peak, (1 - chance) ** 2 * sure, 0).sum()
    wrong = jnp.where(peak, 0, told.asked * (1 - told.heat) ** 4 * chance**2 * unsure).sum()
    apart = jnp.abs(shape - told.shape).sum(axis=-1) * told.middle
    boxes = jnp.maximum(told.middle.sum(), 1)
    return (-(right + wrong) + apart.sum()) / boxes


def mirrored(told: Lesson, which: jax.Array) -> Lesson:
    """Return `told` with the pictures of `which` (n flags) turned left to right."""
    turned = jax.tree.map(lambda part: jnp.flip(part, axis=2), told)
    shape = turned.shape.at[..., 0].set(1 - turned.shape[..., 0])
    turned = turned._replace(shape=shape)
    return jax.tree.map(
        lambda a, b: jnp.where(which.reshape(-1, *[1] * (a.ndim - 1)), a, b), turned, told
    )


PACE = optax.chain(
    optax.clip_by_global_norm(5.0), optax.scale_by_adam(), optax.add_decayed_weights(1e-3)
)
"""How slopes become steps, but for the rate."""


@jax.jit
def _step(weights: dict, state: optax.OptState, told: Lesson, which: jax.Array, rate: jax.Array):
    off, slope = jax.value_and_grad(loss)(weights, mirrored(told, which))
    change, state = PACE.update(slope, state, weights)
    change = jax.tree.map(lambda each: -rate * each, change)
    return optax.apply_updates(weights, change), state, off


def teach(weights: dict, told: Lesson, steps: int, rng: np.random.Generator,
          batch: int = 8, rate: float = 2e-3) -> tuple[dict, list[float]]:  # fmt: skip
    """Return taught weights and the loss of each step; `rng` picks pictures and mirrors them.

    The rate rises over a tenth of the steps and falls to nothing along a cosine.
    """
    course = optax.warmup_cosine_decay_schedule(0.0, rate, max(steps // 10, 1), steps)
    state, losses, order = PACE.init(weights), [], np.zeros(0, int)
    for step in range(steps):
        while len(order) < batch:
            order = np.concatenate([order, rng.permutation(len(told.image))])
        picked, order = order[:batch], order[batch:]
        some = Lesson(*(part[picked] for part in told))
        which = rng.random(batch) < 0.5
        weights, state, off = _step(weights, state, some, which, course(step))
        losses.append(float(off))
    return weights, losses


@jax.jit
def _peaks(weights: dict, image: jax.Array):
    heat, shape = answer(weights, image)
    chance = jax.nn.sigmoid(heat)
    around = jax.lax.reduce_window(chance, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1,) * 4, "SAME")
    flat = jnp.where(chance == around, chance, 0).reshape(len(image), -1)
    score, place = jax.lax.top_k(flat, PEAKS)
    cell, kind = place // heat.shape[-1], place % heat.shape[-1]
    row, column = cell // heat.shape[2], cell % heat.shape[2]
    told = jnp.take_along_axis(shape.reshape(len(image), -1, 4), cell[..., None], axis=1)
    middle = (jnp.stack([column, row], -1) + told[..., :2]) * STRIDE
    half = jnp.exp(jnp.clip(told[..., 2:], 0, 6.5)) / 2
    return score, kind, jnp.concatenate([middle - half, middle + half], -1)


def find(weights: dict, image: np.ndarray, batch: int = 20) -> list[tuple]:
    """Return score, class and box (left, top, right, bottom [px]) of each peak, by picture."""
    found = []
    for first in range(0, len(image), batch):
        part = image[first : first + batch]
        filled = np.zeros((batch, *image.shape[1:]), image.dtype)
        filled[: len(part)] = part
        answers = [np.asarray(each)[: len(part)] for each in _peaks(weights, filled)]
        found += list(zip(*answers, strict=True))
    return found
