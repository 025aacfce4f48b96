"""The border other rooms use: shapes, units and a few figures anybody can check."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy import grid, solar, thermal
from headrace.energy.technology import technologies, technology
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import BUNDLED, station


@pytest.mark.parametrize("key", BUNDLED)
def test_a_bundled_station_is_a_typical_year_of_8760_read_only_hours(key):
    weather = station(key)
    assert weather.typical
    assert "typical year" in weather.label
    assert weather.key == key
    for name in SERIES:
        values = getattr(weather, name)
        assert values.shape == (8760,)
        assert np.isfinite(values).all()
        with pytest.raises(ValueError):
            values[0] = 1.0
    assert (weather.wetbulb <= weather.drybulb + 1e-9).all()


def test_an_unknown_station_names_the_nearest():
    with pytest.raises(InputError, match="tmy3:723170"):
        station("tmy3:723171")


def test_the_sun_shines_by_day_and_peaks_near_noon():
    weather = station("tmy3:723170")
    share = solar.single_axis(weather)
    assert share.shape == (8760,)
    assert share.min() == 0.0
    assert share.max() <= 1.0
    by_hour = share.reshape(365, 24).mean(axis=0)
    assert by_hour[:4].max() == 0.0
    assert 9 <= by_hour.argmax() <= 15
    # ATB class 5 to 10 (the classes of North Carolina) publish 0.20 to 0.27 for 2022-25
    assert 0.20 < share.mean() < 0.27
    assert share.mean() > solar.fixed_tilt(weather).mean()


def test_every_technology_loads_with_sources_and_sane_shares():
    rows = technologies()
    assert len(rows) >= 18
    for row in rows:
        assert 0.5 < row.availability <= 1.0
        assert row.lead.to("month") > 0
        assert row.overnight() > 0
        assert all(figure.source and figure.date for figure in row.figures().values())


def test_capex_is_per_power_and_energy_apart():
    """8,000 USD/kW is 8 million USD/MW; 309.9 USD/kWh is 309,900 USD/MWh."""
    assert technology("nuclear.smr").capex.to("USD/MW") == 8_000_000
    assert technology("battery.lfp").energy_capex.to("USD/MWh") == 309_900


def test_carbon_follows_from_fuel():
    """6.168 MMBtu/MWh x 53.06 kg/MMBtu = 0.32727 t/MWh."""
    assert technology("gas.ccgt").co2 == pytest.approx(0.32727, abs=1e-5)
    assert technology("gas.ccgt_ccs").co2 == pytest.approx(0.05 * 6.945 * 0.05306)


def test_hot_hours_derate_a_turbine_and_leave_a_battery_alone():
    weather = station("tmy3:723170")
    share = thermal.available_share(technology("gas.aeroderivative"), weather)
    hottest = int(weather.drybulb.argmax())
    # 35.6 degC: 1 - 0.010 x 20.6 = 0.794; pressure p: p / 1013.25; availability 0.95
    assert share[hottest] == pytest.approx(0.794 * weather.pressure[hottest] / 1013.25 * 0.95)
    battery = technology("battery.lfp")
    assert thermal.available_share(battery, weather) == pytest.approx(
        np.full(8760, battery.availability)
    )


def test_a_time_of_use_price_and_a_years_bill():
    """62 USD/MWh, 100 in July from 16 to 20 h: 31 days x 4 h; 10 MW all year; 14 USD/kW-month on 10
    MW.
    """
    right = grid.GridRight(
        limit=10, energy=62, windows=(grid.PriceWindow(100, 16, 20, months=(7,)),), demand=14_000
    )
    price = grid.energy_price(right, 0)
    assert (price == 100).sum() == 31 * 4
    assert grid.annual_cost(right, np.full(8760, 10.0), 0) == pytest.approx(
        10 * (62 * 8760 + 38 * 124) + 14_000 * 10 * 12
    )
