"""trimesh's one importing place: files become plain arrays, in the file's own frame and units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from warnings import catch_warnings

import numpy as np
import trimesh
from jaxtyping import Float, Int
from PIL.Image import Image

from synthgen.geometry import Array, transform


@dataclass(frozen=True, eq=False)
class Look:
    """A material as the file has it.

    Attributes:
        name: empty when it has none.
        color: linear red, green, blue and opacity, 0 to 1.
        roughness: 0 to 1.
        metallic: 0 to 1.
        image: colour texture, sRGB.
        rough_image: roughness in green, metallic in blue.
    """

    name: str
    color: tuple[float, float, float, float]
    roughness: float
    metallic: float
    image: Image | None = None
    rough_image: Image | None = None


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a file with one material.

    Attributes:
        names: of its node, its mesh and its material.
        vertices: with all transforms of its nodes applied.
        triangles: vertex indices.
        look: its material.
        uv: per vertex, v up.
        tint: linear colour per vertex that multiplies the material's.
    """

    names: frozenset[str]
    vertices: Float[Array, "v 3"]
    triangles: Int[Array, "t 3"]
    look: Look
    uv: Float[Array, "v 2"] | None = None
    tint: Float[Array, "v 3"] | None = None


def pieces(kind: str, data: bytes, files: Mapping[str, bytes]) -> list[Piece]:
    """Return the pieces of a file of `kind` glb or obj; `files` are those it may refer to.

    Raises ValueError when trimesh cannot read it, or when a vertex that it uses is missing or
    not finite.
    """
    resolver = trimesh.resolvers.ZipResolver({name: BytesIO(own) for name, own in files.items()})
    try:
        with catch_warnings(action="ignore"), np.errstate(all="ignore"):
            scene = trimesh.load_scene(
                BytesIO(data), file_type=kind, resolver=resolver, process=False
            )
            found = [_piece(scene, node) for node in scene.graph.nodes_geometry]
    except Exception as error:  # whatever a foreign parser raises on a foreign file
        reason = " ".join(str(error).split())[:120]
        raise ValueError(f"cannot be read: {type(error).__name__} {reason}") from None
    for piece in found:
        _check(piece)
    return found


def _piece(scene: Any, node: str) -> Piece:
    world, geometry = scene.graph[node]
    mesh = scene.geometry[geometry]
    look, uv, tint = _look(mesh)
    triangles = np.array(mesh.faces, np.int64).reshape(-1, 3)
    if np.linalg.det(world[:3, :3]) < 0:  # a mirroring node turns windings round
        triangles = triangles[:, ::-1]
    vertices = transform(np.asarray(world, float), np.asarray(mesh.vertices, float))
    names = frozenset({str(node), str(geometry), look.name} - {""})
    return Piece(names, vertices, triangles, look, uv, tint)


def _check(piece: Piece) -> None:
    if not len(piece.triangles):
        return
    if not 0 <= piece.triangles.min() <= piece.triangles.max() < len(piece.vertices):
        raise ValueError("refers to vertices that it does not have")
    used = piece.vertices[piece.triangles]
    wrong = int((~np.isfinite(used).all(axis=2)).sum())
    if wrong:
        raise ValueError(f"has {wrong} corners that are not finite (NaN or infinite)")


def _look(mesh: Any) -> tuple[Look, Array | None, Array | None]:
    """Return material, texture coordinates and tint of a trimesh mesh."""
    visual = mesh.visual
    plain = Look("", (0.5, 0.5, 0.5, 1.0), 0.8, 0.0)
    if visual.kind in ("vertex", "face"):
        colors = np.asarray(visual.vertex_colors, float)[:, :3] / 255
        return replace(plain, color=(1.0, 1.0, 1.0, 1.0)), None, colors
    material = getattr(visual, "material", None)
    if material is None:
        return plain, None, None
    uv = None if visual.uv is None else np.asarray(visual.uv, float)[:, :2]
    colors = visual.vertex_attributes.get("color")
    tint = None if colors is None else _fractions(colors)[:, :3]
    make = _physical if hasattr(material, "metallicFactor") else _simple
    return make(material), uv, tint


def _fractions(values: Sequence[float] | Array) -> Array:
    """Return colours as numbers from 0 to 1, whatever integers they are stored as."""
    array = np.asarray(values)
    most = float(np.iinfo(array.dtype).max) if array.dtype.kind in "ui" else 1.0
    return array.astype(float) / most


def _physical(material: Any) -> Look:
    """A glTF material; what it leaves out has the specification's defaults."""
    factor = material.baseColorFactor
    color = np.ones(4) if factor is None else _fractions(factor)
    solid = 1.0 if material.alphaMode != "BLEND" else float(color[3])
    rough, metal = material.roughnessFactor, material.metallicFactor
    return Look(
        str(material.name or ""),
        (float(color[0]), float(color[1]), float(color[2]), solid),
        1.0 if rough is None else float(np.clip(rough, 0, 1)),
        1.0 if metal is None else float(np.clip(metal, 0, 1)),
        material.baseColorTexture,
        material.metallicRoughnessTexture,
    )


def _simple(material: Any) -> Look:
    """A material of an OBJ file: the exponent Ns becomes roughness, d opacity.

    Source: B. Walter et al., "Microfacet models for refraction through rough surfaces", EGSR 2007:
    a Phong exponent n is like a Beckmann width of sqrt(2 / (n + 2)), the square of roughness.
    """
    color = _fractions(material.diffuse)
    solid = material.kwargs.get("d", ["1"])
    return Look(
        str(material.name or ""),
        (float(color[0]), float(color[1]), float(color[2]), float(solid[0])),
        float(np.clip((2 / (material.glossiness + 2)) ** 0.25, 0, 1)),
        0.0,
        material.image,
    )
