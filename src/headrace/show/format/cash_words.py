"""Liquidity in words and as a table: cash by year and branch, what is drawn, a dollar's price."""

from __future__ import annotations

from headrace.core.plan_file import LiquidityRecord, PlanFile
from headrace.show.format.chart import Cell, Table, table


def sentences(found: LiquidityRecord) -> tuple[str, ...]:
    """Peak funding, what the least year keeps, what a dollar is worth, and each line."""
    least = min(found.years, key=lambda year: year.cash_usd)
    worth = (
        "One more dollar at the start would be worth nothing beside itself: cash does not bind."
        if found.worth < 0.005
        else f"One more dollar at the start is worth {found.worth:.2f} USD beside itself."
    )
    told = [
        f"Peak funding: payments run {millions(found.peak_funding_usd)} ahead of what is earned, "
        f"of which {millions(found.opening_usd)} are there at the start.",
        f"The least cash at a year's end is {millions(least.cash_usd)}, at the end of "
        f"{least.until}; {millions(found.least_usd)} must stay.",
        worth,
    ]
    for line in found.lines:
        use = "is not drawn"
        if line.peak_usd > 0:
            use = (
                f"is drawn up to {millions(line.peak_usd)} of {millions(line.limit_usd)}, for "
                f"{millions(line.cost_usd)} beyond the discount rate"
            )
        more = (
            f"; one more dollar of it is worth {line.worth:.2f} USD" if line.worth > 0.005 else ""
        )
        told.append(f"`{line.line}` ({line.kind}) {use}{more}.")
    return tuple(told)


def millions(usd: float) -> str:
    """An amount in millions of dollars."""
    return f"{usd / 1e6:,.4g} M USD"


def as_table(plan: PlanFile) -> Table:
    """Every operated year on every branch."""
    if plan.liquidity is None:
        return table((), ())
    labels = {node.id: node.label for node in plan.tree}
    names = [line.line for line in plan.liquidity.lines]
    rows: list[tuple[Cell, ...]] = []
    for year in plan.liquidity.years:
        drawn = {one.line: one.usd for one in year.drawn}
        rows.append(
            (
                labels.get(year.node, ""),
                year.until,
                round(year.cash_usd / 1e6, 4),
                *(round(drawn.get(name, 0.0) / 1e6, 4) for name in names),
                round(year.price, 4),
            )
        )
    money = (f"drawn of {name} [M USD]" for name in names)
    return table(("branch", "until", "cash [M USD]", *money, "a dollar's price [USD]"), rows)
