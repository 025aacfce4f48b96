"""A column is taken whole and in its unit, or refused with all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.builders.own_tables import hourly, table

from headrace.core.errors import InputError
from headrace.core.varying import SeriesFile
from headrace.energy.own_series.column import OwnSeries, Wanted, own_series
from headrace.energy.own_series.table import read_table

PRICE = Wanted("USD/MWh", first_weekday=4)
SHARE = Wanted("1", (0.0, 1.0), first_weekday=4)


def _read(path: Path, column: str = "", wanted: Wanted = PRICE, year: str = "") -> OwnSeries:
    return own_series(read_table(path), SeriesFile(path.name, column, year), wanted)


def _refused(path: Path, column: str = "", wanted: Wanted = PRICE, year: str = "") -> str:
    with pytest.raises(InputError) as refused:
        _read(path, column, wanted, year)
    return str(refused.value)


def test_hours_as_they_stand_in_the_unit_of_the_key(tmp_path: Path) -> None:
    found = _read(hourly(tmp_path / "a.csv", "price [USD/kWh]", lambda hour: hour / 1000))
    assert found.values.shape == (8760,)
    assert found.values[[0, 1, 8759]] == pytest.approx([0, 1, 8759])
    assert found.notes == ()


def test_quarters_are_averaged_and_a_leap_day_left_out(tmp_path: Path) -> None:
    path = hourly(
        tmp_path / "a.csv", value=lambda row: row, begin="2028-01-01 00:00", rows=35136, minutes=15
    )
    found = _read(path)
    assert found.values[0] == 1.5
    assert found.values[59 * 24] == 60 * 24 * 4 + 1.5  # 1 March follows 28 February
    assert "29 February is left out" in found.notes


def test_rows_in_utc_move_to_the_sites_clock(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", title="time [UTC]")
    found = _read(path, wanted=Wanted("USD/MWh", zone=-5.0))
    assert found.values[:2].tolist() == [5, 6]  # midnight at UTC-5 is five in the morning UTC
    assert found.values[-1] == 4
    half = _read(path, wanted=Wanted("USD/MWh", zone=5.5))
    assert half.values[6] == pytest.approx(0.5)  # 06:00 there is 00:30 UTC


def test_twelve_months_may_begin_anywhere(tmp_path: Path) -> None:
    found = _read(hourly(tmp_path / "a.csv", begin="2026-07-01 00:00"))
    assert found.values[181 * 24] == 0  # 1 July
    assert found.values[0] == 184 * 24  # 1 January follows 31 December


def test_one_year_of_several(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", begin="2025-01-01 00:00", rows=3 * 8760)
    assert "holds 3 years" in _refused(path)
    assert "#price#2027" in _refused(path)
    assert _read(path, "price", year="2026").values[0] == 8760
    assert "has no year 2031" in _refused(path, "price", year="2031")


def test_the_weekday_of_another_year_is_told(tmp_path: Path) -> None:
    found = _read(hourly(tmp_path / "a.csv", begin="2026-01-01 00:00"))
    assert "2026 begins on a Thursday, the study's year on a Friday" in found.notes[0]


def test_steps_by_year_and_month(tmp_path: Path) -> None:
    found = _read(table(tmp_path / "a.csv", "time, gas [USD/MWh]", ["2027, 3", "2028, 4"]))
    assert (found.resolution, found.values.tolist()) == ("year", [3, 4])
    assert "2030-01 follows 2027-01" in _refused(
        table(tmp_path / "b.csv", "time, gas [USD/MWh]", ["2027, 3", "2030, 4"])
    )


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    lines = hourly(tmp_path / "a.csv", "wind [MW]", lambda hour: "0.5").read_text().splitlines()
    lines[10] = lines[10].replace("0.5", "n/a")
    lines[11] = lines[11].replace("0.5", "-0.1")
    lines[12] = lines[12].replace("0.5", "1.2")
    lines[20] = lines[19]
    del lines[100]
    path = tmp_path / "b.csv"
    path.write_text("\n".join(lines))
    told = _refused(path, wanted=SHARE)
    for words in (
        "b.csv:1: column `wind [MW]`: 1 MW is a power",
        "b.csv:11  wind: `n/a` is no number",
        "b.csv:12  wind: -0.1 1; expected 0 to 1",
        "b.csv:13  wind: 1.2 1; expected 0 to 1",
        "b.csv:21: the row of 01-01 18 h stands a second time",
        "1 row missing: 01-05 03 h",
    ):
        assert words in told, told


def test_percent_without_its_sign_is_seen(tmp_path: Path) -> None:
    told = _refused(hourly(tmp_path / "a.csv", "wind [1]", lambda hour: 40), wanted=SHARE)
    assert "In percent? Then write `wind [%]`" in told


def test_daylight_saving_is_named(tmp_path: Path) -> None:
    lines = hourly(tmp_path / "a.csv").read_text().splitlines()
    march, november = 1 + (72 * 24 + 2), 1 + (310 * 24 + 1)
    lines.insert(november + 1, lines[november])
    del lines[march]
    (tmp_path / "b.csv").write_text("\n".join(lines))
    assert "This looks like daylight saving" in _refused(tmp_path / "b.csv")


def test_a_column_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "time, a [USD/MWh], b [USD/MWh]", ["2027, 1, 2"])
    assert "has 2 columns; expected `a.csv#a`, `a.csv#b`" in _refused(path)
    assert "has no column `c`" in _refused(path, "c")
    assert _read(path, "b").values.tolist() == [2]


def test_a_column_without_a_unit_is_refused(tmp_path: Path) -> None:
    told = _refused(table(tmp_path / "a.csv", "time, a", ["2027, 1"]))
    assert "Write `a [USD/MWh]` in the row of titles" in told


def test_rows_without_stamps_are_the_hours_of_a_year(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "a [USD/MWh]", (str(hour) for hour in range(8784)))
    found = _read(path)
    assert found.values[59 * 24] == 60 * 24
    assert np.isnan(found.zone)
