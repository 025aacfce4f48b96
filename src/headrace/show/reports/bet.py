"""The page of a bet: sizes, regrets, mean against tail, orders without regret, deciding inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from headrace.core.study import Study
from headrace.plan.analysis.bet.answers import Bet
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.html import tag
from headrace.show.format.text import money
from headrace.show.reports import page

NAME = "bet.html"


def write(charts_: Sequence[Chart], told: Sequence[str], study: Study, path: Path) -> Path:
    """Write the page. Raises InputError, DiskFull."""
    top = page.masthead("the bet", study.title or study.study, lede=tuple(f"{t} " for t in told))
    notes = tag(
        "section",
        tag("p", "A size scales the plan's orders of this month; everything later is decided anew. "
                 "Regret is against the best of these sizes on the same branch."),
    )  # fmt: skip
    return page.write(page.gallery(study.study, top, charts_, notes), path)


def sentences(found: Bet) -> list[str]:
    """The answers in words."""
    told = []
    if found.table.sizes:
        best = max(found.table.sizes, key=lambda one: one.worth.low)
        regrets = found.table.regrets
        calm = found.table.sizes[int(regrets.worst_regrets.argmin())]
        risk = found.study.goal.risk
        by = "On the mean"
        if risk.omega > 0:
            by = f"By the study's goal, {1 - risk.omega:.0%} mean and {risk.omega:.0%} tail,"
        told.append(
            f"{by} {best.size:.0%} of the plan's orders is best, worth "
            f"{money(best.worth.low, 'USD')}; {calm.size:.0%} has the smallest regret on its worst "
            f"branch, {money(float(regrets.worst_regrets.min()), 'USD')}."
        )
        told += [
            f"{asked:.0%} was asked; limits on orders allow {size:.0%}."
            for asked, size in found.table.cut
        ]
        told += [
            f"With {size:.0%} of these orders no plan keeps every limit."
            for size in found.table.impossible
        ]
        none = next((one for one in found.table.sizes if one.size == 0), None)
        if none is not None:
            less = max(0.0, best.worth.low - none.worth.high)
            told.append(f"Waiting with all of them costs at least {money(less, 'USD')}.")
    known = ", ".join(found.always) or "none"
    told.append(f"In every plan within 3 % of the best one: {known}.")
    flips = [one for one in found.decided if one.flips is not None]
    if found.decided and not flips:
        told.append("No price changes the orders of this month within its source's own range.")
    if not found.complete:
        told.append("Stopped: what is missing was not reached.")
    return told


def charts(found: Bet) -> list[Chart]:
    """Every answer as a table."""
    told = []
    if found.table.sizes:
        regrets = found.table.regrets
        names = [f"node {node} ({odds:.0%})" for node, odds in zip(found.table.nodes,
                                                                    found.table.odds)]  # fmt: skip
        earned: list[tuple[Cell, ...]] = [
            (
                *(f"{one.size:.0%}", one.worth.low / 1e6, one.worth.high / 1e6),
                *(float(tail) / 1e6, *(leaf.low / 1e6 for leaf in one.leaves)),
            )
            for one, tail in zip(found.table.sizes, regrets.tails(found.alpha))
        ]
        columns = ("size", "worth at least [M USD]", "at most", f"tail {found.alpha:g}", *names)
        told.append(Chart("sizes", "What each size earns, by branch", table(columns, earned)))
        lost: list[tuple[Cell, ...]] = [
            (name, float(mean) / 1e6, float(worst) / 1e6, *(row / 1e6).tolist())
            for name, mean, worst, row in zip(
                regrets.choices, regrets.expected_regrets, regrets.worst_regrets, regrets.regrets
            )
        ]
        columns = ("size", "mean regret [M USD]", "largest", *names)
        told.append(Chart("regret", "Regret by size and branch", table(columns, lost)))
    if found.frontier:
        points: list[tuple[Cell, ...]] = [
            (f"{p.omega:.0%}", *(v / 1e6 for v in (p.mean, p.tail, p.worst, p.committed)))
            for p in found.frontier
        ]
        columns = ("weight of the tail", "mean [M USD]", f"CVaR {found.alpha:g}", "worst branch",
                   "orders now")  # fmt: skip
        told.append(Chart("frontier", "Mean against tail", table(columns, points)))
    if found.decided:
        rows: list[tuple[Cell, ...]] = [
            (
                *(one.about.key, one.about.unit, one.about.now, one.about.low, one.about.high),
                "does not flip in range" if one.flips is None
                else f"flips between {one.flips[0]:,.4g} and {one.flips[1]:,.4g}",
                one.swing / 1e6,
            )
            for one in found.decided
        ]  # fmt: skip
        columns = ("input", "unit", "now", "range from", "to", "orders of this month",
                   "swing of the worth [M USD]")  # fmt: skip
        told.append(Chart("inputs", "Inputs that decide", table(columns, rows)))
    return told


def as_json(found: Bet) -> dict[str, object]:
    """All answers as plain data."""
    regrets = found.table.regrets if found.table.sizes else None
    return {
        "study": found.study.study,
        "complete": found.complete,
        "sizes": [
            {
                "asked": one.asked, "size": one.size, "worth": asdict(one.worth),
                "branches": [asdict(leaf) for leaf in one.leaves],
            }
            for one in found.table.sizes
        ],
        "branches": [
            {"node": node, "probability": odds}
            for node, odds in zip(found.table.nodes, found.table.odds)
        ],
        "regrets_usd": [] if regrets is None else regrets.regrets.tolist(),
        "frontier": [asdict(point) for point in found.frontier],
        "no_regret": list(found.always),
        "inputs": [asdict(one) for one in found.decided],
    }  # fmt: skip
