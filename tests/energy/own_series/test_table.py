"""Files become titled columns, whatever a spreadsheet made of them; what is no table says so."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.builders.own_tables import table

from headrace.core.errors import InputError
from headrace.energy.own_series.table import read_table


def test_titles_units_and_lines(tmp_path: Path) -> None:
    found = read_table(
        table(
            tmp_path / "a.csv",
            "# a remark\nTime [UTC], price [USD/MWh], load",
            ["1, 2, 3", "", "4,5"],
        )
    )
    assert {name: column.unit for name, column in found.columns.items()} == {
        "time": "UTC", "price": "USD/MWh", "load": "",
    }  # fmt: skip
    assert found.columns["load"].cells == ("3", "")
    assert found.line.tolist() == [3, 5]
    assert found.series == ("price", "load")


def test_a_spreadsheets_habits_are_undone(tmp_path: Path) -> None:
    text = 'time [UTC];"price [USD/MWh]";\r\n2027;1,5;\r\n2028;2,25;\r\n'
    path = tmp_path / "excel.csv"
    path.write_bytes(text.encode("utf-16"))
    found = read_table(path)
    assert found.columns["price"].cells == ("1.5", "2.25")
    assert found.notes == ("decimal commas are read as points in 2 cells",)


def test_the_same_columns_from_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as base:
        base.execute(
            f"""COPY (SELECT TIMESTAMPTZ '2027-01-01 05:00:00+00' + INTERVAL (i) HOUR AS "time",
            i * 0.5 AS "price [USD/MWh]" FROM range(3) t(i)) TO '{path}' (FORMAT parquet)"""
        )
    found = read_table(path)
    assert found.columns["price"].unit == "USD/MWh"
    assert [float(cell) for cell in found.columns["price"].cells] == [0.0, 0.5, 1.0]
    assert found.columns["time"].cells[1].startswith("2027-01-01 06:00:00+00")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds nothing"),
        (b"1, 2\n3, 4\n", "begins without titles"),
        (b"a [1], a [1]\n1, 2\n", "2 columns are called `a`"),
        (b"time [UTC], time_end [UTC], a [1]\n1, 2, 3\n", "both `time` and `time_end`"),
        (b"time [UTC], a [1]\n2027, 1,5\n", "3 cells under 2 titles"),
        (b'time [UTC], a [1]\n2027, "1\n2028, 2\n', "a quote opens"),
        (b"PK\x03\x04 a workbook", "workbook or an archive"),
        (b"PAR1 and nothing else", "no Parquet table"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_table(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(InputError, match="a folder"):
        read_table(tmp_path)
