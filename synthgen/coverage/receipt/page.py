"""`receipt.html`: one page that needs nothing but itself."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib import resources

from synthgen.coverage.receipt import heatmaps, palette
from synthgen.coverage.receipt.axes import meaning, title
from synthgen.coverage.receipt.charts import Series, bars
from synthgen.coverage.receipt.findings import Cell, Histogram, Receipt, Twin
from synthgen.coverage.receipt.headline import goal_table, head, totals_row
from synthgen.coverage.receipt.markup import number, script_json, tag, text
from synthgen.coverage.receipt.page_data import all_values, script_data

_MOST_CELLS = 5000
"""Cells that are drawn, before and after."""
_SECTIONS = (
    "Targets", "What was added", "Cells before and after", "Distributions", "Duplicates",
    "Behind the numbers",
)  # fmt: skip
_MOST_TWINS = 50
"""Groups of duplicates that are listed by name."""
_OPEN = 3
"""Crossings that are unfolded: those that grew most."""
_UNSURE = (
    "Not told: scenes that may hold an example, but their labels leave a condition open, such as "
    "the time of day. They do not count."
)
_MEASURES = (("worlds", "independent scenes"), ("objects", "objects"), ("frames", "frames"))


def page(receipt: Receipt) -> str:
    """Return the whole page."""
    drawn, shown = _maps(receipt)
    parts = (
        _goals(receipt), _cards(receipt), drawn, _distributions(receipt.histograms),
        _duplicates(receipt.duplicates), _sources(receipt),
    )  # fmt: skip
    script = _file("page.js")
    data = script_json(script_data(receipt, shown))
    body = (
        tag("main", head(receipt) + _contents(parts) + "".join(parts))
        + _dialog()
        + tag("script", data, type="application/json", id="data")
        + tag("script", script)
    )
    return "<!DOCTYPE html>\n" + tag("html", _head(script) + tag("body", body), lang="en") + "\n"


def _head(script: str) -> str:
    """Return the head: a policy under which nothing is fetched and no other script runs."""
    own = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{own}'"
    )
    inner = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
    )
    style = tag("style", f"{_file('page.css')}\n{palette.style()}\n")
    return tag("head", inner + tag("title", "Coverage receipt") + style)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _dialog() -> str:
    close = tag("button", "Close", type="button", class_="close")
    inner = tag("h2", "", id="what") + close + tag("div", "", class_="body")
    return tag("dialog", inner, aria_labelledby="what")


def _goals(receipt: Receipt) -> str:
    if not receipt.goals:
        return ""
    said = tag("p", "Choose a target to see its examples, its exact definition and the files "
               "behind it.", class_="soft screen")  # fmt: skip
    if any(goal.unsure for goal in receipt.goals):
        said += tag("p", _UNSURE, class_="soft")
    return _section("Targets", said + goal_table(receipt.goals))


def _cards(receipt: Receipt) -> str:
    """Return one example of each target that has some."""
    found = [
        tag("figure", tag("button", "", type="button", data_goal=i, data_shot=i,
                          aria_label=f"Examples: {title(goal.name)}")
            + tag("figcaption", text(f"{title(goal.name)}: {number(goal.got)} added")))
        for i, goal in enumerate(receipt.goals) if receipt.examples.get((goal.id,))
    ]  # fmt: skip
    return _section("What was added", tag("div", "".join(found), class_="cards")) if found else ""


def _section(name: str, inner: str) -> str:
    return tag("section", tag("h2", text(name)) + inner, id=_anchor(name))


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _contents(parts: Sequence[str]) -> str:
    """Return links to the sections that are there."""
    names = [name for name in _SECTIONS if any(f'id="{_anchor(name)}"' in part for part in parts)]
    links = (tag("a", text(name), href=f"#{_anchor(name)}") for name in names)
    return tag("nav", "".join(links), class_="screen", aria_label="sections")


def _maps(receipt: Receipt) -> tuple[str, list[Cell]]:
    """Return the heat maps of all crossings, and their cells in the order of their numbers."""
    layouts = [_layout(receipt, i) for i in range(len(receipt.definition.cells))]
    found = [
        (i, panel)
        for i, layout in enumerate(layouts)
        for panel in heatmaps.panels(layout, _cells_of(receipt, i))
    ]
    kept = heatmaps.kept([panel for _, panel in found], _MOST_CELLS)
    unfolded = _unfolded(receipt)
    shown: list[Cell] = []
    drawn = [_measures(), heatmaps.legend()]
    for i, layout in enumerate(layouts):
        mine = [at for at, (crossing, _) in enumerate(found) if crossing == i]
        pairs = []
        for name, rows in (found[at][1] for at in mine if at in kept):
            pairs.append(heatmaps.draw(layout, name, rows, len(shown)))
            shown += [cell for row in rows for cell in row]
        pairs.append(_left_out(len(mine), len([at for at in mine if at not in kept])))
        head = tag("summary", _crossing_head(receipt, i))
        drawn.append(tag("details", head + "".join(pairs), open=i in unfolded, class_="crossing"))
    words = (
        "How much is in each cell, before and after. Framed cells grew; the small figure says by "
        "how much. Choose a cell to see what was added."
    )
    return _section("Cells before and after", tag("p", words) + "".join(drawn)), shown


def _unfolded(receipt: Receipt) -> set[int]:
    """Return the crossings that grew most."""
    numbers = range(len(receipt.definition.cells))
    grown = {i: sum(cell.got.worlds for cell in _cells_of(receipt, i)) for i in numbers}
    return set(sorted(numbers, key=lambda i: (-grown[i], i))[:_OPEN])


def _crossing_head(receipt: Receipt, crossing: int) -> str:
    names = receipt.definition.cells[crossing]
    grown = [cell for cell in _cells_of(receipt, crossing) if cell.got.worlds]
    new = sum(not cell.before.worlds for cell in grown)
    said = f"cells that grew: {number(len(grown))}; of them empty before: {number(new)}"
    return tag("b", text(" × ".join(title(name) for name in names))) + tag("span", text(said))


def _layout(receipt: Receipt, crossing: int) -> heatmaps.Grid:
    names = receipt.definition.cells[crossing]
    axes = {name: receipt.definition.axes[name] for name in names}
    return heatmaps.grid(crossing, axes, _cells_of(receipt, crossing))


def _cells_of(receipt: Receipt, crossing: int) -> list[Cell]:
    return [cell for cell in receipt.cells if cell.crossing == crossing]


def _left_out(panels: int, lost: int) -> str:
    """Return what is said of maps that are not drawn."""
    if not panels:
        return tag("p", "Nothing before, nothing added.", class_="soft")
    if not lost:
        return ""
    words = (
        f"Pairs of maps left out here: {lost}. A page shows {number(_MOST_CELLS)} cells, those "
        "that grew most first; receipt.json has all."
    )
    return tag("p", text(words), class_="soft")


def _measures() -> str:
    choices = "".join(
        tag("label", f'<input type="radio" name="measure" value="{name}"'
            f"{' checked' if not i else ''}>" + text(said))
        for i, (name, said) in enumerate(_MEASURES)
    )  # fmt: skip
    return tag("fieldset", tag("legend", "Count") + choices, class_="measure")


def _distributions(histograms: Sequence[Histogram]) -> str:
    words = (
        "The same bins three times: what was there, what was added, both together. Each chart has "
        "a scale of its own, so that shapes can be compared. A bin is named by its lower bound."
    )
    return _section("Distributions", tag("p", words) + "".join(_trio(one) for one in histograms))


def _trio(one: Histogram) -> str:
    before, added = Series("before", one.before), Series("added", one.added)
    sides = (("Before", (before,)), ("Added", (added,)), ("After", (before, added)))
    charts = []
    for name, series in sides:
        total = sum(sum(each.counts) for each in series)
        words = f"{number(total)} {one.of}" if total else "nothing is told"
        caption = tag("figcaption", text(f"{name}: {words}"))
        chart = bars(f"{one.name}, {name.lower()}", one.bins, series, one.unit)
        charts.append(tag("figure", caption + chart))
    unit = f" [{one.unit}]" if one.unit else ""
    head = tag("h3", text(f"{one.name.capitalize()}{unit}"))
    rest = ""
    if any(one.unknown):
        lost = (
            f"Not told: {number(one.unknown[0])} {one.of} before, {number(one.unknown[1])} added."
        )
        rest = tag("p", text(lost), class_="soft")
    return tag("div", head + tag("div", "".join(charts), class_="trio") + rest, class_="panel")


def _duplicates(found: Sequence[Twin] | None) -> str:
    if found is None:
        words = (
            "The audit did not open the images (pictures=false): duplicates were not looked for."
        )
        return _section("Duplicates", tag("p", words))
    kinds = [
        (between, kind, [one for one in found if (one.between, one.kind) == (between, kind)])
        for between in ("made", "audited") for kind in ("exact", "near")
    ]  # fmt: skip
    said = {"made": "among the images made", "audited": "of an image made and an audited one"}
    lines = "".join(
        tag("li", text(f"{number(len(group))} {kind} duplicates {said[between]}"))
        for between, kind, group in kinds
    )
    rows = "".join(
        tag("tr", tag("td", text(one.kind)) + tag("td", tag("code", text(", ".join(one.images)))))
        for one in found[:_MOST_TWINS]
    )
    listed = tag("table", rows, class_="plain") if rows else ""
    return _section("Duplicates", tag("ul", lines) + listed)


def _sources(receipt: Receipt) -> str:
    """Return where the numbers come from: totals, definition, versions, shards."""
    told = tag("h3", "Totals") + _table(
        ("", "before", "added"),
        [(title(name), number(b), number(a)) for name, b, a in totals_row(receipt.totals)],
    )
    told += tag("h3", "Definition") + _definition(receipt)
    rows = [(title(name), _plain(value)) for name, value in receipt.sources.items()]
    told += tag("h3", "Versions and digests") + _table(("", ""), rows)
    shards = [(one.name, number(one.frames), one.sha256) for one in receipt.shards]
    listed = _table(("shard", "frames", "SHA-256 of its manifest"), shards)
    told += tag("details", tag("summary", f"{len(shards)} shards") + listed)
    return _section("Behind the numbers", told)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return str(value)


def _definition(receipt: Receipt) -> str:
    rows = [
        (title(name), "; ".join(meaning(axis, one) for one in all_values(receipt, name)))
        for name, axis in receipt.definition.axes.items()
    ]
    return _table(("axis", "values"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(tag("th", text(one), scope="col") for one in heads)
    drawn = "".join(
        tag("tr", tag("th", text(row[0]), scope="row")
            + "".join(tag("td", text(one)) for one in row[1:]))
        for row in rows
    )  # fmt: skip
    return tag("table", tag("thead", tag("tr", top)) + tag("tbody", drawn), class_="plain")
