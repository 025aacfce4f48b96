"""Statements, the mapping table, and what the plan is told."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.rights_logs import log, plain

from headrace.core.errors import InputError
from headrace.rights.coupling import (
    REGIMES,
    Rights,
    expected_royalty,
    regimes,
    royalty_per_clip,
    royalty_per_use,
)
from headrace.rights.generated_studio import generate
from headrace.rights.law import legal_facts
from headrace.rights.ledger import Head, Ledger, verify
from headrace.rights.register import register
from headrace.rights.royalties.ddex import MAPPING
from headrace.rights.royalties.dues import Account, dues, entries
from headrace.rights.royalties.settlement import RULES, settle
from headrace.rights.royalties.statements import (
    DUE_COLUMNS,
    WORK_COLUMNS,
    statements,
    write_csv,
    write_parquet,
)
from headrace.rights.terms import Licence


def test_statements_add_up_in_both_kinds_of_file(tmp_path: Path) -> None:
    studio = generate(5_000, 800, 30)
    for rule in RULES:
        settled = settle(studio.uses, rule, studio.fees)
        rows = dues(settled, {"holder-0001": Account(10**9, 5 * 10**8), "new": Account(7, 0)})
        told = statements(settled, rows, "2026-01")
        write_csv(tmp_path / "works.csv", WORK_COLUMNS, told.works)
        write_parquet(tmp_path / "works.parquet", WORK_COLUMNS, told.works)
        write_parquet(tmp_path / "dues.parquet", DUE_COLUMNS, told.dues)
        with (tmp_path / "works.csv").open() as stream:
            by_csv = sum(Decimal(row["earned"]) for row in csv.DictReader(stream))
        with duckdb.connect() as db:
            by_parquet = db.execute(
                f"SELECT sum(earned) FROM '{tmp_path / 'works.parquet'}'"
            ).fetchone()[0]  # type: ignore[index]
            due = db.execute(
                "SELECT sum(payable + reserved + recouped - guarantee_top_up) FROM "
                f"'{tmp_path / 'dues.parquet'}'"
            ).fetchone()[0]  # type: ignore[index]
        assert (
            by_csv == by_parquet == due == Decimal(settled.pool - settled.undistributed) / 1_000_000
        )
        assert sum(Decimal(row[5]) for row in told.works) == settled.uses
        assert sorted(p.name for p in tmp_path.iterdir()) == [
            "dues.parquet",
            "works.csv",
            "works.parquet",
        ]


def test_one_holder_sees_only_its_own() -> None:
    settled = settle(log([plain("u", "a1", 5), plain("u", "b1", 6)]), "per_use")
    told = statements(settled, dues(settled), "2026-01", holder="b")
    assert [row[3] for row in (*told.works, *told.dues)] == ["b", "b"]


def test_a_name_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", ("a", "b"), [("=1+1", "-1.5")])
    assert (tmp_path / "x.csv").read_text() == "a,b\n'=1+1,-1.5\n"


def test_a_settlement_in_the_ledger_twice_is_there_once(tmp_path: Path) -> None:
    """Trial balance 0; liabilities are what is payable; booking again changes nothing."""
    studio = generate(5_000, 800, 30)
    settled = settle(studio.uses, "user_centric", studio.fees)
    rows = dues(settled, {"holder-0001": Account(10**9, 5 * 10**8)})
    with Ledger.open(tmp_path / "l") as ledger:
        first = ledger.append(entries(settled, rows, "2026-01", "2026-02-01T00:00:00Z"))
        again = ledger.append(entries(settled, rows, "2026-01", "2026-02-01T00:00:00Z"))
        assert (again.added, again.repeated, again.head) == (0, first.added, first.head)
        balances = ledger.balances()
    assert sum(balances.values()) == 0
    owed = -sum(
        v for (account, _), v in balances.items() if account.startswith("Liabilities:Holders")
    )
    assert owed == sum(d.payable for d in rows)
    assert balances["Expenses:Royalties", "USD"] == settled.pool
    assert isinstance(verify(tmp_path / "l"), Head)


def test_the_mapping_names_every_column_and_claims_nothing() -> None:
    ours = {m.column for m in MAPPING}
    assert ours == set(WORK_COLUMNS) | set(DUE_COLUMNS)


def test_royalty_per_use_and_per_clip() -> None:
    """Three uses at 5, 6 and 7 micro-units: 6 each.

    Half the clips with a at 0.01, the rest free: 0.005.
    """
    assert (
        royalty_per_use(
            settle(log([plain("u", "a1", 5), plain("u", "b1", 6), plain("u", "b1", 7)]), "per_use")
        )
        == 6e-6
    )
    licence = Licence("l", "a", "h", date(2026, 1, 1), date(2026, 12, 31), per_use=10_000)
    assert royalty_per_clip(register([licence]), {"a": 0.5}) == 0.005
    for asked in ({"b": 0.5}, {"a": 2.0}):
        with pytest.raises(InputError):
            royalty_per_clip(register([licence]), asked)


def test_regimes_by_hand() -> None:
    """40 % of clips name a work, half of those opted in, 0.10 each; blanket 0.02.

    Opt-in: 80 % made, a quarter of them paid.
    """
    found = {
        r.name: r
        for r in regimes(
            Rights(0.4, 0.5, 0.10, 0.02), {"fair_use": 0.5, "opt_in": 0.3, "licence": 0.2}
        )
    }
    assert found["fair_use"].royalty_per_clip == pytest.approx(0.04)
    assert (found["opt_in"].available, found["opt_in"].royalty_per_clip) == (
        pytest.approx(0.8),
        pytest.approx(0.025),
    )
    assert found["licence"].royalty_per_clip == pytest.approx(0.06)
    assert expected_royalty(tuple(found.values())) == pytest.approx(
        (0.5 * 0.04 + 0.3 * 0.8 * 0.025 + 0.2 * 0.06) / 0.94
    )


@pytest.mark.parametrize(
    ("rights", "belief"),
    [
        (Rights(0.4, 0.5, 0.1, 0.0), {"fair_use": 0.5}),
        (Rights(0.4, 0.5, 0.1, 0.0), {"fair_use": 1.5, "opt_in": -0.5}),
        (Rights(0.4, 0.5, 0.1, 0.0), {"public_domain": 1.0}),
        (Rights(1.4, 0.5, 0.1, 0.0), {"licence": 1.0}),
        (Rights(0.4, 0.5, float("nan"), 0.0), {"licence": 1.0}),
        (Rights(0.4, 0.5, 0.1, -1.0), {"licence": 1.0}),
    ],
)
def test_beliefs_that_are_refused(rights: Rights, belief: dict[str, float]) -> None:
    with pytest.raises(InputError):
        regimes(rights, belief)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 10))
def test_more_opted_in_never_makes_fewer_clips(named: float, opted: float, price: float) -> None:
    less, more = (
        regimes(Rights(named, x, price, 0.0), {"opt_in": 1.0})[1] for x in (opted * 0.5, opted)
    )
    assert more.available >= less.available - 1e-12
    assert {r.name for r in regimes(Rights(named, opted, price, 0.0), {"opt_in": 1.0})} == set(
        REGIMES
    )


def test_every_legal_fact_has_its_instance_and_date() -> None:
    facts = legal_facts()
    assert {f.kind for f in facts} == {"fact", "assumption"}
    for fact in facts:
        assert fact.instance
        assert fact.as_of
        assert fact.cited
        assert fact.kind == "assumption" or fact.decided[:2] == "20"
