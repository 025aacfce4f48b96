"""A record of the Utility Rate Database becomes prices by hour, tiers and demand charges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy.utility_tariff import UtilityTariff, read_tariff

FRIDAY = 4
SUMMER = [
    [0] * 24 if month not in (5, 6, 7) else [0] * 16 + [1] * 5 + [0] * 3 for month in range(12)
]
FLAT = [[0] * 24] * 12
RECORD: dict[str, Any] = {
    "name": "Large power",
    "energyratestructure": [
        [{"rate": 0.04, "adj": 0.01, "max": 1000, "unit": "kWh"}, {"rate": 0.06, "adj": 0.01}],
        [{"rate": 0.12}],
    ],
    "energyweekdayschedule": SUMMER,
    "energyweekendschedule": FLAT,
    "flatdemandstructure": [[{"rate": 4.0}], [{"rate": 7.5}]],
    "flatdemandmonths": [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0],
    "demandratestructure": [[{"rate": 0}], [{"rate": 3.0}]],
    "demandweekdayschedule": SUMMER,
    "demandweekendschedule": FLAT,
    "demandratchetpercentage": [0.8] * 12,
}


def _read(folder: Path, record: object) -> UtilityTariff:
    path = folder / "rate.json"
    path.write_text(json.dumps(record))
    return read_tariff(path, FRIDAY)


def _refused(folder: Path, record: object) -> str:
    with pytest.raises(InputError) as refused:
        _read(folder, record)
    return str(refused.value)


def test_energy_by_hour_and_its_tiers(tmp_path: Path) -> None:
    """2027 begins on a Friday; 1 July is a Thursday, 3 July a Saturday."""
    found = _read(tmp_path, {"items": [RECORD]})
    assert found.name == "Large power"
    july = 181 * 24
    assert found.energy[[0, july + 15, july + 16, july + 21]] == pytest.approx([50, 50, 120, 50])
    assert found.energy[july + 48 + 16] == pytest.approx(50)
    (tier,) = found.tiers
    assert (tier.above, tier.adds) == (1.0, pytest.approx(20))
    assert tier.hours[july + 16] == 0
    assert tier.hours[0] == 1


def test_demand_charges_of_months_and_hours(tmp_path: Path) -> None:
    found = _read(tmp_path, [RECORD]).demands
    assert [one.usd for one in found] == [4000, 7500, 3000]
    assert {one.ratchet for one in found} == {0.8}
    assert np.count_nonzero(found[1].hours) == (30 + 31 + 31) * 24
    assert np.count_nonzero(found[2].hours) == 5 * 66  # weekdays of June to August 2027


def test_what_is_not_counted_is_told(tmp_path: Path) -> None:
    sold = [[{"rate": 0.05, "sell": 0.02}], [{"rate": 0.1}]]
    notes = _read(tmp_path, RECORD | {"fixedmonthlycharge": 250, "energyratestructure": sold}).notes
    assert "fixed charge of 250 USD is not counted" in notes[0]
    assert "write `export`" in notes[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"energyweekdayschedule": [[0] * 24] * 11}, "not 12 months of 24 hours"),
        ({"energyweekdayschedule": [["a"] * 24] * 12}, "not 12 months of 24 hours"),
        ({"energyweekendschedule": [[7] * 24] * 12}, "has no period 7"),
        (
            {"energyratestructure": [[{"rate": 0.06, "max": 10}, {"rate": 0.05}], [{"rate": 1}]]},
            "costs less than before",
        ),
        (
            {
                "energyratestructure": [[{"rate": 0.06, "max": 10, "unit": "kWh/kW"}, {"rate": 1}]]
                * 2
            },
            "measured in kWh/kW",
        ),
        ({"flatdemandmonths": [0]}, "has not 12 numbers"),
        ({"flatdemandstructure": [[{"rate": 1, "max": 5}, {"rate": 2}]] * 2}, "tiers of power"),
        ({"demandratchetpercentage": [0.5] * 6 + [0.9] * 6}, "differs from month to month"),
        ({"coincidentratestructure": [[{"rate": 1}]]}, "at the system's peak"),
    ],
)
def test_what_no_plan_can_keep(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    assert words in _refused(tmp_path, RECORD | changes)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("0.12 EUR/kWh", "`rate` is `0.12 EUR/kWh`; expected a number"),
        ([0.12], "`rate` is `[0.12]`"),
        (float("inf"), "`rate` is `inf`"),
    ],
)
def test_a_rate_that_is_no_number_is_not_free(tmp_path: Path, rate: object, words: str) -> None:
    told = _refused(tmp_path, RECORD | {"energyratestructure": [[{"rate": 0.1}], [{"rate": rate}]]})
    assert words in told
    assert "currencies" not in told


def test_digits_in_quotes_are_a_rate_and_other_money_is_none(tmp_path: Path) -> None:
    quoted = RECORD | {"energyratestructure": [[{"rate": "0.05"}], [{"rate": 0.12}]]}
    assert _read(tmp_path, quoted).energy[0] == pytest.approx(50)
    assert "is in EUR; expected rates in USD" in _refused(tmp_path, RECORD | {"currency": "EUR"})
    assert _read(tmp_path, RECORD | {"currency": "usd"}).tiers


def test_several_faults_at_once(tmp_path: Path) -> None:
    wrong = RECORD | {"flatdemandmonths": [0], "demandweekdayschedule": None}
    assert _refused(tmp_path, wrong).count("rate.json") == 2


def test_what_is_no_record(tmp_path: Path) -> None:
    assert "has no `energyratestructure`" in _refused(tmp_path, {"a": 1})
    assert "holds 2 tariffs" in _refused(tmp_path, [RECORD, RECORD])
    (tmp_path / "rate.json").write_text("{")
    with pytest.raises(InputError, match="no JSON that can be read"):
        read_tariff(tmp_path / "rate.json", FRIDAY)
    with pytest.raises(InputError, match="there is no such file"):
        read_tariff(tmp_path / "none.json", FRIDAY)
