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
from headrace.core.components import Asset
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
class RivalOrders:
    """The rival's orders in a study: master columns fixed, at which quantities. size: IT power they
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


def rival_orders(formulation: Formulation, plan: CertifiedPlan) -> RivalOrders | None:
    """The rival's orders; None where the plan has no hall to be scaled to."""
    sizes = hall_power(formulation, plan)
    if sum(sizes.values()) <= 0:
        return None
    last = 0.0
    for state in timeline():
        leads = [a.lead_months for a in formulation.system.assets if a.kind is ASSETS[state.asset]]
        last = max(last, state.month - min(leads, default=state.month))
    fixed = np.array(
        [i for i, o in enumerate(formulation.orders) if o.date <= last], dtype=np.int64
    )
    wanted = np.zeros(len(formulation.problem.master.columns))
    for site, size in sizes.items():
        for asset, kind in ASSETS.items():
            k = first_to_arrive(formulation, site, kind)
            if k is None:
                continue
            placed = dated_orders(formulation, asset, formulation.system.assets[k], size)
            for i, order in enumerate(formulation.orders):
                if order.asset == k:
                    amount = placed.get(order.date, 0.0)
                    wanted[i] = amount / formulation.order_scales[i]
    near = nearest_feasible(formulation.problem, fixed, wanted[fixed])
    return RivalOrders(fixed, near, float(sum(sizes.values())))


def hall_power(formulation: Formulation, plan: CertifiedPlan) -> dict[str, float]:
    """Hall power by site: the most that the plan's halls reach on a branch, mean over the branches
    [MW IT].
    """
    amounts, assets = ordered(formulation, plan.solution), formulation.system.assets
    parents = {node.parent for node in formulation.nodes}
    found: dict[str, float] = {}
    for leaf in set(range(len(formulation.nodes))) - parents:
        path = set(path_to_root(formulation.nodes, leaf))
        probability = formulation.nodes[leaf].probability
        for k, asset in enumerate(assets):
            if asset.kind is AssetKind.HALL:
                built = sum(
                    float(a)
                    for a, o in zip(amounts, formulation.orders)
                    if o.asset == k and o.node in path
                )
                here = probability * (asset.stands + built)
                found[asset.site] = found.get(asset.site, 0.0) + here
    return found


def dated_orders(
    formulation: Formulation, kind: str, asset: Asset, size: float
) -> dict[float, float]:
    """What the rival orders of a kind of asset for a campus of `size` [MW IT], at the lead time of
    `asset`: quantity [its unit] by the month [month] at which the node of the order begins.
    """
    per_mw = 1.0 / busy_power(accelerator(asset.catalogue_key)) if kind == "accelerators" else 1.0
    placed: dict[float, float] = {}
    there = asset.stands / (size * per_mw)
    for state in (s for s in timeline() if s.asset == kind):
        more = max(0.0, state.share - there)
        there = max(there, state.share)
        month = max(0.0, state.month - asset.lead_months)
        start = max(n.start for n in formulation.nodes if n.decides and n.start <= month)
        placed[start] = placed.get(start, 0.0) + more * size * per_mw
    return placed


def first_to_arrive(formulation: Formulation, site: str, kind: AssetKind) -> int | None:
    """The asset of a kind at a site that arrives first; of accelerators the newest that can be had
    at the start. None where no such asset may be ordered.
    """
    assets = formulation.system.assets
    found = [k for k, a in enumerate(assets) if a.site == site and a.kind is kind and a.at_most > 0]
    soon = [k for k in found if assets[k].available_from <= 0] or found
    return min(soon, key=lambda k: (assets[k].lead_months, -assets[k].price, k), default=None)


def nearest_feasible(problem: Problem, columns: Ints, wanted: Floats) -> Floats:
    """The orders nearest to `wanted` (sum of distances, each in its own size) that the master's
    rows and boxes allow.

    wanted, shape (columns,), and the result in the unit of each column [MW, MWh or thousand
        accelerators].
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
