"""The page of a plan's statements: branches beside one another, the mean, each branch."""

from __future__ import annotations

from pathlib import Path

from headrace.core.plan_file import PlanFile
from headrace.finance.statements.lives import ByLife
from headrace.finance.statements.statements import PlanStatements, Statement
from headrace.show.format import cash_words, plot
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.colours import ACCENT, LOSS
from headrace.show.format.html import tag
from headrace.show.reports import page
from headrace.show.statements import tables

NAME = "statements.html"


def write(
    found: PlanStatements,
    path: Path,
    by_life: ByLife | None = None,
    plan: PlanFile | None = None,
) -> Path:
    """Write the page; by_life: net income by useful life of accelerators, where it is told; plan:
    whose cash is told where its study limits it.

    Raises InputError, DiskFull.
    """
    return page.write(statements_page(found, by_life, plan), path)


def statements_page(
    found: PlanStatements, by_life: ByLife | None = None, plan: PlanFile | None = None
) -> str:
    """The page as text."""
    lede = (tables.lede(found.branches),)
    top = page.masthead("statements by branch", found.study, lede=lede)
    charts = [
        owners_chart(found),
        Chart("branches", "Branches", tables.summary(found.branches)),
        *_statement("mean", "Mean of the branches", found.mean),
    ]
    for one in found.branches:
        name = f"branch to node {one.facts.leaf} ({one.facts.probability:.1%})"
        charts += _statement(f"b{one.facts.leaf}", name, one.statement)
    if plan is not None and plan.liquidity is not None:
        about = " ".join(cash_words.sentences(plan.liquidity))
        told = cash_words.as_table(plan)
        charts.insert(1, Chart("liquidity", "Cash the plan keeps", told, about=about))
    signed = tables.contracts(found.branches)
    if signed:
        told = tables.as_table(signed, found.mean.years)
        words = " ".join(tables.counterparties(found.branches))
        title = "Cash of contracts: mean of the branches"
        charts.insert(2, Chart("contracts", title, told, about=words))
    if by_life:
        charts.insert(2, lives_chart(found, by_life))
    notes = tag("section", tag("h2", "Notes"), tag("ul", *(tag("li", n) for n in found.notes)))
    return page.gallery(found.study, top, charts, notes)


def lives_chart(found: PlanStatements, by_life: ByLife) -> Chart:
    """Net income of the mean by useful life: the same cash, other books."""
    rows: list[tuple[Cell, ...]] = [
        (f"{life:g} years", *(round(v / 1e6, 4) for v in income.tolist()))
        for life, income in by_life.items()
    ]
    told = table(("useful life of accelerators", *map(str, found.mean.years)), rows)
    about = "Net income [M USD], mean of the branches: the cash is the same, the books are not."
    return Chart("lives", "What a useful life does to earnings", told, about=about)


def _statement(key: str, name: str, one: Statement) -> list[Chart]:
    parts = (
        ("income", "Income statement", tables.income(one)),
        ("sheet", "Balance sheet", tables.sheet(one)),
        ("cash", "Cash flow", tables.cash_flow(one)),
    )
    return [
        Chart(f"{key}-{part}", f"{title}: {name}", tables.as_table(rows, one.years))
        for part, title, rows in parts
    ]


def owners_chart(found: PlanStatements) -> Chart:
    """What owners get or pay each year, on every branch and on the mean."""
    years = [str(year) for year in found.mean.years]
    lines, rows = [], []
    for one in found.branches:
        name, cash = f"to node {one.facts.leaf}", one.owners_cash.tolist()
        lines.append(plot.line(name, found.mean.years, cash, LOSS) | {"showlegend": False})
        rows += [(name, year, usd) for year, usd in zip(years, cash)]
    mean = (-found.mean.flow(("paid in", "paid out"))).tolist()
    lines.append(plot.line("mean", found.mean.years, mean, ACCENT, markers=True))
    rows += [("mean", year, usd) for year, usd in zip(years, mean)]
    told = [{**line, "x": years} for line in lines]
    figure = plot.figure(told, "", "USD", 260, xaxis=plot.NAMED, yaxis={"rangemode": "tozero"})
    about = "Paid out less paid in, money of the day; the last year holds what is sold at the end."
    columns = ("branch", "year", "owners' cash [USD]")
    return Chart("owners", "Owners' cash by year", table(columns, rows), figure, about)
