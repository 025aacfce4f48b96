"""Rows of `headrace verify --only market`: cohorts, choice, menus, caps, capability and ads against
published values and closed forms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from headrace.market.accounts import Move, SubscriberPlan, SubscriptionTier, faults, keep_accounts
from headrace.market.ads import AdPrice, AdResponse, best_load, estimate, experiment, value_of_load
from headrace.market.capability import success_curve
from headrace.market.caps import capped_use
from headrace.market.cohorts import SurvivalCurve, fit_survival
from headrace.market.menus import Types, best_menu, ordered_packs, quadratic_types, searched_packs
from headrace.market.off_peak import WorkDay, answered, joint_optimum
from headrace.market.rivals import PricedProduct, best_price, revenue_tangents, two_sided_price
from headrace.verification import market_plan as market_plan
from headrace.verification.registry import CheckOutcome, check

HIGH_END = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]) / 100
REGULAR = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]) / 100
_OURS = "a bar of Headrace's own; recomputed here"
_FADER = "Fader & Hardie, How to Project Customer Retention, J. Interactive Marketing 21 (2007)"


@check(
    "market.cohorts.sbg",
    what="shifted beta-geometric on seven years of two segments; survival % ahead",
    unit="1 | %",
    tolerance=5e-3,
    source=_FADER,
)
def sbg() -> Iterable[CheckOutcome]:
    """Parameters, likelihood, years 8 to 12; a constant churn beside them."""
    high = fit_survival(HIGH_END, 1000, "sbg")
    told = (("alpha", high.alpha, 0.668), ("beta", high.beta, 3.806))
    for name, ours, theirs in (*told, ("log_likelihood", high.log_likelihood, -1611.16)):
        yield CheckOutcome(ours, theirs, tolerance=1e-3, id_suffix=f".high_{name}")
    ahead = 100 * high.curve(12)[8:]
    for year, ours, theirs in zip(range(8, 13), ahead, (46.04, 43.58, 41.42, 39.51, 37.80)):
        yield CheckOutcome(float(ours), theirs, tolerance=3e-4, id_suffix=f".high_year_{year}")
    seen = np.array([46.8, 44.5, 42.7, 40.9, 39.4])
    off = float(np.mean(np.abs(ahead / seen - 1)))
    yield CheckOutcome(off, 0.028, tolerance=0.02, id_suffix=".high_mean_error")
    regular = fit_survival(REGULAR, 1000, "sbg")
    told = (("alpha", regular.alpha, 0.704), ("beta", regular.beta, 1.182))
    for name, ours, theirs in (*told, ("log_likelihood", regular.log_likelihood, -1680.27)):
        yield CheckOutcome(ours, theirs, tolerance=1e-3, id_suffix=f".regular_{name}")
    yield CheckOutcome(100 * float(regular.curve(12)[12]), 17.00, id_suffix=".regular_year_12")
    constant = fit_survival(REGULAR, 1000, "constant")
    left = 100 * float(constant.curve(12)[12])
    yield CheckOutcome(left, 4.6, tolerance=0.01, id_suffix=".regular_constant_year_12")


@check(
    "market.cohorts.bdw",
    what="beta discrete Weibull on four years of `High End`; survival % ahead",
    unit="1 | %",
    tolerance=1e-3,
    source="Fader, Hardie, Liu, Davin & Steenburgh 2018; the R package retenmod",
)
def bdw() -> Iterable[CheckOutcome]:
    """Three parameters and years 5 to 8."""
    found = fit_survival(HIGH_END[:5], 1000, "bdw")
    for name, ours, theirs in zip(
        ("alpha", "beta", "shape"),
        (found.alpha, found.beta, found.shape),
        (0.2593, 1.7226, 1.5844),
    ):
        yield CheckOutcome(ours, theirs, id_suffix=f".{name}")
    ahead = 100 * found.curve(8)[5:]
    for year, ours, theirs in zip(range(5, 9), ahead, (54.66, 51.04, 48.10, 45.67)):
        yield CheckOutcome(float(ours), theirs, tolerance=3e-4, id_suffix=f".year_{year}")


@check(
    "market.cohorts.lifetime",
    what="discounted years of a subscriber of `High End`, 10 % a year, paid at each start",
    unit="year",
    tolerance=1e-4,
    source="Fader & Hardie, Customer-Base Valuation in a Contractual Setting (2010), eq. 6",
)
def lifetime() -> Iterable[CheckOutcome]:
    """By the fit, and by a constant churn fitted to the same years."""
    found = fit_survival(HIGH_END, 1000, "sbg").lifetime(0.10)
    yield CheckOutcome(found, 5.9223, id_suffix=".sbg")
    yield CheckOutcome(
        fit_survival(HIGH_END, 1000, "constant").lifetime(0.10), 5.4099, id_suffix=".constant"
    )


@check(
    "market.rivals.logit",
    what="one-product logit monopoly: price, profit, share",
    unit="1",
    tolerance=1e-5,
    source="Anderson, de Palma & Thisse 1992, 7.4, by Lambert's W",
)
def logit() -> Iterable[CheckOutcome]:
    """Utility 2 - 1.5 p, outside 0, cost .5."""
    found = best_price(PricedProduct("own", 2.0, 1.5, 0.0, 0.5))
    for name, theirs in (("price", 1.608130), ("profit", 0.441463), ("share", 0.398386)):
        yield CheckOutcome(getattr(found, name), theirs, id_suffix=f".{name}")
    errors = [revenue_tangents(lambda sold: sold * (10 - sold), 8.0, n).error for n in (10, 20)]
    reason = f"linear demand: {errors[0]:.4f} USD at 10 tangents, {errors[1]:.4f} at 20"
    ratio = errors[0] / errors[1]
    yield CheckOutcome(ratio, 4.0, tolerance=1e-3, reason=reason, id_suffix=".tangents")


@check(
    "market.rivals.two_sided",
    what="platform with linear demand on both sides, cost .2: price of each side, profit",
    unit="1",
    tolerance=1e-9,
    source="Rochet & Tirole, J. European Economic Association 1 (2003), by first-order conditions",
)
def two_sided() -> Iterable[CheckOutcome]:
    """.4 and .216."""
    found = two_sided_price(0.2)
    yield CheckOutcome(found.price, 0.4, id_suffix=".price")
    yield CheckOutcome(found.profit, 0.216, id_suffix=".profit")


def uniform_types(number: int, step: float) -> Types:
    """So many types at (i + .5) / number on a grid of that step [1]."""
    thetas = (np.arange(number) + 0.5) / number
    grid = np.round(np.arange(0.0, 1.0 + step / 2, step), 10)
    return quadratic_types(thetas, np.full(number, 1 / number), grid)


@check(
    "market.menus.maskin_riley",
    what="best menu for quadratic types: .0505 at ten types; 1/N towards (1 - c)^3 / 12",
    unit="1",
    tolerance=1e-6,
    source="Maskin & Riley, RAND J. Economics 15 (1984); closed form for uniform types",
)
def maskin_riley() -> Iterable[CheckOutcome]:
    """The lottery program at c = .2, its residuals, and its way to .0426667."""
    ten = best_menu(uniform_types(10, 0.05), 0.2)
    yield CheckOutcome(ten.profit, 0.0505, id_suffix=".ten")
    yield CheckOutcome(max(ten.ic, ten.ir), 0.0, absolute=True, id_suffix=".residuals")
    limit = 0.8**3 / 12
    apart = []
    for number, step, told in ((20, 0.025, None), (40, 0.0125, None), (60, 1 / 120, 0.0439954)):
        found = best_menu(uniform_types(number, step), 0.2)
        apart.append(number * (found.profit - limit))
        if told:
            yield CheckOutcome(found.profit, told, tolerance=1e-4, id_suffix=f".{number}_types")
    reason = f"N x (profit - limit) at 20, 40, 60: {', '.join(f'{a:.4f}' for a in apart)}"
    yield CheckOutcome(apart[-1], apart[1], tolerance=0.02, reason=reason, id_suffix=".one_over_n")


@check(
    "market.menus.packs",
    what="one and two packs as a share of the best menu, uniform types, c = .2",
    unit="1",
    tolerance=1e-4,
    source="1 - 1/(2K+1)^2: finite menus for uniform types with quadratic values",
)
def packs() -> Iterable[CheckOutcome]:
    """By dynamic programming on types at i/N, whose upper masses are those of the continuum."""
    number = 600
    types = quadratic_types(
        np.arange(number) / number, np.full(number, 1 / number), np.arange(76) * 0.8 / 75
    )
    found = ordered_packs(types, 0.2, 2) / (0.8**3 / 12)
    for k, told in ((1, 8 / 9), (2, 0.96)):
        yield CheckOutcome(float(found[k - 1]), told, id_suffix=f".{k}")
    small = uniform_types(20, 0.05)
    searched = np.array([one.outcome.profit for one in searched_packs(small, 0.2, 3)])
    worst = float(np.max(np.abs(searched / ordered_packs(small, 0.2, 3) - 1)))
    yield CheckOutcome(worst, 0.0, absolute=True, tolerance=1e-9, id_suffix=".search_against_exact")


@check(
    "market.caps.lognormal",
    what="cap of 50 on lognormal use (median 12, spread 1.6): mean, served, heads at the cap",
    unit="1",
    tolerance=1e-6,
    source="Klugman, Panjer & Willmot, Loss Models, A.5.1.1 (limited expected value)",
)
def caps() -> Iterable[CheckOutcome]:
    """43.16 wanted, 45.5 % of it served."""
    found = capped_use(12.0, 1.6, 50.0)
    for name, theirs in (("wanted", 43.15968), ("served", 19.645385), ("at_cap", 0.18621)):
        yield CheckOutcome(getattr(found, name), theirs, tolerance=3e-6, id_suffix=f".{name}")


@check(
    "market.capability.metr",
    what="slope of METR's success curves from the published horizons of 50 and 80 %",
    unit="1",
    tolerance=2e-4,
    source="METR time horizons 1.1: GPT-5 203.0/38.3, Opus 4.5 293.0/49.4, Opus 4.6 718.8/69.9 min",
)
def metr() -> Iterable[CheckOutcome]:
    """b = ln 4 / ln(h50 / h80); the curve gives 80 % back at h80."""
    for name, half, eighty, slope in (
        ("gpt_5", 203.0, 38.3, 0.8312),
        ("opus_4_5", 293.0, 49.4, 0.7787),
        ("opus_4_6", 718.8, 69.9, 0.5948),
    ):
        curve = success_curve(half, eighty)
        yield CheckOutcome(curve.slope, slope, id_suffix=f".{name}")
        back = curve.at(eighty)
        yield CheckOutcome(back, 0.8, tolerance=1e-12, id_suffix=f".{name}_at_h80")


@check(
    "market.ads.two_rates",
    what="effective sensitivity, best load, and value at a load of 1.5 / s",
    unit="1",
    tolerance=1e-5,
    source="two-rate response after Huang, Reiley & Riabov 2018; algebra",
)
def ads() -> Iterable[CheckOutcome]:
    """A third at once, the rest at one a year, 10 % a year."""
    response = AdResponse(0.1 / 3, 0.2 / 3, 1.0)
    felt, price = response.effective(0.1), AdPrice(60.0, 1.0, 0.0)
    yield CheckOutcome(felt / response.long_run, 0.939394, id_suffix=".effective")
    load = best_load(felt, price) * response.long_run
    yield CheckOutcome(load, 0.532258, id_suffix=".best_load")
    beyond = value_of_load(1.5 / response.long_run, felt, price)
    yield CheckOutcome(float(beyond < 0), 1.0, reason=f"{beyond:.1f}", id_suffix=".too_many")
    one_month = response.at_once + response.later * (1 - math.exp(-1 / 12))
    trusting = value_of_load(best_load(one_month, price), felt, price)
    reason = f"a test of one month orders {best_load(one_month, price) * felt:.2f} of an audience"
    yield CheckOutcome(float(trusting < 0), 1.0, reason=reason, id_suffix=".one_month")


@check(
    "market.ads.coverage",
    what="share of 200 experiments of 21 months whose 90 % bands hold the true rates",
    unit="1",
    tolerance=0.05,
    source=_OURS,
)
def ads_coverage() -> Iterable[CheckOutcome]:
    """Between 85 and 95 %, each of the two rates."""
    truth, rng = AdResponse(0.1 / 3, 0.2 / 3, 1.0), np.random.default_rng(2025)
    held = [
        estimate(*experiment(truth, (0.5, 1.0, 2.0), 21, 0.01, rng), truth.speed).holds(truth)
        for _ in range(200)
    ]
    for name, share in zip(("at_once", "later"), np.mean(held, axis=0)):
        yield CheckOutcome(float(share), 0.9, absolute=True, id_suffix=f".{name}")


@check(
    "market.off_peak.joint",
    what="cost of prices that users answer, above the joint optimum, beyond its gap; peak at zero",
    unit="USD | work",
    tolerance=1e-4,
    source="first welfare theorem on a day of 24 hours; linear program by HiGHS",
)
def off_peak() -> Iterable[CheckOutcome]:
    """Elasticities 0, .5, 2: the fixed point costs what the joint program does, within its gap."""
    hours = np.arange(24)
    wanted = 100 * (1 + 0.6 * np.cos(2 * np.pi * (hours - 18) / 24))
    base = 0.3 - 0.2 * np.maximum(0, np.cos(2 * np.pi * (hours - 12) / 24))
    for elasticity in (0.0, 0.5, 2.0):
        day = WorkDay(wanted, 8, base, 0.004, 1.0, elasticity, 0.6)
        settled, (joint, bound) = answered(day), joint_optimum(day)
        beyond = max(0.0, abs(settled.cost - joint) - bound) / joint
        yield CheckOutcome(
            settled.cost, joint, deviation=beyond, id_suffix=f".elasticity_{elasticity:g}"
        )
        if elasticity == 0:
            same = float(np.abs(settled.load - wanted).max())
            yield CheckOutcome(same, 0.0, absolute=True, tolerance=0.0, id_suffix=".unmoved")


@check(
    "market.accounts.add_up",
    what="faults of twelve months of three tiers with moves and returns",
    unit="faults",
    tolerance=0.0,
    source="people, money and tokens are conserved; MRR identity; a reader of its own",
)
def accounts() -> CheckOutcome:
    """None; the tests mutate postings and rules and see every one."""
    stays = SurvivalCurve("sbg", 0.668, 3.806)
    tiers = (
        SubscriptionTier("free", 0, 100_000, 60_000),
        SubscriptionTier("plus", 2_000, 500_000, 400_000, 300),
        SubscriptionTier("pro", 20_000, 3_000_000, 5_000_000, 300),
    )
    plan = SubscriberPlan(
        12,
        tiers,
        tuple((10_000 + month, 500 + 10 * month, 20) for month in range(12)),
        (SurvivalCurve("constant", rate=0.3), stays, stays),
        (Move(3, 1, "free", "plus", 100), Move(5, 2, "pro", "plus", 3)),
        ((6, 1, 40),),
    )
    return CheckOutcome(float(len(faults(keep_accounts(plan)))), 0.0, absolute=True)
