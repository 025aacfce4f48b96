"""Two plans beside each other, headline first, then every order of either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from headrace.core.plan_file import OrderRecord, PlanFile
from headrace.show.format import text
from headrace.show.format.chart import Cell, Table, table
from headrace.show.reports import plan_status

Row = tuple[str, str, Cell, Cell, Cell, str]


@dataclass(frozen=True)
class PlanDifference:
    """What differs, and what has to be known before it is believed."""

    table: Table
    notes: tuple[str, ...]


def compared(first: PlanFile, second: PlanFile, names: Sequence[str]) -> PlanDifference:
    """How the second plan differs from the first: status, objective, gap, what is committed, then
    the orders now, with how much more the second one orders of each. names: of the two.

    An unfinished plan gives no advice, and the notes say which one that is.
    """
    first_name, second_name = names if names[0] != names[1] else (first.study, second.study)
    if first_name == second_name:
        first_name, second_name = "first", "second"
    rows: list[Row] = [
        ("status", "", first.status.state, second.status.state, None, ""),
        _numbers(first.measure, first.objective_usd, second.objective_usd, "USD"),
        _numbers("gap", first.gap, second.gap, "1"),
    ]
    if first.decision is not None and second.decision is not None:
        sums = first.decision.committed_usd, second.decision.committed_usd
        rows.append(_numbers("committed this month", *sums, "USD"))
    ours, theirs = _orders(first), _orders(second)
    for key in dict.fromkeys((*ours, *theirs)):
        mine, other = ours.get(key), theirs.get(key)
        either = mine or other
        assert either is not None
        before, after = (0.0 if one is None else one.quantity for one in (mine, other))
        rows.append(_numbers(f"order {either.name}", before, after, either.unit, either.site))
        if mine and other and mine.order_by != other.order_by:
            what = f"order {either.name} by"
            rows.append((what, either.site, mine.order_by, other.order_by, None, ""))
    notes = [
        f"{name}: {plan_status.headline(plan)}."
        for name, plan in zip((first_name, second_name), (first, second))
        if not plan.finished
    ]
    if first.measure != second.measure:
        notes.append(f"{second_name} maximises {second.measure}.")
    columns = ("what", "site", first_name, second_name, "difference", "unit")
    return PlanDifference(table(columns, rows), tuple(notes))


def shown(cell: Cell) -> str:
    """A cell for people."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else text.amount(float(cell))


def _orders(plan: PlanFile) -> dict[tuple[str, str, str, str], OrderRecord]:
    """Orders by what they are about; two of one asset (a slot used, and without it) are added."""
    found: dict[tuple[str, str, str, str], OrderRecord] = {}
    for order in plan.orders:
        key = (order.site, order.role, order.asset, order.unit)
        before = found.get(key)
        many = order.quantity + (before.quantity if before else 0.0)
        found[key] = replace(before or order, quantity=many)
    return found


def _numbers(
    what: str, first: float | None, second: float | None, unit: str, site: str = ""
) -> Row:
    more = None if first is None or second is None else second - first
    return what, site, first, second, more, unit
