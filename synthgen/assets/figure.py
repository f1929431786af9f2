"""A dressed human figure over its bones."""

from dataclasses import replace

import numpy as np

from synthgen.assets.anatomy import arms, legs, skirt, trunk
from synthgen.assets.baggage import bag
from synthgen.assets.heads import head
from synthgen.assets.physique import Physique
from synthgen.assets.skeleton import Piece, Skeleton, Skin, dress
from synthgen.assets.wardrobe import Outfit


def figure(body: Physique, outfit: Outfit, kind: str) -> Skin:
    """Return the skin of `body` in `outfit`, of class `kind`, exactly `body.height` tall at rest.

    Hats and hair count; bags do not. The whole body is scaled to the height asked for.
    """
    pieces: list[Piece] = [*trunk(body, outfit), *legs(body, outfit), *arms(body, outfit)]
    pieces += head(body, outfit)
    if outfit.upper == "coat":
        pieces.append(skirt(body, outfit, body.hip + 0.10, body.knee + 0.06, 0.012))
    if outfit.lower == "skirt":
        pieces.append(skirt(body, outfit, body.hip + 0.07, body.knee + 0.02, 0.025))
    pieces += bag(body, outfit)
    skin = dress(pieces, body.skeleton())
    heights = skin.mesh.vertices[skin.counted, 2]
    scale = body.height / float(heights.max() - heights.min())
    lift = np.array([0.0, 0.0, float(heights.min())])
    frame = Skeleton(skin.skeleton.parents, (skin.skeleton.joints - lift) * scale)
    mesh = replace(skin.mesh, vertices=(skin.mesh.vertices - lift) * scale, classes=(kind,))
    return replace(skin, mesh=mesh, skeleton=frame)
