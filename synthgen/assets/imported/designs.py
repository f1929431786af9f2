"""The door of this room: a manifest's assets go in, designs with their bodies come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from synthgen.assets.imported.facing import outward
from synthgen.assets.imported.folder import located
from synthgen.assets.imported.glb import read_glb
from synthgen.assets.imported.lights import lights_of
from synthgen.assets.imported.manifest import Asset
from synthgen.assets.imported.meshes import Dress, extent_of, mesh_of
from synthgen.assets.imported.obj import read_obj
from synthgen.assets.imported.reading import Piece, pieces
from synthgen.assets.imported.refining import refined
from synthgen.assets.imported.shape import Shape, named, shaped
from synthgen.assets.imported.surfaces import materials_of
from synthgen.assets.imported.wheels import wheels_of
from synthgen.road_user import RoadUser
from synthgen.world import Body


@dataclass(frozen=True, eq=False)
class Design:
    """An asset that has been read.

    Attributes:
        user: what traffic drives; its size is that of the mesh.
        bodies: one, or what is ridden and its rider.
        credit: for the data set's card.
        digest: hash of the files it was read from.
    """

    user: RoadUser
    bodies: tuple[Body, ...]
    credit: str
    digest: str


def designs(folder: Path, assets: Sequence[Asset]) -> tuple[Design, ...]:
    """Return the designs of `assets`, whose files lie in `folder`.

    Raises ValueError with one line that names the asset, its file and the fault.
    """
    return tuple(_design(folder, asset) for asset in assets)


def digest(found: Sequence[Design]) -> str:
    """Return a hash of the content of all files that `found` was read from."""
    return sha256(" ".join(design.digest for design in found).encode()).hexdigest()[:16]


def _design(folder: Path, asset: Asset) -> Design:
    try:
        kind, data, files = _read(folder, asset.file)
        parts = [piece for piece in pieces(kind, data, files) if len(piece.triangles)]
        if not parts:
            raise ValueError("has no triangles")
        parts = refined(parts, asset.scale)
        shape, turned = outward(shaped(asset, parts))
        bodies = _bodies(asset, parts, shape)
    except ValueError as error:
        raise ValueError(f"assets: {asset.name}: {asset.file}: {error}") from None
    except OSError as error:
        raise ValueError(f"assets: {asset.name}: {asset.file}: {error.strerror}") from None
    assert bodies[0].extent is not None
    length, width, height = bodies[0].extent.size
    user = RoadUser(asset.kind, subtype(asset), length, width, height, 0, share=asset.share)
    credit = f"{asset.kind}, {asset.licence or 'licence not given'}"
    if turned:
        credit += f", {turned} of {len(shape.triangles)} triangles turned to face outwards"
    return Design(user, bodies, credit, _hash(data, files))


def subtype(asset: Asset) -> str:
    """Return the subtype of an imported design."""
    return f"asset:{asset.name}"


def _read(folder: Path, file: str) -> tuple[str, bytes, Mapping[str, bytes]]:
    suffix = Path(file).suffix.lower()
    if suffix == ".gltf":
        raise ValueError("is glTF in several files; expected .glb, which has all in one")
    if suffix not in (".glb", ".obj"):
        raise ValueError(f"ends in {suffix or 'nothing'}; expected .glb or .obj")
    if suffix == ".glb":
        return "glb", read_glb(located(folder, file)), {}
    data, files = read_obj(folder, file)
    return "obj", data, files


def _hash(data: bytes, files: Mapping[str, bytes]) -> str:
    every = [sha256(data).hexdigest()]
    every += [f"{name} {sha256(own).hexdigest()}" for name, own in sorted(files.items())]
    return sha256("\n".join(every).encode()).hexdigest()


def _bodies(asset: Asset, parts: Sequence[Piece], shape: Shape) -> tuple[Body, ...]:
    lights = lights_of(asset, parts, shape)
    dress = Dress(*materials_of(asset, parts, shape), lights.circuit)
    rider = named(shape, parts, asset.rider)
    counted = ~rider & ~named(shape, parts, asset.mirrors)
    mesh, wheels = mesh_of(shape, dress, ~rider, asset.kind, wheels_of(asset, parts, shape))
    main = Body(
        name="",
        kind=asset.kind,
        subtype=subtype(asset),
        mesh=mesh,
        extent=extent_of(shape, counted),
        circuits=lights.circuits,
        lamps=lights.lamps,
        color=asset.color,
        wheels=wheels,
    )
    if not rider.any():
        return (main,)
    dark = replace(dress, circuit=np.full(len(shape.triangles), -1))
    person, _ = mesh_of(shape, dark, rider, "rider")
    return main, Body(
        "", "rider", subtype(asset), person, extent_of(shape, rider), rides=asset.kind
    )
