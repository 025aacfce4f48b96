"""Rows on levelised cost and the pro forma: what they read, and that a wrong number fails.

The data folder of these tests is made here: one row, worked out by hand.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of, write_table

from headrace.energy import solar
from headrace.finance.offgrid_sweep import DesignPoint
from headrace.verification import finance

CASES = "nrel_atb2024_lcoe_cases.csv"


def atb_case(**changed) -> dict[str, object]:
    """A plant without debt, tax or inflation: everything follows from the annuity.

    At 10 % over one year, CRF = 1.1 and PFF = 1. 1,000 USD/kW of capex and 20 of upkeep over
    8,760 h x 0.5 cost (1.1 x 1,000,000 + 20,000) / 4,380 = 255.70776 USD/MWh.
    CFF = 0.8 x 1.065^0.5 + 0.2 x 1.12^0.5 = 0.8 x 1.0319884 + 0.2 x 1.0583005 = 1.0372508.
    """
    row = {
        "tech": "Solar_-_Utility_PV",
        "crp_yr": 1,
        "occ_usd_per_kw": 900.0,
        "grid_conn_usd_per_kw": 64.0871,
        "constr_fin_factor": 1.0372508,
        "capex_usd_per_kw": 1000.0,
        "fom_usd_per_kw_yr": 20.0,
        "vom_usd_per_mwh": "",
        "net_cf": 0.5,
        "heat_rate_mmbtu_per_mwh": "",
        "fuel_usd_per_mmbtu": "",
        "interest_nominal": 0.07,
        "roe_nominal": 0.10,
        "debt_fraction": 0.0,
        "tax_rate": 0.0,
        "inflation": 0.0,
        "itc": 0,
        "ptc_usd_per_mwh": 27.5,
        "lcoe_usd_per_mwh": 255.70776255707761 - 27.5,
    }
    return row | changed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    return tmp_path


def test_the_registry_holds_its_rows():
    assert ids_of("finance") == {
        *(f"energy.atb.{name}" for name in ("lcoe", "capex", "cff", "ptc")),
        *(f"energy.offgrid.{name}" for name in ("golden", "paper", "shape")),
        "energy.time_to_power.retail",
        "energy.ember.dispatchable",
    }


@pytest.mark.parametrize("name", ["lcoe", "capex", "cff", "ptc"])
def test_a_case_worked_by_hand_passes(folder, name):
    """A production credit of 27.5 over a recovery of one year is 27.5 a MWh, without tax."""
    write_table(folder / CASES, atb_case())
    assert row_of(f"energy.atb.{name}").status == "pass"


@pytest.mark.parametrize(
    ("name", "column", "wrong"),
    [
        ("lcoe", "lcoe_usd_per_mwh", 228.3),
        ("lcoe", "net_cf", 0.501),
        ("capex", "capex_usd_per_kw", 1001.0),
        ("cff", "constr_fin_factor", 1.0373),
        ("ptc", "ptc_usd_per_mwh", 27.6),
    ],
)
def test_a_wrong_figure_in_the_file_fails_its_row(folder, name, column, wrong):
    write_table(folder / CASES, atb_case(), atb_case(**{column: wrong}))
    assert row_of(f"energy.atb.{name}").status == "fail"


def test_the_row_shown_is_the_worst_of_the_file(folder):
    """Off by 2 and by 4 of 204: the second is told."""
    write_table(folder / CASES, atb_case(lcoe_usd_per_mwh=230.0), atb_case(lcoe_usd_per_mwh=240.0))
    found = row_of("energy.atb.lcoe")
    assert (found.published, found.reason) == (240.0, "2 rows")


def test_geothermal_has_a_smaller_credit_and_no_construction_schedule(folder):
    """24.0 USD/MWh of 2022; a reactor or a geothermal plant is no row of the CFF check."""
    geothermal = atb_case(tech="Geothermal", ptc_usd_per_mwh=24.0, constr_fin_factor="")
    write_table(folder / CASES, atb_case(), geothermal)
    assert row_of("energy.atb.ptc").status == "pass"
    assert row_of("energy.atb.cff").reason.startswith("1 rows")
    assert row_of("energy.atb.capex").reason.startswith("1 rows")


def test_a_levelised_cost_that_forgets_upkeep_fails(folder, monkeypatch):
    write_table(folder / CASES, atb_case())
    true = finance.lcoe_real
    monkeypatch.setattr(
        finance, "lcoe_real", lambda plant, capital: true(plant, capital) - plant.fixed / 4380
    )
    assert row_of("energy.atb.lcoe").status == "fail"


def test_the_white_paper_row_fails_where_panels_cost_nothing(monkeypatch):
    """Gas alone has none, so only the two rows with panels move."""
    assert failed(rows_of("energy.offgrid.paper")) == set()
    paid = finance.price

    def free_panels(campus):
        found = paid(campus)
        return type(found)(found.capex, found.price * (0.8 if campus.solar else 1.0))

    monkeypatch.setattr(finance, "price", free_panels)
    assert failed(rows_of("energy.offgrid.paper")) == {".solar44", ".solar90"}


def test_the_order_of_supplies_flips_by_the_retail_price_of_idle_hours(monkeypatch):
    """Without idle hours at a price, ranking is by cost alone, and the published flip is gone."""
    assert failed(rows_of("energy.time_to_power.retail")) == set()
    monkeypatch.setattr(finance, "IDLE", finance.Idle(0.0, 1.0, 0.07, 27, 0.99))
    assert failed(rows_of("energy.time_to_power.retail")) == {".solar", ".grid", ".gas", ".flip"}


def test_sun_around_the_clock_is_the_sum_of_day_and_night(monkeypatch):
    """43 + 0.5 x 65 = 75.5, printed as 76; a store that is free is 33 off."""
    assert row_of("energy.ember.dispatchable").ours == pytest.approx(75.5)
    monkeypatch.setattr(finance, "dispatchable", lambda day, store, share: day)
    assert row_of("energy.ember.dispatchable").status == "fail"


def test_a_design_line_that_never_turns_fails_the_shape(monkeypatch):
    """A cost that falls with every share has its least at the end: no inner minimum."""

    def falling(points, shares):
        return [design(share, 100.0 - 10.0 * share) for share in shares]

    def design(share, cost):
        return DesignPoint(0.0, 0.0, float(share), float(cost))

    monkeypatch.setattr(solar, "single_axis", lambda weather, design: np.zeros(8760))
    monkeypatch.setattr(finance, "sweep", lambda *sizes: ())
    monkeypatch.setattr(finance, "envelope", falling)
    rows = rows_of("energy.offgrid.shape")
    assert failed(rows) == {".greensboro", ".miami", ".sand_point"}
    turning = np.array([90.0, 80.0, 82.0, 84.0, 86.0, 88.0, 90.0, 92.0, 94.0, 120.0])
    monkeypatch.setattr(
        finance,
        "envelope",
        lambda points, shares: [design(s, c) for s, c in zip(shares, turning)],
    )
    assert failed(rows_of("energy.offgrid.shape")) == set()


def test_the_golden_row_reads_percentages_and_sizes(folder):
    """A campus of engines alone at twice the fuel price costs more: the published figure of the
    cheaper one fails.
    """
    case = {
        **{"case": "gas", "load_mw": 100, "load_mwh_per_yr": 876_000, "solar_mwdc": 0},
        **{"bess_mw": 0, "bess_hours": 4, "gen_mw": 125, "gen_type": "Gas Turbine"},
        **{"solar_share_yr1": 0, "fuel_usd_per_mmbtu": 5.0, "itc_pct": 30.0},
        **{"cost_of_debt_pct": 7.5, "cost_of_equity_pct": 11.0, "leverage_pct": 70.0},
        **{"total_capex_musd": 169.51675, "lcoe_usd_per_mwh": 87.925116},
    }
    write_table(folder / "offgridai_proforma_golden_cases.csv", case)
    assert failed(rows_of("energy.offgrid.golden")) == set()
    write_table(folder / "offgridai_proforma_golden_cases.csv", case | {"fuel_usd_per_mmbtu": 10.0})
    assert failed(rows_of("energy.offgrid.golden")) == {".gas"}
    with (folder / "offgridai_proforma_golden_cases.csv").open() as stream:
        assert next(csv.DictReader(stream))["fuel_usd_per_mmbtu"] == "10.0"
