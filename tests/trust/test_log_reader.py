from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.trust.audit import audit
from headrace.trust.log import Columns
from headrace.trust.log_reader import read_log
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.write import write_log

SCORE = Columns(platform_score=("relevance",))


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_log_written_and_read_gives_the_same_verdict(tmp_path: Path, ending: str) -> None:
    log = draw(Marketplace(queries=80, randomised=True), seed=1)
    write_log(log, tmp_path / f"log.{ending}")
    again = read_log(tmp_path / f"log.{ending}")
    assert again.propensity is not None
    assert audit(again).beta == pytest.approx(audit(log).beta, rel=1e-9)


def test_text_queries_in_any_order(tmp_path: Path) -> None:
    log = draw(Marketplace(queries=80, beta=0.3), seed=1)
    write_log(log, tmp_path / "plain.parquet")
    with duckdb.connect() as base:
        base.execute(
            f"COPY (SELECT 'q' || query AS \"the query\", rank, paid = 1 AS paid, relevance"
            f" FROM '{tmp_path}/plain.parquet' "
            f"ORDER BY hash(rank, query)) TO '{tmp_path}/text.parquet'"
        )
    mixed = read_log(
        tmp_path / "text.parquet", Columns(query="the query", platform_score=("relevance",))
    )
    assert audit(mixed).beta == pytest.approx(audit(log).beta, rel=1e-9)


def test_columns_are_guessed_as_proxies_never_as_the_platform_score(tmp_path: Path) -> None:
    write_log(draw(Marketplace(queries=80), seed=1), tmp_path / "log.parquet")
    assert read_log(tmp_path / "log.parquet").columns.platform_score == ()
    assert read_log(tmp_path / "log.parquet").columns.relevance == ("relevance",)


def _csv(folder: Path, text: str) -> Path:
    path = folder / "log.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("query,rank,paid\n1,1,0\n", "no such column"),
        ("query,rank,paid,relevance\n1,one,0,2\n", "VARCHAR"),
        ("query,rank,paid,relevance\n1,1,0,\n1,2,1,3\n", "empty cells"),
        (",rank,paid,relevance\n", "no such column"),
        ("query,rank,paid,relevance\n1,1.5,0,1\n", "whole numbers"),
        ("query,rank,paid,relevance\n1,1e300,0,1\n", "whole numbers"),
        ("query,rank,paid,relevance\n1,nan,0,1\n", "whole numbers"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_log(_csv(tmp_path, text), Columns(relevance=("relevance",)))


def test_absent_empty_and_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "log.xlsx").write_bytes(b"")
    for name in ("absent.csv", "x.parquet", "empty.csv", "log.xlsx", "a*b.csv", "o'brien.csv"):
        with pytest.raises(InputError):
            read_log(tmp_path / name, SCORE)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='query,rankpid0123456789.-\n"e', max_size=300).map(str.encode),
    )
)
def test_any_bytes_give_a_log_or_an_input_error(tmp_path: Path, data: bytes) -> None:
    for name in ("fuzz.csv", "fuzz.parquet"):
        (tmp_path / name).write_bytes(data)
        with contextlib.suppress(InputError):  # anything else fails the test
            audit(read_log(tmp_path / name, SCORE))


def test_a_header_of_ours_with_random_cells(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    cells = [
        "",
        "0",
        "1",
        "2",
        "-1",
        "nan",
        "inf",
        "x",
        "1e999",
        "true",
        '"',
        "9223372036854775808",
    ]
    for _ in range(60):
        lines = [",".join(rng.choice(cells, 4)) for _ in range(int(rng.integers(0, 6)))]
        with contextlib.suppress(InputError):
            audit(read_log(_csv(tmp_path, "query,rank,paid,relevance\n" + "\n".join(lines)), SCORE))


def test_a_packed_file_of_equal_rows_is_not_unpacked(tmp_path: Path) -> None:
    """Some kilobytes of Parquet that are two million rows of one query."""
    path = tmp_path / "log.parquet"
    with duckdb.connect() as base:
        base.execute(
            "COPY (SELECT 1 AS query, 1 AS rank, 1 AS paid, 0.5 AS relevance FROM range(2000000))"
            f" TO '{path}'"
        )
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"1 queries in 2,000,000 rows; expected at least 50"):
        read_log(path)
