"""KITTI optical flow 2015: pairs of pictures with the flow from the first to the second.

    training/image_2/NNNNNN_10.png, NNNNNN_11.png   the pictures
    training/flow_occ/NNNNNN_10.png                 all points, also those hidden or outside then
    training/flow_noc/NNNNNN_10.png                 points that are seen in the second picture
    training/obj_map/NNNNNN_10.png                  instance ids, 8 bit, 0 for none
    ImageSets/{train,val}.txt                       numbers of the pairs

The number is that of the first frame. Pairs are frames whose flow leads to the next frame's very
time, which those of sequences made with `flow=true` do.
Source: M. Menze and A. Geiger, "Object scene flow for autonomous vehicles", CVPR 2015, readme of
the development kit.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from synthgen.errors import UserError
from synthgen.export import Export, Part, files_of, place, store_picture
from synthgen.readers.dataset import DataSet
from synthgen.readers.sensors import CameraFrame, read_pixels
from synthgen.readers.shard import Shard
from synthgen.writers.files import png

SEEN = 1
"""State of points that are seen at the other time too, see `writers.flow_files`."""


def write(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write the pairs of a shard."""
    home = folder / "training"
    for first, second in pairs(shard):
        name = f"{first.frame:06d}"
        store_picture(first, home / "image_2" / f"{name}_10.png")
        store_picture(second, home / "image_2" / f"{name}_11.png")
        code = read_pixels(first.beside("flow_next", ".png"))
        for kind, known in (("flow_occ", code[..., 2] > 0), ("flow_noc", code[..., 2] == SEEN)):
            kept = np.where(known[..., None], code, 0).astype(np.uint16)
            kept[..., 2] = known
            _store(home / kind / f"{name}_10.png", png(kept))
        _store(home / "obj_map" / f"{name}_10.png", png(_numbered(first.instance())))


def pairs(shard: Shard) -> Iterator[tuple[CameraFrame, CameraFrame]]:
    """Yield the pictures of the first camera whose flow leads from one to the other.

    Raises:
        UserError: where a picture has no flow.
    """
    for clip in shard.clips():
        for one, two in zip(clip.frames, clip.frames[1:], strict=False):
            first, second = one.camera, two.camera
            span = first.row.get("flow_span")
            if span is None:
                raise UserError(
                    f"format=kitti_flow: {first.path} has no flow; "
                    "make the data set with flow=true clip=drive"
                )
            if abs(first.time + span - second.time) < 1e-6:
                yield first, second


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put all pairs into one tree and name those of each split.

    Raises:
        UserError: where no frame's flow leads to another frame.
    """
    validates, found = set(data.split.val), []
    for path, name in files_of(parts):
        place(path, folder / name)
        if name.parts[1] == "flow_occ":
            found.append(int(name.stem.split("_")[0]))
    if not found:
        raise UserError("format=kitti_flow: no flow leads to a next frame; it needs clip=drive")
    for split, validating in (("train", False), ("val", True)):
        rows = [f"{number:06d}\n" for number in found if (number in validates) is validating]
        _store(folder / "ImageSets" / f"{split}.txt", "".join(rows).encode())


EXPORT = Export(write=write, join=join)


def _numbered(instance: np.ndarray) -> np.ndarray:
    """Return ids that fit into 8 bits: 1, 2, ... in the order of the instance ids of the picture.

    Raises:
        UserError: where more than 255 things show.
    """
    values, places = np.unique(instance, return_inverse=True)
    start = 0 if values[0] == 0 else 1
    if len(values) + start > 256:
        raise UserError(f"format=kitti_flow: {len(values)} things in one picture, at most 255 fit")
    return (places.reshape(instance.shape) + start).astype(np.uint8)


def _store(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
