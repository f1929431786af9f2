"""Broken assets through the door: one line that names file and fault, exit code 2."""

import json
import os
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import trimesh
from PIL import Image

from synthgen import __main__ as program


def test_a_broken_asset_is_one_line_on_stderr_and_exit_code_2(workshop, capsys):
    """Every other test here asks the door itself, which is quicker."""
    workshop.put("crate.glb", "no mesh, but text that is long enough")
    assert program.main([f"assets={workshop.manifest()}", f"out={workshop.folder}/out"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "synthgen: assets: crate: crate.glb: is no GLB file\n")
    assert not (workshop.folder / "out").exists()


def packed(header, binary=b""):
    """Return a GLB file of a JSON `header` and `binary` data."""
    text = json.dumps(header).encode() if isinstance(header, dict) else header
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunk = struct.pack("<2I", len(binary), 0x004E4942) + binary if binary else b""
    body = struct.pack("<2I", len(text), 0x4E4F534A) + text + chunk
    return struct.pack("<3I", 0x46546C67, 2, 12 + len(body)) + body


def header_of(data):
    count = struct.unpack("<I", data[12:16])[0]
    return json.loads(data[20 : 20 + count]), data[20 + count + 8 :]


def rewritten(workshop, change, model=None):
    """Write the crate with its JSON header changed in place."""
    header, binary = header_of(workshop.glb(model).read_bytes())
    change(header)
    workshop.put("crate.glb", packed(header, binary))
    return workshop.manifest()


def textured(workshop, picture):
    """Return a crate with a texture."""
    crate = workshop.box()
    uv = np.zeros((len(crate.vertices), 2)) + 0.5
    material = workshop.paint("paint", baseColorTexture=picture)
    crate.visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    return workshop.scene(crate=crate)


CRATE = "assets: crate: crate.glb: "


# The folder and its files -----------------------------------------------------------------------


def test_a_folder_that_does_not_exist(said, tmp_path):
    assert said(tmp_path / "no") == "assets=MINE: no such folder"


def test_a_folder_without_manifest(said, workshop):
    assert said(workshop.folder) == "assets=MINE: assets.yaml: no such file"


def test_a_manifest_that_is_no_yaml(said, workshop):
    workshop.put("assets.yaml", "assets: [{name: x")
    told = said(workshop.folder)
    assert told.startswith("assets=MINE: assets.yaml: line 1: expected YAML: expected ',' or '}'")


def test_a_manifest_of_aliases(said, workshop):
    workshop.put("assets.yaml", "assets: &a [1]\nmore: [*a, *a]\n")
    assert said(workshop.folder) == "assets=MINE: assets.yaml: expected YAML without aliases (*)"


def test_a_manifest_without_list(said, workshop):
    workshop.put("assets.yaml", "assets: 3\n")
    assert said(workshop.folder) == "assets=MINE: assets.yaml: expected assets: with a list"


def test_a_missing_file(said, workshop):
    assert said(workshop.manifest()) == CRATE + "no such file"


def test_a_path_that_leaves_the_folder(said, workshop):
    (workshop.folder.parent / "secret.glb").write_bytes(b"glTF")
    line = "assets: crate: ../secret.glb: leaves the asset folder"
    assert said(workshop.manifest(file="../secret.glb")) == line


def test_an_absolute_path(said, workshop):
    line = "assets: crate: /etc/x.glb: is an absolute path; expected one inside the asset folder"
    assert said(workshop.manifest(file="/etc/x.glb")) == line


@pytest.mark.parametrize("name", ["crate.glb", "deep/crate.glb"])
def test_a_link_that_leaves_the_folder(said, workshop, name):
    outside = workshop.folder.parent / "outside"
    outside.mkdir()
    workshop.scene(crate=workshop.box()).export(outside / "crate.glb")
    link = workshop.folder / name.split("/")[0]
    link.symlink_to(outside if "/" in name else outside / "crate.glb")
    line = f"assets: crate: {name}: leaves the asset folder through a link"
    assert said(workshop.manifest(file=name)) == line


def test_a_pipe_does_not_block(said, workshop):
    os.mkfifo(workshop.folder / "crate.glb")
    assert said(workshop.manifest()) == CRATE + "is not a file"


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("crate.fbx", "ends in .fbx; expected .glb or .obj"),
        ("crate", "ends in nothing; expected .glb or .obj"),
        ("crate.gltf", "is glTF in several files; expected .glb, which has all in one"),
    ],
)
def test_another_format(said, workshop, file, fault):
    workshop.glb()
    assert said(workshop.manifest(file=file)) == f"assets: crate: {file}: {fault}"


# GLB --------------------------------------------------------------------------------------------


def test_a_text_called_glb(said, workshop):
    workshop.put("crate.glb", "this is a long text and no mesh")
    assert said(workshop.manifest()) == CRATE + "is no GLB file"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_glb(said, workshop, kept):
    path = workshop.glb()
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    line = f"is cut short: it has {int(kept * len(data))} of {len(data)} bytes"
    assert said(workshop.manifest()) == CRATE + line


def test_an_empty_file(said, workshop):
    workshop.put("crate.glb", b"")
    assert said(workshop.manifest()) == CRATE + "is no GLB file"


def test_an_older_gltf(said, workshop):
    data = bytearray(workshop.glb().read_bytes())
    data[4] = 1
    workshop.put("crate.glb", bytes(data))
    assert said(workshop.manifest()) == CRATE + "is glTF version 1, expected 2"


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"asset": NaN}', b"{"])
def test_a_header_that_is_no_json(said, workshop, text):
    workshop.put("crate.glb", packed(text))
    assert said(workshop.manifest()).startswith(CRATE + "its JSON header cannot be read: ")


def test_a_huge_header_is_not_read(said, workshop):
    with workshop.put("crate.glb", b"").open("wb") as file:
        file.write(struct.pack("<5I", 0x46546C67, 2, 400_000_000, 399_999_980, 0x4E4F534A))
        file.truncate(400_000_000)
    assert said(workshop.manifest()) == CRATE + "its JSON header has 400 MB, at most 8"


def test_a_file_of_ten_million_triangles_is_refused_by_its_header(said, workshop):
    """240 MB on disk, of which the header alone is read."""
    count = 30_000_000
    header = {
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [{"count": 1000, "type": "VEC3"}, {"count": count, "type": "SCALAR"}],
    }
    start = packed(header)
    with workshop.put("crate.glb", b"").open("wb") as file:
        file.write(start[:8] + struct.pack("<I", 240_000_000) + start[12:])
        file.truncate(240_000_000)
    folder = workshop.manifest()
    tracemalloc.start()
    told = said(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told == CRATE + "has 10000000 triangles, at most 200000"
    assert peak < 40e6


def test_a_file_too_large_for_what_it_holds(said, workshop):
    header, _ = header_of(workshop.glb().read_bytes())
    start = packed(header)
    with (workshop.folder / "crate.glb").open("wb") as file:
        file.write(start[:8] + struct.pack("<I", 100_000_000) + start[12:])
        file.truncate(100_000_000)
    assert said(workshop.manifest()) == CRATE + "is too large: 100 MB, at most 64"


def test_instances_count_each(said, workshop):
    def many(header):
        header["nodes"] = [{"mesh": 0} for _ in range(20_000)]
        header["scenes"] = [{"nodes": list(range(20_000))}]

    line = "has 240000 triangles, at most 200000"
    assert said(rewritten(workshop, many)) == CRATE + line


def test_nodes_in_a_ring(said, workshop):
    def ring(header):
        header["nodes"] = [{"children": [1]}, {"children": [0], "mesh": 0}]
        header["scenes"] = [{"nodes": [0]}]

    assert said(rewritten(workshop, ring)) == CRATE + "node 0 has two parents"


def test_no_triangles(said, workshop):
    assert said(rewritten(workshop, lambda h: h["scenes"][0].update(nodes=[]))) == (
        CRATE + "has no triangles"
    )


def test_points_and_lines(said, workshop):
    def lines(header):
        header["meshes"][0]["primitives"][0]["mode"] = 1

    line = "has points, lines or fans; expected triangles"
    assert said(rewritten(workshop, lines)) == CRATE + line


def test_data_in_another_file(said, workshop):
    for uri in ("../../etc/passwd", "http://example.org/x.bin", "data:;base64,AAAA"):
        told = said(rewritten(workshop, lambda h, uri=uri: h["buffers"][0].update(uri=uri)))
        line = "its buffers lie in other files or in text; expected them in the GLB"
        assert told == CRATE + line


def test_an_accessor_beyond_its_data(said, workshop):
    def longer(header):
        header["accessors"][0]["count"] += 1

    told = said(rewritten(workshop, longer))
    assert told == CRATE + "is cut short: accessor 0 reaches beyond its data"


def test_an_accessor_without_data(said, workshop):
    def bomb(header):
        header["accessors"].append({"count": 10**15, "type": "MAT4", "componentType": 5126})

    told = said(rewritten(workshop, bomb))
    assert told.startswith(CRATE + "accessor ")
    assert told.endswith(" is packed; expected plain data")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda h: h.update(extensionsUsed=["KHR_draco_mesh_compression"]),
         "uses the extension KHR_draco_mesh_compression, which is not understood"),
        (lambda h: h.update(skins=[{"joints": [0]}]),
         "has a skeleton: apply the pose before export"),
        (lambda h: h["materials"][0].update(alphaMode="MASK"),
         "material paint has cut-outs (alphaMode MASK): model the holes"),
        (lambda h: h.pop("accessors"), "its header contradicts itself: KeyError 'accessors'"),
        (lambda h: h.update(nodes=5), "its header contradicts itself: TypeError "
         "'int' object is not subscriptable"),
    ],
)  # fmt: skip
def test_what_would_be_read_wrongly(said, workshop, change, fault):
    assert said(rewritten(workshop, change)) == CRATE + fault


def test_vertices_that_are_not_finite(said, workshop):
    for value in (np.nan, np.inf):
        header, binary = header_of(workshop.glb().read_bytes())
        place = header["accessors"][header["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
        start = header["bufferViews"][place["bufferView"]].get("byteOffset", 0)
        data = bytearray(binary)
        data[start : start + 4] = np.float32(value).tobytes()
        workshop.put("crate.glb", packed(header, bytes(data)))
        told = said(workshop.manifest())
        assert told.startswith(CRATE + "has ")
        assert told.endswith(" corners that are not finite (NaN or infinite)")


# Textures ---------------------------------------------------------------------------------------


def test_a_texture_that_is_too_large(said, workshop):
    workshop.glb(textured(workshop, workshop.image((4097, 2))))
    told = said(workshop.manifest())
    assert told == CRATE + "texture image 0 has 4097 x 2 px, at most 4096 px each way"


def bomb(workshop, side):
    """Return a PNG that claims to have `side` pixels each way."""
    data = bytearray(workshop.png(workshop.image((8, 8))))
    data[16:24] = struct.pack(">2I", side, side)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


def with_image(workshop, data):
    """Write the crate with another image file inside."""
    header, binary = header_of(workshop.glb(textured(workshop, workshop.image())).read_bytes())
    view = header["bufferViews"][header["images"][0]["bufferView"]]
    binary = binary[: header["buffers"][0]["byteLength"]]
    view.update(byteOffset=len(binary), byteLength=len(data))
    header["buffers"][0]["byteLength"] = len(binary) + len(data)
    workshop.put("crate.glb", packed(header, binary + data))
    return workshop.manifest()


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_decompression_bomb(said, workshop, side):
    told = said(with_image(workshop, bomb(workshop, side)))
    assert told == CRATE + "texture image 0 is too large, at most 4096 px each way"


def test_a_texture_that_is_no_image(said, workshop):
    told = said(with_image(workshop, b"GIF89a and so on"))
    assert told == CRATE + "texture image 0 is no PNG or JPEG image"


def test_a_texture_that_is_cut_short(said, workshop):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    whole = workshop.png(Image.fromarray(noise))
    told = said(with_image(workshop, whole[: len(whole) // 2]))
    assert told.startswith(CRATE + "texture image 0 cannot be read: ")


def test_a_texture_elsewhere(said, workshop):
    def away(header):
        del header["images"][0]["bufferView"]
        header["images"][0]["uri"] = "https://example.org/a.png"

    told = said(rewritten(workshop, away, textured(workshop, workshop.image())))
    assert told == CRATE + ("its images lie in other files or in text; expected them in the GLB")
