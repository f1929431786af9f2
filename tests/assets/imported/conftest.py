"""A workshop that writes small GLB and OBJ assets with their manifest, and the door they meet."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import trimesh
import yaml
from PIL import Image
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.errors import UserError

SIZE = (4.2, 1.8, 1.5)
ENTRY = {
    "name": "crate", "file": "crate.glb", "class": "car", "length": SIZE[0], "width": SIZE[1],
    "height": SIZE[2], "forward": "+x", "up": "+z",
}  # fmt: skip


def paint(name, color=(0.8, 0.1, 0.1), **more):
    """Return a glTF material; `color` is linear."""
    given = {"metallicFactor": 0.0, "roughnessFactor": 0.5, "baseColorFactor": [*color, 1.0]}
    return PBRMaterial(name=name, **{**given, **more})


def box(size=SIZE, center=(0, 0, 0), material=None):
    """Return a box of `size` about `center` of one material."""
    mesh = trimesh.creation.box(extents=size)
    mesh.apply_translation(center)
    mesh.visual = TextureVisuals(material=material or paint("paint"))
    return mesh


def scene(**meshes):
    """Return a scene of named meshes."""
    found = trimesh.Scene()
    for name, mesh in meshes.items():
        found.add_geometry(mesh, node_name=name, geom_name=name)
    return found


def image(size=(64, 64), color=(200, 30, 30)):
    """Return a plain picture."""
    return Image.new("RGB", size, color)


def png(picture):
    """Return `picture` as a PNG file."""
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class Workshop:
    """A folder under construction."""

    scene = staticmethod(scene)
    box = staticmethod(box)
    paint = staticmethod(paint)
    image = staticmethod(image)
    png = staticmethod(png)
    size = SIZE

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name, data):
        """Write a file and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def glb(self, model=None, name="crate.glb"):
        """Write `model`, a box unless given, as GLB."""
        model = scene(crate=box()) if model is None else model
        return self.put(name, model.export(file_type="glb"))

    def manifest(self, *entries, **changes):
        """Write the manifest, of a crate with `changes` or of `entries`; return the folder."""
        listed = [{**ENTRY, **entry} for entry in entries] or [{**ENTRY, **changes}]
        kept = [{k: v for k, v in entry.items() if v is not None} for entry in listed]
        self.put("assets.yaml", yaml.safe_dump({"assets": kept}))
        return str(self.folder)


@pytest.fixture
def workshop(tmp_path):
    """Return an empty asset folder to work in."""
    folder = tmp_path / "mine"
    folder.mkdir()
    return Workshop(folder)


@cache
def composed():
    return compose([])


@pytest.fixture
def said():
    """Return the one line with which the door refuses a folder of assets."""

    def ask(folder):
        job = composed()
        with pytest.raises(UserError) as caught:
            run_spec(replace(job, tree={**job.tree, "assets": str(folder)}))
        assert "\n" not in str(caught.value)
        return str(caught.value).replace(str(folder), "MINE")

    return ask
