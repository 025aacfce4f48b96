"""The levered pro forma: golden cases of a public calculator, hand arithmetic, and laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.offgrid import Campus, as_project, price, terms
from headrace.finance.project import Project, equity_value, flows, irr, level_price

FLAT = {"load": 100.0, "energy": 876_000.0, "hours": 4.0}

# offgridai.us cost calculator (commit 7680d79), run 2026-11-23: solar MWdc, battery MW, generator
# MW, kind, solar share, other
# terms, capex [MUSD], price [USD/MWh]
GOLDEN = [
    (0, 0, 125, "turbine", 0.0, {}, 169.51675, 87.925116),
    (0, 0, 100, "turbine", 0.0, {}, 144.781, 84.493404),
    (0, 0, 125, "turbine", 0.0, {"fuel_price": 3.5}, 169.51675, 70.330328),
    (0, 0, 125, "engine", 0.0, {}, 206.5505, 111.106802),
    (210, 28, 125, "engine", 0.44, {}, 419.88726, 92.978655),
    (526, 366, 125, "engine", 0.9, {}, 1084.91838, 109.037409),
    (526, 366, 125, "engine", 0.9, {"itc": 0.4}, 1084.91838, 95.942388),
    (
        526,
        366,
        125,
        "engine",
        0.9,
        {"interest": 0.05, "equity_return": 0.08},
        1084.91838,
        93.422449,
    ),
]


@pytest.mark.parametrize(
    ("solar", "battery", "generator", "kind", "share", "other", "capex", "published"), GOLDEN
)
def test_golden_cases(solar, battery, generator, kind, share, other, capex, published):
    campus = Campus(
        **FLAT,
        solar=solar,
        battery=battery,
        generator=generator,
        kind=kind,
        solar_share=share,
        **other,
    )
    found = price(campus)
    assert found.capex / 1e6 == pytest.approx(capex, rel=1e-9)
    assert found.price == pytest.approx(published, rel=1e-6)


def plain(**changes) -> Project:
    given = {
        "spending": (100.0,), "operating_cost": np.array([10.0, 10.0]), "energy": np.array([1.0,
        1.0]), "credit": 0.0,
        "basis": 100.0, "debt_share": 0.0, "interest": 0.05, "debt_years": 2, "tax": 0.0,
        "equity_return": 0.1,
    }  # fmt: skip
    return Project(**{**given, **changes})


def test_no_debt_no_tax_by_hand():
    """100 in year 1, 1 MWh a year in years 2 and 3, cost 10: price = 10 + 100 x 1.1^-1 / (1.1^-2 +
    1.1^-3) = 10 + 57.619 x 1.
    """
    assert level_price(plain()) == pytest.approx(10 + (100 / 1.1) / (1.1**-2 + 1.1**-3))


def test_debt_at_the_equity_return_changes_nothing_but_the_free_building_year():
    """Interest 10 % like equity, no tax: debt of 50 is drawn a year before its first payment, and
    worth 50 / 1.1 then; its service is worth 50 at the start of operation, so 50 / 1.1 as well: no
    difference.
    """
    assert level_price(plain(debt_share=0.5, interest=0.1)) == pytest.approx(level_price(plain()))


def test_debt_is_repaid_and_all_flows_add_up():
    project = plain(debt_share=0.6, tax=0.21, credit=12.0)
    found = flows(project, 80.0)
    assert found.principal.sum() == pytest.approx(60)
    total = (
        found.revenue
        - found.operating_cost
        - found.interest
        - found.principal
        - found.tax
        + found.credit
        - found.equity_spending
    )
    assert found.equity == pytest.approx(total)
    assert len(found.coverage) == 2


@given(st.floats(0, 0.8), st.floats(0.01, 0.12), st.floats(0, 0.4), st.floats(0.02, 0.2))
def test_the_level_price_earns_exactly_the_equity_return(debt, interest, tax, equity):
    project = plain(debt_share=debt, interest=interest, tax=tax, equity_return=equity)
    found = level_price(project)
    assert equity_value(project, found) == pytest.approx(0, abs=1e-9)
    rate = irr(flows(project, found).equity)
    assert rate == pytest.approx(equity, abs=1e-8)


def test_cheaper_money_and_larger_credits_never_raise_the_price():
    campus = Campus(**FLAT, solar=300, battery=100, generator=125, kind="engine", solar_share=0.6)
    money = terms()
    base = level_price(as_project(campus, money))
    for name, value in (("interest", 0.06), ("equity_return", 0.09), ("itc", 0.4)):
        cheaper = Campus(**{**campus.__dict__, name: value})
        assert level_price(as_project(cheaper, money)) < base


def test_irr_of_a_doubling_is_a_hundred_percent_and_of_no_gain_is_unknown():
    assert irr(np.array([-1.0, 2.0])) == pytest.approx(1.0)
    assert np.isnan(irr(np.array([1.0, 2.0])))


@pytest.mark.parametrize(
    "bad",
    [
        {"debt_share": 1.0},
        {"energy": np.array([1.0])},
        {"debt_years": 9, "debt_share": 0.5},
        {"spending": ()},
    ],
)
def test_bad_projects_are_refused(bad):
    with pytest.raises(InputError):
        level_price(plain(**bad))


def test_a_project_that_sells_nothing_has_no_price():
    with pytest.raises(InputError, match="no energy"):
        level_price(plain(energy=np.zeros(2)))


def test_debt_is_repaid_to_the_cent_in_level_payments():
    """100 of debt at 5 % over two years: 53.780488 a year; interest 5.00 and 2.5609756."""
    loan = Project(
        spending=(125.0,),
        operating_cost=np.zeros(3),
        energy=np.ones(3),
        credit=0.0,
        basis=0.0,
        debt_share=0.8,
        interest=0.05,
        debt_years=2,
        tax=0.0,
        equity_return=0.1,
    )
    interest, principal = loan.debt_service()
    assert interest == pytest.approx([5.0, 2.5609756, 0.0])
    assert interest + principal == pytest.approx([53.7804878, 53.7804878, 0.0])
    assert principal.sum() == pytest.approx(loan.debt) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"energy": np.ones(2)}, "3 years of cost and 2 of energy"),
        ({"debt_share": 1.0}, "a debt share of 1"),
        ({"debt_years": 4}, "debt over 4 years"),
        ({"debt_years": 0}, "debt over 0 years"),
        ({"spending": ()}, r"spending \(\)"),
        ({"spending": (np.inf,)}, r"spending \(inf"),
    ],
)
def test_a_project_tells_what_is_wrong_with_it(changed, words):
    sound = Project(
        *((100.0,), np.zeros(3), np.ones(3), 0.0, 0.0), 0.5, 0.05, 2, 0.0, equity_return=0.1
    )
    sound.check()
    with pytest.raises(InputError, match=words):
        replace(sound, **changed).check()
