"""Rows are hours, months or years; of hours the clock must be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.builders.own_tables import hourly, table

from headrace.core.errors import InputError
from headrace.energy.own_series.stamps import row_stamps
from headrace.energy.own_series.table import read_table

BEGIN = int(np.datetime64("2027-01-01T00:00", "m").astype(np.int64))


def test_hours_on_the_clock_of_their_title(tmp_path: Path) -> None:
    found = row_stamps(read_table(hourly(tmp_path / "a.csv", title="time [UTC+05:30]", rows=48)))
    assert (found.resolution, found.step, found.zone) == ("hour", 60, 5.5)
    assert found.minutes[:2].tolist() == [BEGIN, BEGIN + 60]


def test_stamps_that_name_their_end(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", begin="2027-01-01 01:00", title="time_end [UTC-5]")
    assert row_stamps(read_table(path)).minutes[0] == BEGIN


def test_ends_called_beginnings_are_seen(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", begin="2027-01-01 01:00")
    with pytest.raises(InputError, match="Call the column `time_end`"):
        row_stamps(read_table(path))


def test_offsets_that_change_are_daylight_saving_undone(tmp_path: Path) -> None:
    rows = ["2027-03-14T01:00-05:00, 1", "2027-03-14T03:00-04:00, 2", "2027-03-14T04:00-04:00, 3"]
    found = row_stamps(read_table(table(tmp_path / "a.csv", "time, a [1]", rows)))
    assert found.zone == -5
    assert np.diff(found.minutes).tolist() == [60, 60]
    assert "daylight saving" in found.notes[0]


def test_months_and_years(tmp_path: Path) -> None:
    months = read_table(table(tmp_path / "m.csv", "time, a [1]", ["2027-11, 1", "2027-12, 2"]))
    years = read_table(table(tmp_path / "y.csv", "time, a [1]", ["2027, 1", "2028, 2"]))
    assert row_stamps(months).resolution == "month"
    assert row_stamps(months).minutes.tolist() == [2027 * 12 + 10, 2027 * 12 + 11]
    assert row_stamps(years).minutes.tolist() == [2027 * 12, 2028 * 12]


@pytest.mark.parametrize(
    ("titles", "rows", "words"),
    [
        ("time, a [1]", ["2027-01-01 00:00, 1"] * 2, "does not say its time zone"),
        ("time [EST], a [1]", ["2027-01-01 00:00, 1"] * 2, "`EST` is no time zone"),
        ("time [UTC+19], a [1]", ["2027-01-01 00:00, 1"] * 2, "a time zone of .19 h"),
        ("time [UTC], a [1]", ["01/02/2027 00:00, 1", "x, 1"], "no moment; nor in 1 more"),
        ("time [UTC], a [1]", ["2027-01-01 00:00, 1"], "holds one row"),
        ("time [UTC], a [1]", ["2027-01-01 00:00, 1", "2027-01-01 03:00, 1"], "every 180 minutes"),
        ("time [UTC], a [1]", ["2027-01-01 00:10, 1", "2027-01-01 01:10, 1"], "between the rows"),
        ("time, a [1]", ["2027-01-01 00:00Z, 1", "2027-01-01 01:00, 1"], "some stamps name"),
        ("time, a [1]", [], "holds no rows"),
        ("a [1]", ["1"] * 8759, "8,759 rows without stamps"),
    ],
)
def test_what_cannot_be_placed_in_time(
    tmp_path: Path, titles: str, rows: list[str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        row_stamps(read_table(table(tmp_path / "a.csv", titles, rows)))
