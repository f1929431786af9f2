"""What a person should know after a minute: the head line, four figures, the targets."""

from collections.abc import Mapping, Sequence

from synthgen.coverage.receipt.axes import title
from synthgen.coverage.receipt.findings import CLOSED, HAD, SHORT, UNREACHABLE, Goal, Receipt
from synthgen.coverage.receipt.markup import number, tag, text

_METER = 190
"""[px] width of a target's meter."""
_SAID = {CLOSED: "✓ closed", HAD: "✓ had enough", UNREACHABLE: "✕ cannot be reached"}


def head(receipt: Receipt) -> str:
    """Return title, head line and the four figures."""
    goals = receipt.goals
    lead = tag("p", text(_lead(receipt)), class_="lead")
    kind = tag("p", "Coverage receipt", class_="kind")
    return tag("header", kind + tag("h1", text(verdict(goals))) + lead + _tiles(receipt))


def verdict(goals: Sequence[Goal]) -> str:
    """Return what became of the gaps, in one line."""
    asked = [goal for goal in goals if goal.state != HAD]
    if not goals:
        return "No targets were set: what was added, cell by cell"
    if not asked:
        return "Nothing was missing: every target was met before"
    states = [goal.state for goal in asked]
    parts = [f"{states.count(CLOSED)} of {_gaps(len(asked))} closed"]
    if SHORT in states:
        parts.append(f"{states.count(SHORT)} fell short")
    if UNREACHABLE in states:
        parts.append(f"{states.count(UNREACHABLE)} cannot be reached")
    return ", ".join(parts)


def _gaps(count: int) -> str:
    return f"{count} gap" if count == 1 else f"{count} gaps"


def _lead(receipt: Receipt) -> str:
    """Return three sentences: what was there, what was asked, what was got."""
    before, added = receipt.totals["before"], receipt.totals["added"]
    there = (
        f"The audited data hold {number(before['objects'])} objects in {number(before['frames'])} "
        "frames."
    )
    made = f"{number(added['frames'])} frames with {number(added['objects'])} objects were added"
    short = [goal for goal in receipt.goals if goal.state != HAD]
    if not short:
        return f"{there} {made}."
    asked, got = sum(g.asked for g in short), sum(min(g.got, g.asked) for g in short)
    lacked = _kinds(len(short))
    return (
        f"{there} They lacked {lacked}: {number(asked)} distinct examples were asked for. {made}; "
        f"counted from their labels, they bring {number(got)} of the {number(asked)}. An example "
        "is one object of one scene, however many frames show it."
    )


def _kinds(count: int) -> str:
    return "one kind of example" if count == 1 else f"{count} kinds of example"


def _tiles(receipt: Receipt) -> str:
    goals = [goal for goal in receipt.goals if goal.state != HAD]
    reachable = [goal for goal in goals if goal.state != UNREACHABLE]
    asked, got = (
        sum(each) for each in ([g.asked for g in reachable], [_got(g) for g in reachable])
    )
    share = f"{100 * got / asked:.0f} %" if asked else "–"
    lost = len(goals) - len(reachable)
    added = receipt.totals["added"]
    told = (
        (number(sum(g.asked for g in goals)), "examples were missing and asked for"),
        (share, f"of what can be made is there: {number(got)} of {number(asked)}"),
        (number(lost), f"of {_gaps(len(goals))} cannot be reached"),
        (number(added["frames"]), f"frames were added, in {number(added['worlds'])} scenes"),
    )
    items = (tag("li", tag("b", text(figure)) + tag("span", text(words))) for figure, words in told)
    return tag("ul", "".join(items), class_="tiles")


def _got(goal: Goal) -> int:
    """Return what counts of it: more than was asked makes up for nothing elsewhere."""
    return min(goal.got, goal.asked)


def goal_table(goals: Sequence[Goal]) -> str:
    """Return the targets: before, asked, got, a meter and what became of each."""
    heads = ("target", "before", "asked", "got", "", "")
    kinds = (None, "n", "n", "n", "meter", None)
    top = "".join(
        tag("th", text(one), scope="col", class_=kind)
        for one, kind in zip(heads, kinds, strict=True)
    )
    rows = "".join(_row(i, goal) for i, goal in enumerate(goals))
    return _key() + tag("table", tag("thead", tag("tr", top)) + tag("tbody", rows), class_="goals")


def _key() -> str:
    words = (("before", "there before"), ("added", "added"))
    boxes = "".join(
        tag("span", "", class_=f"swatch fill-{name}") + text(said) for name, said in words
    )
    mark = tag("span", "", class_="swatch fill-want", style="width:3px") + "wanted"
    return tag("p", boxes + mark, class_="soft")


def _row(index: int, goal: Goal) -> str:
    name = tag("button", text(title(goal.name)), type="button", data_goal=index)
    if goal.state == UNREACHABLE:
        proof = tag("details", tag("summary", "Proof") + tag("p", text(goal.proof)))
        name += tag("div", text(goal.why), class_="why") + (proof if goal.proof else "")
    if goal.state == SHORT and goal.note:
        name += tag("div", text(goal.note), class_="why")
    unsure = f"up to {number(goal.unsure)} not told" if goal.unsure else ""
    there = number(goal.before) + tag("div", text(unsure), class_="why")
    counts = "".join(
        tag("td", one, class_="n") for one in (there, number(goal.asked), number(goal.got))
    )
    return tag(
        "tr",
        tag("td", name) + counts + tag("td", meter(goal), class_="meter")
        + tag("td", tag("span", text(said(goal)), class_=f"state {goal.state}")),
    )  # fmt: skip


def said(goal: Goal) -> str:
    """Return what became of a target, with a sign that needs no colour."""
    return _SAID.get(goal.state, f"! short by {number(goal.asked - goal.got)}")


def meter(goal: Goal) -> str:
    """Return a bar: what was there, what was added, a mark at what is wanted."""
    most = max(goal.wanted, goal.before + goal.got, 1)
    scale = (_METER - 4) / most
    parts = [("track", 0.0, most * scale), ("before", 0.0, goal.before * scale),
             ("added", goal.before * scale, goal.got * scale)]  # fmt: skip
    drawn = "".join(
        tag("rect", "", class_=f"fill-{kind}", x=f"{x:.1f}", y=6, width=f"{wide:.1f}", height=10)
        for kind, x, wide in parts
    )
    mark = tag(
        "rect", "", class_="fill-want", x=f"{goal.wanted * scale:.1f}", y=2, width=3, height=18
    )
    label = f"{goal.before} before, {goal.got} added, {goal.wanted} wanted"
    return tag("svg", drawn + mark, viewBox=f"0 0 {_METER} 22", role="img", aria_label=label)


def totals_row(totals: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int, int]]:
    """Return name, before and added of each total that both sides tell."""
    return [(name, count, totals["added"][name]) for name, count in totals["before"].items()]
