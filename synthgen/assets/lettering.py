"""Lettering laid on vehicles as decals."""

from synthgen.assets.draping import decal
from synthgen.assets.shells import Finish, Shell, Side
from synthgen.lettering import strokes


def lettered(
    shell: Shell, text: str, center: tuple[float, float], height: float, side: Side, finish: Finish
) -> Shell:
    """Return `text` as decals on `side` of `shell`.

    `center` [m] is (x, z) on the flanks and (y, z) on the ends; letters are `height` [m] tall and
    read rightly from outside.
    """
    quads = strokes(text, height)
    forward = 1.0 if side in (Side.RIGHT, Side.FRONT) else -1.0
    return decal(shell, quads * (forward, 1.0) + center, side, finish)
