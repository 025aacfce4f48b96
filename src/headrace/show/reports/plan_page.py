"""The page of a plan as HTML: one function per section, the same for the report and the app."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headrace.core.plan_file import PlanFile, Source
from headrace.show.figures import (
    certificate,
    node_card,
    order_value,
    regret,
    sankey,
    scenario_tree,
    waterfall,
)
from headrace.show.format import text as words
from headrace.show.format.html import Markup, join, tag
from headrace.show.format.text import count
from headrace.show.reports import deep_section, order_sentences, plan_status
from headrace.show.reports.plan_header import masthead

_SECTIONS = (
    *(
        ("orders", "Orders"),
        ("tree", "What comes later"),
        ("chain", "Electrons to money"),
        ("hours", "Hour by hour"),
    ),
    *(("costs", "Unit costs"), ("bet", "The bet"), ("sure", "How sure"), ("sources", "Sources")),
)


def report_body(plan: PlanFile, coarse: Sequence[int]) -> tuple[Markup, ...]:
    """The body of the report. coarse: nodes whose hours did not fit and are shown by 6 hours at
    best.
    """
    return *plan_body(plan, coarse), footer()


def plan_body(plan: PlanFile, coarse: Sequence[int] = ()) -> tuple[Markup, ...]:
    """Everything about a plan from top to bottom, the same in the report and in the app."""
    main = tag(
        "main",
        orders_section(plan),
        tree_section(plan),
        chain_section(plan),
        hours_section(plan, coarse),
        costs_section(plan),
        prices_section(plan),
        bet_section(plan),
        sure_section(plan),
        sources_section(plan),
    )
    return masthead(plan), navigation(plan), main


def navigation(plan: PlanFile) -> Markup:
    """The bar that stays: sections, and the branch that tree, chain and hours follow."""
    by_id = {node.id: node for node in plan.tree}
    options = [
        tag(
            "option",
            f"{scenario_tree.path_words(node, by_id)} ({words.percent(node.probability)})",
            value=str(node.id),
        )
        for node in plan.tree
    ]
    sections = [s for s in _SECTIONS if s[0] != "bet" or plan.deep is not None]
    links = [tag("a", name, href=f"#{key}") for key, name in sections]
    choice = tag("label", "Branch ", tag("select", *options, id="node"))
    return tag("div", tag("nav", *links, choice), class_="bar-nav")


def orders_section(plan: PlanFile) -> Markup:
    """Orders in words, with worth and time."""
    about = (
        f"The worth of an order is what the whole plan ({plan.measure}) loses when that order alone "
        "is forbidden: at least the pale part, at most the end of the dark one. Orders are ranked by "
        "what is certain."
    )
    if not plan.finished:
        about = f"{plan_status.headline(plan)}. What stands here is not to be placed."
    found = order_sentences.ranked(plan.orders)
    return _section(
        "orders",
        plan_status.orders_title(plan),
        about,
        order_value.sheet(found, plan.money.unit) if found or plan.finished else Markup(""),
        tools=Tools("orders"),
    )


def tree_section(plan: PlanFile) -> Markup:
    """The tree with what stands on it, one river per family of capacities, and a card for the
    chosen node.
    """
    found = scenario_tree.families(plan)
    switch = (
        (_switch([(str(place), family.name) for place, family in enumerate(found)], "family"),)
        if len(found) > 1
        else ()
    )
    rivers = [
        tag(
            "div",
            scenario_tree.river(plan, family),
            scenario_tree.legend(plan, family),
            data_river=str(place),
            hidden=place > 0,
        )
        for place, family in enumerate(found)
    ]
    cards = [node_card.card(plan, node, shown=node.parent is None) for node in plan.tree]
    about = "Time runs to the right; a block is what stands on that branch. Choose one: the chain and the hours below follow it."
    return _section(
        "tree",
        "What comes later",
        about,
        tag("div", *rivers, class_="picture wide"),
        *cards,
        tools=Tools("tree", switch),
    )


def chain_section(plan: PlanFile) -> Markup:
    """The Sankey and its switch."""
    switch = _switch([(view.key, view.name) for view in sankey.VIEWS], "view")
    note = tag(
        "p",
        "On the branch ",
        tag("b", class_="branch"),
        ", in a year. ",
        tag("span", id="sankey-about"),
        class_="about",
    )
    none = tag(
        "p",
        "This node carries no flows in the report; the run folder holds them.",
        class_="none",
        id="sankey-none",
        hidden=True,
    )
    balance = chain_words(plan)
    picture = tag("div", id="sankey", class_="picture")
    return _section(
        "chain",
        "From electrons to money",
        note,
        picture,
        none,
        tag("p", balance, class_="note"),
        tools=Tools("sankey", (switch,)),
    )


def chain_words(plan: PlanFile) -> str:
    """What the stored flows balance to, largest residual over all nodes and carriers."""
    from headrace.show.figures.flow_balance import native_imbalance

    worst = max(
        (
            native_imbalance(flow for flow in plan.flows if flow.node == node.id)
            for node in plan.tree
        ),
        default=0.0,
    )
    return f"At every vertex what comes in goes out: the largest difference over all branches is {worst:.0e} of the flow."


def hours_section(plan: PlanFile, coarse: Sequence[int]) -> Markup:
    """Dispatch with its windows."""
    buttons = (
        tag("select", id="bus", aria_label="Site and carrier"),
        tag("button", "Year", type="button", id="year"),
        tag("span", id="weeks", style="display:contents"),
        tag("button", "\N{LEFTWARDS ARROW}", type="button", id="earlier", aria_label="Earlier"),
        tag("button", "\N{RIGHTWARDS ARROW}", type="button", id="later", aria_label="Later"),
    )
    note = tag(
        "p",
        "On the branch ",
        tag("b", class_="branch"),
        ". Above the line what feeds the bus, below it what the bus feeds. Drag to zoom: days, then 6 hours, then hours. The "
        "dotted lines are the highest and the lowest hour of each step.",
        class_="about",
    )
    few = f"For {count(len(coarse), 'node')} this file carries the hours of the telling weeks only; the run folder holds every hour."
    none = tag(
        "p", "No hours are stored for this node.", class_="none", id="dispatch-none", hidden=True
    )
    picture = tag("div", id="dispatch", class_="picture")
    rest = tag("p", few, class_="note") if coarse else Markup("")
    return _section(
        "hours",
        "Hour by hour",
        note,
        picture,
        none,
        rest,
        tools=Tools("dispatch", buttons, "dispatch-tools"),
    )


def costs_section(plan: PlanFile) -> Markup:
    """One waterfall per product."""
    charts = waterfall.charts(plan.costs)
    if not charts:
        return Markup("")
    cards = [
        tag(
            "div",
            tag("h3", chart.title),
            tag("p", chart.about),
            tag("div", id=f"cost-{place}", class_="picture"),
            class_="card",
        )
        for place, chart in enumerate(charts)
    ]
    about = "Every step is a layer of the chain. The dotted line is the price."
    return _section(
        "costs",
        "What a unit costs",
        about,
        tag("div", *cards, class_="costs"),
        tools=Tools("costs"),
    )


def prices_section(plan: PlanFile) -> Markup:
    """What one more unit of a limit is worth."""
    if not plan.prices:
        return Markup("")
    rows = [
        tag(
            "li",
            tag(
                "span",
                f"{words.named(price.words or price.name, (price.site,))}{f', {words.site(price.site)}' if price.site else ''}",
            ),
            tag("b", _price(price.usd, price.unit)),
        )
        for price in plan.prices
    ]
    about = "Marginal values from the plan's own prices: what the objective gains from one more unit, for small changes."
    return _section(
        "prices",
        "What one more is worth",
        about,
        tag("ul", *rows, class_="prices"),
        tools=Tools("prices"),
    )


def bet_section(plan: PlanFile) -> Markup:
    """What the plan is worth against other ways of deciding; nothing where it was not asked."""
    if plan.deep is None:
        return Markup("")
    about = "Each other way of deciding is solved to its own best plan; what it loses is certified between two bounds."
    return _section(
        "bet", "The bet", about, deep_section.inner(plan, regret.charts(plan)), tools=Tools("bet")
    )


def sure_section(plan: PlanFile) -> Markup:
    """Certificate and assumptions."""
    assumed = [tag("li", words.named(text, plan.sites())) for text in plan.assumptions]
    rest = (
        join(tag("h3", "Assumed"), tag("ul", *assumed, class_="notes")) if assumed else Markup("")
    )
    return _section(
        "sure", "How sure this is", "", certificate.drawing(plan), rest, tools=Tools("certificate")
    )


def sources_section(plan: PlanFile) -> Markup:
    """Every input with its birth certificate."""
    return sources_box(plan.sources, "Every figure that came in")


def sources_box(sources: Sequence[Source], what: str) -> Markup:
    """Figures with their birth certificates as a table that can be searched; nothing where there is
    none.
    """
    if not sources:
        return Markup("")
    kinds = {
        kind: sum(source.status == kind for source in sources)
        for kind in ("fact", "estimate", "assumption")
    }
    counted = ", ".join(count(many, kind) for kind, many in kinds.items() if many)
    search = tag(
        "input",
        type="search",
        id="find",
        placeholder="find a figure or a source",
        aria_label="Find in the sources",
    )
    head = tag(
        "tr",
        *(
            tag("th", name, scope="col")
            for name in ("figure", "value", "range", "status", "date", "source")
        ),
    )
    box = tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *map(_source, sources))),
        class_="tablebox",
    )
    about = f"{what}: {counted}." if counted else f"{what}."
    return _section(
        "sources",
        "Sources",
        about,
        box,
        tools=Tools("sources", (search,), bare=True),
        more="sources long",
    )


def footer() -> Markup:
    """What this file is."""
    text = "This file loads nothing and sends nothing. Its numbers come from the run folder beside it: plan.json and hourly/*.parquet."
    return tag("footer", text)


def _source(source: Source) -> Markup:
    value = words.measured(source.value, source.unit)
    ends = [
        words.number(end, 5) if isinstance(end, float) else end
        for end in (source.low, source.high)
        if end is not None
    ]
    status = (
        tag("span", source.status, class_=f"tagged {source.status}")
        if source.status
        else Markup("")
    )
    figure = tag(
        "td", source.key, tag("br"), tag("span", source.attribute.replace("_", " "), class_="none")
    )
    return tag(
        "tr",
        figure,
        tag("td", value),
        tag("td", " to ".join(ends)),
        tag("td", status),
        tag("td", source.date),
        tag("td", source.source),
    )


@dataclass(frozen=True)
class Tools:
    """What stands around a picture: the name of its table, the switches above it, and whether its
    table is shown anyway.
    """

    name: str
    switches: tuple[Markup, ...] = ()
    key: str | None = None
    bare: bool = False


def _section(
    key: str, title: str, about: str | Markup, *inner: Markup, tools: Tools, more: str | None = None
) -> Markup:
    """A heading with its table and CSV, a line on how to read the picture, the switches, the
    picture.
    """
    told = (
        about
        if isinstance(about, Markup)
        else tag("p", about, class_="about")
        if about
        else Markup("")
    )
    shown = (
        tag("button", "Table", type="button", data_table=tools.name, aria_expanded="false")
        if not tools.bare
        else Markup("")
    )
    take = tag(
        "span", shown, tag("button", "CSV", type="button", data_csv=tools.name), class_="take"
    )
    switches = (
        tag("div", *tools.switches, class_="tools", id=tools.key) if tools.switches else Markup("")
    )
    box = tag("div", id=f"table-{tools.name}", class_="tablebox", hidden=True)
    return tag(
        "section",
        tag("div", tag("h2", title), take, class_="head"),
        told,
        switches,
        box,
        *inner,
        id=key,
        class_=more,
    )


def _switch(choices: Iterable[tuple[str, str]], kind: str) -> Markup:
    buttons = [
        tag(
            "button",
            name,
            type="button",
            aria_pressed="true" if place == 0 else "false",
            **{f"data_{kind}": key},
        )
        for place, (key, name) in enumerate(choices)
    ]
    return tag("span", *buttons, class_="switch")


def _price(usd: float, unit: str) -> str:
    return f"{words.money(usd)} per {unit}" if unit else words.money(usd)
