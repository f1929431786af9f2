"""The two tables of an audit in a database, cut along all axes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthgen.coverage.binning import NAMELESS, code, named, of_objects
from synthgen.coverage.properties import PROPERTIES
from synthgen.coverage.query import Query, name
from synthgen.errors import UserError
from synthgen.spec.coverage import EACH, OTHER, UNKNOWN, Axis, Coverage

MOST_NAMES = 200
"""Values that an axis without any may find."""
SEEN = "objects o JOIN numbered f ON o.frame = f.frame WHERE NOT coalesce(o.ignored, FALSE)"
"""Objects that count, with their frames."""


@dataclass(frozen=True)
class Cut:
    """What `cut` made.

    Attributes:
        query: of the database with `numbered` (frames with the `number` of their row and
            `world_number`), `frame_cut` and `object_cut` (with a code for each axis).
        axes: by name, with the values that were found where a definition names none.
    """

    query: Query
    axes: Mapping[str, Axis]

    def source(self, crossing: Sequence[str]) -> str:
        """Return the table that a crossing is counted in: of objects, or of frames."""
        return "object_cut" if self.of_objects(crossing) else "frame_cut"

    def of_objects(self, crossing: Sequence[str]) -> bool:
        """Return whether a crossing is one of objects."""
        return of_objects([self.axes[axis] for axis in crossing])


def load(query: Query, folder: Path) -> None:
    """Open `frames.parquet` and `objects.parquet` of `folder`, and number frames and worlds.

    A frame whose world is not told stands for a world of its own.
    """
    query.view("frames", folder / "frames.parquet")
    query.view("objects", folder / "objects.parquet")
    query.run(
        "CREATE TEMP TABLE numbered AS SELECT *, file_row_number AS number, dense_rank() OVER "
        "(ORDER BY world IS NULL, coalesce(world, frame)) AS world_number FROM frames"
    )


def cut(query: Query, coverage: Coverage) -> Cut:
    """Return the loaded tables cut along the axes of `coverage`."""
    axes = {key: _with_values(query, key, axis) for key, axis in coverage.axes.items()}
    codes = {key: f"CAST({code(axis)} AS USMALLINT) AS {name(key)}" for key, axis in axes.items()}
    own = [codes[key] for key, axis in axes.items() if not of_objects([axis])]
    counted = "(SELECT frame, count(*) AS objects FROM objects "
    counted += "WHERE NOT coalesce(ignored, FALSE) GROUP BY frame)"
    query.run(
        f"CREATE TEMP TABLE frame_cut AS SELECT {', '.join(['f.number', 'f.world_number', *own])}, "
        f"coalesce(c.objects, 0) AS objects FROM numbered f LEFT JOIN {counted} c "
        "ON f.frame = c.frame"
    )
    query.run(
        "CREATE TEMP TABLE object_cut AS SELECT "
        f"{', '.join(['f.number', 'f.world_number', *codes.values()])} FROM {SEEN}"
    )
    return Cut(query, axes)


def found_axes(coverage: Coverage, cut: Cut) -> Coverage:
    """Return `coverage` with the values that its axes found."""
    return replace(coverage, axes=dict(cut.axes))


def _with_values(query: Query, key: str, axis: Axis) -> Axis:
    """Return `axis` with all names that there are, unless it says its values or edges."""
    if axis.bins:
        return axis
    found = PROPERTIES[axis.column]
    table = SEEN if found.of_object else "numbered f"
    rows = query.rows(f"SELECT DISTINCT {named(found)} AS v FROM {table} ORDER BY v NULLS LAST")
    values = [row[0] for row in rows if row[0] not in (None, OTHER, UNKNOWN, EACH, *NAMELESS)]
    if len(values) > MOST_NAMES:
        raise UserError(
            f"coverage.axes.{key}: {axis.column} has {len(values):,} different names, expected at "
            f"most {MOST_NAMES}; name those that matter in values"
        )
    return replace(axis, values=tuple(values))
