"""The Beancount export, checked by Beancount's own checker."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.rights.ledger import Entry, Ledger, Posting, component
from headrace.rights.ledger.text import export

CHECKER = shutil.which("bean-check") or str(Path(sys.executable).parent / "bean-check")
pytest.importorskip("beancount")


def books(tmp_path: Path) -> str:
    holders = ["acme", "Ünï co", "9 lives", "-"]
    with Ledger.open(tmp_path / "l") as ledger:
        for i, holder in enumerate(holders):
            account = f"Liabilities:Holders:{component(holder)}"
            lines = (
                Posting("Expenses:Royalties", "USD", 1_234_567 + i),
                Posting(account, "USD", -1_234_567 - i),
            )
            euro = (Posting("Expenses:Royalties", "EUR", 1), Posting(account, "EUR", -1))
            ledger.append(
                [
                    Entry(
                        f"k{i}",
                        f"2026-01-0{i + 1}T12:00:00Z",
                        'say "so"',
                        f"{holder}\nback\\slash",
                        lines + euro,
                    )
                ]
            )
        ledger.reverse(2, key="r", booked="2026-01-31T23:59:59Z", memo="")
        out = io.StringIO()
        assert export(ledger, out) == 5
    return out.getvalue()


def check(path: Path, text: str) -> subprocess.CompletedProcess[str]:
    path.write_text(text, encoding="utf-8")
    return subprocess.run([CHECKER, str(path)], capture_output=True, text=True, check=False)


def test_its_own_checker_accepts_the_export(tmp_path: Path) -> None:
    done = check(tmp_path / "books.beancount", books(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_its_own_checker_refuses_the_export_when_a_micro_unit_is_moved(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    text = books(tmp_path)
    done = check(tmp_path / "books.beancount", text.replace("1.234569 USD", "1.234560 USD", 1))
    assert done.returncode != 0
    done = check(
        tmp_path / "books.beancount",
        text.replace("balance Expenses:Royalties  3.", "balance Expenses:Royalties  4.", 1),
    )
    assert done.returncode != 0


def test_an_empty_ledger_exports(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l") as ledger:
        out = io.StringIO()
        assert export(ledger, out) == 0
    assert check(tmp_path / "books.beancount", out.getvalue()).returncode == 0
