"""Copy the rival: the dated states of a public campus, scaled to the study's own size, as orders on
the tree.

The file (catalogue/abilene.csv) says what share of its final IT power stood when: halls,
accelerators, gas on site, grid right. Nobody publishes when these were ordered, so each is ordered
as late as the study's own lead times allow for the rival's date, never before the start, in the
node that begins at or before that month. Sites share as the plan's own halls do. Until the last of
these dates nothing else is ordered; afterwards one goes on as one sees fit. Orders that the study's
limits do not allow are cut to the nearest ones that they do.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from headrace.compute.accelerator import accelerator
from headrace.compute.hall_assets import busy_power
from headrace.core.arrays import Floats, Ints
from headrace.core.ids import AssetKind
from headrace.plan.interior_point.repair import repair_orders
from headrace.plan.lp.linear_program import LinearProgram, run
from headrace.plan.lp.problem import Problem
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import ordered
from headrace.plan.scenario.tree import path_to_root
from headrace.plan.solve.solve import CertifiedPlan

ASSETS = {
    "hall": AssetKind.HALL,
    "accelerators": AssetKind.ACCELERATOR,
    "gas": AssetKind.GAS,
    "grid": AssetKind.GRID,
}
"""What the file's assets are."""


@dataclass(frozen=True)
class RivalState:
    """What stood `month` months after the ground was broken, as a share of the final IT power.
    source: where that is from.
    """

    month: float
    asset: str
    share: float
    source: str
    status: str


@dataclass(frozen=True)
class Copied:
    """The rival's orders in a study: master columns held, at which quantities. size: IT power they
    are scaled to [MW].
    """

    columns: Ints
    values: Floats
    size: float


@lru_cache(maxsize=1)
def timeline() -> tuple[RivalState, ...]:
    """The shipped campus, in the order of its dates."""
    text = (files("headrace.plan") / "catalogue" / "abilene.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        RivalState(
            float(r["month"]),
            r["asset"],
            float(r["share"]),
            f"{r['source']} ({r['date']})",
            r["status"],
        )
        for r in rows
        if r["asset"] in ASSETS
    )


def copied(formulation: Formulation, plan: CertifiedPlan) -> Copied | None:
    """The rival's orders; None where the plan has no hall to be scaled to."""
    sizes = _sizes(formulation, plan)
    if sum(sizes.values()) <= 0:
        return None
    last = _last_order(formulation)
    nodes = formulation.nodes
    held = np.array(
        [i for i, o in enumerate(formulation.orders) if nodes[o.node].start <= last], dtype=np.int64
    )
    wanted = np.zeros(len(formulation.problem.master.columns))
    for site, size in sizes.items():
        for asset in ASSETS:
            _place(formulation, site, asset, size, wanted)
    near = nearest(formulation.problem, held, wanted[held])
    return Copied(held, near, float(sum(sizes.values())))


def _sizes(formulation: Formulation, plan: CertifiedPlan) -> dict[str, float]:
    """Hall power by site: the most that the plan's halls reach on a branch, mean over the branches
    [MW IT].
    """
    amounts, assets = ordered(formulation, plan.solution), formulation.system.assets
    parents = {node.parent for node in formulation.nodes}
    found: dict[str, float] = {}
    for leaf in set(range(len(formulation.nodes))) - parents:
        way = set(path_to_root(formulation.nodes, leaf))
        chance = formulation.nodes[leaf].probability
        for k, asset in enumerate(assets):
            if asset.kind is AssetKind.HALL:
                built = sum(
                    float(a)
                    for a, o in zip(amounts, formulation.orders)
                    if o.asset == k and o.node in way
                )
                found[asset.site] = found.get(asset.site, 0.0) + chance * (asset.stands + built)
    return found


def _last_order(formulation: Formulation) -> float:
    """Month in which the last of the rival's orders is placed, at the shortest lead time of its
    kind.
    """
    last = 0.0
    for state in timeline():
        leads = [a.lead_months for a in formulation.system.assets if a.kind is ASSETS[state.asset]]
        last = max(last, state.month - min(leads, default=state.month))
    return last


def _place(formulation: Formulation, site: str, asset: str, size: float, wanted: Floats) -> None:
    """Write the rival's orders of one asset at one site into `wanted`, on every branch."""
    k = _which(formulation, site, ASSETS[asset])
    if k is None:
        return
    found = formulation.system.assets[k]
    per_mw = 1.0 / busy_power(accelerator(found.catalogue_key)) if asset == "accelerators" else 1.0
    placed: dict[float, float] = {}
    there = found.stands / (size * per_mw)
    for state in (s for s in timeline() if s.asset == asset):
        more = max(0.0, state.share - there)
        there = max(there, state.share)
        month = max(0.0, state.month - found.lead_months)
        start = max(n.start for n in formulation.nodes if n.start <= month)
        placed[start] = placed.get(start, 0.0) + more * size * per_mw
    for i, order in enumerate(formulation.orders):
        if order.asset == k:
            amount = placed.get(formulation.nodes[order.node].start, 0.0)
            wanted[i] = amount / formulation.order_scales[i]


def _which(formulation: Formulation, site: str, wanted: AssetKind) -> int | None:
    """The asset of a kind at a site that arrives first; of accelerators the newest that can be had
    at the start.
    """
    found = [
        k
        for k, a in enumerate(formulation.system.assets)
        if a.site == site and a.kind is wanted and a.at_most > 0
    ]
    first = [k for k in found if formulation.system.assets[k].available_from <= 0] or found
    price = [
        (formulation.system.assets[k].lead_months, -formulation.system.assets[k].price, k)
        for k in first
    ]
    return min(price)[2] if price else None


def nearest(problem: Problem, columns: Ints, wanted: Floats) -> Floats:
    """The orders nearest to `wanted` (sum of distances, each in its own size) that the master's
    rows and boxes allow.
    """
    master, count = problem.master, len(columns)
    size = np.maximum(np.abs(wanted), 1.0)
    width = len(master.columns)
    far = csr_array((size, (np.arange(count), np.arange(count))), shape=(count, count))
    pick = csr_array((np.ones(count), (np.arange(count), columns)), shape=(count, width))
    own = csr_array(master.matrix)
    rows = vstack(
        [
            hstack([own, csr_array((own.shape[0], count))]),
            hstack([pick, -far]),
            hstack([-pick, -far]),
        ],
        format="csc",
    )
    program = LinearProgram(
        matrix=csc_array(rows),
        cost=np.concatenate([np.zeros(width), np.ones(count)]),
        lower=np.zeros(width + count),
        upper=np.concatenate([master.upper, np.full(count, np.inf)]),
        row_lower=np.full(rows.shape[0], -np.inf),
        row_upper=np.concatenate([master.rhs, wanted, -wanted]),
        integer=np.zeros(0, dtype=np.int64),
    )
    return repair_orders(problem, run(program).values[:width])[columns]
