"""Least payouts, minor units, withholding and what is carried; periods and payments in a ledger."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import DiskFull
from headrace.core.files import folder_lock
from headrace.rights.ledger import Head, Ledger, component, verify
from headrace.rights.royalties.dues import Due
from headrace.rights.royalties.payouts import Payee, payout
from headrace.rights.terms_yaml import parse_licences
from headrace.show.cli import main
from headrace.show.format.pdf import LINES_A_PAGE, text_pdf
from headrace.show.reports import payee_statement


def due(payable: int) -> Due:
    return Due("a", payable, 0, 0, 0, payable, 0)


def test_a_payout_by_hand():
    """12.345678 USD: 12.34 paid, 1.85 withheld at 15 %, the rest waits; 9.99 is below 10."""
    payee = Payee("a", minimum=10_000_000, withholding=Fraction(15, 100))
    found = payout(due(12_345_678), payee, 0, "USD")
    assert (found.gross, found.withheld, found.net, found.carried_out) == (
        12_340_000,
        1_850_000,
        10_490_000,
        5_678,
    )
    small = payout(due(9_990_000), payee, 0, "USD")
    assert (small.gross, small.carried_out) == (0, 9_990_000)
    assert payout(due(9_990_000), payee, 10_000, "USD").gross == 10_000_000
    assert payout(due(333_333_333), Payee("a"), 0, "JPY").gross == 333_000_000
    assert payout(due(1_234_567), Payee("a"), 0, "KWD").gross == 1_234_000


@given(
    st.integers(-(10**9), 10**9),
    st.integers(-(10**9), 10**9),
    st.integers(0, 10**8),
    st.fractions(0, Fraction(99, 100)),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_nothing_is_lost_by_paying(payable, carried, minimum, rate, currency):
    found = payout(due(payable), Payee("a", "", minimum, rate), carried, currency)
    assert found.net + found.withheld + found.carried_out == payable + carried
    assert found.gross >= 0
    assert 0 <= found.withheld <= found.gross


def folder(where: Path, period: str, users: str, advance: int = 50) -> Path:
    """A month of one work at 30 USD a user of `users`."""
    where.mkdir()
    terms = (
        "licences:\n- {id: l, work: w, holder: acme, allow: ['*'], media: ['*'],"
        " territory: ['*'], term: 2026-01..2026-12}\n"
    )
    digest = parse_licences(terms).digest
    (where / "licences.yaml").write_text(terms)
    rows = [f"{u},{u},{period}-10T00:00:00Z,w=1,{digest},1,USD" for u in users]
    (where / "uses.csv").write_text("\n".join(["id,user,at,works,terms,price,currency", *rows]))
    fees = "\n".join(["user,fee,currency", *(f"{u},30,USD" for u in users)])
    (where / "fees.csv").write_text(fees)
    (where / "accounts.csv").write_text(
        f"holder,guarantee,advance,currency\nacme,0,{advance},USD\n"
    )
    (where / "payees.csv").write_text("holder,name,minimum,withholding\nacme,Acme Ltd,20,10 %\n")
    return where


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def settled(capsys, place: Path, period: str, *more: str) -> dict:
    words = ("settle", str(place), "--period", period, "--ledger", "l", "--json", *more)
    assert main([*words]) == 0
    return json.loads(capsys.readouterr().out)


def balance(account: str) -> int:
    with Ledger.read("l") as ledger:
        return ledger.balances().get((account, "USD"), 0)


def test_months_in_any_order_recoup_one_advance(tmp_path, capsys):
    """Advance 50; February earns 30, then January 30: 50 recouped in all, 10 owed."""
    february = settled(capsys, folder(tmp_path / "feb", "2026-02", "a"), "2026-02")
    january = settled(capsys, folder(tmp_path / "jan", "2026-01", "a"), "2026-01")
    assert (february["recouped"], january["recouped"]) == ("30.000000", "20.000000")
    assert balance(f"Assets:Advances:{component('acme')}") == 0
    assert balance(f"Liabilities:Holders:{component('acme')}") == -10_000_000
    assert isinstance(verify("l"), Head)


def test_a_corrected_month_books_the_difference_once(tmp_path, capsys):
    """January with a late user: 30 more; settled a third time nothing is added."""
    settled(capsys, folder(tmp_path / "one", "2026-01", "a", 0), "2026-01")
    late = folder(tmp_path / "late", "2026-01", "ab", 0)
    second = settled(capsys, late, "2026-01")
    assert second["corrections"] == 1
    assert balance(f"Liabilities:Holders:{component('acme')}") == -60_000_000
    third = settled(capsys, late, "2026-01")
    assert (third["corrections"], third["head"]) == (0, second["head"])
    settled(capsys, late, "2026-01", "--service", "other")
    assert balance(f"Liabilities:Holders:{component('acme')}") == -120_000_000


def test_payments_are_booked_once_and_small_ones_carried(tmp_path, capsys):
    """30 earned, 3 withheld, 27 to the bank; a month of 15 stays below 20 and is carried."""
    month = folder(tmp_path / "jan", "2026-01", "a", 0)
    for _ in range(2):
        settled(capsys, month, "2026-01", "--pay", "--holders", "acme")
    assert balance("Assets:Bank") == -27_000_000
    assert balance(f"Liabilities:Withholding:{component('acme')}") == -3_000_000
    small = folder(tmp_path / "feb", "2026-02", "a", 0)
    (small / "fees.csv").write_text("user,fee,currency\na,15,USD\n")
    settled(capsys, small, "2026-02", "--pay")
    assert balance("Assets:Bank") == -27_000_000
    assert balance(f"Liabilities:Holders:{component('acme')}") == -15_000_000
    stem = tmp_path / "settlement-2026-01" / f"statement-{component('acme')}"
    assert "Acme Ltd: 2026-01, USD" in stem.with_name(stem.name + ".html").read_text()
    assert stem.with_name(stem.name + ".pdf").read_bytes().startswith(b"%PDF-1.4")
    assert "net payout" in stem.with_name(stem.name + ".csv").read_text()


def test_statements_belong_to_the_settlement_that_wrote_them(tmp_path, capsys, monkeypatch):
    """A later one without them leaves none of other numbers; one that cannot be written changes
    nothing."""
    month, out = folder(tmp_path / "jan", "2026-01", "a", 0), tmp_path / "settlement-2026-01"
    settled(capsys, month, "2026-01", "--holders", "acme")
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert len([name for name in before if name.startswith("statement-")]) == 3
    (month / "fees.csv").write_text("user,fee,currency\na,15,USD\n")
    monkeypatch.setattr(payee_statement, "text_pdf", full)
    assert main(["settle", str(month), "--period", "2026-01", "--holders", "acme"]) == 5
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    settled(capsys, month, "2026-01")
    assert not list(out.glob("statement-*"))
    assert (out / "dues.csv").read_bytes() != before["dues.csv"]


def test_a_second_settlement_into_a_folder_is_told_and_changes_nothing(tmp_path, capsys):
    month, out = folder(tmp_path / "jan", "2026-01", "a", 0), tmp_path / "settlement-2026-01"
    settled(capsys, month, "2026-01", "--holders", "acme")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    words = ["settle", str(month), "--period", "2026-01", "--rule", "pro_rata", "--holders", "acme"]
    with folder_lock.hold(out):
        assert main(words) == 2
    assert f"in use by process {os.getpid()}" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before | {
        ".lock": str(os.getpid()).encode()
    }


def full(lines):
    raise DiskFull("no room is left")


def test_a_holder_nobody_knows_gets_no_statement(tmp_path, capsys):
    place = folder(tmp_path / "jan", "2026-01", "a", 0)
    assert main(["settle", str(place), "--holders", "bolt"]) == 2


def test_a_pdf_keeps_every_line_and_every_letter():
    lines = [f"line {i} (é) \\ 東" for i in range(LINES_A_PAGE + 1)]
    raw = text_pdf(lines)
    assert raw.count(b"/Type /Page ") == 2
    assert "line 60 \\(é\\) \\\\ U+6771".encode("cp1252") in raw
    table = int(raw.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert raw[table:].startswith(b"xref\n0 8\n")
    first = int(raw[table:].split(b"\n")[3].split()[0])
    assert raw[first:].startswith(b"1 0 obj")
