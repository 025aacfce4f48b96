"""The sections of a plan's page: each a heading, how to read the picture, and the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headrace.core.plan_file import PlanFile, ProductCost
from headrace.show.figures import (
    cash_fan,
    certificate,
    node_card,
    order_value,
    pathways,
    regret,
    sankey,
    scenario_tree,
    waterfall,
)
from headrace.show.figures.flow_balance import native_imbalance
from headrace.show.format import cash_words, decision_words, text
from headrace.show.format.html import Markup, join, rows_of, scroll_box, tag
from headrace.show.format.origin import link_to, product_place
from headrace.show.reports import deep_section, plan_status
from headrace.show.reports.page import Tools, section
from headrace.show.reports.plan_data import likeliest

PICTURE = "picture wide"


def orders(plan: PlanFile) -> Markup:
    """Orders in words, with cost, worth, branches and time; none of a run that did not finish."""
    title = plan_status.orders_title(plan)
    if not plan.finished:
        about = f"{plan_status.headline(plan)}. {plan_status.known(plan)}"
        return section("orders", title, about, tools=Tools("orders", bare=True))
    about = (
        f"The worth of an order is what the whole plan ({plan.measure}) loses when that order alone"
        " is forbidden: at least the pale part, at most the end of the dark one. It is discounted,"
        " what is paid is not. Orders are ranked by what is certain at this gap, given these"
        " beliefs. Small bars: what the order gains or loses on each branch, as wide as likely."
    )
    more = decision_words.time_spent(plan)
    note = tag("p", more, class_="note") if more else Markup("")
    return section("orders", title, about, order_value.sheet(plan), note, tools=Tools("orders"))


def money(plan: PlanFile) -> Markup:
    """Cash by year, undiscounted; nothing where it is not known or the run did not finish."""
    found = cash_fan.chart(plan) if plan.finished else None
    if found is None:
        return Markup("")
    drawn = scroll_box("Money by year: picture", cash_fan.drawing(found), class_=PICTURE)
    about = f"One line a branch, the dark one their mean. {found.about}"
    return section("money", "Money by year", about, drawn, tools=Tools("money"))


def tree(plan: PlanFile) -> Markup:
    """The tree with what stands on it, one river per family of capacities, and a card for the
    chosen node.
    """
    families = scenario_tree.families(plan)
    names = [(str(place), family.name) for place, family in enumerate(families)]
    rivers = [
        tag(
            "div",
            scenario_tree.river(plan, family),
            scenario_tree.legend(plan, family),
            data_river=str(place),
            hidden=place > 0,
        )
        for place, family in enumerate(families)
    ]
    first = likeliest(plan).id
    cards = [node_card.card(plan, node, shown=node.id == first) for node in plan.tree]
    about = (
        "Time runs to the right; a block is what stands on that branch."
        " Choose one: the chain and the hours below follow it."
    )
    return section(
        "tree",
        "What comes later",
        about,
        scroll_box("What comes later: picture", *rivers, class_=PICTURE),
        *cards,
        tools=Tools("tree", (switch(names, "family"),) if len(families) > 1 else ()),
    )


def signals(plan: PlanFile) -> Markup:
    """What the plan does on which signal: the map of its pathways. Nothing where there is one."""
    if len({node.parent for node in plan.tree}) == len(plan.tree):
        return Markup("")
    about = (
        "A line is a future, and parts where something is revealed: above a stop the signal and how"
        " likely it is, below it what the plan then orders, the dearest first."
    )
    drawn = scroll_box("What is done on which signal: picture", pathways.picture(plan),
                       class_=PICTURE)  # fmt: skip
    return section("signals", "What is done on which signal", about, drawn, tools=Tools("signals"))


def chain(plan: PlanFile) -> Markup:
    """The Sankey of the likeliest leaf, and its switch."""
    charts = sankey.charts(plan, likeliest(plan).id)
    note = tag(
        "p",
        "On the branch ",
        tag("b", branch_words(plan), class_="branch"),
        ", in a year. ",
        tag("span", charts[0].about if charts else "", id="sankey-about"),
        class_="about",
    )
    drawn = sankey.drawing(charts[0]) if charts else Markup("")
    none = tag(
        "p",
        "This node carries no flows in the report; the run folder holds them.",
        class_="none",
        id="sankey-none",
        hidden=True,
    )
    views = switch([(view.key, view.name) for view in sankey.VIEWS], "view")
    return section(
        "chain",
        "From electrons to money",
        note,
        scroll_box("Chain: picture", drawn, id="sankey", class_=PICTURE),
        none,
        tag("p", balance_words(plan), class_="note"),
        tools=Tools("sankey", (views,)),
    )


def branch_words(plan: PlanFile) -> str:
    """The branch at which the page opens."""
    by_id = {node.id: node for node in plan.tree}
    return scenario_tree.path_words(likeliest(plan), by_id)


def balance_words(plan: PlanFile) -> str:
    """What the stored flows balance to, largest residual over all nodes and carriers."""
    residuals = (
        native_imbalance(flow for flow in plan.flows if flow.node == node.id) for node in plan.tree
    )
    return (
        "At every vertex what comes in goes out: the largest difference over all branches is"
        f" {max(residuals, default=0.0):.0e} of the flow."
    )


def hours(plan: PlanFile, coarse: Sequence[int], still: Markup) -> Markup:
    """Dispatch with its windows. coarse: nodes that carry the hours of the telling weeks only;
    still: the picture for readers without scripts.
    """
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
        tag("b", branch_words(plan), class_="branch"),
        ". Above the line what feeds the bus, below it what the bus feeds. Drag to zoom, or use the"
        " arrow keys and + and −: days, then 6 hours, then hours. The dotted lines are"
        " the highest and the lowest hour of each step.",
        class_="about",
    )
    none = tag(
        "p", "No hours are stored for this node.", class_="none", id="dispatch-none", hidden=True
    )
    few = tag(
        "p",
        f"For {text.count(len(coarse), 'node')} this file carries the hours of the telling weeks"
        " only; the run folder holds every hour.",
        class_="note",
    )
    return section(
        "hours",
        "Hour by hour",
        note,
        scroll_box("Hours: picture", still, id="dispatch", class_=PICTURE),
        none,
        few if coarse else Markup(""),
        tools=Tools("dispatch", buttons, "dispatch-tools"),
    )


def costs(plan: PlanFile) -> Markup:
    """One waterfall per product; nothing where nothing is sold."""
    charts = waterfall.charts(plan.costs)
    if not charts:
        return Markup("")

    def known(cost: ProductCost) -> bool:
        return any(source.key == f"products.{cost.product}" for source in plan.sources)

    cards = [
        tag(
            "div",
            tag("h3", chart.title),
            tag("p", chart.about),
            tag("div", waterfall.drawing(chart), id=f"cost-{place}", class_="picture"),
            stages(cost),
            link_to(f"products.{cost.product}", "its price and demand") if known(cost) else "",
            class_="card",
            id=product_place(cost.product),
        )
        for place, (chart, cost) in enumerate(
            zip(charts, (cost for cost in plan.costs if cost.parts))
        )
    ]
    about = (
        "Every step is a layer of the chain, the dotted line the price; both levelised: discounted"
        " dollars over discounted units, mean over the branches."
    )
    shown = tag("div", *cards, class_="costs")
    return section("costs", "What a unit costs", about, shown, tools=Tools("costs"))


def stages(cost: ProductCost) -> Markup:
    """Price and cost stage by stage; nothing where they are not known."""
    if not cost.stages:
        return Markup("")
    shown = scroll_box(
        f"{cost.product}: price and cost by stage", rows_of(waterfall.by_stage(cost))
    )
    return tag("details", tag("summary", "Price and cost by stage"), shown)


def prices(plan: PlanFile) -> Markup:
    """What one more unit of a limit is worth; nothing where no limit binds."""
    if not plan.prices:
        return Markup("")
    rows = []
    for price in plan.prices:
        what = text.named(price.words or price.name, (price.site,))
        where = f", {text.site(price.site)}" if price.site else ""
        worth = f"{text.money(price.usd)}{f' per {price.unit}' if price.unit else ''}"
        rows.append(tag("li", tag("span", f"{what}{where}"), tag("b", worth)))
    about = (
        "Marginal values from the plan's own prices: what the objective gains from one more unit,"
        " for small changes."
    )
    shown = tag("ul", *rows, class_="prices")
    return section("prices", "What one more is worth", about, shown, tools=Tools("prices"))


def cash(plan: PlanFile) -> Markup:
    """Liquidity on every branch; nothing where the study does not limit cash."""
    if plan.liquidity is None:
        return Markup("")
    about = "Cash before tax, undiscounted, at the end of every year that is operated."
    told = tag("ul", *(tag("li", line) for line in cash_words.sentences(plan.liquidity)))
    shown = scroll_box("Cash by year and branch", rows_of(cash_words.as_table(plan)))
    return section("cash", "Cash that is there", about, told, shown, tools=Tools("cash"))


def bet(plan: PlanFile) -> Markup:
    """What the plan is worth against other ways of deciding; nothing where it was not asked."""
    if plan.deep is None:
        return Markup("")
    about = (
        "Each other way of deciding is solved to its own best plan;"
        " what it loses is certified between two bounds."
    )
    inner = deep_section.inner(plan, regret.charts(plan))
    return section("bet", "The bet", about, inner, tools=Tools("bet"))


def sure(plan: PlanFile) -> Markup:
    """Certificate and assumptions."""
    assumed = [tag("li", text.named(words, plan.sites())) for words in plan.assumptions]
    rest = join(tag("h3", "Assumed"), tag("ul", *assumed, class_="notes")) if assumed else ""
    drawn = join(certificate.drawing(plan), rest)
    return section("sure", "How sure this is", "", drawn, tools=Tools("certificate"))


def switch(choices: Iterable[tuple[str, str]], kind: str) -> Markup:
    """Buttons of which one is pressed, the first at the start. choices: key and name of each."""
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
