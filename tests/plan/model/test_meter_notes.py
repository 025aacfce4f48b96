"""What check tells of a meter."""

from __future__ import annotations

import json
from pathlib import Path

from tests.builders.own_tables import table

from headrace.plan.check import check

STUDY = """\
study: meter
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {weeks: 1}}
sites: {here: {grid: {limit: 9 MW, energy: {2027: 20 USD/MWh, 2028: 40 USD/MWh},
  export: {price: offer.csv}}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 60 USD/MWh}}
"""


def _notes(folder: Path, text: str) -> tuple[str, ...]:
    table(folder / "offer.csv", "offer [USD/MWh]", (f"{10 + h % 4 * 10}" for h in range(8760)))
    (folder / "study.yaml").write_text(text)
    return check(folder / "study.yaml")[1]


def test_hours_in_which_selling_pays_more_are_counted(tmp_path: Path) -> None:
    """Offers of 10, 20, 30 and 40: of 20 and more in three of four hours of the first stage."""
    (note,) = _notes(tmp_path, STUDY)
    assert "study.yaml:4" in note
    assert "in 6,570 hours of a year" in note
    assert "meter: generation" in note


def test_a_meter_of_its_own_needs_no_note(tmp_path: Path) -> None:
    assert _notes(tmp_path, STUDY.replace("offer.csv}", "offer.csv, meter: generation}")) == ()


def test_what_a_tariff_holds_and_no_plan_counts(tmp_path: Path) -> None:
    record = {
        "energyratestructure": [[{"rate": 0.05}]],
        "energyweekdayschedule": [[0] * 24] * 12,
        "energyweekendschedule": [[0] * 24] * 12,
        "fixedmonthlycharge": 900,
    }
    (tmp_path / "rate.json").write_text(json.dumps(record))
    text = STUDY.replace("energy: {2027: 20 USD/MWh, 2028: 40 USD/MWh}", "tariff: rate.json")
    told = _notes(tmp_path, text)
    assert "sites.here.grid.tariff: its fixed charge of 900 USD is not counted" in told[0]
