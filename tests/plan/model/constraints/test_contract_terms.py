"""Tiers, export, net metering and take-or-pay by hand arithmetic, and each in every hour."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.builders.nouns import circle
from tests.builders.own_tables import table
from tests.builders.studies import solve_system, study

from headrace.core.components import PeakCharge
from headrace.core.errors import Infeasible, InputError
from headrace.energy.site import electricity
from headrace.plan.model.build_system import expand
from headrace.plan.model.constraints import demand_charge
from headrace.plan.model.constraints.contract_terms import months_of
from headrace.plan.model.constraints.reserve import ratio_at
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.scenario.time_slices import keep_all, keep_blocks

HEAD = """
study: terms
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def test_months_of_every_hour_and_of_blocks() -> None:
    numbers, counts = months_of(keep_all(10, 4.0))
    assert counts.tolist() == [1.0] * 4
    assert np.bincount(numbers).tolist() == [744, 672, 720, 744]  # January first: by their names
    assert months_of(keep_blocks((6000.0, 2760.0), 6.0))[1].tolist() == [6.0]


def test_a_part_of_a_month_is_a_share_of_it() -> None:
    numbers, counts = months_of(circle(4, 100.0))
    assert set(numbers.tolist()) == {0}
    assert counts.sum() == pytest.approx(12.0)


def test_a_tier_in_every_hour(solved: Callable) -> None:
    """10 MW at 20 USD/MWh, 5 more beyond 7,000 MWh of a month: months of 744 h have 440 MWh beyond,
    of 720 h 200, February none: 7 x 440 + 4 x 200 = 3,880 MWh at 5 USD.
    """
    grid = "sites: {here: {grid: {limit: 9 GW, stands: 9 GW, energy: 20 USD/MWh, "
    found = solved(f"{HEAD}{grid}tiers: [{{above: 7000 MWh, adds: 5 USD/MWh}}]}}}}}}\n")
    assert found.npv == pytest.approx(87_600 * 80 - 3_880 * 5, rel=1e-6)


def test_a_tariff_of_the_database(tmp_path: Path) -> None:
    """The same tier, 3 USD/kW-month on the peak, and 25 instead of 20 USD/MWh from 8 to 10 h."""
    record = {
        "energyratestructure": [
            [{"rate": 0.02, "max": 7_000_000}, {"rate": 0.025}],
            [{"rate": 0.025}],
        ],
        "energyweekdayschedule": [[0] * 8 + [1] * 2 + [0] * 14] * 12,
        "energyweekendschedule": [[0] * 8 + [1] * 2 + [0] * 14] * 12,
        "flatdemandstructure": [[{"rate": 3.0}]],
        "flatdemandmonths": [0] * 12,
    }
    (tmp_path / "rate.json").write_text(json.dumps(record))
    text = HEAD + "sites: {here: {grid: {limit: 9 GW, stands: 9 GW, tariff: rate.json}}}\n"
    found = solve_system(expand(study(text), tmp_path))
    beyond = sum(max(0, days * 22 * 10 - 7000) for days in (31, 28, 31, 30, 31, 30) * 2)
    want = 87_600 * 80 - 365 * 2 * 10 * 5 - 12 * 30_000 - beyond * 5
    assert found.plan.low <= want <= found.plan.high + 1
    assert found.npv == pytest.approx(want, rel=1e-4)


def test_export_by_hour_never_pumps(tmp_path: Path) -> None:
    """Energy at 20, offers of 10 and 30 in turn, a plant of 15 MW at 5 USD/MWh. 10 MW are sold at
    100; 5 MW are given at 10, and in the other hours at 19.99, a cent less than one bought costs.
    """
    table(tmp_path / "offer.csv", "offer [USD/MWh]", (f"{10 + h % 2 * 20}" for h in range(8760)))
    text = f"""{HEAD}
technologies: {{plant: {{variable: 5 USD/MWh}}}}
sites:
  here:
    grid: {{limit: 9 GW, stands: 9 GW, energy: 20 USD/MWh, export: {{price: offer.csv}}}}
    build: {{plant: {{use: plant, at_most: 15 MW, stands: 15 MW}}}}
"""
    found = solve_system(expand(study(text), tmp_path))
    earned = 87_600 * (100 - 5) + 4380 * 5 * (10 - 5) + 4380 * 5 * (19.99 - 5)
    assert found.npv == pytest.approx(earned, rel=1e-4)
    bought, given = (found.outcomes[0].activity[n] for n in (1, 2))
    assert given.sum() == pytest.approx(8760 * 5, rel=1e-2)
    assert bought.sum() == pytest.approx(0.0, abs=8760 * 0.05)


def test_net_metering_by_month(solved: Callable, tmp_path: Path) -> None:
    """Sun of 30 MW from 0 to 8 h each day, a load of 10 MW: 20 MW x 8 h given, 10 MW x 16 h bought:
    of each day's 160 MWh all are credited, so energy costs nothing.
    """
    table(tmp_path / "sun.csv", "sun [1]", (f"{int(h % 24 < 8)}" for h in range(8760)))
    text = f"""{HEAD}
technologies: {{sun: {{}}}}
sites:
  here:
    grid: {{limit: 9 GW, stands: 9 GW, energy: 50 USD/MWh,
      export: {{price: 10 USD/MWh, net_metering: month}}}}
    build: {{sun: {{use: sun, at_most: 30 MW, stands: 30 MW, profile: sun.csv}}}}
"""
    found = solve_system(expand(study(text), tmp_path))
    assert found.npv == pytest.approx(87_600 * 100, rel=1e-6)


def test_a_kept_hour_is_credited_for_what_it_stands_for(tmp_path: Path) -> None:
    """The same sun and load at a price that differs from week to week: in each day as much is
    credited as is bought, so energy costs nothing, whichever weeks are kept.
    """
    table(tmp_path / "sun.csv", "sun [1]", (f"{int(h % 24 < 8)}" for h in range(8760)))
    prices = (f"{30 + h // 168 * 7 % 60}" for h in range(8760))
    table(tmp_path / "price.csv", "price [USD/MWh]", prices)
    text = f"""{HEAD.replace("terminal_value", "hours: {weeks: 2}, terminal_value")}
technologies: {{sun: {{}}}}
sites:
  here:
    grid: {{limit: 9 GW, stands: 9 GW, energy: price.csv,
      export: {{price: 10 USD/MWh, net_metering: year}}}}
    build: {{sun: {{use: sun, at_most: 30 MW, stands: 30 MW, profile: sun.csv}}}}
"""
    found = solve_system(expand(study(text), tmp_path))
    assert found.npv == pytest.approx(87_600 * 100, rel=1e-4)


def test_take_or_pay_of_an_agreement_by_the_year(tmp_path: Path) -> None:
    """20 MW offered in the first half of each day, 10 MW wanted: half of what is offered is used;
    at 60 % a tenth is paid for nothing: 87,600 / 2 x (1 + .2) MWh at 40 USD.
    """
    table(tmp_path / "wind.csv", "wind [1]", (f"{int(h % 24 < 12)}" for h in range(8760)))
    text = f"""{HEAD}
technologies: {{deal: {{kind: ppa, variable: 40 USD/MWh, take_or_pay: 60 %}}}}
sites:
  here: {{build: {{deal: {{use: deal, at_most: 20 MW, stands: 20 MW, profile: wind.csv}}}}}}
"""
    found = solve_system(expand(study(text), tmp_path))
    assert found.npv == pytest.approx(43_800 * (100 - 1.2 * 40), rel=1e-6)


SOURCE = """
technologies: {sun: {variable: 2 USD/MWh}, plant: {variable: 60 USD/MWh}, cell: {kind: battery}}
sites:
  here:
    weather: "tmy3:723170"
    build:
      source: {use: WHICH, at_most: 30 MW, stands: 30 MW, curtailment: 5 USD/MWh PROFILE}
      plant: {use: plant, at_most: 10 MW, stands: 10 MW}
"""


def test_what_nobody_takes_costs_what_is_written(tmp_path: Path) -> None:
    """30 MW of sun from 0 to 8 h, 10 MW wanted at 100 USD/MWh: 10 are taken at 2 and 20 cost 5; the
    plant gives the other hours at 60.
    """
    table(tmp_path / "sun.csv", "sun [1]", (f"{int(h % 24 < 8)}" for h in range(8760)))
    text = HEAD + SOURCE.replace("WHICH", "sun").replace(" PROFILE", ", profile: sun.csv")
    found = solve_system(expand(study(text), tmp_path))
    assert found.npv == pytest.approx(29_200 * 98 - 58_400 * 5 + 58_400 * 40, rel=1e-4)
    dear = solve_system(expand(study(text.replace("5 USD/MWh", "500 USD/MWh")), tmp_path))
    assert dear.npv == pytest.approx(29_200 * 98 - 58_400 * 500 + 58_400 * 40, rel=1e-3)
    free = solve_system(expand(study(text.replace("5 USD/MWh,", "0 USD/MWh,")), tmp_path))
    assert free.npv == pytest.approx(29_200 * 98 + 58_400 * 40, rel=1e-4)


def test_sun_of_the_catalogue_pays_as_well_and_is_no_reserve(solved: Callable) -> None:
    """What is offered beyond 10 MW in an hour goes unused, at 5 USD/MWh."""
    text = HEAD + SOURCE.replace("WHICH", "solar.single_axis").replace(" PROFILE", "")
    dear, free = solved(text), solved(text.replace("5 USD/MWh", "0 USD/MWh"))
    offered = 30 * np.asarray(dear.formulation.system.converters[0].availability)
    unused = np.maximum(offered - 10, 0).sum()
    assert unused > 10_000
    assert free.npv - dear.npv == pytest.approx(5 * unused, rel=1e-2)
    assert ratio_at(dear.formulation.system.converters[0], electricity("here")) == 0


def limited(folder: Path, share: str, rest: str = "", stands: str = "") -> str:
    """A study of panels that give all in four hours of a day and half in four more, for 10 MW."""
    one_day = [1.0] * 4 + [0.5] * 4 + [0.0] * 16
    table(folder / "sun.csv", "sun [1]", (str(one_day[h % 24]) for h in range(8760)))
    return f"""{HEAD}
technologies: {{sun: {{capex: 30 USD/kW, life: 1 years}}, cell: {{kind: battery}}}}
sites:
  here:
    build:
      sun: {{use: sun, at_most: 30 MW, profile: sun.csv, curtailment: 1 USD/MWh,
        curtailment_limit: {share}{stands}}}
{rest}"""


def test_no_more_goes_untaken_than_may(tmp_path: Path) -> None:
    """K MW offer 6 K a day, of which 40 + 2 K MWh are taken: 4 K - 40 = 20 % of 6 K at K = 100/7.
    Without a limit K is 20, where the dim hours are served as well.
    """
    found = solve_system(expand(study(limited(tmp_path, "20 %")), tmp_path))
    panels = found.quantity("n000", "here", "sun")
    assert panels == pytest.approx(100 / 7, rel=1e-3)
    worth = 365 * ((40 + 200 / 7) * 100 - 120 / 7) - 30_000 * 100 / 7
    assert found.npv == pytest.approx(worth, rel=1e-4)
    free = solve_system(expand(study(limited(tmp_path, "100 %")), tmp_path))
    assert free.quantity("n000", "here", "sun") == pytest.approx(20, rel=1e-3)
    none = solve_system(expand(study(limited(tmp_path, "0 %")), tmp_path))
    assert none.quantity("n000", "here", "sun") == pytest.approx(10, rel=1e-3)


def test_a_store_that_spills_does_not_keep_the_limit(tmp_path: Path) -> None:
    """With 4 MWh without losses 4 MWh more are taken a day: 4 K - 44 = 20 % of 6 K."""
    store = "      cell: {use: cell, at_most: 4 MW, stands: 4 MW, at_most_energy: 4 MWh, "
    text = limited(tmp_path, "20 %", store + "stands_energy: 4 MWh}\n")
    found = solve_system(expand(study(text), tmp_path))
    assert found.quantity("n000", "here", "sun") == pytest.approx(110 / 7, rel=1e-3)


def test_what_stands_and_cannot_keep_the_limit_is_refused(tmp_path: Path) -> None:
    """30 MW offer 180 MWh a day, of which 80 are taken: 55.56 % goes untaken."""
    text = limited(tmp_path, "20 %", stands=", stands: 30 MW")
    found = solve_system(expand(study(text), tmp_path))
    with pytest.raises(Infeasible, match=r"at most 20.00% of what it offers.*55\.56%"):
        refuse_broken_promises(found.formulation, found.plan.solution)
    kept = solve_system(expand(study(limited(tmp_path, "20 %")), tmp_path))
    refuse_broken_promises(kept.formulation, kept.plan.solution)


@pytest.mark.parametrize("which", ["plant", "gas.engine", "cell"])
def test_what_is_called_offers_nothing_that_could_go_unused(which: str) -> None:
    text = HEAD + SOURCE.replace("WHICH", which).replace(" PROFILE", "")
    with pytest.raises(InputError, match="nothing that goes unused"):
        expand(study(text))


def test_an_agreement_of_the_catalogue_is_an_order(solved: Callable) -> None:
    """112 USD/MWh of 2024 for power sold at 500: all that is allowed is signed, for nothing."""
    text = HEAD.replace("100 USD/MWh", "500 USD/MWh").replace(
        "stages: [12 months]", "stages: [48 months, 12 months], hours: {weeks: 1}"
    )
    found = solved(
        text
        + """
sites: {here: {weather: tmy3:723170, build: {deal: {use: ppa.nuclear_restart, at_most: 4 MW}}}}
"""
    )
    assert found.quantity("n000", "here", "deal") == pytest.approx(4)
    assert found.total("payments", "fixed") == 0
    assert found.total("variable") < 0


@pytest.mark.parametrize("ratchet", [0.0, 0.5, 1.0])
def test_a_limit_from_peaks_is_what_the_rows_hold(ratchet: float) -> None:
    """January's own peak is 8, February's 5, the year's 10: at half of it, 5 and 5."""
    charge = PeakCharge(None, 1.0, ratchet)  # type: ignore[arg-type]
    slices = keep_all(0, 2.0)
    sizes = {0.0: [8.0, 5.0], 0.5: [10.0, 3.0, 0.0], 1.0: [10.0]}[ratchet]
    found = demand_charge.limit(slices, charge, sizes)
    want = {0.0: (8.0, 5.0), 0.5: (8.0, 5.0), 1.0: (10.0, 10.0)}[ratchet]
    assert (found[0], found[-1]) == want


def test_a_charge_sees_only_its_hours() -> None:
    hours = np.zeros(8760)
    hours[31 * 24 : 31 * 24 + 5] = 1.0  # the first hours of February
    charge = PeakCharge(None, 1.0, 0.0, hours)  # type: ignore[arg-type]
    (period,) = demand_charge.periods(keep_all(0, 12.0), charge)
    assert period.months == 1
    assert period.mask is not None
    assert np.flatnonzero(period.mask).tolist() == list(range(744, 749))
