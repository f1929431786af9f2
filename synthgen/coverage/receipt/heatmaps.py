"""Heat maps of a crossing as HTML tables: before beside after, a pair per value of other axes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from synthgen.coverage.receipt.axes import title, unit_of, value_title, values
from synthgen.coverage.receipt.findings import Cell, Count
from synthgen.coverage.receipt.markup import number, short, tag, text
from synthgen.coverage.receipt.palette import names, step
from synthgen.spec.coverage import Axis

Panel = tuple[str, list[list[Cell]]]
"""A pair of maps: name, and rows of cells."""


@dataclass(frozen=True)
class Grid:
    """How a crossing is laid out.

    Attributes:
        number: of the crossing.
        axes: of the definition, by name, in the crossing's order.
        rows: axis downwards.
        columns: axis across; empty where there is one axis only.
        shown: values of each axis that are drawn: all; `other` and `unknown` only where needed.
    """

    number: int
    axes: Mapping[str, Axis]
    rows: str
    columns: str
    shown: Mapping[str, tuple[str, ...]]

    @property
    def rest(self) -> tuple[str, ...]:
        """Axes that are neither rows nor columns."""
        return tuple(name for name in self.axes if name not in (self.rows, self.columns))


def grid(number: int, axes: Mapping[str, Axis], cells: Sequence[Cell]) -> Grid:
    """Lay out a crossing: most values downwards, the next across, a pair of maps for the rest."""
    shown = {
        name: values(axis, (cell.values[place] for cell in cells))
        for place, (name, axis) in enumerate(axes.items())
    }
    order = sorted(axes, key=lambda name: (-len(shown[name]), list(axes).index(name)))
    return Grid(number, axes, order[0], order[1] if len(order) > 1 else "", shown)


def panels(layout: Grid, cells: Sequence[Cell]) -> list[Panel]:
    """Return name and rows of cells of each pair of maps that is not empty on both sides."""
    known = {cell.values: cell for cell in cells}
    found = []
    for rest in product(*(layout.shown[name] for name in layout.rest)):
        rows = [
            [_cell(layout, known, dict(zip(layout.rest, rest, strict=True)), row, column)
             for column in layout.shown.get(layout.columns, ("",))]
            for row in layout.shown[layout.rows]
        ]  # fmt: skip
        if any(cell.after.frames or cell.after.objects for row in rows for cell in row):
            found.append((_panel_name(layout, rest), rows))
    return found


def kept(found: Sequence[Panel], most: int) -> set[int]:
    """Return which pairs of maps are drawn: those that grew most first, up to `most` cells."""
    order = sorted(range(len(found)), key=lambda i: (-_growth(found[i]), i))
    left, chosen = most, set[int]()
    for i in order:
        size = sum(len(row) for row in found[i][1])
        if size <= left:
            chosen.add(i)
            left -= size
    return chosen


def _growth(panel: Panel) -> int:
    return sum(cell.got.worlds for row in panel[1] for cell in row)


def _cell(layout: Grid, known: Mapping, rest: Mapping[str, str], row: str, column: str) -> Cell:
    place = {**rest, layout.rows: row, layout.columns: column}
    where = tuple(place[name] for name in layout.axes)
    return known.get(where) or Cell(layout.number, where, Count(), Count())


def _panel_name(layout: Grid, rest: Sequence[str]) -> str:
    pairs = zip(layout.rest, rest, strict=True)
    return ", ".join(f"{title(name)}: {value_title(layout.axes[name], one)}" for name, one in pairs)


def draw(layout: Grid, panel: str, rows: Sequence[Sequence[Cell]], first: int) -> str:
    """Return a pair of maps; its cells are numbered from `first`, row by row."""
    pair = "".join(_table(layout, panel, rows, first, side) for side in ("before", "after"))
    head = tag("h4", text(panel)) if panel else ""
    return tag("div", head + tag("div", pair, class_="pair"), class_="panel")


def _table(layout: Grid, panel: str, rows: Sequence, first: int, side: str) -> str:
    across = layout.shown.get(layout.columns, ("",))
    heads = "".join(
        tag("th", text(_short_title(layout, layout.columns, one)), scope="col") for one in across
    )
    corner = f"{_with_unit(layout, layout.columns)} →" if layout.columns else ""
    body = []
    for i, (name, row) in enumerate(zip(layout.shown[layout.rows], rows, strict=True)):
        head = tag("th", text(_short_title(layout, layout.rows, name)), scope="row")
        own = first + i * len(across)
        cells = "".join(_button(layout, cell, own + j, side) for j, cell in enumerate(row))
        body.append(tag("tr", head + cells))
    caption = tag("caption", text(side.capitalize()))
    top = tag("tr", tag("th", text(corner), class_="corner") + heads)
    name = f"{panel + ', ' if panel else ''}{side}"
    return tag(
        "table", caption + tag("thead", top) + tag("tbody", "".join(body)), class_="heat",
        role="grid", aria_label=name, data_side=side,
    )  # fmt: skip


def _short_title(layout: Grid, name: str, value: str) -> str:
    """Return a value without its unit, which stands once beside the axis."""
    return value_title(layout.axes[name], value, unit=False) if name else "all"


def _with_unit(layout: Grid, name: str) -> str:
    unit = unit_of(layout.axes[name])
    return f"{title(name)} [{unit}]" if unit else title(name)


def _button(layout: Grid, cell: Cell, index: int, side: str) -> str:
    count = (cell.before if side == "before" else cell.after).worlds
    grown = side == "after" and cell.got.worlds > 0
    added = tag("i", f"+{short(cell.got.worlds)}") if grown else ""
    told = ", ".join(
        value_title(layout.axes[name], one)
        for name, one in zip(layout.axes, cell.values, strict=True)
    )
    more = f", {number(cell.got.worlds)} added" if grown else ""
    label = f"{told}: {number(count)} {side}{more}"
    button = tag(
        "button", tag("b", short(count)) + added, type="button", data_cell=index, tabindex=-1,
        aria_label=label,
    )  # fmt: skip
    style = f"h{step(count)}{' grown' if grown else ''}"
    return tag("td", button, class_=style, role="gridcell")


def legend() -> str:
    """Return what the colours mean."""
    steps = "".join(tag("li", text(name), class_=f"h{i}") for i, name in enumerate(names()))
    return tag("ol", steps, class_="legend", aria_label="colours of the heat maps")
