"""Small sound files of every sort that is read, which are then spoilt."""

import importlib.util
import io
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import trimesh
import yaml
from PIL import Image
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from synthgen.coverage.definition import plain_coverage
from synthgen.coverage.planning.document import VERSION as PLANS
from synthgen.spec.coverage import Axis, Coverage, Target

TOP = Path(__file__).resolve().parents[2]
SIZE = (4.2, 1.8, 1.5)


def loaded(path: Path) -> Any:
    """Return the module in a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def conf(name: str) -> bytes:
    """Return a file of our own configuration."""
    return (TOP / "conf" / name).read_bytes()


def street_map() -> bytes:
    """Return streets of OpenStreetMap: a ring with a cross street."""
    nodes, ring = [], []
    for number in range(12):
        turn = math.tau * number / 12
        lat, lon = 49 + 0.0015 * math.sin(turn), 8.4 + 0.0022 * math.cos(turn)
        nodes.append(f'<node id="{number + 1}" lat="{lat:.7f}" lon="{lon:.7f}"/>')
        ring.append(f'<nd ref="{number + 1}"/>')
    tags = '<tag k="highway" v="residential"/><tag k="lanes" v="2"/>'
    ways = [f'<way id="1">{"".join([*ring, ring[0]])}{tags}</way>',
            f'<way id="2"><nd ref="1"/><nd ref="7"/>{tags}</way>']  # fmt: skip
    box = '<bounds minlat="48.99" minlon="8.39" maxlat="49.01" maxlon="8.41"/>'
    return f'<osm version="0.6">{box}{"".join(nodes + ways)}</osm>'.encode()


def drive_map() -> bytes:
    """Return two streets of OpenDRIVE that cross."""
    return loaded(TOP / "tests/xodr.py").crossing_roads().encode()


@cache
def glb() -> bytes:
    """Return a textured box as GLB."""
    mesh = trimesh.creation.box(extents=SIZE)
    image = Image.new("RGB", (16, 16), (200, 30, 30))
    paint = PBRMaterial(name="paint", baseColorTexture=image, metallicFactor=0.0)
    mesh.visual = TextureVisuals(uv=mesh.vertices[:, :2] % 1, material=paint)
    scene = trimesh.Scene()
    scene.add_geometry(mesh, node_name="crate", geom_name="crate")
    return bytes(scene.export(file_type="glb"))


def obj() -> dict[str, bytes]:
    """Return a box as OBJ with its material file and texture."""
    mesh = trimesh.creation.box(extents=SIZE)
    rows = ["mtllib a.mtl", *(f"v {x} {y} {z}" for x, y, z in mesh.vertices), "vt 0 0", "usemtl m"]
    rows += ["f " + " ".join(f"{n + 1}/1" for n in face) for face in mesh.faces]
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(picture, "PNG")
    library = b"newmtl m\nKd 0.5 0.5 0.5\nNs 10\nd 1\nmap_Kd a.png\n"
    return {"a.obj": "\n".join(rows).encode(), "a.mtl": library, "a.png": picture.getvalue()}


def manifest(file: str) -> bytes:
    """Return the manifest of a folder of assets."""
    entry = {"name": "crate", "file": file, "class": "car", "length": SIZE[0], "width": SIZE[1],
             "height": SIZE[2], "forward": "+x", "up": "+z",
             "materials": {}, "lamps": []}  # fmt: skip
    return yaml.safe_dump({"assets": [entry]}).encode()


COVERAGE = Coverage(
    axes={"class": Axis(column="class", values=("car", "dog")),
          "time_of_day": Axis(column="time_of_day", values=("day", "night"))},
    cells=(("class", "time_of_day"),),
    targets=(Target(where={"class": "dog"}, want=6),
             Target(where={"class": "car", "time_of_day": "night"}, want=9)),
)  # fmt: skip


def plan() -> bytes:
    """Return a plan of one job."""
    rows: list[dict[str, Any]] = [
        {"plan": PLANS, "audit": "0", "coverage": plain_coverage(COVERAGE), "seed": 0,
         "budget": 100, "totals": {}, "start_core_seconds": 3.0},
        {"job": "dogs", "overrides": ["scene=night", "weather.rain={uniform: [1, 2]}", "seed=5"],
         "clips": 4, "frames": 4, "expects": {"t00": 2.5}, "core_seconds": 80.0, "bytes": 1000},
        {"unreachable": "t01", "why": "w", "proof": "p"},
    ]  # fmt: skip
    rows += [{"target": name, "name": "n", "there": 0, "asked": 6, "missing": 6, "yields": {}}
             for name in ("t00", "t01")]  # fmt: skip
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def coverage() -> bytes:
    """Return a definition of coverage as a user writes it."""
    return yaml.safe_dump(plain_coverage(COVERAGE) | {"detector": {}}).encode()


def calibration() -> dict[str, bytes]:
    """Return a calibration file of KITTI's object benchmark."""
    eye = "1 0 0 0 1 0 0 0 1"
    rows = [f"P{n}: 721.5 0 609.5 0 0 721.5 172.8 0 0 0 1 0" for n in range(4)]
    rows += [f"R0_rect: {eye}", "Tr_velo_to_cam: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27",
             "Tr_imu_to_velo: 1 0 0 -0.8 0 1 0 0.3 0 0 1 -0.8"]  # fmt: skip
    return {"000000.txt": "\n".join(rows).encode()}


def ros() -> dict[str, bytes]:
    """Return camera_info and transforms of ROS."""
    info = {"camera_name": "front", "image_width": 640, "image_height": 480,
            "distortion_model": "plumb_bob",
            "camera_matrix": {"data": [500, 0, 320, 0, 500, 240, 0, 0, 1]},
            "distortion_coefficients": {"data": [0.0] * 5}}  # fmt: skip
    turns = {"base_link": {
        "front_optical": {"x": 1, "y": 0, "z": 1, "roll": 0, "pitch": 0, "yaw": 0},
        "velodyne": {"x": 0, "y": 0, "z": 2, "roll": 0, "pitch": 0, "yaw": 0}}}  # fmt: skip
    return {"front.yaml": yaml.safe_dump(info).encode(), "tf.yaml": yaml.safe_dump(turns).encode()}


def records() -> dict[str, bytes]:
    """Return the calibrated sensors of nuScenes."""
    sensors = [{"token": "s1", "channel": "CAM_FRONT", "modality": "camera"},
               {"token": "s2", "channel": "LIDAR_TOP", "modality": "lidar"}]  # fmt: skip
    place = {"translation": [1, 0, 1.5], "rotation": [0.5, -0.5, 0.5, -0.5]}
    eye = [[1266, 0, 816], [0, 1266, 491], [0, 0, 1]]
    known = [{"token": "c1", "sensor_token": "s1", "camera_intrinsic": eye, **place},
             {"token": "c2", "sensor_token": "s2", "camera_intrinsic": [], **place}]  # fmt: skip
    return {"sensor.json": json.dumps(sensors).encode(),
            "calibrated_sensor.json": json.dumps(known).encode()}  # fmt: skip


def coco() -> bytes:
    """Return labels of COCO."""
    return json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "width": 100, "height": 80}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 2, 30, 40],
                         "area": 1200, "iscrowd": 0}],
        "categories": [{"id": 3, "name": "car"}],
    }).encode()  # fmt: skip


def scalabel() -> bytes:
    """Return labels of Scalabel."""
    box = {"x1": 1, "y1": 2, "x2": 30, "y2": 40}
    return json.dumps([{
        "name": "a.jpg", "videoName": "v", "attributes": {"timeofday": "night", "weather": "clear"},
        "labels": [{"id": "1", "category": "car", "box2d": box, "attributes": {}}],
    }]).encode()  # fmt: skip


def kitti() -> bytes:
    """Return labels of KITTI."""
    return b"Car 0.00 0 -1.57 100 120 200 220 1.5 1.6 4.0 1.0 1.7 20.0 -1.5\n" \
           b"DontCare -1 -1 -10 1 2 30 40 -1 -1 -1 -1000 -1000 -1000 -10\n"  # fmt: skip


def table() -> bytes:
    """Return labels as a plain table."""
    return b"frame,class,left,top,right,bottom,distance\na,car,1,2,30,40,12.5\nb,dog,,,,,\n"
