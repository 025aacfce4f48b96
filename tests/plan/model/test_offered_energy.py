"""Energy that is paid for as it is offered is a cost of what stands and of what is signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders.own_tables import table
from tests.builders.studies import solve_system, study

from headrace.plan.model.build_system import expand
from headrace.plan.model.offered_energy import offered, offered_costs
from headrace.plan.results.cash_flow import objective

STUDY = """
study: offered
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], terminal_value: false}
technologies: {deal: {kind: ppa, variable: 40 USD/MWh, lead: 6 months, life: 12 months}}
sites: {here: {build: {deal: {use: deal, at_most: 20 MW STANDS, profile: wind.csv}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def _by_day(folder: Path) -> None:
    table(folder / "wind.csv", "wind [1]", (f"{int(h % 24 < 12)}" for h in range(8760)))


def test_what_is_offered_is_paid_for_while_it_stands(tmp_path: Path) -> None:
    """20 MW by day, of which 10 are wanted, at 40: 500 - 400 = 10 x (100 - 2 x 40) USD in each of
    12 h a day. It stands for a year.
    """
    _by_day(tmp_path)
    text = STUDY.replace("STANDS", ", stands: 20 MW, stands_for: 12 months, lead: 90 months")
    found = solve_system(expand(study(text), tmp_path))
    assert found.npv == pytest.approx(365 * 12 * 10 * (100 - 2 * 40), rel=1e-6)
    assert found.total("variable") == pytest.approx(-365 * 12 * 20 * 40, rel=1e-6)
    lines = sum(line.usd for line in found.lines)
    assert lines == pytest.approx(objective(found.formulation, found.plan.solution), rel=1e-6)


def test_what_is_signed_is_paid_for_from_its_delivery_on(tmp_path: Path) -> None:
    """10 MW signed now come in month 6 and go in month 18: a year of 12 h a day at 60 USD/MWh."""
    _by_day(tmp_path)
    found = solve_system(expand(study(STUDY.replace("STANDS", "")), tmp_path))
    first = found.quantity("n000", "here", "deal")
    assert first == pytest.approx(10, rel=1e-3)
    assert found.npv == pytest.approx(365 * 12 * 10 * 60 * 1.5, rel=2e-3)


def test_an_agreement_that_leaves_a_choice_is_no_cost_of_orders(tmp_path: Path) -> None:
    _by_day(tmp_path)
    text = STUDY.replace("STANDS", ", stands: 20 MW").replace(
        "lead: 6", "take_or_pay: 75 %, lead: 6"
    )
    of = expand(study(text), tmp_path)
    assert list(offered(of, 0)) == []
    assert offered_costs(of, ((), ()), 3)[0].tolist() == [0.0] * 3
