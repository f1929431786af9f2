"""Street lamps: a tapered column, an arm and a luminaire that lights the road."""

from dataclasses import replace

import numpy as np

from synthgen.materials import Material, srgb
from synthgen.mesh import merge
from synthgen.street.parts import block, lathe, tube
from synthgen.world import Beam, Body, Circuit, Lamp

GALVANISED = Material("galvanised steel", srgb(150, 152, 150), 0.45, 0.6, reflectance=0.4)
PAINTED_DARK = Material("dark paint", srgb(46, 50, 48), 0.5, reflectance=0.1)
LENS = Material("lamp glass", srgb(230, 225, 210), 0.3, reflectance=0.3)

SODIUM = (1.61, 0.92, 0.16)
WARM_LED = (1.27, 0.96, 0.63)
NEUTRAL_LED = (1.08, 0.98, 0.92)
"""Linear sRGB of luminance 1 for 2000 K sodium, 3000 K and 4500 K light.

Source: black-body chromaticities (CIE 15:2018) carried to linear sRGB, rounded.
"""

LUMENS_TO_CANDELA = 0.25
"""[cd/lm] peak of a batwing street optic: 4 klm gives 1000 cd. Source: typical type II/III
intensity tables (IES TM-15-11 classes), 200 to 300 cd per klm."""


def street_lamp(
    name: str, height: float, reach: float, flux: float, rng: np.random.Generator
) -> Body:
    """Return a lamp whose column stands at the origin and whose arm reaches `reach` [m] along +x.

    `height` [m] is that of the light point. Lamps differ by a tenth from their `flux` [lm].
    """
    kind = rng.random()
    color = SODIUM if kind < 0.35 else WARM_LED if kind < 0.75 else NEUTRAL_LED
    metal = GALVANISED if rng.random() < 0.7 else PAINTED_DARK
    lumens = flux * (0.9 + 0.2 * rng.random())
    top = height + 0.12
    knee = [(0, 0, top - 1.2), (0.04, 0, top - 0.5), (0.3, 0, top - 0.08), (reach - 0.3, 0, top)]
    head = lathe([(0.0, 0.0), (0.09, 0.0), (0.13, 0.05), (0.1, 0.12), (0.0, 0.14)], metal,
                 "street_light")  # fmt: skip
    stretched = head.vertices * [2.6, 1.3, 1.0] + [reach, 0, height]
    parts = [
        lathe([(0.0, 0), (0.13, 0), (0.12, 0.9), (0.075, 0.95), (0.07, 1.0)], metal, "pole", 10),
        tube([(0, 0, 0.9), (0, 0, top - 1.2)], [0.075, 0.05], metal, "pole"),
        tube(knee, [0.05, 0.045, 0.04, 0.035], metal, "pole"),
        replace(head, vertices=stretched),
        block((reach - 0.2, -0.09, height - 0.012), (reach + 0.2, 0.09, height + 0.01), LENS,
              "street_light", circuit=0),
    ]  # fmt: skip
    area = 0.4 * 0.18
    candela = lumens * LUMENS_TO_CANDELA
    circuit = Circuit("street", candela / area * 0.5, color, grid=True)
    light = Lamp((reach, 0.0, height - 0.05), (0.0, 0.0, -1.0), candela, Beam.STREET, 0, 0.15)
    return Body(name, "street_light", "column", merge(parts), circuits=(circuit,), lamps=(light,))
