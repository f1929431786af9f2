"""`task=rig`: a rig's YAML from calibration files, in the one of three customs that they follow."""

from pathlib import Path

import yaml

from synthgen.calibrations import kitti, nuscenes, ros
from synthgen.calibrations.template import Tree
from synthgen.config import read
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec

CUSTOMS = (
    "a calib file of KITTI (.txt), a folder with calib_cam_to_cam.txt of its raw recordings, with "
    "calibrated_sensor.json of nuScenes, or with camera_info and transforms of ROS (.yaml)"
)
NOTE = """# Made by task=rig from {source}.
# Poses and intrinsics are those of the calibration, digit by digit. What it does not say (makes,
# lenses, {rest}) was taken from rig={base}: set it anew.
"""


def import_rig(run: RunSpec) -> int:
    """Write the rig of the calibration in `run.source` to the file `run.out`; return 0.

    Raises:
        UserError: when the files say too little or something else, or give no rig that loads.
    """
    source, out = Path(run.source), Path(run.out)
    tree, base, rest = rig_of(source)
    note = NOTE.format(source=source.name, base=base, rest=rest)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(note + yaml.safe_dump(tree, sort_keys=False, width=100))
    try:
        made = read([f"rig={out}"]).rig
    except UserError:
        out.unlink()
        raise
    kinds = {"cameras": made.cameras, "lidars": made.lidars, "other sensors": made.sensors}
    counts = ", ".join(f"{len(found)} {kind}" for kind, found in kinds.items() if found)
    print(f"{out}: {counts}; use it with rig={out}")
    return 0


def rig_of(source: Path) -> tuple[Tree, str, str]:
    """Return the tree of a rig, the rig of ours that filled it up, and what with."""
    if source.is_file():
        if source.name in (*kitti.RAW, *nuscenes.FILES):
            return rig_of(source.parent)
        if source.suffix == ".txt":
            return kitti.object_rig(source), "kitti", "the lidar's mount and the size of images"
        if source.suffix in (".yaml", ".yml"):
            return rig_of(source.parent)
    if (source / nuscenes.FILES[0]).is_file():
        return nuscenes.rig(source), "nuscenes", "the car and the size of images"
    if (source / next(iter(kitti.RAW))).is_file():
        return kitti.raw_rig(source), "kitti", "the lidar's mount"
    if source.is_dir() and any(source.glob("*.y*ml")):
        return ros.rig(source), "nuscenes", "the lidar's make, the car and its origin"
    there = "no such file or folder" if not source.exists() else f"expected {CUSTOMS}"
    raise UserError(f"from={source}: {there}")
