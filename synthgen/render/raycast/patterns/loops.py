"""The table of patterns."""

import numpy as np

from synthgen.materials import Texture
from synthgen.render.raycast.patterns import facade, faces, ground, growth, walls
from synthgen.render.raycast.patterns.spot import Looks, Where, gathered

# One compiled loop each: what a scene does not show is never compiled.
LOOPS = {
    Texture.ASPHALT: ground.asphalt_all,
    Texture.CONCRETE: ground.concrete_all,
    Texture.PAVING: ground.paving_all,
    Texture.GRASS: ground.grass_all,
    Texture.SOIL: ground.soil_all,
    Texture.BRICK: walls.brick_all,
    Texture.PLASTER: walls.plaster_all,
    Texture.FACADE: facade.facade_all,
    Texture.MARKING: ground.marking_all,
    Texture.FOLIAGE: growth.foliage_all,
    Texture.BARK: growth.bark_all,
    Texture.CLOTH: growth.cloth_all,
    Texture.SIGN: faces.sign_all,
    Texture.LIVERY: faces.livery_all,
    Texture.ROOF: walls.roof_all,
}


def evaluate(where: Where, looks: Looks, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return colour (n, 3) in [0, 1] and the change of roughness of points of texture `kinds`.

    For FACADE the second value is the share of glass.
    """
    color = looks.color.astype(np.float32)[where.material]
    extra, there = np.zeros(len(kinds), np.float32), np.bincount(kinds, minlength=len(Texture))
    for texture, loop in LOOPS.items():
        if there[texture]:
            which = np.flatnonzero(kinds == texture)
            loop(color, extra, which, gathered(which, where, looks))
    return color, extra
