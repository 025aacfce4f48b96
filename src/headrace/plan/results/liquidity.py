"""Cash of a solved plan on every branch, what it draws, and what a dollar more would be worth.

The price of a row of cash (plan/model/liquidity.py) is what the plan's bound gains from one more
dollar there; a dollar at the start is there in every row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.core.errors import Infeasible
from headrace.core.plan_file.liquidity import CashYear, DrawnMoney, LiquidityRecord, MoneyUse
from headrace.core.quantities import month_text
from headrace.plan.lp.dual_bound import Prices
from headrace.plan.lp.measured_windows import measured
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.risk_measure import prices_of
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import cash_columns
from headrace.plan.scenario.tree import ScenarioNode, opening_of

DUST = 1e-5
"""Missing money below this share of the opening, or of what the hours can earn, is the solver's
[1].
"""
CENT = 0.01
"""Less than a tenth of this stands drawn of no line [USD]: statements add up to 1e-9."""


@dataclass(frozen=True)
class MissingCash:
    """The most that is missing at the end of a year, or on its first day [USD]."""

    node: ScenarioNode
    usd: float


def missing(formulation: Formulation, solution: Solution) -> MissingCash | None:
    """Where most is missing in a plan; None where cash suffices everywhere."""
    limit, book = formulation.expansion.cash, formulation.cash
    if limit is None:
        return None
    size = max(limit.opening, *book.earnings, MONEY)
    columns = zip(book.columns, cash_columns(formulation, solution).tolist())
    found = [
        MissingCash(formulation.nodes[column.node], value * MONEY)
        for column, value in columns
        if column.kind == "missing" and value * MONEY > DUST * size
    ]
    return max(found, key=lambda one: one.usd, default=None)


def missing_words(found: MissingCash) -> str:
    """What is missing, in words."""
    return (
        f"`limits.cash` breaks: {found.usd / 1e6:,.4g} M USD are missing in stage "
        f"{found.node.stage}, {found.node.label}"
    )


def refuse_missing_cash(formulation: Formulation, solution: Solution) -> None:
    """Raise Infeasible where no plan keeps cash at `least`, with the cheapest way out."""
    found, limit = missing(formulation, solution), formulation.expansion.cash
    if found is None or limit is None:
        return
    node, more = found.node, found.usd / 1e6
    opening = (limit.opening + found.usd) / 1e6
    month = month_text(formulation.expansion.start + node.start)
    way = (
        f"`opening: {opening:,.6g} MUSD` instead of {limit.opening / 1e6:,.6g}, or a line of "
        f"{more:,.4g} MUSD that is open from {month}"
    )
    raise Infeasible(
        f"No plan keeps cash at `limits.cash.least`: in stage {node.stage} ({node.label}), at node "
        f"{node.name}, {more:,.4g} M USD are missing even in the plan that comes closest.\n"
        f"Enough would be {way}.",
        ("limits.cash",),
        way,
    )


def liquidity(formulation: Formulation, solution: Solution) -> LiquidityRecord | None:
    """Cash of every operated year with its price, and every line; None where nothing limits it."""
    limit, nodes = formulation.expansion.cash, formulation.nodes
    if limit is None:
        return None
    master, priced = formulation.problem.master, prices_of(formulation.problem, solution)
    # where cash does not bind, nothing holds the columns down to what the hours pay
    operated = [node.columns for node in solution.nodes]
    paid = measured(formulation.problem, solution.master, operated)
    room = (master.rhs - master.matrix @ paid) * MONEY
    drawn = drawn_by_year(formulation, solution)
    ends: dict[int, float] = {}
    prices: dict[int, float] = {}
    needed = 0.0
    for r, row in enumerate(formulation.rows):
        if row.reason == "cash":
            own = limit.least + float(room[r]) - sum(drawn[row.node].values())
            needed = max(needed, limit.opening - own)
            ends[row.node] = limit.least + float(room[r])  # the year's end comes last
            price = 0.0 if priced is None else float(priced.rows[r])
            prices[row.node] = prices.get(row.node, 0.0) + price
    years = tuple(
        CashYear(
            opening_of(nodes, n),
            month_text(formulation.expansion.start + nodes[n].end),
            usd,
            tuple(DrawnMoney(line, much) for line, much in drawn[n].items() if much > CENT / 10),
            prices[n] / nodes[n].probability,
        )
        for n, usd in ends.items()
    )
    lines = tuple(use_of_line(formulation, name, drawn, priced) for name in limit.lines)
    worth = sum(prices.values())
    return LiquidityRecord(limit.opening, limit.least, needed, worth, years, lines)


def drawn_by_year(formulation: Formulation, solution: Solution) -> dict[int, dict[str, float]]:
    """What stands drawn of each line in each operated year [USD]."""
    found: dict[int, dict[str, float]] = {}
    for column, value in zip(formulation.cash.columns, cash_columns(formulation, solution)):
        if column.kind != "paid":
            year = found.setdefault(column.node, {})
            if column.kind == "drawn":
                year[column.line] = max(0.0, float(value)) * MONEY
    return found


def use_of_line(
    formulation: Formulation,
    name: str,
    drawn: Mapping[int, Mapping[str, float]],
    priced: Prices | None,
) -> MoneyUse:
    """One line as the plan uses it."""
    limit, columns = formulation.expansion.cash, formulation.cash.columns
    assert limit is not None
    line, first = limit.lines[name], len(formulation.problem.master.cost) - len(columns)
    mine = [(first + i, one) for i, one in enumerate(columns) if one.line == name]
    reduced = [] if priced is None else [float(priced.reduced[i]) for i, _ in mine]
    return MoneyUse(
        name,
        line.kind,
        line.limit,
        max((year.get(name, 0.0) for year in drawn.values()), default=0.0),
        sum(one.usd * drawn[one.node][name] for _, one in mine),
        sum(max(0.0, -one) for one in reduced),
        line.cost,
    )
