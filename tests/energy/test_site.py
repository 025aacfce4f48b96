"""What a technology becomes at a site, by hand arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.studies import solve_system, study

from headrace.core.errors import InputError
from headrace.core.study import Build, Fuel, Grid
from headrace.energy import meter, site
from headrace.energy.battery import wear
from headrace.energy.capacity_factor import hourly_share
from headrace.energy.fuels import fuel_cost
from headrace.energy.grid import with_windows
from headrace.energy.technology import technology
from headrace.energy.weather.series import station
from headrace.plan.model.build_system import expand

START = 12 * 2027
MIAMI = station("tm2:12839")


def built(use: str, **more: object) -> site.Built:
    return site.catalogued("miami", "it", Build(use=use), MIAMI, START, 2026, **more)


@pytest.mark.parametrize("use", ["wind.onshore", "solar.single_axis", "solar.fixed"])
def test_what_cannot_be_called_stands_and_has_no_activity(use: str) -> None:
    converter = built(use).converters[0]
    assert not converter.has_activity
    assert not converter.ports
    np.testing.assert_allclose(converter.standing[0].ratio, hourly_share(technology(use), MIAMI))


def test_a_plant_with_fuel_runs_when_called() -> None:
    converter = built("gas.ccgt").converters[0]
    assert converter.has_activity
    assert converter.fuel == "gas"
    assert not converter.standing


def test_capture_pays_carbon_only_on_what_reaches_the_air() -> None:
    """6.945 MMBtu/MWh x 53.06 kg/MMBtu = 0.36850 t/MWh, 95 % of it captured: 0.35008 t, at 100
    USD/t 35.008 USD/MWh back.

    The fuel's price charges all 36.850 USD/MWh; 1.8425 is left, the carbon of the 5 % that reach
    the air.
    """
    free, priced = (
        built("gas.ccgt_ccs").converters[0],
        built("gas.ccgt_ccs", carbon=100.0).converters[0],
    )
    assert float(free.cost) - float(priced.cost) == pytest.approx(35.0076, rel=1e-5)
    gas = Fuel(price="4 USD/MMBtu", co2="53.06 kg/MMBtu")
    charged = priced.fuel_rate * (fuel_cost(gas, 4.0, 100.0) - 4.0)
    assert charged + float(priced.cost) - float(free.cost) == pytest.approx(1.84251, rel=1e-4)
    assert charged + float(priced.cost) - float(free.cost) == pytest.approx(
        technology("gas.ccgt_ccs").co2 * 100, rel=1e-9
    )


def test_capture_takes_the_studys_own_carbon_content() -> None:
    half = {"gas": Fuel(price="4 USD/MMBtu", co2="26.53 kg/MMBtu")}
    free, priced = (
        built("gas.ccgt_ccs").converters[0],
        built("gas.ccgt_ccs", carbon=100.0, fuels=half).converters[0],
    )
    assert float(free.cost) - float(priced.cost) == pytest.approx(35.0076 / 2, rel=1e-5)


def test_a_plant_without_capture_gets_nothing_back() -> None:
    assert (
        built("gas.ccgt", carbon=100.0).converters[0].cost == built("gas.ccgt").converters[0].cost
    )


def test_payments_add_up_to_the_price_and_end_before_operation() -> None:
    for use in ("gas.ccgt", "nuclear.smr", "battery.lfp", "wind.onshore"):
        row, asset = technology(use), built(use).assets[0]
        assert asset.price == pytest.approx(row.overnight("USD/MW", 2026))
        assert asset.payments[0].usd == pytest.approx(0.1 * asset.price)
        assert all(0 <= p.month <= asset.lead_months for p in asset.payments)


def test_a_short_lead_squeezes_the_payments() -> None:
    """A reactor that is promised in a year is paid within it, although its schedule has
    five years.
    """
    asset = site.catalogued(
        "miami", "it", Build(use="nuclear.smr", lead="12 months"), MIAMI, START, 2026
    ).assets[0]
    assert max(p.month for p in asset.payments) <= 12
    assert asset.price == pytest.approx(technology("nuclear.smr").overnight("USD/MW", 2026))


def test_ageing_that_the_fixed_cost_pays_is_not_counted_again() -> None:
    """ATB's 2.5 % of capex a year keeps the rated capacity: neither fade nor wear.

    Broken 2 %, in service 0.5 % of the time.
    """
    found = built("battery.lfp")
    store, energy = found.stores[0], found.assets[1]
    assert (store.wear, energy.fade) == (0.0, 0.0)
    assert store.keep == pytest.approx(0.9999)
    assert store.availability == pytest.approx(0.975)
    assert built("storage.long_duration").assets[1].fade == pytest.approx(0.005)


def test_a_cycle_of_a_battery_costs_its_wear_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing pays for augmentation, one MWh delivered, charged as 1 / 0.85 MWh, costs what
    `battery.wear` says.
    """
    bare = replace(technology("battery.lfp"), augmented=False)
    monkeypatch.setattr(site, "technology", lambda key: bare)
    found = built("battery.lfp")
    store, energy = found.stores[0], found.assets[1]
    assert energy.fade == pytest.approx(0.012)
    assert store.wear == pytest.approx(wear(technology("battery.lfp"), energy.price))
    assert store.wear > 0


def test_the_interruptible_connection_is_away_on_the_hardest_days() -> None:
    """Twenty days a year; it loses 2 %, and its peak is charged by the month."""
    found = built("grid.flexible")
    share = np.asarray(found.converters[0].availability)
    assert np.count_nonzero(share == 0) == 20 * 24
    assert float(found.converters[0].ports[0].ratio) == pytest.approx(0.98)
    assert found.peaks[0].ratchet == 0.0
    hard = np.abs(MIAMI.drybulb - site.COMFORT).reshape(365, 24).max(axis=1)
    off = share.reshape(365, 24).max(axis=1) == 0
    assert hard[off].min() >= hard[~off].max()


def test_time_of_use_and_loss_as_the_study_writes_them() -> None:
    """120 USD/MWh from 16 to 21 h in July and August: 62 days x 5 h = 310 h."""
    written = Grid.model_validate(
        {
            "limit": "50 MW",
            "energy": "60 USD/MWh",
            "loss": "3 %",
            "times": [{"energy": "120 USD/MWh", "begin": 16, "end": 21, "months": [7, 8]}],
        }
    )
    price = with_windows(60.0, meter.windows_of(written.times), 0)
    converter = meter.grid("miami", written, meter.MeterSeries(price)).converters[0]
    assert converter.cost is price
    assert np.count_nonzero(price == 120) == 310
    assert np.count_nonzero(price == 60) == 8760 - 310
    assert float(converter.ports[0].ratio) == pytest.approx(0.97)


@pytest.mark.parametrize("use", ["gas.engine", "grid", "solar.fixed"])
def test_what_needs_weather_says_so(use: str) -> None:
    with pytest.raises(InputError, match="needs weather"):
        site.catalogued("here", "it", Build(use=use), None, START, 2026)


def test_dearer_evenings_move_the_grids_energy(solved: Callable) -> None:
    """One MW from the grid at 10 USD/MWh, 50 in the hours from 18 to 24, lost 50 %: 2 MWh bought
    for each served at 60.

    Served by day: 60 - 20 = 40 USD/MWh; in the evening 60 - 100 < 0, so 6 of 24 h are not served.
    """
    found = solved("""
study: tariff
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: all}
sites:
  here:
    grid: {limit: 2 MW, stands: 2 MW, energy: 10 USD/MWh, loss: 50 %,
        times: [{energy: 50 USD/MWh, begin: 18, end: 24}]}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 60 USD/MWh}}
""")
    assert found.npv == pytest.approx(365 * 18 * 40)


def test_an_interruptible_connection_serves_all_but_its_days(solved: Callable) -> None:
    """A catalogue grid among the technologies carries 345 of 365 days of 5 MW.

    One day is 0.3 % of that; the plan of so many hours is certified to 0.1 %.
    """
    found = solved("""
study: flexible
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [24 months, 12 months], terminal_value: false, hours: all}
sites: {miami: {weather: "tm2:12839", build: {flexible: {use: grid.flexible, at_most: 40 MW}}}}
products: {power: {kind: electricity, site: miami, demand: 5 MW, price: 400 USD/MWh}}
""")
    assert found.total("revenue") == pytest.approx(345 * 24 * 5 * 400, rel=1e-3)
    assert found.total("peak") < 0
    assert found.quantity("n000", "miami", "flexible") > 5 / 0.98


@pytest.mark.parametrize(("availability", "served"), [(100, 10), (80, 8), (20, 2)])
def test_a_battery_that_is_broken_part_of_the_time_carries_less(
    solved: Callable, availability: int, served: int
) -> None:
    """10 MW and 60 MWh fill at 10 USD/MWh by day and serve 6 evening hours in which the grid costs
    1,000.

    Every MWh sold at 60 leaves 50: 18 x 10 by day, and 6 x 10 MW x availability in the evening, on
    each of 365 days.
    """
    found = solved(f"""
study: battery
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false, hours: {{weeks: 1,
    extreme_days: 0}}}}
technologies: {{cells: {{kind: battery, availability: {availability} %}}}}
sites:
  here:
    grid: {{limit: 90 MW, stands: 90 MW, energy: 10 USD/MWh, times: [{{energy: 1000 USD/MWh,
        begin: 18, end: 24}}]}}
    build: {{cells: {{use: cells, stands: 10 MW, stands_energy: 60 MWh, at_most: 10 MW,
        at_most_energy: 60 MWh}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}}}
""")
    assert found.npv == pytest.approx(365 * 50 * (18 * 10 + 6 * served))


def test_a_profile_of_ones_own_stands_for_the_weather() -> None:
    share = np.linspace(0, 1, 8760)
    sun = site.profiled("x", "it", Build(use="solar.fixed"), share, START, 2026, 0.0, {})
    assert sun.converters[0].standing[0].ratio is share
    engine = site.profiled("x", "it", Build(use="gas.engine"), share, START, 2026, 0.0, {})
    assert engine.converters[0].availability is share
    with pytest.raises(InputError, match="no output of its own"):
        site.profiled("x", "it", Build(use="battery.lfp"), share, START, 2026, 0.0, {})


def test_the_limit_of_each_hour_is_a_row(solved: Callable, tmp_path: Path) -> None:
    """A grid at 10 USD/MWh gives a load of 2 MW sold at 60 in half of the hours, 1 MW in the
    others: 4,380 h x (2 + 1) MW x 50 USD/MWh = 657,000 USD.
    """
    (tmp_path / "cap.csv").write_text("cap [MW]\n" + "1\n5\n" * 4380)
    of = expand(study(CAPPED), tmp_path)
    found = solve_system(of)
    assert found.npv == pytest.approx(657_000)
    assert [use.series.name for use in of.series] == ["cap.csv#cap"]


CAPPED = """
study: capped
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false}
sites: {here: {grid: {limit: 9 MW, stands: 9 MW, energy: 10 USD/MWh, hourly_limit: cap.csv}}}
products: {power: {kind: electricity, site: here, demand: 2 MW, price: 60 USD/MWh}}
"""
