"""The page in a real browser: it asks for nothing, draws what the receipt says, and answers."""

import json
import re

import pytest

from synthgen.coverage.receipt.examples import MOST_BYTES
from synthgen.coverage.receipt.findings import Cell, CloseUp, Count
from synthgen.coverage.receipt.page import page
from synthgen.spec.coverage import Axis, Coverage


def data_of(text):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1]
    )


def test_the_page_names_no_other_place(toy):
    text = page(toy.receipt())
    assert not re.search(r"(src|href)=\"(?!data:|#)", text)
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


def test_data_of_a_user_cannot_end_the_script(toy):
    text = page(toy.receipt())
    assert text.count("</script>") == 2
    assert "<b>x" not in text
    assert data_of(text)["goals"][2]["name"] == "</script><b>x · 0–10 m"


def test_a_page_is_bounded_however_many_cells_and_pictures_there_are(toy):
    many = tuple(f"value_{i:03d}" for i in range(100))
    axes = {name: Axis(column="label", values=many) for name in ("one", "two", "three")}
    pairs = (("one", "two"), ("two", "three"), ("one", "three"))
    cells = tuple(
        Cell(i, (a, b), Count(10**6, 10**5, 10**5), Count(1000, 1000, 1000), (0, 1))
        for i in range(3) for a in many for b in many
    )  # fmt: skip
    full = CloseUp(bytes(MOST_BYTES), 80, 60, toy.BOX)
    told = toy.receipt(definition=Coverage(axes=axes, cells=pairs), cells=cells, goals=(),
                       crops=(full,), examples={})  # fmt: skip
    text = page(told)
    assert len(text.encode()) < 10_000_000
    assert text.count("Pairs of maps left out here: 1.") == 3


def test_equal_receipts_make_equal_pages(toy):
    assert page(toy.receipt()) == page(toy.receipt())


def test_head_line_and_figures_are_there(toy, open_page):
    view = open_page(page(toy.receipt()))
    assert view.inner_text("h1") == "1 of 3 gaps closed, 1 fell short, 1 cannot be reached"
    assert view.locator(".tiles b").all_inner_texts() == ["30", "96 %", "1", "60"]
    states = view.locator(".goals .state").all_inner_texts()
    assert states == ["✓ closed", "! short by 1", "✕ cannot be reached", "✓ had enough"]
    assert "no such class can be made" in view.inner_text(".goals")
    assert "the budget is spent" in view.inner_text(".goals tbody tr:nth-child(2)")
    assert "up to 7 not told" in view.inner_text(".goals tbody tr:nth-child(2)")


def test_charts_and_maps_are_drawn(toy, open_page):
    view = open_page(page(toy.receipt()))
    assert view.locator("svg.bars").count() == 6
    assert view.locator("svg.bars rect.bar").count() == 2 * (3 + 3 + 2 * 3)
    sums = view.eval_on_selector_all(
        "svg.bars", "all => all.map(one => [...one.querySelectorAll('.bar')]"
        ".reduce((sum, bar) => sum + Number(bar.dataset.count), 0))"
    )  # fmt: skip
    assert sums == [911, 46, 957, 920, 46, 966]
    tall = view.locator("svg.bars rect.bar.before").first.bounding_box()
    assert tall["height"] > 50
    assert view.locator("[data-cell]").count() == 2 * len(data_of(page(toy.receipt()))["cells"])


def _check_shot(view, toy):
    """The picture is decoded, and the marked box lies over the drawn thing."""
    image = view.locator("dialog .shot img").first
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") == toy.WIDE // 2
    whole, own = image.bounding_box(), view.locator("dialog .shot rect.own").first.bounding_box()
    scale = whole["width"] / toy.WIDE
    edges = {"x": toy.BOX.left, "y": toy.BOX.top}
    for side, edge in edges.items():
        assert own[side] == pytest.approx(whole[side] + edge * scale, abs=2)
    assert own["width"] == pytest.approx((toy.BOX.right - toy.BOX.left) * scale, abs=4)
    assert own["height"] == pytest.approx((toy.BOX.bottom - toy.BOX.top) * scale, abs=4)
    inside = image.evaluate(
        """(one, [x, y]) => {
          const canvas = document.createElement("canvas");
          canvas.width = one.naturalWidth; canvas.height = one.naturalHeight;
          canvas.getContext("2d").drawImage(one, 0, 0);
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3);
        }""",
        [(toy.BOX.left + toy.BOX.right) / 4, (toy.BOX.top + toy.BOX.bottom) / 4],
    )
    assert inside == pytest.approx(list(toy.FILL), abs=12)


def test_a_cell_shows_its_pictures_counts_definition_and_shards(toy, open_page):
    view = open_page(page(toy.receipt()))
    view.locator('.heat[data-side=after] td.grown button[aria-label^="car, 40"]').click()
    assert view.inner_text("dialog h2") == "car · 40–60 m · night"
    rows = view.locator("dialog .plain tr").all_inner_texts()
    assert [row.split() for row in rows[1:]] == [
        ["independent", "scenes", "0", "21", "21"], ["objects", "0", "40", "40"],
        ["frames", "0", "30", "30"],
    ]  # fmt: skip
    assert "40 m <= distance < 60 m" in view.inner_text("dialog")
    view.click("dialog summary")
    assert "night/shards/000001 sha256 " + "d" * 64 in " ".join(view.inner_text("dialog").split())
    _check_shot(view, toy)
    view.click("dialog .close")
    assert not view.locator("dialog").is_visible()


def test_a_target_is_opened_and_closed_by_keys_alone(toy, open_page):
    view = open_page(page(toy.receipt()))
    for _ in range(view.locator("nav a").count() + 1):
        view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "car · 40–60 m · night"
    view.keyboard.press("Enter")
    assert view.locator("dialog .example").count() == 2
    near, own = (view.locator("dialog .example").first.locator(one).last.bounding_box()
                 for one in (".shot", ".own"))  # fmt: skip
    assert own["x"] == pytest.approx(near["x"] + near["width"] / 4, abs=3)
    assert own["width"] == pytest.approx(near["width"] / 2, abs=5)
    _check_shot(view, toy)
    view.keyboard.press("Escape")
    assert not view.locator("dialog").is_visible()
    assert view.evaluate("document.activeElement.textContent") == "car · 40–60 m · night"


def test_arrow_keys_walk_a_map_that_is_one_stop_of_the_tab_key(toy, open_page):
    view = open_page(page(toy.receipt()))
    maps = view.locator(".heat").count()
    assert view.locator('[data-cell][tabindex="0"]').count() == maps
    view.locator('[data-cell][tabindex="0"]').first.focus()
    start = view.evaluate("document.activeElement.dataset.cell")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("ArrowDown")
    columns = view.locator(".heat").first.locator("thead th").count() - 1
    assert view.evaluate("document.activeElement.dataset.cell") == str(int(start) + 1 + columns)
    for _ in range(9):
        view.keyboard.press("ArrowLeft")
    assert view.locator('[data-cell][tabindex="0"]').count() == maps


def test_another_measure_recounts_every_cell(toy, open_page):
    text = page(toy.receipt())
    view = open_page(text)
    view.check("input[value=objects]")
    told = view.eval_on_selector_all(
        "[data-cell]", "all => all.map(one => [Number(one.dataset.cell), "
        "one.closest('table').dataset.side, one.textContent, one.parentElement.className])"
    )  # fmt: skip
    cells = data_of(text)["cells"]
    for number, side, words, style in told:
        before, got = cells[number]["before"][0], cells[number]["got"][0]
        grown = side == "after" and got > 0
        count = before + (got if side == "after" else 0)
        assert words == f"{count}+{got}" if grown else words == str(count)
        assert ("grown" in style) == grown
    view.check("input[value=worlds]")
    assert page(toy.receipt()) == text


def test_sections_are_reached_by_links(toy, open_page):
    view = open_page(page(toy.receipt()))
    names = view.locator("nav a").all_inner_texts()
    assert names == view.locator("h2").all_inner_texts()[: len(names)]
    assert len(names) == 6
    view.locator("nav a", has_text="Distributions").click()
    assert view.locator("#distributions h2").bounding_box()["y"] < 100


def test_crossings_say_how_many_cells_grew_and_those_that_grew_most_are_unfolded(toy, open_page):
    pairs = (("class",), ("distance",), ("time_of_day",), ("class", "distance"))
    cells = tuple(
        Cell(i, tuple(toy.AXES[name].bins[0] for name in names), Count(), Count(i, i, i))
        for i, names in enumerate(pairs)
    )
    definition = Coverage(axes=toy.AXES, cells=pairs)
    view = open_page(page(toy.receipt(definition=definition, cells=cells, goals=(), examples={})))
    unfolded = view.eval_on_selector_all(".crossing", "all => all.map(one => one.open)")
    assert unfolded == [False, True, True, True]
    said = view.locator(".crossing summary span").all_inner_texts()
    assert said[0].startswith("cells that grew: 0;")
    assert said[3] == "cells that grew: 1; of them empty before: 1"


def test_each_example_card_has_its_picture(toy, open_page):
    view = open_page(page(toy.receipt()))
    wide = view.eval_on_selector_all(
        ".cards img",
        "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))",
    )
    assert wide == [toy.WIDE // 2] * 2


@pytest.mark.parametrize("width", [1280, 1440, 760])
def test_nothing_runs_over_the_side(toy, open_page, width):
    view = open_page(page(toy.receipt()))
    view.set_viewport_size({"width": width, "height": 800})
    assert view.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(toy, open_page):
    view = open_page(page(toy.receipt()))
    assert not view.locator(".goals details").evaluate("one => one.open")
    assert view.pdf(landscape=True)[:5] == b"%PDF-"
    assert view.locator(".goals details").evaluate("one => one.open")
    view.emulate_media(media="print")
    assert not view.locator(".measure").is_visible()
    assert view.locator(".cards img").first.is_visible()


def test_a_receipt_without_targets_still_tells(toy, open_page):
    view = open_page(page(toy.receipt(goals=(), examples={}, duplicates=None)))
    assert view.inner_text("h1").startswith("No targets were set")
    assert "duplicates were not looked for" in view.inner_text("main")
