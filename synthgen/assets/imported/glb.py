"""GLB files are checked by their header before anything is unpacked.

Source: Khronos Group, "glTF 2.0 Specification", 2021, section 4 (GLB) and 3.6 (accessors).
"""

import json
import struct
from collections.abc import Mapping
from operator import index
from pathlib import Path
from typing import Any, NoReturn

from synthgen.assets.imported.budget import check_triangles, check_vertices
from synthgen.assets.imported.folder import check_size
from synthgen.assets.imported.images import check_image, check_images

MOST_JSON = 8_000_000
"""[B] of the header; that of a mesh at the triangle budget with 1,000 nodes has 1 MB."""
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_WIDTHS = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COUNTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_HARMLESS = ("KHR_materials_", "KHR_lights_punctual")
"""Extensions that add to a file without moving a vertex or a texel; what they add is left out."""

Header = Mapping[str, Any]


def read_glb(path: Path) -> bytes:
    """Return the bytes of the GLB file at `path`, checked.

    The header alone is read before triangles and sizes are found acceptable. Raises ValueError
    with the fault: it is cut short, too large, refers to other files, or has no or too many
    triangles.
    """
    header, start = _header(path)
    try:
        _refuse_unknown(header)
        check_triangles(_triangles(header))
        check_size(path)
        data = path.read_bytes()
        _check_data(header, _binary(data, start))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        reason = f"{type(error).__name__} {error}"
        raise ValueError(f"its header contradicts itself: {reason}") from None
    return data


def _header(path: Path) -> tuple[Header, int]:
    """Return the JSON header and where it ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(20)
        if len(head) < 20 or head[:4] != b"glTF":
            raise ValueError("is no GLB file")
        version, length, count, kind = struct.unpack("<4I", head[4:])
        if version != 2:
            raise ValueError(f"is glTF version {version}, expected 2")
        if length > size or 20 + count > size:
            raise ValueError(f"is cut short: it has {size} of {max(length, 20 + count)} bytes")
        if kind != _JSON:
            raise ValueError("its first chunk is not the JSON header")
        if count > MOST_JSON:
            raise ValueError(
                f"its JSON header has {count / 1e6:.0f} MB, at most {MOST_JSON / 1e6:.0f}"
            )
        text = file.read(count)
    try:
        header = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its JSON header cannot be read: {error}") from None
    if not isinstance(header, dict):
        raise ValueError("its JSON header cannot be read: expected an object")
    return header, 20 + count


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _binary(data: bytes, start: int) -> bytes:
    if start + 8 > len(data):
        return b""
    count, kind = struct.unpack("<2I", data[start : start + 8])
    if kind != _BIN:
        raise ValueError("its second chunk is not binary data")
    if start + 8 + count > len(data):
        raise ValueError(f"is cut short: it has {len(data)} of {start + 8 + count} bytes")
    return data[start + 8 : start + 8 + count]


def _refuse_unknown(header: Header) -> None:
    """Raise ValueError for what would be read wrongly or not at all."""
    for name in (*header.get("extensionsUsed", ()), *header.get("extensionsRequired", ())):
        if not str(name).startswith(_HARMLESS):
            raise ValueError(f"uses the extension {name}, which is not understood")
    for key, what in (("skins", "a skeleton"), ("targets", "morph targets")):
        inside = [p for m in header.get("meshes", ()) for p in m["primitives"]]
        if header.get(key) or any(key in primitive for primitive in inside):
            raise ValueError(f"has {what}: apply the pose before export")
    for key in ("buffers", "images"):
        if any("uri" in item for item in header.get(key, ())):
            raise ValueError(f"its {key} lie in other files or in text; expected them in the GLB")
    for material in header.get("materials", ()):
        named = material.get("name", "without name")
        if material.get("alphaMode") == "MASK":
            raise ValueError(f"material {named} has cut-outs (alphaMode MASK): model the holes")
        surface = material.get("pbrMetallicRoughness", {})
        textures = ("baseColorTexture", "metallicRoughnessTexture")
        if any(surface.get(name, {}).get("texCoord", 0) for name in textures):
            raise ValueError(f"material {named} uses a second texture coordinate")


def _triangles(header: Header) -> int:
    """Return how many triangles the scene draws, instances counted each; raises ValueError."""
    nodes, meshes = header.get("nodes", ()), header.get("meshes", ())
    counts = [sum(_primitive(header, p) for p in mesh["primitives"]) for mesh in meshes]
    scenes = header.get("scenes", ())
    waiting = list(scenes[header.get("scene", 0)].get("nodes", ())) if scenes else []
    seen: set[int] = set()
    total = 0
    while waiting:
        number = index(waiting.pop())
        if number in seen or number < 0:
            raise ValueError(f"node {number} has two parents")
        seen.add(number)
        waiting += nodes[number].get("children", ())
        total += counts[nodes[number]["mesh"]] if "mesh" in nodes[number] else 0
    return total


def _primitive(header: Header, primitive: Mapping[str, Any]) -> int:
    mode = primitive.get("mode", 4)
    if mode not in (4, 5):
        raise ValueError("has points, lines or fans; expected triangles")
    accessors = header["accessors"]
    vertices = accessors[primitive["attributes"]["POSITION"]]["count"]
    count = accessors[primitive["indices"]]["count"] if "indices" in primitive else vertices
    check_vertices(int(vertices))
    return int(count) // 3 if mode == 4 else max(int(count) - 2, 0)


def _check_data(header: Header, binary: bytes) -> None:
    """Raise ValueError unless views, accessors and images lie in `binary` and can be read."""
    views = header.get("bufferViews", ())
    for view in views:
        end = view.get("byteOffset", 0) + view["byteLength"]
        if view["buffer"] != 0 or min(end, view.get("byteOffset", 0)) < 0 or end > len(binary):
            raise ValueError(f"is cut short: a view ends at byte {end} of {len(binary)}")
    for number, accessor in enumerate(header.get("accessors", ())):
        if "sparse" in accessor or "bufferView" not in accessor:
            raise ValueError(f"accessor {number} is packed; expected plain data")
        row = _WIDTHS[accessor["componentType"]] * _COUNTS[accessor["type"]]
        view = views[accessor["bufferView"]]
        stride = view.get("byteStride", row)
        offset, count = accessor.get("byteOffset", 0), accessor["count"]
        if min(offset, count - 1, stride - 1) < 0:
            raise ValueError(f"accessor {number} is empty or lies before its data")
        if offset + (count - 1) * stride + row > view["byteLength"]:
            raise ValueError(f"is cut short: accessor {number} reaches beyond its data")
    check_images(len(header.get("images", ())))
    for number, image in enumerate(header.get("images", ())):
        view = views[image["bufferView"]]
        start = view.get("byteOffset", 0)
        check_image(
            image.get("name") or f"image {number}", binary[start : start + view["byteLength"]]
        )
