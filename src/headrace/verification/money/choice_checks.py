"""Rows of `headrace verify --only finance`: games, contracts, regret and risk, against published
values, closed forms and the plan's own engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from scipy.special import ndtri

from headrace.finance.choices.coalitions import Bounds, coalitions, interactions, shapley
from headrace.finance.choices.regret import RegretTable, tail_mean
from headrace.finance.choices.rent_or_buy import OwnedAccelerator, break_even_use
from headrace.finance.contracts.commitment import HourCommitment, UsedPeriod, focus_rows, sums
from headrace.finance.contracts.take_or_pay import TakeOrPayOffer, best_contract
from headrace.plan.analysis.value_of_information import (
    between,
    conditional_value_at_risk,
    value_of_information,
)
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve.solve import solve
from headrace.verification.money.engine_problems import commitment, newsboy
from headrace.verification.registry import CheckOutcome, check

_NPF = "numpy-financial, documentation of irr, pmt, mirr and npv (release 1.0)"
_XIRR = "Microsoft, XIRR function, worked example of the support page"
_DIXIT = "Dixit & Pindyck, Investment under Uncertainty (1994), chapter 5; McDonald & Siegel 1986"
_SPENGLER = "Spengler 1950, J. Political Economy 58: successive monopolists; algebra by hand"
_BIRGE = "Birge & Louveaux, Introduction to Stochastic Programming, chapter 4; algebra by hand"


@check(
    "finance.shapley.games",
    what="Shapley values of known games",
    unit="1",
    tolerance=1e-9,
    source="Littlechild & Owen 1973 (airport); Shapley 1953 (gloves); planted game of six",
)
def games() -> Iterable[CheckOutcome]:
    """Airport 1, 2, 3; one left and two right gloves; six layers with one planted pair."""
    need = {"a": 1.0, "b": 2.0, "c": 3.0}
    airport = {s: (v := max((need[p] for p in s), default=0.0), v) for s in coalitions("abc")}
    for share, wanted in zip(shapley("abc", airport), (1 / 3, 5 / 6, 11 / 6)):
        yield CheckOutcome(share.low, wanted, id_suffix=f".airport_{share.player}")
    pairs = {s: (v := float("l" in s and bool(s & {"r", "s"})), v) for s in coalitions("lrs")}
    for share, wanted in zip(shapley("lrs", pairs), (2 / 3, 1 / 6, 1 / 6)):
        yield CheckOutcome(share.low, wanted, id_suffix=f".gloves_{share.player}")
    layers = ("energy", "site", "chips", "operation", "model", "product")
    alone = dict(zip(layers, (5.0, 3.0, 8.0, 0.0, 2.0, 1.0)))
    planted: dict[frozenset[str], Bounds] = {}
    for chosen in coalitions(layers):
        value = sum(alone[p] for p in chosen) + 4.0 * ({"energy", "chips"} <= chosen)
        planted[chosen] = (value - 0.01, value + 0.01)
    for share in shapley(layers, planted):
        wanted = alone[share.player] + 2.0 * (share.player in ("energy", "chips"))
        middle = 0.5 * (share.low + share.high)
        yield CheckOutcome(middle, wanted, absolute=True, id_suffix=f".planted_{share.player}")
    still = [share.player for share in shapley(layers, planted) if not share.matters]
    told = f"not shown to matter: {', '.join(still)}"
    yield CheckOutcome(float(still == ["operation"]), 1.0, id_suffix=".planted_zero", reason=told)
    low, high = next(
        b for x, y, b in interactions(layers, planted) if (x, y) == ("energy", "chips")
    )
    yield CheckOutcome(0.5 * (low + high), 4.0, absolute=True, id_suffix=".planted_pair")


@check(
    "finance.contract.take_or_pay",
    what="contract at 60 beside 100, demand U(0, 100)",
    unit="unit | USD",
    tolerance=5e-3,
    source="algebra by hand; research note of 2026",
)
def take_or_pay() -> Iterable[CheckOutcome]:
    """All of it paid in any case, and half of it: the best corner, and the engine's tree of
    110 equally likely demands.
    """
    many = np.linspace(0.0025, 99.9975, 20_000)
    few = np.linspace(50 / 110, 100 - 50 / 110, 110)
    for least, name, quantity, cost in (
        (1.0, ".all", 40.0, 4200.0),
        (0.5, ".half", 72.727273, 3545.454545),
    ):
        found, paid = best_contract(TakeOrPayOffer(60.0, 100.0, least), many)
        yield CheckOutcome(found, quantity, tolerance=1e-3, id_suffix=f"{name}_quantity")
        yield CheckOutcome(paid, cost, tolerance=1e-6, id_suffix=f"{name}_cost")
        plan = solve(commitment((60.0, 100.0), least, few), SolverOptions(gap=1e-9))
        yield CheckOutcome(-plan.low, cost, tolerance=1e-6, id_suffix=f"{name}_cost_engine")
        ordered = float(plan.solution.master[0])
        told = "any contract between two demands costs the same"
        yield CheckOutcome(
            ordered, quantity, tolerance=0.02, id_suffix=f"{name}_quantity_engine", reason=told
        )
    nothing = best_contract(TakeOrPayOffer(200.0, 100.0, 1.0), many)[1]
    yield CheckOutcome(nothing, 5000.0, tolerance=1e-6, id_suffix=".spot_only")


@check(
    "finance.information.newsboy",
    what="what knowing is worth, by the engine's tree of twenty demands",
    unit="USD",
    tolerance=1e-6,
    source=_BIRGE,
)
def newsboy_information() -> Iterable[CheckOutcome]:
    """Sell at 100, cost 60, demand U(0, 100)."""
    found = value_of_information(newsboy(100.0, 60.0, np.linspace(2.5, 97.5, 20)), gap=1e-9)
    for name, value, wanted in (
        ("rp", found.recourse, 800.0),
        ("ws", found.wait_and_see, 2000.0),
        ("eev", found.mean_plan, 750.0),
        ("evpi", found.perfect_information, 1200.0),
        ("vss", found.stochastic_solution, 50.0),
    ):
        yield CheckOutcome(0.5 * (value.low + value.high), wanted, id_suffix=f".{name}")


@check(
    "finance.information.regret",
    what="the table of regrets",
    unit="M USD",
    tolerance=1e-9,
    source="algebra by hand",
)
def regret_table() -> Iterable[CheckOutcome]:
    """Commit, half, wait on three branches."""
    outcomes = np.array([[100.0, 20.0, -80.0], [60.0, 30.0, -20.0], [30.0, 25.0, 0.0]])
    table = RegretTable(
        ("commit", "half", "wait"), ("high", "middle", "low"), outcomes, np.array([0.3, 0.4, 0.3])
    )
    for name, ours, wanted in zip(table.choices, table.means, (14.0, 24.0, 19.0)):
        yield CheckOutcome(float(ours), wanted, id_suffix=f".mean_{name}")
    for name, ours, wanted in zip(table.choices, table.worst_regrets, (80.0, 40.0, 70.0)):
        yield CheckOutcome(float(ours), wanted, id_suffix=f".regret_{name}")
    least = float(table.expected_regrets.min())
    yield CheckOutcome(least, 18.0, id_suffix=".least_expected")
    best = float(outcomes.max(axis=0) @ table.odds - table.means.max())
    yield CheckOutcome(best, 18.0, id_suffix=".evpi")


@check(
    "finance.risk.tail",
    what="mean of a tail, an outcome on its border split",
    unit="1",
    tolerance=2e-4,
    source="Rockafellar & Uryasev 2002; closed forms of the normal and the lognormal",
)
def tails() -> Iterable[CheckOutcome]:
    """Normal and lognormal by 200,000 equal parts; losses of 0 to 9 at 85 %, in two rooms."""
    parts = (np.arange(200_000) + 0.5) / 200_000
    odds = np.full(len(parts), 1 / len(parts)).tolist()
    normal = ndtri(parts)
    yield CheckOutcome(-tail_mean((-normal).tolist(), odds, 0.9), 1.754983, id_suffix=".normal")
    skewed = np.exp(0.5 * normal)
    yield CheckOutcome(-tail_mean((-skewed).tolist(), odds, 0.9), 2.461641, id_suffix=".lognormal")
    losses, even = [-float(x) for x in range(10)], [0.1] * 10
    yield CheckOutcome(-tail_mean(losses, even, 0.85), 8.666667, tolerance=1e-6, id_suffix=".split")
    plans = conditional_value_at_risk([between(x, x) for x in losses], np.array(even), 0.85)
    yield CheckOutcome(-plans.low, 8.666667, tolerance=1e-6, id_suffix=".split_in_the_plan")


@check(
    "finance.contract.focus",
    what="used and unused of a commitment are what was billed",
    unit="USD",
    tolerance=1e-12,
    source="FinOps Open Cost and Usage Specification, #375",
)
def focus_identity() -> Iterable[CheckOutcome]:
    """1 USD/h through January, 600 of 744 hours used."""
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    month = UsedPeriod(begins, begins + timedelta(hours=744), 600.0)
    rows = focus_rows(HourCommitment("c-1", "provider", "accelerator hours", 1.0, 1.5), [month])
    found = sums(rows)
    yield CheckOutcome(found["billed"], 744.0, id_suffix=".billed")
    yield CheckOutcome(found["Used"], 600.0, id_suffix=".used")
    yield CheckOutcome(found["Unused"], 144.0, id_suffix=".unused")
    kinds = {str(r["CommitmentDiscountStatus"]) for r in rows if r["ChargeCategory"] == "Usage"}
    yield CheckOutcome(float(kinds == {"Used", "Unused"}), 1.0, id_suffix=".no_third")


@check(
    "finance.rent_or_buy",
    what="use at which owning eight accelerators costs what renting does",
    unit="USD/year | 1",
    tolerance=1e-3,
    source="350 kUSD a node of eight (Newkirk et al. 2025); rents of SDH100RT, 2025-26",
)
def rent_or_buy() -> Iterable[CheckOutcome]:
    """Five years, 8 %, 912.5 W at a PUE of 1.12 and 69.8 USD/MWh; rents of 2.00, 2.16, 2.73."""
    owned = OwnedAccelerator(350_000 / 8, 5.0, 0.08, 0.9125, 1.12, 69.8)
    yield CheckOutcome(owned.yearly, 11_582.37, tolerance=1e-6, id_suffix=".owned")
    for rent, use in ((2.00, 0.661), (2.16, 0.612), (2.73, 0.484)):
        ours = break_even_use(owned, rent)
        yield CheckOutcome(ours, use, id_suffix=f".at_{round(100 * rent)}_cents")
        assert math.isfinite(ours)
