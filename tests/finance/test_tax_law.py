"""Credits by law and date. The law is data; these are its corners."""

import pytest

from headrace.core.errors import InputError
from headrace.finance.tax_law import best, credit


def laws(kind: str, begins: str, operates: str) -> dict[str, tuple[float, float]]:
    return {one.law: (one.itc, one.ptc) for one in credit(kind, begins, operates)}


def test_solar_may_choose_until_july_2026():
    assert laws("solar", "2026-07", "2029-01") == {
        "ira.48e.solar_wind": (0.3, 0.0),
        "ira.45y.solar_wind": (0.0, 27.5),
    }


def test_solar_begun_later_must_run_by_the_end_of_2027():
    in_time, late = credit("solar", "2026-08", "2027-12"), credit("solar", "2026-08", "2028-01")
    assert [one.itc for one in in_time] == [0.3, 0.0]
    assert "in time" in in_time[0].reason
    assert late == ()


@pytest.mark.parametrize(
    ("begins", "share"), [("2033-12", 1.0), ("2034-01", 0.75), ("2035-06", 0.5), ("2036-01", None)]
)
def test_storage_and_reactors_phase_down(begins, share):
    for kind in ("storage", "nuclear", "geothermal"):
        found = laws(kind, begins, "2042-01").get("ira.48e.firm")
        assert found == (None if share is None else (pytest.approx(0.3 * share), 0.0))


def test_a_fuel_cell_gets_its_credit_from_2026_and_gas_gets_none():
    assert credit("fuel_cell", "2025-12", "2026-06") == ()
    assert credit("fuel_cell", "2026-01", "2026-06")[0].itc == 0.3
    assert credit("gas", "2026-01", "2030-01") == ()


def test_the_better_credit_depends_on_capex_and_sun():
    """1.3 MUSD/MW x 30 % = 390 kUSD. 27.5 x 2,300 MWh x 7.4 = 468 kUSD; at 1,200 MWh 244 kUSD."""
    choices = credit("solar", "2026-01", "2027-06")
    assert best(choices, 1.3e6, 2300, 7.4).ptc > 0
    assert best(choices, 1.3e6, 1200, 7.4).itc > 0
    assert best((), 1.0, 1.0, 1.0) is None


@pytest.mark.parametrize(
    "bad",
    [
        ("solar", "2026", "2027-01"),
        ("solar", "2026-13", "2027-01"),
        ("solar", "2027-01", "2026-01"),
        ("oil", "2026-01", "2027-01"),
    ],
)
def test_bad_questions_are_refused(bad):
    with pytest.raises(InputError):
        credit(*bad)
