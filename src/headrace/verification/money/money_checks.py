"""Rows of `headrace verify --only finance`: returns, debt, suppliers, options, statements, against
published values, closed forms and the plan's own engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from headrace.finance.choices.real_options import (
    RandomValue,
    american,
    exchange_option,
    investment_rule,
    lattice_threshold,
)
from headrace.finance.choices.supplier import best_answer, on_grid, prices_of_chain
from headrace.finance.returns import dated_irr_all, irr_all, mirr, npv, payment
from headrace.finance.statements.debt import coverage, sculpted
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve.solve import solve
from headrace.verification.money.engine_problems import investment, monopolist
from headrace.verification.registry import CheckOutcome, Skip, check

_NPF = "numpy-financial, documentation of irr, pmt, mirr and npv (release 1.0)"
_XIRR = "Microsoft, XIRR function, worked example of the support page"
_DIXIT = "Dixit & Pindyck, Investment under Uncertainty (1994), chapter 5; McDonald & Siegel 1986"
_SPENGLER = "Spengler 1950, J. Political Economy 58: successive monopolists; algebra by hand"
_BIRGE = "Birge & Louveaux, Introduction to Stochastic Programming, chapter 4; algebra by hand"


@check(
    "finance.returns.textbook",
    what="irr, pmt, mirr and npv of the examples",
    unit="1 | USD",
    tolerance=1e-4,
    source=_NPF,
)
def textbook() -> Iterable[CheckOutcome]:
    """The examples as they are printed, to their last digit."""
    row = [-100.0, 39.0, 59.0, 55.0, 20.0]
    yield CheckOutcome(irr_all(row)[0], 0.280948, id_suffix=".irr")
    level = -payment(0.075 / 12, 180, 200_000.0)
    yield CheckOutcome(level, -1854.024720, id_suffix=".pmt", tolerance=1e-8)
    mixed = [-100.0, 39.0, 59.0, -55.0, 20.0]
    yield CheckOutcome(mirr(mixed, 0.10, 0.12), 0.012976, id_suffix=".mirr")
    yield CheckOutcome(npv(0.281, row), -0.008479, id_suffix=".npv")


@check(
    "finance.returns.dated",
    what="IRR of dated payments",
    unit="1/year",
    tolerance=1e-8,
    source=_XIRR,
)
def dated() -> CheckOutcome:
    """Five payments of 2008 and 2009."""
    if find_spec("pyxirr") is None:
        raise Skip("pyxirr is not installed: pip install 'headrace[money]'")
    days = [(2008, 1, 1), (2008, 3, 1), (2008, 10, 30), (2009, 2, 15), (2009, 4, 1)]
    paid = [-10_000.0, 2_750.0, 4_250.0, 3_250.0, 2_750.0]
    return CheckOutcome(dated_irr_all([date(*d) for d in days], paid)[0], 0.373362534)


@check(
    "finance.returns.two_rates",
    what="both rates of a row that has two",
    unit="1 | USD",
    tolerance=1e-9,
    source="algebra: -100 (1 - 1.1/(1+r)) (1 - 1.2/(1+r))",
)
def two_rates() -> Iterable[CheckOutcome]:
    """-100, 230, -132: 10 % and 20 %, and what it is worth between them."""
    found = irr_all([-100.0, 230.0, -132.0])
    yield CheckOutcome(float(len(found)), 2.0, id_suffix=".count")
    for rate, wanted in zip(found, (0.1, 0.2)):
        yield CheckOutcome(rate, wanted, id_suffix=f".at_{wanted:.0%}".replace("%", ""))
    between_them = npv(0.15, [-100.0, 230.0, -132.0])
    yield CheckOutcome(between_them, 0.189036, tolerance=1e-5, id_suffix=".npv")


@check(
    "finance.debt.sculpted",
    what="debt that cash serves at 1.25, 8 %",
    unit="USD",
    tolerance=1e-8,
    source="a bar of Headrace's own; recomputed by hand",
)
def sculpted_debt() -> Iterable[CheckOutcome]:
    """Cash 100, 110, 120, 90, 80: the debt, its balances, and what level payments would do."""
    cash = np.array([100.0, 110.0, 120.0, 90.0, 80.0])
    found = sculpted(cash, 1.25, 0.08)
    yield CheckOutcome(found.amount, 322.207259, id_suffix=".amount")
    wanted = (267.98384, 201.422547, 121.536351, 59.259259)
    for year, ours, theirs in zip(range(1, 5), found.balance, wanted):
        yield CheckOutcome(float(ours), theirs, id_suffix=f".balance_{year}")
    least = coverage(cash, found.interest + found.repayment).min()
    yield CheckOutcome(float(least), 1.25, id_suffix=".coverage")
    level = payment(0.08, 5, found.amount)
    yield CheckOutcome(float(cash[-1]) / level, 0.9913, tolerance=1e-4, id_suffix=".level")


@check(
    "finance.supplier.chain",
    what="suppliers in a row, each picking its price on a grid against what the engine buys",
    unit="USD",
    tolerance=1e-6,
    source=_SPENGLER,
)
def chain_of_suppliers() -> Iterable[CheckOutcome]:
    """Demand 10 - q, cost 2: joint profit and last price with 0 to 5 suppliers before the seller.

    What is bought at a price is the engine's own answer; no formula is typed. 200 steps of demand,
    a price every 0.05, and the top of a parabola between prices for rows of suppliers; where a
    single supplier's grid is coarser, the worst error over its offsets is told.
    """
    options = SolverOptions(gap=1e-9)
    prices = np.arange(2.0, 10.0 + 1e-9, 0.05)
    bought = on_grid(
        lambda w: float(solve(monopolist(w, 10.0, 200, 5.0), options).solution.master[0]), prices
    )

    def joint(quantity: float) -> float:
        return (10 - quantity) * quantity - 2 * quantity

    yield CheckOutcome(joint(float(bought[0])), 16.0, id_suffix=".integrated")
    for suppliers, profit, price in (
        *((1, 12.0, 8.0), (2, 7.0, 9.0), (3, 3.75, 9.5), (5, 0.984375, 9.875)),
    ):
        sold = prices_of_chain(bought, prices, suppliers, 2.0)[-1].quantity
        words = f".{suppliers + 1}_in_a_row"
        yield CheckOutcome(joint(sold), profit, id_suffix=words)
        yield CheckOutcome(10 - sold, price, id_suffix=f"{words}_price")
    worst = []
    for every in (32, 16, 8):
        errors = []
        for offset in range(every):
            part = slice(offset, None, every)
            answer = best_answer(bought[part].tolist(), prices[part], 2.0)
            errors.append(abs(joint(answer.quantity) - 12.0))
        worst.append(max(errors))
    for at, (coarse, fine) in enumerate(pairwise(worst)):
        yield CheckOutcome(
            fine / coarse, 0.5, tolerance=0.15, id_suffix=f".halved_{at + 1}",
            reason=f"largest error {coarse:.3g} USD, {fine:.3g} on half the step",
        )  # fmt: skip


@check(
    "finance.option.invest",
    what="value over cost at which to invest, and the right to wait",
    unit="1",
    tolerance=1e-6,
    source=_DIXIT,
)
def when_to_invest() -> Iterable[CheckOutcome]:
    """Closed form; and the threshold of a lattice that knows none, within 3 %."""
    cases = ((0.04, 0.04, 0.2, 2.0), (0.04, 0.04, 0.4, 3.732051), (0.05, 0.03, 0.3, 3.718451))
    for rate, payout, volatility, wanted in cases:
        value = RandomValue(rate, payout, volatility)
        name = f".sigma_{volatility:g}"
        yield CheckOutcome(investment_rule(value).threshold, wanted, id_suffix=name)
        steps = 4000 if volatility < 0.3 else 8000
        ours = lattice_threshold(value, 80.0, steps)
        told = f"{steps} steps in 80 years: a lattice stops a little early"
        yield CheckOutcome(ours, wanted, tolerance=0.03, id_suffix=f"{name}_lattice", reason=told)
    rule = investment_rule(RandomValue(0.04, 0.04, 0.2))
    yield CheckOutcome(rule.beta, 2.0, id_suffix=".beta")
    yield CheckOutcome(rule.worth, 0.25, id_suffix=".worth")
    lattice = american(RandomValue(0.04, 0.04, 0.2), 1.0, 1.0, 120.0, (3000, 1))
    yield CheckOutcome(lattice, 0.25, tolerance=0.03, id_suffix=".worth_lattice")
    for rate, payout, volatility, _ in cases:
        value = RandomValue(rate, payout, volatility)
        plan = solve(investment(value, 1.0, 40.0, 7), SolverOptions(gap=1e-10))
        ours = american(value, 1.0, 1.0, 40.0, (7, 1))
        name = f".sigma_{volatility:g}_engine"
        told = "the engine's tree of 255 nodes beside the lattice of the same dates; 7 dates in "
        told += "40 years are some 10 % below a right that can be used on any day"
        yield CheckOutcome(plan.low, ours, tolerance=1e-8, id_suffix=name, reason=told)


@check(
    "finance.option.put",
    what="American put by lattice",
    unit="USD",
    tolerance=5e-4,
    source="Longstaff & Schwartz 2001, table 1 (finite differences 4.478, 6.920); exact lattice "
    "values 4.4867 and 6.9230",
)
def american_put() -> Iterable[CheckOutcome]:
    """The lattice of 2,000 steps; the European one beside it."""
    one = american(RandomValue(0.06, 0.0, 0.2), 36.0, 40.0, 1.0, (2000, -1))
    two = american(RandomValue(0.06, 0.0, 0.4), 40.0, 40.0, 2.0, (2000, -1))
    yield CheckOutcome(one, 4.4867, id_suffix=".36")
    yield CheckOutcome(two, 6.9230, id_suffix=".40")
    yield CheckOutcome(one, 4.478, tolerance=3e-3, id_suffix=".36_published")


@check(
    "finance.option.exchange",
    what="the right to give one asset for another",
    unit="USD",
    tolerance=1e-6,
    source="Margrabe 1978, J. Finance 33",
)
def exchange() -> CheckOutcome:
    """100 for 100, volatilities 20 % and 30 %, correlation 0.5, a year."""
    return CheckOutcome(exchange_option((100.0, 0.2), (100.0, 0.3), 0.5, 1.0), 10.524316)


@check(
    "finance.statements.slips",
    what="wrong postings found by a checker that shares no code",
    unit="1",
    tolerance=0.0,
    source="a bar of Headrace's own: 100 of 100",
)
def statement_slips() -> Iterable[CheckOutcome]:
    """A small plan's statements: no fault as they are; a hundred single slips, and a hundred of a
    whole event in all ledgers, each found; cash of the plan to 1e-9.
    """
    from headrace.verification.money.slipped_statements import cash_distance, found_slips, told

    if find_spec("pyxirr") is None:
        raise Skip("pyxirr is not installed: pip install 'headrace[money]'")
    faults = told()
    yield CheckOutcome(float(len(faults)), 0.0, id_suffix=".right", reason="; ".join(faults[:3]))
    for name, found in (("one_posting", found_slips("one")), ("one_event", found_slips("event"))):
        yield CheckOutcome(float(found), 100.0, id_suffix=f".{name}")
    yield CheckOutcome(cash_distance(), 0.0, absolute=True, tolerance=1e-9, id_suffix=".cash",
                       reason="largest distance to the optimiser's cash, relative")  # fmt: skip
