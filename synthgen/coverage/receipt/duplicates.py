"""Images that are there twice: made twice, or made and audited. Where the audit opened images."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from synthgen.coverage.pictures.duplicates import ALIKE, NEAR, thumbnail
from synthgen.coverage.pictures.measures import Picture
from synthgen.coverage.pictures.opening import opened
from synthgen.coverage.receipt.findings import Twin
from synthgen.geometry import Array

KINDS = {"bytes": "exact", "pixels": "exact", "near": "near"}
"""What the kinds of groups are called for people."""


def among(groups: pa.Table) -> tuple[Twin, ...]:
    """Return the groups of `duplicates.parquet`, of the images made."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in groups.select(["group", "kind", "image"]).to_pylist():
        found[row["group"], row["kind"]].append(row["image"])
    return tuple(
        Twin(KINDS[kind], "made", tuple(images)) for (_, kind), images in sorted(found.items())
    )


def between(made: pa.Table, data: Path, audited: pa.Table, home: Path) -> tuple[Twin, ...]:
    """Return images that were made and are in the audited data, too, each with the first of them.

    Near are images whose hashes differ in few bits and whose thumbnails differ little, as within a
    data set; an audited image that is no longer there cannot be ruled out, and is near.

    Args:
        made: columns image, digest and hash of `pictures.parquet`.
        data: folder of the made images.
        audited: the same columns.
        home: folder of the audited images.
    """
    same = _same(made, audited)
    near = {
        image: other
        for image, other in _near(made, audited)
        if image not in same and _alike(data / image, home / other)
    }
    exact = [Twin("exact", "audited", (image, other)) for image, other in same.items()]
    return (*exact, *(Twin("near", "audited", pair) for pair in near.items()))


def _same(made: pa.Table, audited: pa.Table) -> dict[str, str]:
    """Return the first audited image with the bytes of each made one that has such."""
    first: dict[str, str] = {}
    for digest, image in _pairs(audited, "digest"):
        first.setdefault(digest, image)
    return {image: first[digest] for digest, image in _pairs(made, "digest") if digest in first}


def _pairs(table: pa.Table, column: str) -> list[tuple[str, str]]:
    """Return a column that is told, with the image, each image once."""
    columns = (table[name].to_pylist() for name in (column, "image"))
    told: Mapping = {image: value for value, image in zip(*columns, strict=True) if value}
    return [(value, image) for image, value in told.items()]


def _near(made: pa.Table, audited: pa.Table) -> Iterator[tuple[str, str]]:
    """Yield made images with each audited one whose hash is near, the last of them last."""
    there = _pairs(audited, "hash")
    hashes = np.array([int(value, 16) for value, _ in there], np.uint64)
    for value, image in _pairs(made, "hash"):
        apart = np.bitwise_count(hashes ^ np.uint64(int(value, 16)))
        for place in np.flatnonzero(apart <= NEAR)[::-1]:
            yield image, there[place][1]


def _alike(made: Path, audited: Path) -> bool:
    """Return whether thumbnails differ little; what cannot be opened cannot be ruled out."""
    one, other = (opened(path).picture for path in (made, audited))
    if one is None or other is None:
        return True
    change = _thumb(one) - _thumb(other)
    return float(np.sqrt(np.mean(change**2))) <= ALIKE


def _thumb(picture: Picture) -> Float[Array, "bytes"]:
    return np.frombuffer(thumbnail(picture), np.uint8).astype(np.float64)
