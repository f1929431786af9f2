"""OBJ files: what they contain is counted, what they refer to is fetched, before they are read.

Source: Wavefront Technologies, "Advanced Visualizer Manual", appendix B1, object files (.obj).
"""

from collections.abc import Mapping
from pathlib import Path

from synthgen.assets.imported.budget import check_triangles, check_vertices
from synthgen.assets.imported.folder import content
from synthgen.assets.imported.images import check_image, check_images


def read_obj(folder: Path, name: str) -> tuple[bytes, Mapping[str, bytes]]:
    """Return OBJ file `name` of `folder`, and what it refers to by the name that it uses.

    Raises ValueError with the fault: no or too many triangles, files missing or outside the
    folder, materials or textures that do not exist.
    """
    data = content(folder, name)
    check_vertices(data.count(b"\nv "))
    if data.count(b"\nf ") > 0:
        check_triangles(data.count(b"\nf "))
    words = [line.split() for line in data.splitlines()]
    check_triangles(sum(max(len(row) - 3, 0) for row in words if row and row[0] == b"f"))
    libraries = {b" ".join(row[1:]) for row in words if row and row[0] == b"mtllib"}
    used = {b" ".join(row[1:]) for row in words if row and row[0] == b"usemtl"}
    if len(libraries) > 1:
        raise ValueError(f"has {len(libraries)} material files, at most 1")
    files: dict[str, bytes] = {}
    known: set[bytes] = set()
    for library in libraries:
        own = _named(folder, name, _text(library))
        files[_text(library)] = own
        known = _materials(own)
        files.update(_textures(folder, name, own))
    if used - known:
        raise ValueError(f"uses material {_text(min(used - known))}, which no material file has")
    return data, files


def _named(folder: Path, beside: str, name: str) -> bytes:
    """Return file `name` that the file `beside` refers to."""
    try:
        return content(folder, str(Path(beside).parent / name) if name[:1] != "/" else name)
    except ValueError as error:
        raise ValueError(f"refers to {name}, which {_which(str(error))}") from None


def _which(fault: str) -> str:
    return "does not exist" if fault == "no such file" else fault


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _materials(library: bytes) -> set[bytes]:
    rows = [line.split() for line in library.splitlines()]
    return {b" ".join(row[1:]) for row in rows if row and row[0] == b"newmtl"}


def _textures(folder: Path, name: str, library: bytes) -> dict[str, bytes]:
    """Return the colour textures of the material file `library`, checked."""
    found: dict[str, bytes] = {}
    for line in library.splitlines():
        row = line.split()
        if len(row) < 2 or row[0].lower() != b"map_kd":
            continue
        if row[1].startswith(b"-"):
            raise ValueError(f"texture option {_text(row[1])} is not understood")
        texture = _text(b" ".join(row[1:]))
        found[texture] = _named(folder, name, texture)
        check_images(len(found))
        check_image(texture, found[texture])
    return found
