"""Heat maps: every cell of a crossing is there once on each side, with its count."""

from html.parser import HTMLParser
from itertools import product

import pytest

from synthgen.coverage.receipt import heatmaps
from synthgen.coverage.receipt.findings import Cell, Count


class _Cells(HTMLParser):
    """Buttons by side and number: what they say."""

    def __init__(self):
        super().__init__()
        self.side, self.found, self.open = "", {}, None

    def handle_starttag(self, name, attributes):
        told = dict(attributes)
        if name == "table":
            self.side = told["data-side"]
        if name == "button":
            self.open = (self.side, int(told["data-cell"]))
            self.found[self.open] = ""

    def handle_endtag(self, name):
        if name == "button":
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.found[self.open] += data


def parsed(layout, panels):
    seen, shown = _Cells(), []
    for name, rows in panels:
        seen.feed(heatmaps.draw(layout, name, rows, len(shown)))
        shown += [cell for row in rows for cell in row]
    return seen.found, shown


@pytest.fixture
def layout(toy):
    receipt = toy.receipt()
    cells = [cell for cell in receipt.cells if cell.crossing == 0]
    names = receipt.definition.cells[0]
    return heatmaps.grid(0, {name: toy.AXES[name] for name in names}, cells), cells


def test_every_cell_is_drawn_once_on_each_side_with_its_count(layout):
    drawn, shown = parsed(layout[0], heatmaps.panels(*layout))
    assert len(drawn) == 2 * len(shown) == 2 * len({cell.values for cell in shown})
    for i, cell in enumerate(shown):
        added = f"+{cell.got.worlds}" if cell.got.worlds else ""
        assert drawn["before", i] == str(cell.before.worlds)
        assert drawn["after", i] == f"{cell.before.worlds + cell.got.worlds}{added}"
    assert {cell.values for cell in layout[1]} <= {cell.values for cell in shown}


def test_unknown_is_drawn_only_where_something_is_in_it(layout):
    shown = layout[0].shown
    assert "unknown" in shown["distance"]
    assert "unknown" not in shown["class"]
    assert "unknown" not in shown["time_of_day"]


def test_a_pair_of_maps_that_is_empty_on_both_sides_is_left_out(layout):
    names = [name for name, _ in heatmaps.panels(layout[0], layout[1][:1])]
    assert names == ["time of day: day"]


def test_a_crossing_of_one_axis_and_one_of_four_are_drawn_whole(toy):
    axes = {**toy.AXES, "again": toy.AXES["time_of_day"]}
    everything = [
        Cell(0, where, Count(1, 1, 1), Count(2, 2, 2))
        for where in product(*((*axis.bins, "unknown") for axis in axes.values()))
    ]
    four = heatmaps.grid(0, axes, everything)
    drawn, shown = parsed(four, heatmaps.panels(four, everything))
    assert {cell.values for cell in shown} == {cell.values for cell in everything}
    assert len(drawn) == 2 * len(everything)
    alone = [Cell(0, ("day",), Count(5, 5, 5), Count())]
    one = heatmaps.grid(0, {"time_of_day": toy.AXES["time_of_day"]}, alone)
    drawn, _ = parsed(one, heatmaps.panels(one, alone))
    assert drawn["before", 0] == "5"


def test_of_too_many_maps_those_that_grew_most_are_drawn():
    def panel(name, got):
        return name, [[Cell(0, (name, str(i)), Count(), Count(got, got, got)) for i in range(4)]]

    all_ = [panel("a", 1), panel("b", 0), panel("c", 5), panel("d", 1)]
    assert heatmaps.kept(all_, 100) == {0, 1, 2, 3}
    assert heatmaps.kept(all_, 8) == {0, 2}
    assert heatmaps.kept(all_, 3) == set()


def test_names_of_users_values_stay_text(layout):
    name, rows = heatmaps.panels(*layout)[0]
    html = heatmaps.draw(layout[0], name, rows, 0)
    assert "<script" not in html
    assert "</script" not in html
    assert "&lt;/script&gt;&lt;b&gt;x" in html
