"""Statements as plain data: what `headrace statements --json` prints and a checker reads."""

from __future__ import annotations

from dataclasses import asdict, fields

import numpy as np

from headrace.core.arrays import Floats
from headrace.finance.contracts.branch_cash import net_by_counterparty
from headrace.finance.statements.statements import (
    OPERATING,
    BranchStatement,
    Lines,
    PlanStatements,
    Statement,
)

Json = dict[str, object]


def as_json(found: PlanStatements, *, ledgers: bool = False) -> Json:
    """All statements; ledgers: with every posting, and what a checker needs to recompute them."""
    terms = {f.name: getattr(found.terms, f.name) for f in fields(found.terms)}
    return {
        "study": found.study,
        "terms": terms
        | {"lives": dict(found.terms.lives)}
        | {"lives_by_class": {name: one.life for name, one in found.terms.classes.items()}},
        "notes": list(found.notes),
        "mean": statement_json(found.mean),
        "nodes": {str(node): statement_json(one) for node, one in found.nodes.items()},
        "branches": [branch_json(one, ledgers=ledgers) for one in found.branches],
    }


def statement_json(one: Statement) -> Json:
    """The lines of one statement, with the sums that people look for."""
    return {
        "years": list(one.years),
        "earnings": _lines(one.earnings),
        "net_income": one.net_income.tolist(),
        "owners": _lines(one.owners),
        "balance": _lines(one.balance),
        "cash": _lines(one.cash),
        "operating_cash": one.flow(OPERATING).tolist(),
    }


def branch_json(one: BranchStatement, *, ledgers: bool) -> Json:
    """One branch; the equity and cash of every year's end from their own ledgers."""
    facts, schedule = one.facts, one.schedule
    told: Json = {
        "leaf": facts.leaf,
        "probability": facts.probability,
        "path": list(facts.path),
        **statement_json(one.statement),
        "equity": one.statement.equity.tolist(),
        "cash_balance": one.statement.cash_balance.tolist(),
        "dscr": [None if not np.isfinite(r) else float(r) for r in one.dscr],
        "dscr_least": _least(one.dscr, facts.years),
        "irr": list(one.irr),
        "npv_usd": one.npv,
        "peak_funding_usd": one.peak_funding,
        "debt_bounded_by_cost": list(one.bounded),
        "contracts": [
            {
                "name": each.name, "kind": each.kind, "counterparty": each.counterparty,
                "income": each.income.tolist(), "owed": each.owed.tolist(),
                "held": each.held.tolist(), "cash": each.cash.tolist(),
            }
            for each in facts.contracts
        ],
        "counterparties": [
            {**asdict(each), "net": each.net} for each in net_by_counterparty(facts)
        ],
    }  # fmt: skip
    if ledgers:
        tax = schedule.tax
        told |= {
            "index": facts.index.tolist(),
            "postings": [
                [p.ledger, p.account, p.event, p.about, p.year, p.usd] for p in one.postings
            ],
            "tax": {
                name: getattr(tax, name).tolist()
                for name in ("taxable", "paid", "allowed", "losses", "carried")
            }
            | {"deferred": schedule.deferred.tolist()},
            "capacity": schedule.capacity.tolist(),
            "assets": [
                {
                    "key": p.key, "title": p.title, "plant": p.plant, "begins": p.begins,
                    "ends": p.ends, "ordered": p.ordered, "resale_usd": p.resale,
                    "rent": p.rent.tolist(),
                    "tax_written_off": schedule.plant[p.key].tax.tolist()
                    if p.key in schedule.plant else [],
                    "law": schedule.plant[p.key].law if p.key in schedule.plant else "",
                }
                for p in facts.purchases
            ],
        }  # fmt: skip
    return told


def _lines(lines: Lines) -> Json:
    return {name: values.tolist() for name, values in lines.items()}


def _least(dscr: Floats, years: tuple[int, ...]) -> Json | None:
    """The smallest coverage with its year, and the mean of the years with debt service."""
    due = np.isfinite(dscr)
    if not due.any():
        return None
    at = int(np.where(due, dscr, np.inf).argmin())
    return {"dscr": float(dscr[at]), "year": years[at], "mean": float(dscr[due].mean())}
