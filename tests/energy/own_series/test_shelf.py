"""Each file is read once, and a study with load blocks has no hours to take."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders.own_tables import hourly, table

from headrace.core.errors import InputError
from headrace.core.varying import SeriesFile, read_varying
from headrace.energy.own_series.column import Wanted
from headrace.energy.own_series.shelf import SeriesShelf

PRICE = Wanted("USD/MWh")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv")
    shelf = SeriesShelf(tmp_path)
    first = shelf.hours(SeriesFile("a.csv", "price"), PRICE, ("sites", "a"))
    path.unlink()
    assert (
        shelf.hours(SeriesFile("a.csv", "price"), PRICE, ("sites", "b")).tolist() == first.tolist()
    )
    assert [use.key for use in shelf.uses] == [("sites", "a"), ("sites", "b")]


def test_load_blocks_have_no_hours(tmp_path: Path) -> None:
    hourly(tmp_path / "a.csv")
    table(tmp_path / "y.csv", "time, price [USD/MWh]", ["2027, 30", "2028, 40"])
    shelf = SeriesShelf(tmp_path, blocks=True)
    with pytest.raises(InputError, match="no load blocks"):
        shelf.hours(SeriesFile("a.csv"), PRICE, ("sites",))
    assert shelf.trajectory(SeriesFile("y.csv"), PRICE, ("sites",)).over(2028 * 12, 12) == 40


def test_a_key_of_hours_takes_no_years(tmp_path: Path) -> None:
    table(tmp_path / "y.csv", "time, price [USD/MWh]", ["2027, 30", "2028, 40"])
    with pytest.raises(InputError, match="is by year; expected every hour"):
        SeriesShelf(tmp_path).hours(SeriesFile("y.csv"), PRICE, ("sites",))


def test_a_path_of_tables(tmp_path: Path) -> None:
    hourly(tmp_path / "a.csv")
    value = read_varying({"2027": "5 USD/MWh", "2028": "a.csv#price"}, "USD/MWh")
    trajectory = SeriesShelf(tmp_path).trajectory(value, PRICE, ("sites",))
    assert trajectory.over(2027 * 12, 12) == 5
    assert trajectory.over(2028 * 12, 12)[7] == 7
