"""The pages of the app. A plan's page is that of the report, with the app's bar above it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from headrace.core.plan_file import PlanFile, Source
from headrace.show.app.solving import State
from headrace.show.examples import Example
from headrace.show.format.html import Markup, tag
from headrace.show.reports import plan_page
from headrace.show.reports import sources as birth_certificates
from headrace.show.reports.page import MARK
from headrace.verification.registry import ROOMS

_PAGES = (("/", "Runs"), ("/study", "Study"), ("/ask", "Ask"), ("/sources", "Sources"))


def plan(name: str, plan: PlanFile, still: Markup, *, report: bool) -> str:
    """The page of a plan: exactly what the report shows. still: its hours without scripts."""
    links = [tag("a", "Change the study", href=f"/study?run={name}")]
    links += (
        [
            tag(
                "a",
                "Take the report along",
                href=f"/runs/{name}/report.html",
                download=f"{name}.html",
            )
        ]
        if report
        else []
    )
    return framed(
        plan.title or plan.study,
        "",
        *plan_page.plan_body(plan, still=still),
        tag("footer", f"From the run folder {name}."),
        scripts=tuple(f"/static/{name}.js" for name in ("charts", "hours", "plan", "planned")),
        data=name,
        links=links,
    )


def study(text: str, name: str, found: Sequence[Example], state: State | None) -> str:
    """The study as text, what is wrong with it, and its solution as it goes. name: the run it comes
    from, or the example.
    """
    options = [tag("option", "Start from ...", value="")]
    options += [
        tag("option", example.name, value=example.name, title=example.about) for example in found
    ]
    editor = tag(
        "div",
        tag("pre", id="lines", aria_hidden="true"),
        tag(
            "textarea",
            f"\n{text}",
            id="text",
            spellcheck="false",
            autocomplete="off",
            wrap="off",
            aria_label="Study in YAML",
        ),
        class_="editor",
    )
    tools = tag(
        "div",
        tag("button", "Check", type="button", id="check", disabled=True),
        tag("button", "Solve", type="button", id="solve", class_="main", disabled=True),
        tag("button", "Cancel", type="button", id="cancel", hidden=True),
        tag(
            "label",
            "Token ",
            tag("input", id="token", type="password", autocomplete="off"),
            id="token-box",
            hidden=True,
        ),
        tag("select", *options, id="example", aria_label="Start from an example"),
        class_="tools",
    )
    side = tag(
        "div",
        tag("p", id="said", role="status", class_="said"),
        tag("ol", id="problems", class_="problems"),
        tag("div", id="bounds", class_="picture", hidden=True),
        tag("table", tag("tbody", id="steps"), id="steps-box", class_="steps", hidden=True),
        class_="side",
    )
    about = (
        "Check tells everything that is wrong, each at its line."
        " Solve runs the plan; whoever cancels keeps the best so far."
    )
    intro = tag(
        "header", tag("h1", "Study"), tag("p", about, class_="about"), class_="masthead wide"
    )
    return framed(
        "Study",
        "/study",
        intro,
        tag("main", tools, tag("div", editor, side, class_="desk"), class_="wide"),
        scripts=("/static/charts.js", "/static/study.js"),
        data=name if state else "",
    )


def sources(found: tuple[Source, ...]) -> str:
    """Every figure of the catalogue with its source."""
    box = birth_certificates.section_of(found, "Every figure that a study finds in the catalogue")
    return framed(
        "Sources", "/sources", tag("main", box), scripts=("/static/charts.js", "/static/sources.js")
    )


def missing(reason: str) -> str:
    """What is shown where there is nothing."""
    intro = tag(
        "header", tag("h1", "Not here"), tag("p", reason, class_="about"), class_="masthead"
    )
    return framed("Not here", "", intro, tag("main", tag("p", tag("a", "To the runs", href="/"))))


@cache  # it travels with the program, and fills seconds
def catalogue() -> tuple[Source, ...]:
    """Every figure of every room's catalogue."""
    from importlib.resources import files

    from headrace.core.catalogue import entries

    found = []
    for room in ROOMS:
        folder = files(f"headrace.{room}") / "catalogue"
        tables = (
            sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
            if folder.is_dir()
            else []
        )
        for table in tables:
            for key, entry in entries(room, table.removesuffix(".yaml")).items():
                for name, f in entry.figures.items():
                    source = Source(
                        key, name, f.value, f.unit, f.source, f.date, f.status, f.low, f.high
                    )
                    found.append(source)
    return tuple(found)


def catalogue_table() -> dict[str, object]:
    """The same as a table, for its CSV."""
    return birth_certificates.as_table(catalogue()).as_json()


def framed(
    title: str,
    here: str,
    *body: Markup,
    scripts: Sequence[str] = (),
    data: str = "",
    links: Sequence[Markup] = (),
) -> str:
    """A page of the app under its bar. here: the address of the bar that it is; scripts, data and
    links: what it loads, which run it is about, and where else it leads.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} - Headrace"),
        tag("link", rel="icon", href="data:,"),
        tag("link", rel="stylesheet", href="/static/page.css"),
        tag("link", rel="stylesheet", href="/static/app.css"),
        *(tag("script", src=script, defer=True) for script in ("/static/token.js", *scripts)),
    )
    places = [
        tag("a", name, href=address, aria_current="page" if address == here else None)
        for address, name in _PAGES
    ]
    brand = tag("a", MARK, "Headrace", href="/", class_="brand")
    bar = tag(
        "nav",
        brand,
        *places,
        tag("span", *links, class_="more"),
        class_="app-bar",
        aria_label="App",
    )
    shown = tag("body", bar, *body, data_run=data or None)
    return f"<!doctype html>\n{tag('html', head, shown, lang='en')}\n"
