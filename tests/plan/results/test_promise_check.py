"""A promise that breaks is told in words; its penalty is never told as money."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import solved_once

from headrace.core.errors import Infeasible
from headrace.core.plan_file import OrderRecord
from headrace.plan.results.order_value import (
    OrderValue,
    ValuationOptions,
    root_orders,
    value_orders,
)
from headrace.plan.results.promise_check import (
    breaks,
    broken,
    everything,
    refuse_broken_promises,
)
from headrace.show.format.order_sentences import ranked, worth

PROMISED = """\
study: promised
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}, terminal_value: false}
technologies: {t: {capex: 1000 USD/kW, life: 10 years}}
sites:
  here:
    grid: {limit: 40 MW, stands: 40 MW, energy: 30 USD/MWh}
    build: {plant: {use: t, at_most: 80 MW}}
products:
  power: {kind: electricity, site: here, demand: 100 MW, price: 200 USD/MWh, availability: 99 %}
"""
FREE = PROMISED.replace(", availability: 99 %", "")


def valued(text: str) -> tuple:
    found = solved_once(text)
    numbers = root_orders(found.formulation, found.plan)
    given = value_orders(found.formulation, found.plan, numbers, ValuationOptions(gap=1e-6))
    return found.formulation, given.values


def test_without_the_plant_only_the_grid_serves() -> None:
    """40 of 100 MW: a promise of 99 % breaks, and 40 % of it can be served."""
    formulation, (value,) = valued(PROMISED)
    assert broken(formulation, solved_once(PROMISED).plan.solution) is None
    assert value.low > 1e9  # a thousand times the price of what is short, which nobody is told
    told = breaks(formulation, value)
    assert told.startswith("without it the promise for `power` breaks: at most 40%")


def test_an_order_without_a_promise_has_a_worth_in_money() -> None:
    """60 MW x 200 USD/MWh x 8,760 h less 60,000 kW x 1,000 USD."""
    formulation, (value,) = valued(FREE)
    assert breaks(formulation, value) == ""
    assert value.low == pytest.approx(60 * 200 * 8760 - 60e6, rel=1e-4)


def test_a_worth_beyond_all_that_could_be_sold_is_no_money() -> None:
    formulation = solved_once(FREE).formulation
    most = everything(formulation)
    assert most == pytest.approx(100 * 200 * 8760)
    assert breaks(formulation, OrderValue(0, 0.9 * most, np.inf, None)) == ""
    assert "breaks" in breaks(formulation, OrderValue(0, 1.1 * most, np.inf, None))
    assert breaks(formulation, None) == ""


@pytest.mark.parametrize(
    ("stages", "grid", "way"),
    [
        ("[12 months, 12 months]", "40 MW", "promise 40.00% there, or begin the promise after"),
        ("[12 months]", "40 MW", "promise 40.00% there, or cut that stage where it can be served"),
        ("[12 months]", "0 MW", "Cheapest way out: cut that stage where it can be served"),
    ],
)
def test_the_way_out_is_one_that_there_is(stages: str, grid: str, way: str) -> None:
    """After the last stage no promise can begin, and nobody is told to promise nothing."""
    text = PROMISED.replace("[12 months]", stages).replace("stands: 40 MW", f"stands: {grid}")
    late = text.replace("life: 10 years", "life: 10 years, lead: 12 months")
    late = late.replace("energy: 30", "queue: 24 months, energy: 30")
    found = solved_once(late)
    with pytest.raises(Infeasible) as refused:
        refuse_broken_promises(found.formulation, found.plan.solution)
    assert way in str(refused.value)


def test_what_a_promise_hangs_on_comes_first_and_has_no_price() -> None:
    dear = OrderRecord("s", "a", 1.0, "MW", "2027-01", "2027-01", value_low_usd=9e9, decided=True)
    held = replace(dear, asset="b", value_low_usd=None, breaks="without it the promise breaks")
    assert [one.asset for one in ranked([dear, held])] == ["b", "a"]
    assert worth(held) == "without it the promise breaks"
