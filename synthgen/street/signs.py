"""Traffic signs: real outlines, faces drawn by the sign texture, retroreflective sheeting."""

import numpy as np

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge
from synthgen.street.lamps import GALVANISED
from synthgen.street.parts import disc, plate, polygon, rectangle, tube
from synthgen.world import Body, Extent

FACES = ("plain", "stop", "yield", "speed_limit", "no_entry", "warning", "parking", "crossing",
         "street_name")  # fmt: skip
"""Numbers of the sign texture's faces."""
SPEED = 50
"""[km/h] on speed limit signs without a number."""
TEXT = {"stop": "STOP", "parking": "P"}
"""What is written on faces that have letters."""
SHEETING = 140.0
"""[cd/lx/m2] R_A of white Type II sheeting at 0.2 and -4 degrees. Source: ASTM D4956-01 table."""
BACK = Material("sign back", srgb(140, 142, 144), 0.5, 0.4, reflectance=0.35)


def sign(name: str, face: str, number: float = 0.0) -> Body:
    """Return a sign plate whose middle is the origin, facing +x.

    `number` is that of a speed limit [km/h]. Raises ValueError for a face that is not in `FACES`.
    """
    if face not in FACES:
        raise ValueError(f"sign face must be one of {', '.join(FACES)}, got {face}")
    sheet = Material(
        f"sign {face}", (0.75, 0.75, 0.75), 0.35, texture=Texture.SIGN,
        parameters=(float(FACES.index(face)), number, 0.0, 0.0), reflectance=0.8,
        retroreflection=SHEETING, porosity=0.0,
    )  # fmt: skip
    body = merge(plate(_outline(face), 0.012, sheet, BACK, "traffic_sign"))
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body(name, "traffic_sign", face, body, extent, text=_text(face, number))


def _text(face: str, number: float) -> str:
    """Return what is written on a face, as the sign texture draws it."""
    return str(round(number) or SPEED) if face == "speed_limit" else TEXT.get(face, "")


def _outline(face: str) -> Array:
    """Return the outline, sizes of urban streets (MUTCD 2009, table 2B-1; Vienna Convention)."""
    if face == "stop":
        return polygon(0.41, 8, np.pi / 8)
    if face == "yield":
        return polygon(0.52, 3, -np.pi / 2)
    if face == "warning":
        return polygon(0.54, 4)
    if face in ("speed_limit", "no_entry"):
        return disc(0.32)
    if face == "street_name":
        return rectangle(0.95, 0.22)
    return rectangle(0.6, 0.6)


def sign_post(height: float) -> Mesh:
    """Return a post of `height` [m] at the origin."""
    return tube([(0, 0, 0), (0, 0, height)], 0.03, GALVANISED, "pole", 6)
