"""By how much the kept hours miss, against the same orders in a study of every hour."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.studies import solved_once, study

from headrace.core.plan_file import FullHours
from headrace.plan.analysis.full_hours import cost, full_hours, kept_only, operated
from headrace.plan.lp.options import DEFAULTS

SUNNY = """\
study: sunny
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: HOURS, terminal_value: false}
sites:
  here:
    weather: tmy3:723170
    grid: {limit: 60 MW, stands: 60 MW, energy: 50 USD/MWh}
    build: {pv: {use: solar.single_axis, stands: 80 MW, at_most: 80 MW}}
products:
  power: {kind: electricity, site: here, demand: 50 MW, price: 100 USD/MWh MORE}
"""


def sunny(hours: str, more: str = "") -> str:
    return SUNNY.replace("HOURS", hours).replace(" MORE", more)


def test_a_plan_of_every_hour_or_of_blocks_misses_nothing() -> None:
    for hours in ("all", "{blocks: [8760 h]}"):
        found = solved_once(sunny(hours) if hours == "all" else PLAIN)
        assert not kept_only(found.formulation)
        missed = full_hours(study(PLAIN), None, found.formulation, found.plan, DEFAULTS)
        assert missed is None


PLAIN = """\
study: plain
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}
sites: {here: {grid: {limit: 60 MW, stands: 60 MW, energy: 50 USD/MWh}}}
products: {power: {kind: electricity, site: here, demand: 50 MW, price: 100 USD/MWh}}
"""


def test_the_miss_is_the_difference_of_two_studies() -> None:
    """One week of sun for a year of it; nothing can be ordered, so every hour is `hours: all`."""
    kept, whole = solved_once(sunny("{weeks: 1}")), solved_once(sunny("all"))
    found = full_hours(
        study(sunny("{weeks: 1}")), None, kept.formulation, kept.plan, DEFAULTS.but(gap=1e-7)
    )
    assert found is not None
    assert found.kept_usd == pytest.approx(-kept.plan.low, rel=1e-6)
    assert found.full_usd == pytest.approx(-whole.plan.low, rel=1e-4)
    assert found.miss_usd == pytest.approx(kept.plan.low - whole.plan.low, rel=0.02)
    assert abs(found.miss_usd) > 1e4  # else the week says nothing


def test_a_promise_that_only_the_kept_hours_keep_is_told() -> None:
    """30 MW of grid and the sun of a mean week for 50 MW: every hour keeps less."""
    text = sunny("{weeks: 1}", ", availability: 70 %").replace("60 MW", "30 MW")
    kept = solved_once(text)
    harder = study(text.replace("availability: 70 %", "availability: 99 %"))
    found = full_hours(harder, None, kept.formulation, kept.plan, DEFAULTS)
    assert found is not None
    assert "at best in stage 1, which promises at least 99.00%" in found.words
    assert found.full_usd is not None
    assert found.full_usd > -100 * 50 * 8760  # the penalty of it is no cost


def test_orders_that_are_held_leave_no_limit_behind() -> None:
    found = solved_once(sunny("{weeks: 1}"))
    orders = found.plan.solution.master[: len(found.formulation.orders)]
    rest = operated(found.formulation.problem, np.arange(len(orders)), orders)
    assert rest.master.rows == ()
    assert rest.master.matrix.shape == (0, len(rest.master.columns))
    money, paid = cost(found.formulation, found.plan.solution)
    assert money == pytest.approx(-found.plan.low, rel=1e-9)
    assert paid > 0


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (FullHours(100e6, 103e6, 60e6), "by 5.00% (3 M USD too cheap)"),
        (FullHours(100e6, 97e6, 60e6, 1e5), "by 5.00% (3 M USD too dear, to within 0.1)"),
        (FullHours(100e6, 100e6, 60e6, 1e-5), "by less than 0.01%"),
        (FullHours(100e6, words="it was stopped"), "is not known: it was stopped"),
        (FullHours(0.0, 0.0, 0.0), "Nothing is paid"),
    ],
)
def test_the_miss_in_words(record: FullHours, words: str) -> None:
    assert words in record.sentence
