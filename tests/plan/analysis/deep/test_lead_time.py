"""A month less lead time is a month of sales."""

from __future__ import annotations

import pytest
from tests.builders.analysed import PLANT, analysed

from headrace.core.ids import AssetRole
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.deep.lead_time import lead_time_value, paired_assets, with_earlier_order
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate


def test_a_month_less_lead_time_is_a_month_of_sales() -> None:
    """A month of a year is 8,760 / 12 = 730 h: 730 h x 10 MW x (60 - 15) USD = 328,500 USD; the
    payment stays on its date.
    """
    g = analysed(PLANT.format(hours="", lead=3))
    found = lead_time_value(g, g.values[0].order)
    assert found is not None
    assert found.months == 1
    assert found.value.low == pytest.approx(328_500)
    assert found.value.high == pytest.approx(328_500, rel=1e-6)


def test_what_arrives_at_once_cannot_arrive_sooner() -> None:
    g = analysed(PLANT.format(hours="", lead=0))
    assert lead_time_value(g, g.values[0].order) is None


STORED = """
study: stored
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {weeks: 1, extreme_days: 0}}
sites:
  here:
    grid: {limit: 5 MW, stands: 5 MW, energy: 40 USD/MWh}
    build: {battery: {use: battery.lfp, lead: 6 months, at_most: 10 MW}}
products: {power: {kind: electricity, site: here, demand: 4 MW, price: 90 USD/MWh}}
"""


def test_power_and_energy_of_a_store_arrive_together():
    """A battery is two assets of one name; both halves come once more, a month sooner, and only at
    the root.
    """
    formulation = formulate(expand(study_of(parse_text(STORED))))
    assets = formulation.system.assets
    half = next(i for i, o in enumerate(formulation.orders) if assets[o.asset].unit == "MWh")
    orders = with_earlier_order(formulation, half, 1.0)
    more = orders[len(formulation.orders) :]
    assert [assets[o.asset].unit for o in more] == ["MW", "MWh"]
    assert [(o.node, o.begin) for o in more] == [(0, 5.0), (0, 5.0)]
    assert orders[: len(formulation.orders)] == formulation.orders
    grid = next(i for i, a in enumerate(assets) if a.id.role == AssetRole.GRID)
    assert paired_assets(formulation.system, grid) == {grid}


def test_no_order_arrives_before_it_is_placed():
    """Two months off a lead time of half a month: the order stands at the start, not before."""
    formulation = formulate(expand(study_of(parse_text(PLANT.format(hours="", lead=0.5)))))
    assert with_earlier_order(formulation, 0, 2.0)[-1].begin == 0.0
