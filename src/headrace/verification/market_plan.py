"""Rows of `headrace verify --only market` that need a plan: what is sold at one posted price, plan
and tariff in turn, and two video apps whose public points point in opposite ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.study_reader import parse_text, study_of
from headrace.market.capability import doubling_time
from headrace.market.clips import break_even
from headrace.market.tariff_file import parse_tariff, public_of
from headrace.plan.analysis.market_coupling import settle
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.solve.solve import solve
from headrace.verification.registry import CheckOutcome, check

TWO_HOURS = """\
study: two_hours
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false,
  hours: {blocks: [4380 h, 4380 h]}}
sites: {here: {grid: {limit: 5 MW, stands: 5 MW, energy: 0 USD/MWh}}}
products: {power: {kind: electricity, site: here, SOLD}}
"""
MENU = "[4 USD/MWh, 5 USD/MWh, 6 USD/MWh, 7 USD/MWh, 8 USD/MWh]"
LINE = "kind: api, amount: 5 MW, price: 5 USD/MWh, elasticity: 1, pieces: 40"


def earned(sold: str) -> float:
    """What a pair of hours earns [USD], of which the second has 2 MW."""
    found = expand(study_of(parse_text(TWO_HOURS.replace("SOLD", sold))))
    room, load = np.zeros(HOURS_PER_YEAR), np.zeros(HOURS_PER_YEAR)
    room[:2], load[:2] = (5.0, 2.0), 5.0
    system = replace(
        found.system,
        converters=tuple(
            replace(c, at_most=room) if c.asset is not None else c for c in found.system.converters
        ),
        demands=tuple(replace(d, quantity=load) for d in found.system.demands),
    )
    index = np.arange(2, dtype=np.int64)
    hours = TimeSlices(
        hour=index,
        weights=np.full(2, HOURS_PER_YEAR / 2),
        next_hour=index[::-1].copy(),
        day=0 * index,
        months=((12.0, None),),
        offset=index.astype(np.float64),
        like=index,
        span=HOURS_PER_YEAR,
        labelled="hours",
    )
    world = replace(found, system=system, time_slices=(hours,))
    return float(solve(formulate(world).problem).low / (HOURS_PER_YEAR / 2))


@check(
    "market.sold.two_hours",
    what="two hours of 5 and 2 MW, each paying 10 - q: one price of a menu; a level and a refund",
    unit="USD",
    tolerance=1e-6,
    source="by hand: 24 + 12 at one price of 6; prices by the hour would earn 25 + 16 = 41",
)
def two_hours() -> Iterator[CheckOutcome]:
    """36 at a posted price, where only what is served is billed; 40 where 4 USD/MWh are paid back,
    32 where nothing may be missing.
    """
    yield CheckOutcome(earned(f"offers: {{use: {{{LINE}, prices: {MENU}}}}}"), 36.0)
    for refund, best in ((4, 40.0), (20, 32.0)):
        text = f"refund: {refund} USD/MWh, offers: {{use: {{{LINE}}}}}"
        yield CheckOutcome(earned(text), best, id_suffix=f".refund_{refund}")


@check(
    "market.coupling.linear",
    what="plan and tariff in turn: monopoly on 10 - q/2 with marginal cost 1 + 0.8 q",
    unit="USD",
    tolerance=1e-6,
    source="algebra: c = 1 + 0.8 (10 - c)",
)
def coupling() -> Iterator[CheckOutcome]:
    """From five starts, within ten rounds; what turns for ever ends not converged."""
    for start in (0.1, 1.0, 4.0, 9.0, 50.0):
        found = settle(lambda c: (1.0 + 0.8 * (10.0 - c), ""), start)
        reason = found.sentence
        yield CheckOutcome(found.rounds[-1].came, 5.0, reason=reason, id_suffix=f".from_{start:g}")
    turning = settle(lambda c: (3.0 if c < 2 else 1.0, ""), 0.5)
    settled = float(turning.settled)
    yield CheckOutcome(settled, 0.0, absolute=True, reason=turning.sentence, id_suffix=".turning")


@check(
    "market.clips.opposite",
    what="verdict at 0.026 USD a second: an app that closed is not viable (0), a paid one is (1)",
    unit="1",
    tolerance=0.0,
    source="closed 2026-04 and 2026-09; near 240 M USD a year at the end of 2025 (press)",
)
def opposite() -> Iterable[CheckOutcome]:
    """Both as they were sold, over all users that agree with their public points: clips of ten
    seconds and of five. "Cannot tell" would be a half.
    """
    verdicts = {"not viable": 0.0, "cannot tell": 0.5, "viable": 1.0}
    for name, file, cost, said in (("closed", "tariff", 0.26, 0.0), ("paid", "paid", 0.13, 1.0)):
        text = (files("headrace") / "examples" / "clips" / f"{file}.yaml").read_text("utf-8")
        part = parse_tariff(text).public
        assert part is not None
        users, seen, moments, asked = public_of(part)
        found = break_even(users, seen, moments, asked[0], part.fixed)
        reason = f"{found.low:.3g} to {found.high:.3g} USD a clip"
        ours = verdicts[found.verdict(cost, cost)]
        yield CheckOutcome(ours, said, absolute=True, reason=reason, id_suffix=f".{name}")


@check(
    "market.capability.doubling",
    what="doubling of the 50 % horizon through GPT-4, GPT-5, Opus 4.5 and Opus 4.6",
    unit="day",
    tolerance=0.0,
    source="METR time-horizon file 1.1 (2026-05-08): 128.7 since 2023, 104 to 158",
)
def doubling() -> CheckOutcome:
    """Inside the published interval; through four of its models, so not its very figure."""
    years = np.array([2023.20, 2025.60, 2025.90, 2026.10])
    days = doubling_time(years, np.array([3.99, 203.0, 293.0, 718.8]))
    off = max(0.0, 104.0 - days, days - 158.0)
    return CheckOutcome(days, 128.7, deviation=off, reason="the interval counts")
