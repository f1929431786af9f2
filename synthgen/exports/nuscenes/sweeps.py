"""Lidar files of nuScenes: points, and the class and instance of each.

Source: Motional, nuScenes development kit, docs/instructions_lidarseg.md and utils/data_io.py:
`lidarseg` files hold a uint8 per point, the index of its category; `panoptic` files hold a uint16
under the key `data`, index x 1000 + instance; `.pcd.bin` files hold float32 x, y, z, intensity
(0 to 255) and ring.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8, UInt16

from synthgen.exports.nuscenes.categories import THINGS, semantic_table
from synthgen.geometry import Array
from synthgen.readers import sensors as readers

LARGEST = 999
"""Most instances of one category in a scene that a panoptic label can tell apart."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A sweep as nuScenes has it, in the lidar's own frame (x right, y forward, z up).

    Attributes:
        rows: x, y, z [m], intensity 0 to 255, ring from the lowest beam up.
        category: index of each point's category.
        instance: our instance id of each point, 0 for none.
    """

    rows: Float[Array, "n 5"]
    category: UInt8[Array, "n"]
    instance: UInt16[Array, "n"]


def native_sweep(sweep: readers.Sweep, beams: int, named: Mapping[int, int]) -> Sweep:
    """Return `sweep` as nuScenes has it.

    Args:
        sweep: as our files hold it.
        beams: of the lidar.
        named: category index by instance id, where objects are told more finely than by class.
    """
    rows = np.empty((len(sweep.point), 5), "<f4")
    rows[:, 0], rows[:, 1], rows[:, 2] = -sweep.point[:, 1], sweep.point[:, 0], sweep.point[:, 2]
    rows[:, 3] = sweep.intensity * np.float32(255)
    rows[:, 4] = beams - 1 - sweep.ring.astype(np.int64)
    return Sweep(rows, _categories(sweep.semantic, sweep.instance, named), sweep.instance)


def _categories(
    semantic: Array, instance: UInt16[Array, "n"], named: Mapping[int, int]
) -> UInt8[Array, "n"]:
    found = np.array(semantic_table(), np.uint8)[semantic]
    table = np.zeros(65_536, np.uint8)
    table[list(named)] = list(named.values())
    finer = (instance > 0) & (table[instance] > 0)
    found[finer] = table[instance[finer]]
    return found


def numbered(found: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """Return the panoptic label of each instance id of one scene.

    Args:
        found: category index, and what the instance is counted as, by instance id: a cycle and
            its rider are counted as one.

    Raises ValueError where a category has more instances than a label can tell apart.
    """
    count: dict[int, dict[int, int]] = {}
    labels = {}
    for instance, (index, whole) in sorted(found.items()):
        own = count.setdefault(index, {})
        number = own.setdefault(whole, len(own) + 1)
        if number > LARGEST:
            raise ValueError(f"a scene has more than {LARGEST} instances of category {index}")
        labels[instance] = index * 1000 + number
    return labels


def panoptic(sweep: Sweep, labels: Mapping[int, int]) -> UInt16[Array, "n"]:
    """Return the panoptic label of each point; of things that nothing names the instance is 0."""
    table = np.zeros(65_536, np.uint16)
    table[list(labels)] = list(labels.values())
    own = table[sweep.instance]
    stuff = sweep.category.astype(np.uint16) * np.uint16(1000)
    is_thing = np.isin(sweep.category, THINGS)
    return np.where(is_thing & (own // 1000 == sweep.category), own, stuff)


def write_npz(path: Path, data: UInt16[Array, "n"]) -> None:
    """Write `data` as a compressed archive with fixed bytes: no clock in it."""
    raw = io.BytesIO()
    np.lib.format.write_array(raw, data, version=(1, 0))
    member = zipfile.ZipInfo("data.npy", (1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, raw.getvalue(), compresslevel=6)
