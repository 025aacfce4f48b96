"""The section Market of a plan's page: what is sold, at which price, to whom, what it brings."""

from __future__ import annotations

from headrace.core.plan_file import OfferRecord, PlanFile
from headrace.show.draw import svg
from headrace.show.figures import market
from headrace.show.format import text
from headrace.show.format.chart import Chart, Table, table
from headrace.show.format.html import Markup, join, rows_of, scroll_box, tag
from headrace.show.reports.page import Tools, section

WIDE = 760.0
ABOUT = (
    "What is sold of each offer is decided once a stage and branch, at one posted price. Levels are"
    " over the reference that the study writes; shown is the likeliest branch."
)
PRESSED = (
    "In the middle of each stage's last year: churn is multiplied by what covariates and trust "
    "come to. Trust follows from what the study writes of advertising, failures and paid ranking; "
    "users gone are those who would still be there if it had stayed whole."
)
CREATORS = "Of what users and advertisers pay, in each stage's last year."
ROYALTIES = "What holders of rights are owed for what is served, in each stage."


def section_of(plan: PlanFile) -> Markup:
    """The section; nothing where the study has no offers or the run did not finish."""
    if not plan.offers or not plan.finished:
        return Markup("")
    charts = [chart for chart in charts_of(plan) if chart is not None]
    body = [
        join(
            tag("h3", chart.title),
            scroll_box(
                f"{chart.title}: picture", svg(chart.figure, chart.title, chart.about, WIDE)
            ),
            tag("p", chart.about, class_="note"),
        )
        for chart in charts
    ]
    head = scroll_box("What is sold: table", rows_of(as_table(plan)), class_="table")
    beside = [
        join(
            tag("h3", title),
            scroll_box(f"{title}: table", rows_of(found), class_="table"),
            tag("p", about, class_="note"),
        )
        for title, found, about in (
            ("What presses users to leave", pressure_table(plan), PRESSED),
            ("Paid to creators", creator_table(plan), CREATORS),
            ("Royalties", royalty_table(plan), ROYALTIES),
        )
        if found.rows
    ]
    tools = Tools("market")
    return section("market", "Market", ABOUT, head, *notes(plan), *beside, *body, tools=tools)


def pressure_table(plan: PlanFile) -> Table:
    """Churn of every offer that something presses, stage by stage of the likeliest branch."""
    rows = [
        (
            named(plan, offer),
            node.start,
            f"{one.pressure:.4g}",
            "not told" if one.trust is None else text.percent(one.trust),
            "-" if one.trust is None else text.number(one.distrusting),
        )
        for offer in plan.offers
        for node in market.stages(plan)
        if (one := market.sold_of(node, offer)) is not None
        and (one.trust is not None or one.pressure != 1.0)
    ]
    return table(("offer", "stage", "churn times", "trust", "users gone for it"), rows)


def creator_table(plan: PlanFile) -> Table:
    """What every offer pays to creators, stage by stage of the likeliest branch."""
    unit = plan.money.unit
    rows = [
        (
            named(plan, offer),
            node.start,
            text.percent(one.creators_usd / one.gross_usd),
            text.money(one.creators_usd, unit),
        )
        for offer in plan.offers
        for node in market.stages(plan)
        if (one := market.sold_of(node, offer)) is not None and one.creators_usd > 0
    ]
    return table(("offer", "stage", "of what is paid", "a year"), rows)


def royalty_table(plan: PlanFile) -> Table:
    """What every product owes, stage by stage of the likeliest branch."""
    unit = plan.money.unit
    units = {cost.product: cost.unit for cost in plan.costs}
    rows = [
        (
            product,
            node.start,
            f"{one.royalty:.4g} {unit}/{units.get(product, 'unit')}",
            text.money(one.royalty_usd, unit),
        )
        for product in dict.fromkeys(offer.product for offer in plan.offers)
        for node in market.stages(plan)
        if (one := next((s for s in node.sold if s.product == product), None)) and one.royalty
    ]
    return table(("product", "stage", "owed for a unit served", "owed a year"), rows)


def charts_of(plan: PlanFile) -> tuple[Chart | None, ...]:
    """Every picture of the section, None where there is nothing to draw."""
    curves = (market.revenue_chart(plan, offer) for offer in plan.offers)
    whole = (market.branch_chart(plan), market.bridge_chart(plan), market.cohort_chart(plan))
    seen = (market.history_chart(one) for one in plan.histories)
    return (*whole, *seen, *curves)


def named(plan: PlanFile, offer: OfferRecord) -> str:
    """An offer's title, after its product's name where several are sold."""
    several = len({one.product for one in plan.offers}) > 1
    return f"{offer.product}: {offer.title}" if several else offer.title


def as_table(plan: PlanFile) -> Table:
    """Every offer in every stage of the likeliest branch: who takes what, at which price."""
    unit, rows = plan.money.unit, []
    for offer in plan.offers:
        for node in market.stages(plan):
            one = market.sold_of(node, offer)
            if one is not None:
                rows.append(
                    (
                        named(plan, offer),
                        node.start,
                        f"{one.level:.3g}",
                        f"{text.number(one.amount)} {offer.unit}",
                        f"{one.price:.4g} {offer.price_unit}",
                        text.money(one.billed_usd, unit),
                        text.money(one.gross_usd or one.billed_usd * offer.gross, unit),
                        text.percent(one.unserved) if one.unserved else "none",
                    )
                )
    columns = ("offer", "stage", "level", "sold", "posted price", "net a year", "gross a year")
    return table((*columns, "unserved"), rows)


def notes(plan: PlanFile) -> tuple[Markup, ...]:
    """What has to be said beside the table: few customers, offers that nobody takes, and what goes
    unserved.
    """
    told = [words for offer in plan.offers if (words := concentration(plan, offer))]
    for offer in plan.offers:
        sold = [market.sold_of(node, offer) for node in market.stages(plan)]
        if all(one is None or one.level < 1e-4 for one in sold):
            told.append(f"{named(plan, offer)} is not sold in any stage of this branch.")
    return tuple(tag("p", words, class_="note") for words in told)


def concentration(plan: PlanFile, offer: OfferRecord) -> str:
    """What hangs on the largest customers of an offer; empty where none are named."""
    if not offer.largest:
        return ""
    whole, first = sum(offer.largest), max(offer.largest)
    lost = text.money(first * offer.net_usd, plan.money.unit)
    return (
        f"{named(plan, offer)}: {len(offer.largest)} customers are "
        f"{text.percent(whole)} of the revenue; without the largest, {lost} a year are gone."
    )
