"""The list of runs, and two of them beside each other."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from headrace.core.plan_file import PlanFile
from headrace.show import comparison
from headrace.show.app.shelf import Headline
from headrace.show.app.solving import State
from headrace.show.app.views import framed
from headrace.show.format import text as words
from headrace.show.format.chart import table
from headrace.show.format.html import Markup, rows_of, scroll_box, tag

STATES: Mapping[State | None, str] = {
    "solving": "being solved",
    "stopping": "stopping",
    "planned": "planned",
    "stopped": "stopped early",
    "failed": "no plan",
    None: "no plan yet",
}
COLUMNS = ("tick", "study", "worth", "gap", "orders", "first order", "changed", "more")


def runs(found: Sequence[Headline], states: Mapping[str, State | None], folder: str) -> str:
    """The list of run folders."""
    intro = tag(
        "header",
        tag("h1", "Runs"),
        tag("p", f"{words.count(len(found), 'run')} in ", tag("code", folder), class_="about"),
        class_="masthead",
    )
    if not found:
        text = (
            "No run yet. ",
            tag("a", "Write a study", href="/study"),
            " and solve it, or run ",
            tag("code", "headrace plan"),
            ".",
        )
        empty = tag("main", tag("p", *text, class_="empty"))
        return framed("Runs", "/", intro, empty, scripts=("/static/runs.js",))
    head = tag("tr", *(tag("th", name, scope="col") for name in COLUMNS))
    rows = [run_row(headline, states.get(headline.name)) for headline in found]
    box = tag("table", tag("thead", head), tag("tbody", *rows), class_="runs")
    tools = tag(
        "div",
        tag("button", "Compare two", type="button", id="compare", disabled=True),
        tag("span", id="said", role="status", class_="told"),
        class_="tools",
    )
    main = tag("main", tools, scroll_box("Runs", box, class_="scroll"))
    return framed("Runs", "/", intro, main, scripts=("/static/runs.js",))


def run_row(told: Headline, state: State | None) -> Markup:
    """A run as a row of the list; one without a plan leads to its study."""
    planned = told.orders is not None
    solving = state in ("solving", "stopping")
    target = f"/runs/{told.name}" if planned and not solving else f"/study?run={told.name}"
    label = told.unfinished or told.broken
    if solving or (not label and not (planned and state in (None, "planned"))):
        label = STATES[state]
    name = tag(
        "td",
        tag("a", told.note.name or told.title or told.name, href=target),
        tag("small", told.name),
        tag("small", told.note.note, class_="note") if told.note.note else "",
        tag("small", f"differs from {told.differs}", class_="note") if told.differs else "",
        class_="name",
    )
    figures = (
        words.money(told.objective_usd) if planned else "",
        words.percent(told.gap) if planned else "",
        str(told.orders) if planned and not told.unfinished else "",
    )
    live = tag("span", label, class_="tagged estimate state", hidden=not label)
    tick = tag("input", type="checkbox", name="run", value=told.name,
               aria_label=f"Compare {told.name}", disabled=not planned)  # fmt: skip
    resumable = not solving and (told.orders is None or bool(told.unfinished))
    buttons = (
        tag("button", "Resume", type="button", data_resume=told.name, hidden=not resumable),
        tag("button", "Name", type="button", data_name=told.name, data_own=told.note.name,
            data_note=told.note.note),
    )  # fmt: skip
    return tag(
        "tr",
        tag("td", tick),
        name,
        *(tag("td", figure, class_="num") for figure in figures),
        tag("td", tag("span", told.first, class_="first"), live),
        tag("td", time.strftime("%Y-%m-%d %H:%M", time.localtime(told.changed)), class_="when"),
        tag("td", *buttons, class_="do"),
        data_run=told.name,
        data_state=state or "",
        data_changed=str(told.changed),
    )


def compare(
    names: tuple[str, str], plans: tuple[PlanFile, PlanFile], keys: Sequence[tuple[str, str, str]]
) -> str:
    """Two plans beside each other: what differs in their studies, then headline and orders.

    keys: what the studies write differently: key, first, second.
    """
    found = comparison.compared(*plans, names)
    cells = [
        [cell if isinstance(cell, str) else comparison.shown(cell) for cell in row]
        for row in found.table.rows
    ]
    told = table(found.table.columns, cells)
    written = table(("key", *names), keys)
    intro = tag(
        "header",
        tag("h1", f"{names[0]} and {names[1]}"),
        *(tag("p", note, class_="about") for note in found.notes),
        class_="masthead",
    )
    same = tag("p", "Both studies write the same.", class_="about")
    links = [tag("a", f"The plan of {name}", href=f"/runs/{name}") for name in names]
    swapped = f"/compare?run={names[1]}&run={names[0]}"
    return framed(
        "Compare",
        "",
        intro,
        tag(
            "main",
            tag("h2", "What the studies write differently"),
            scroll_box("Study keys that differ", rows_of(written)) if keys else same,
            tag("h2", "Plans and orders"),
            scroll_box("Plans and orders", rows_of(told)),
            tag("p", tag("a", "The other way round", href=swapped)),
        ),
        links=links,
    )
