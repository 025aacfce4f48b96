"""`compare`: two plans beside each other, headline first, then every order of either."""

from __future__ import annotations

from headrace.api.plan import Plan
from headrace.api.table import Cell, ResultTable
from headrace.core.plan_file import OrderRecord

Row = tuple[str, str, Cell, Cell, Cell, str]


def compare(first: Plan, second: Plan) -> ResultTable:
    """How the second plan differs from the first: status, objective, gap, then the orders now, with
    how much more the second one orders of each.

    An unfinished plan gives no advice, and the table says which one that is.
    """
    names = _names(first, second)
    rows: list[Row] = [
        ("status", "", first.status.state, second.status.state, None, ""),
        _numbers(first.file.measure, first.file.objective_usd, second.file.objective_usd, "USD"),
        _numbers("gap", first.file.gap, second.file.gap, "1"),
    ]
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
    notes = [f"{name}: {plan.note}" for name, plan in zip(names, (first, second)) if plan.note]
    if first.file.measure != second.file.measure:
        notes.append(f"{names[1]} maximises {second.file.measure}.")
    columns = ("what", "site", *names, "difference", "unit")
    return ResultTable(columns, tuple(rows), title="Plans compared", note=" ".join(notes))


def _orders(plan: Plan) -> dict[tuple[str, str, str, str], OrderRecord]:
    """Orders by what they are about; two of one asset (a slot used, and without it) are added."""
    from dataclasses import replace

    found: dict[tuple[str, str, str, str], OrderRecord] = {}
    for order in plan.file.orders:
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


def _names(first: Plan, second: Plan) -> tuple[str, str]:
    """What each is called: its run folder, or its study, or simply first and second."""
    for one, other in (
        (first.folder.root.name, second.folder.root.name),
        (first.file.study, second.file.study),
    ):
        if one and other and one != other:
            return one, other
    return "first", "second"
