"""Rows of the tables of a plan that stand at its nodes: what is served, and what is sold."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.core.plan_file import PlanFile

SERVED = {"node": "", "product": "", "demand": "", "served": "", "unit": "", "share": "1"}
"""Columns of what is served, and their units."""


def served(file: PlanFile) -> Iterator[tuple[str | float | None, ...]]:
    """Demand of each product in a year of each node, and how much of it is served."""
    for node in file.tree:
        for d in node.demand:
            share = d.served / d.quantity if d.quantity else None
            yield node.id, d.product, d.quantity, d.served, d.unit, share


def sold_columns(unit: str) -> dict[str, str]:
    """Columns of what is sold, and their units. unit: of money."""
    named = {"node": "", "product": "", "offer": "", "level": "1", "amount": "", "price": ""}
    return named | {"billed": f"{unit}/a", "unserved": "1"}


def sold(file: PlanFile) -> Iterator[tuple[str | float | None, ...]]:
    """What each stage sells of each offer."""
    for node in file.tree:
        for s in node.sold:
            told = (s.level, s.amount, s.price, s.billed_usd, s.unserved)
            yield node.id, s.product, s.offer, *told
