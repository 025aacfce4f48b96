"""DuckDB reads the file that is named, and no other."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from headrace.core.errors import InputError
from headrace.core.files import database, memory

HOSTILE = [
    "log[1].csv",
    "a*.csv",
    "wha?.csv",
    "it's.csv",
    "~home.csv",
    "[!a].csv",
    "{a,b}.csv",
    'q".csv',
    "a=1.csv",
    "l[og].csv",
]


def count(path: Path) -> int:
    with database.connect(path) as store:
        told = f"SELECT n FROM read_csv({database.literal(path)}, hive_partitioning=false)"
        (row,) = store.execute(told).fetchall()
        return int(row[0])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_taken_literally(tmp_path: Path, name: str) -> None:
    for place, other in enumerate(["log1.csv", "ab.csv", "what.csv", "b.csv", "a.csv", "lo.csv"]):
        (tmp_path / other).write_text(f"n\n{place}\n")
    (tmp_path / name).write_text("n\n77\n")
    assert count(tmp_path / name) == 77


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_is_taken_literally(tmp_path: Path, name: str) -> None:
    for folder, number in (("log1", 1), (name, 77)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "x.csv").write_text(f"n\n{number}\n")
    assert count(tmp_path / name / "x.csv") == 77


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_written_has_that_name(tmp_path: Path, name: str) -> None:
    path = (tmp_path / name).with_suffix(".parquet")
    with database.connect(path) as store:
        store.execute(f"COPY (SELECT 5 AS n) TO {database.written_to(path)} (FORMAT parquet)")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert database.readable(path, 1) == path


def test_no_other_file_can_be_opened(tmp_path: Path) -> None:
    for name in ("mine.csv", "other.csv"):
        (tmp_path / name).write_text("n\n1\n")
    with database.connect(tmp_path / "mine.csv") as store:
        for sql in (
            f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
            f"SELECT * FROM read_text('{tmp_path}/*.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/made.csv'",
            f"ATTACH '{tmp_path}/made.db'",
            "INSTALL httpfs",
            "SELECT * FROM 'http://127.0.0.1:9/x.csv'",
            "SET enable_external_access = true",
            "SET memory_limit = '900GB'",
        ):
            with pytest.raises(duckdb.Error):
                store.execute(sql)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["mine.csv", "other.csv"]


def test_rows_are_counted_before_they_are_held(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "many.parquet"
    with database.connect(path) as store:
        rows = "SELECT 'equal' AS a, 'equal' AS b FROM range(20_000_000)"
        store.execute(f"COPY ({rows}) TO {database.written_to(path)} (FORMAT parquet)")
    assert path.stat().st_size < 3_000_000
    monkeypatch.setenv(memory.ASKED, "500MB")
    with pytest.raises(InputError, match=r"20,000,000 rows of 2 columns would take about 0\.6 GB"):
        database.readable(path, 2)
    monkeypatch.setenv(memory.ASKED, "1 GB")
    assert database.readable(path, 2) == path


def test_a_query_that_needs_more_memory_ends_in_words(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n\n1\n")
    monkeypatch.setenv(memory.ASKED, "200MB")
    with database.connect(path) as store, pytest.raises(duckdb.Error) as caught:
        store.execute("CREATE TABLE t AS SELECT repeat('x', 1000) || i FROM range(1000000) g(i)")
    assert database.unread(caught.value) == "needs more memory than 0.1 GB: `--memory`"
    assert not list(Path.cwd().glob("*.tmp/duckdb*"))


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not UTF-8"):
        database.connect(tmp_path / "a\udcff.csv")
