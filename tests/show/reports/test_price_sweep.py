"""The sweep of one price: where it enters, the plan of every segment, its page."""

from __future__ import annotations

import json

import pytest
from tests.builders.pages import opened

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.breakeven import breakeven_question
from headrace.plan.analysis.price_sweep import Sweep, SweepGrid, sweep
from headrace.show import cli
from headrace.show.reports import price_sweep

STEPPED = """
study: stepped
title: "<b>bold</b>"
money: {discount: 0 %/a real}
horizon:
  {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [2000 h, 6760 h]}}
fuels: {gas: {price: 4 USD/MMBtu, co2: 50 kg/MMBtu}}
technologies:
  reactor: {capex: 100 USD/kW, fixed: 20 USD/kW-year, variable: 10 USD/MWh}
  plant: {capex: 300 USD/kW, heat_rate: 10 MMBtu/MWh, fuel: gas}
sites: {here: {build: {reactor: reactor, plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}
tree: [{node: now, demand: {power: [10 MW, 6 MW]}}]
"""


def swept(
    about: str = "capex:reactor", low: float | None = None, high: float | None = None
) -> Sweep:
    question = breakeven_question(study_of(parse_text(STEPPED)), about)
    return sweep(
        question, low, high, SweepGrid(points=3), say=lambda words: None, stop=lambda: False
    )


def test_every_segment_has_its_plan() -> None:
    """The plant costs 300 USD/kW and 40 USD/MWh. The reactor's first 6 MW save 300 + 8,760 x 30 /
    1,000 - 20 = 542.8 USD/kW, the last 4 only 300 + 2,000 x 30 / 1,000 - 20 = 340; it enters at
    542.8, and the range is from half to one and a half of that.
    """
    found = swept()
    assert found.entry is not None
    assert found.entry.low == pytest.approx(542.8)
    assert (found.low, found.high) == pytest.approx((271.4, 814.2))
    assert [(round(s.low, 1), round(s.high, 1)) for s in found.segments] == [
        (271.4, 340.0),
        (340.0, 542.8),
        (542.8, 814.2),
    ]
    plans = [{b.asset: round(b.quantity, 6) for b in s.orders} for s in found.segments]
    assert plans == [{"reactor": 10}, {"reactor": 6, "plant": 4}, {"plant": 10}]
    assert [s.share for s in found.segments] == pytest.approx(
        [1.0, (8760 * 6) / (8760 * 6 + 2000 * 4), 0.0]
    )
    for one in found.segments:
        assert one.worth_low <= one.worth_high * (1 + 1e-9)


def test_the_curves_stand_at_the_studys_own_prices_unless_others_are_asked() -> None:
    """At 6 USD/MMBtu the plant's MWh costs 60: the first 6 MW save 300 + 8,760 x 50 / 1,000 - 20 =
    718.
    """
    curves = swept().curves
    assert [(c.gas, c.carbon) for c in curves] == [(4.0, 0.0), (4.0, 50.0), (6.0, 0.0), (6.0, 50.0)]
    assert curves[2].breakeven == pytest.approx(718)
    assert all(len(c.capex) == 3 for c in curves)


def test_a_fuel_needs_a_range_and_has_no_break_even() -> None:
    found = swept("fuel:gas", 1, 9)
    assert found.entry is None
    assert not found.curves
    assert all(s.share is None for s in found.segments)
    with pytest.raises(Exception, match="a fuel needs a range"):
        swept("fuel:gas")


def test_the_page_loads_nothing_and_no_name_becomes_markup() -> None:
    page = price_sweep.sweep_page(swept())
    told = opened(page)
    assert [c["key"] for c in told.data["charts"]] == ["segments", "reactor_share", "crossings"]
    assert "<td>exact</td>" in told.markup  # a table without a drawing needs no script
    assert "<b>bold" not in page
    assert "542.8 USD/kW (exact)" in page
    assert page == price_sweep.sweep_page(swept())


def test_the_verb_prints_one_object_and_writes_its_page(tmp_path, capsys) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STEPPED, encoding="utf-8")
    arguments = [
        "sweep",
        str(study),
        "--about",
        "capex:reactor",
        "--from",
        "300",
        "--to",
        "700",
        "--gas",
        "5",
        "--carbon",
        "0",
    ]
    assert cli.main([*arguments, "--out", str(tmp_path / "run"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["entry"]["exact"]
    assert told["about"] == "capex:reactor"
    assert [round(c["low"], 1) for c in told["crossings"]] == [340.0, 542.8]
    assert (tmp_path / "run" / "report.html").is_file()
    assert [(c["gas"], c["carbon"]) for c in told["curves"]] == [(5.0, 0.0)]
    assert cli.main(["sweep", str(study), "--about", "capex:reactr"]) == 2
    assert "capex:reactor" in capsys.readouterr().err
