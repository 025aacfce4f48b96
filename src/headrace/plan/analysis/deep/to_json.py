"""The deep answers in plan.json: a section of their own, and what belongs to an order beside that
order.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from headrace.plan.analysis.deep.context import Leaf
from headrace.plan.analysis.deep.questions import DeepState
from headrace.plan.analysis.deep.regret import Regret, leaf_regret
from headrace.plan.analysis.deep.switching_price import SwitchingPrice
from headrace.plan.analysis.deep.terminal_value import TerminalValueCase
from headrace.plan.analysis.value_of_information import Information, Interval
from headrace.plan.model.formulate import Formulation

Told = dict[str, object]


def with_deep(
    told: Mapping[str, object], formulation: Formulation, deep: DeepState, seconds: float
) -> Told:
    """The plan's JSON with what is known so far; the plan itself is not touched."""
    return {
        **told,
        "orders": [_order(order, formulation, deep) for order in told["orders"]],  # type: ignore[attr-defined]
        "deep": {
            "finished": not deep.open,
            "open": list(deep.open),
            "notes": list(deep.notes),
            "seconds": round(seconds, 1),
            "alpha": deep.alpha,
            "cvar": _span(deep.cvar),
            "leaves": [_leaf(leaf, formulation) for leaf in deep.leaves],
            "endings": [_ending(ending) for ending in deep.endings],
            "regrets": [_regret(regret, deep, formulation) for regret in deep.regrets],
            "information": None if deep.information is None else _information(deep.information),
        },
    }


def _order(told: Mapping[str, object], formulation: Formulation, deep: DeepState) -> Told:
    """An order of the root with its flip price and the worth of a month; orders are known by site
    and asset.
    """
    flips = {_name(formulation, f.order): f for f in deep.flips}
    sooner = {_name(formulation, s.order): s for s in deep.sooner}
    here = (told["site"], told["asset"])
    month = sooner.get(here)
    return {
        **told,
        "flips_at": _flip(flips[here]) if here in flips else None,
        "month_earlier": None if month is None else _span(month.value),
    }


def _name(formulation: Formulation, order: int) -> tuple[object, object]:
    asset = formulation.system.assets[formulation.orders[order].asset]
    return asset.site, asset.name


def _flip(flip: SwitchingPrice) -> Told:
    """The price where it is known within a tenth, else null beside its bracket."""
    return {
        "key": flip.key,
        "value": flip.value,
        "unit": flip.unit,
        "now": flip.now,
        "low": flip.low,
        "high": _finite(flip.high),
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _span(interval: Interval | None) -> Told | None:
    """An interval; an end that is not known is null."""
    return (
        None
        if interval is None
        else {"low_usd": _finite(interval.low), "high_usd": _finite(interval.high)}
    )


def _leaf(leaf: Leaf, formulation: Formulation) -> Told:
    node = formulation.nodes[leaf.node]
    return {
        "node": leaf.node,
        "label": node.label,
        "probability": leaf.probability,
        "npv": _span(leaf.npv),
    }


def _ending(ending: TerminalValueCase) -> Told:
    least = min(ending.leaves, key=lambda leaf: leaf.npv.low)
    return {
        "share": ending.share,
        "worth": _span(ending.worth),
        "terminal_usd": ending.terminal,
        "kept": ending.kept,
        "worst": {"node": least.node, "npv": _span(least.npv)},
    }


def _regret(regret: Regret, deep: DeepState, formulation: Formulation) -> Told:
    lost = leaf_regret(deep.leaves, regret.leaves)
    return {
        "name": regret.name,
        "title": regret.title,
        "about": regret.about,
        "missing": regret.missing,
        "worth": _span(regret.worth),
        "regret": _span(regret.regret),
        "leaves": [
            {**_leaf(leaf, formulation), "regret": _span(less)}
            for leaf, less in zip(regret.leaves, lost)
        ],
    }


def _information(found: Information) -> Told:
    return {
        "recourse": _span(found.recourse),
        "wait_and_see": _span(found.wait_and_see),
        "mean_plan": _span(found.mean_plan),
        "perfect_information": _span(found.perfect_information),
        "stochastic_solution": _span(found.stochastic_solution),
        "foreseen": [
            {"node": b.leaf, "probability": b.probability, "npv": _span(b.foreseen)}
            for b in found.branches
        ],
    }
