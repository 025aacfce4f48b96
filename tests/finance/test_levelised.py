"""Levelised cost against published rows of the Annual Technology Baseline, typed here with their
source.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.levelised import (
    MACRS,
    Capital,
    PlantCost,
    annuity,
    construction_finance_factor,
    crf,
    discount_factor,
    flowing,
    interest_during_construction,
    lcoe_nominal,
    lcoe_real,
    levelised_ptc,
)

# Rows of NREL ATB 2024 (extract of June 2024, test data of NREL/ATB-calc): name, interest, equity
# return, debt share,
# tax, inflation, years, capex [USD/kW], fixed [USD/kW-year], variable [USD/MWh], capacity factor,
# heat rate, fuel, ITC,
# PTC, LCOE [USD/MWh]
ROWS = [
    ("Utility PV - Class 1, Moderate, R&D, 2025", 0.07, 0.085, 0.7530926883, 0.2574, 0.025, 30,
     1491.640744, 21.00107658, 0.0, 0.320268766, 0.0, 0.0, 0.0, 0.0, 37.59850829),
    ("Utility PV - Class 5, Moderate, R&D, 2025", 0.07, 0.085, 0.7530926883, 0.2574, 0.025, 30,
     1491.640744, 21.00107658, 0.0, 0.2675387031, 0.0, 0.0, 0.0, 0.0, 45.00891914),
    ("Utility PV - Class 5, Advanced, R&D, 2030", 0.07, 0.085, 0.7530926883, 0.2574, 0.025, 20,
     1069.566484, 16.63881636, 0.0, 0.286746319, 0.0, 0.0, 0.0, 0.0, 37.9116622),
    ("Utility PV - Class 5, Moderate, Market, 2025", 0.07, 0.085, 0.5150363714, 0.2574, 0.025, 30,
     1491.640744, 21.00107658, 0.0, 0.2675387031, 0.0, 0.0, 0.0, 17.61172654, 31.17631091),
    ("Utility PV - Class 10, Conservative, Market, 2022", 0.07, 0.085, 0.5205841824, 0.2574,
    0.02738972735, 20,
     1482.68328, 23.76560346, 0.0, 0.1968738213, 0.0, 0.0, 0.3000000119, 0.0, 57.57243451),
    ("Land-Based Wind - Class 4 - Technology 1, Moderate, R&D, 2025", 0.07, 0.09, 0.7235477597,
    0.2574, 0.025, 30,
     1569.099073, 31.25081947, 0.0, 0.458354, 0.0, 0.0, 0.0, 0.0, 30.60014924),
    ("Land-Based Wind - Class 4 - Technology 1, Moderate, Market, 2025", 0.07, 0.09, 0.3616739554,
    0.2574, 0.025, 30,
     1569.099073, 31.25081947, 0.0, 0.458354, 0.0, 0.0, 0.0, 18.60155223, 16.19968804),
    ("Land-Based Wind - Class 8 - Technology 2, Advanced, Market, 2050", 0.07, 0.09, 0.2096705351,
    0.2574, 0.025, 20,
     1039.489611, 15.37181088, 0.0, 0.397295, 0.0, 0.0, 0.0, 23.40980913, 7.810598923),
    ("Nuclear - Large, Moderate, R&D, 2030", 0.08, 0.105, 0.6938926384, 0.2574, 0.025, 60,
     7616.35897, 175.0, 2.8, 0.93, 10.497, 0.97, 0.0, 0.0, 84.3967952),
    ("Nuclear - Small, Moderate, R&D, 2030", 0.08, 0.105, 0.6938926384, 0.2574, 0.025, 60,
     9650.000677, 136.0, 2.6, 0.93, 9.18, 1.2, 0.0, 0.0, 93.57637928),
    ("Nuclear - Small, Moderate, R&D, 2050", 0.08, 0.105, 0.6938926384, 0.2574, 0.025, 60,
     4884.568244, 136.0, 2.6, 0.93, 9.18, 1.2, 0.0, 0.0, 62.33356044),
    ("Nuclear - Small, Advanced, Market, 2030", 0.08, 0.105, 0.4850657461, 0.2574, 0.025, 60,
     6416.740269, 118.0, 2.2, 0.93, 9.18, 1.09, 0.3000000119, 0.0, 59.26724297),
    ("Geothermal - NF EGS / Flash, Moderate, R&D, 2025", 0.07, 0.105, 0.7336672898, 0.2574, 0.025,
    30,
     8904.443398, 150.8951245, 0.0, 0.9, 0.0, 0.0, 0.0, 0.0, 88.16831969),
    ("Geothermal - Deep EGS / Flash, Conservative, Market, 2030", 0.07, 0.105, 0.5128917674,
    0.2574, 0.025, 30,
     10787.38701, 146.9689469, 0.0, 0.9, 0.0, 0.0, 0.3000000119, 0.0, 82.23918559),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_published_levelised_costs(row):
    (
        _,
        interest,
        equity,
        debt,
        tax,
        inflation,
        years,
        capex,
        fixed,
        variable,
        factor,
        heat,
        fuel,
        itc,
        ptc,
        published,
    ) = row
    capital = Capital(interest, equity, debt, tax, inflation, years)
    plant = PlantCost(capex * 1e3, fixed * 1e3, factor, variable, heat, fuel, itc, ptc)
    assert lcoe_real(plant, capital) == pytest.approx(published, rel=1e-6)


def test_published_production_credit():
    """27.5 USD/MWh for ten years is 17.61172654 USD/MWh over 30 (ATB 2024, Utility PV, Market,
    2025).
    """
    capital = Capital(0.07, 0.085, 0.5150363714, 0.2574, 0.025, 30)
    assert levelised_ptc(27.5, capital) == pytest.approx(17.61172654, rel=1e-6)


def test_recovery_by_hand():
    """10 % over 2 years: 0.1 / (1 - 1 / 1.21) = 0.57619; without interest one half; the annuity is
    the inverse.
    """
    assert crf(0.1, 2) == pytest.approx(0.1 / (1 - 1 / 1.21))
    assert crf(0.0, 2) == 0.5
    assert annuity(0.1, 2) == pytest.approx(1 / 1.1 + 1 / 1.21)


def test_interest_during_construction_by_hand():
    """Half in each of two years at 10 %: 1.5 and 0.5 years before operation; 0.5 (1.1^1.5 +
    1.1^0.5) - 1 of 100.
    """
    assert interest_during_construction(100, (0.5, 0.5), 0.1) == pytest.approx(
        50 * (1.1**1.5 + 1.1**0.5) - 100
    )
    mixed = construction_finance_factor((1.0,), 0.1, 0.2, debt_share=0.75)
    assert mixed == pytest.approx(0.75 * 1.1**0.5 + 0.25 * 1.2**0.5)
    with pytest.raises(InputError, match="add up"):
        construction_finance_factor((0.5, 0.4), 0.1)


def test_published_construction_finance_factors():
    """ATB 2024: 1.035828658 for PV (one year, equity 8.5 + 2 %), 1.059960098 for wind (10, 10, 80
    %, equity 9 + 2 %).
    """
    assert construction_finance_factor((1.0,), 0.065, 0.105, 0.8) == pytest.approx(
        1.035828658, abs=1e-9
    )
    assert construction_finance_factor((0.1, 0.1, 0.8), 0.065, 0.11, 0.8) == pytest.approx(
        1.059960098, abs=1e-9
    )


def test_depreciation_returns_the_whole_basis():
    for years, shares in MACRS.items():
        assert math.fsum(shares) == pytest.approx(1.0, abs=1e-9)
        assert len(shares) == years + 1


@given(st.floats(-0.5, 1.0), st.floats(0.5, 60))
def test_an_annuity_recovers_its_loan(rate, years):
    assert crf(rate, years) * annuity(rate, years) == pytest.approx(1)
    assert crf(rate, years) > 0


@given(st.floats(0.0, 0.1), st.integers(5, 60), st.floats(0.1, 1.0))
def test_nominal_exceeds_real_and_meets_it_without_inflation(inflation, years, factor):
    capital = Capital(0.07, 0.1, 0.6, 0.25, inflation, years)
    plant = PlantCost(1e6, 2e4, factor)
    assert lcoe_nominal(plant, capital) >= lcoe_real(plant, capital) * (1 - 1e-12)
    flat = Capital(0.07, 0.1, 0.6, 0.25, 0.0, years)
    assert lcoe_nominal(plant, flat) == pytest.approx(lcoe_real(plant, flat))


def test_no_output_no_levelised_cost():
    with pytest.raises(InputError, match="capacity factor"):
        lcoe_real(PlantCost(1e6, 0.0, 0.0), Capital(0.07, 0.1, 0.6, 0.25, 0.02, 20))


def test_an_even_flow_is_the_integral_of_discounts() -> None:
    years = np.linspace(1.5, 7.25, 200_001)
    mean = float(np.mean([discount_factor(0.08, float(y)) for y in years[::50]]))
    assert flowing(0.08, 1.5, 7.25) == pytest.approx(mean * 5.75, rel=1e-4)
    assert flowing(0.0, 1.5, 7.25) == pytest.approx(5.75)
    assert flowing(0.08, 2.0, 2.0) == 0.0
    parts = flowing(0.08, 0.0, 3.0) + flowing(0.08, 3.0, 5.0)
    assert flowing(0.08, 0.0, 5.0) == pytest.approx(parts, rel=1e-14)
