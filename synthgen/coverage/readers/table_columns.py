"""Which column of a plain table is which of ours."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import yaml

from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

Names = Mapping[str, str]
"""Their column by ours."""

OTHERS: Mapping[str, tuple[str, ...]] = {
    "frame": ("frame_id", "frame_name", "image_id", "image_name", "file_name"),
    "label": ("class", "class_name", "category", "category_name"),
    "track": ("track_id", "track_uuid", "instance_id"),
    "left": ("xmin", "x_min", "x1"),
    "top": ("ymin", "y_min", "y1"),
    "right": ("xmax", "x_max", "x2"),
    "bottom": ("ymax", "y_max", "y2"),
    "lidar_points": ("num_lidar_pts", "num_interior_pts", "num_lidar_points"),
    "time_of_day": ("timeofday",),
    "image": ("file_name", "image_path"),
    "place": ("scene",),
}
"""Other names that tables use for a column of ours."""
WHOLE = ("occlusion", "truncation")
"""Exact shares: columns of ours that hold two bounds may be given as one."""


def wishes(folder: Path) -> Mapping[str, Names]:
    """Return what `columns.yaml` in `folder` says of both tables, nothing where there is none.

    Raises:
        UserError: where it is no mapping of names to names.
    """
    path = folder / "columns.yaml"
    if not path.is_file():
        return {}
    try:
        tree = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: expected YAML: {' '.join(str(error).split())[:100]}") from error
    tables = tree if isinstance(tree, dict) else {"": tree}
    for name, columns in tables.items():
        if name not in ("objects", "frames"):
            raise UserError(
                f"{path}: {brief(name)}: expected objects or frames, each with our column: theirs"
            )
        if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
            raise UserError(f"{path}: {name}={brief(columns)}: expected our column: their column")
    return tables


def choose(path: Path, there: Sequence[str], wished: Names, schema: pa.Schema) -> Names:
    """Return which of the columns `there` are which of `schema`.

    Args:
        path: of the table, for messages.
        there: names of its columns.
        wished: what `columns.yaml` says, which goes first.
        schema: of ours.

    Raises:
        UserError: where a wish names no column, or objects lack frame or class.
    """
    ours = [*(name for name in schema.names if name != "tags"), *WHOLE]
    for own, their in wished.items():
        if own not in ours:
            raise UserError(f"columns.yaml: {own}: no such column of ours{nearest(own, ours)}")
        if their not in there:
            raise UserError(
                f"columns.yaml: {own}: {path.name} has no column {their}{nearest(their, there)}"
            )
    spelt = {_spelt(name): name for name in reversed(there)}
    found = {own: name for own in ours for name in [_find(own, spelt)] if name is not None}
    found |= wished
    lacking = [name for name in ("frame", "label") if name in schema.names and name not in found]
    if lacking and "label" in schema.names:
        raise UserError(
            f"{path}: no column {lacking[0]}; expected {choices((lacking[0], *OTHERS[lacking[0]]))}"
            f", or a columns.yaml that names it"
        )
    return found


def _find(own: str, spelt: Mapping[str, str]) -> str | None:
    return next((spelt[one] for one in (own, *OTHERS.get(own, ())) if one in spelt), None)


def _spelt(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", "_").replace(" ", "_").split("_"))
