"""What waited is released to whoever proves a claim, or shared by a stated rule: months by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.rights.test_money_waits import FOX, month, row

from headrace.core.errors import InputError
from headrace.rights.ledger import About, Breach, Ledger, component, verify
from headrace.rights.royalties.booking import (
    HELD,
    book,
    claimed,
    distributed,
    waiting,
)
from headrace.rights.royalties.dues import SUSPENSE, dues
from headrace.show.cli import main

JANUARY = About("video", "2026-01")
END = date(2026, 1, 31)
LATE = date(2029, 3, 1)
BEAR = FOX.replace("Fox", "Bear").replace("acme", "bolt")
UNKNOWN = (f"{SUSPENSE}{component('Unknown')}", "USD")


def settled(folder: Path, uses: str, licences: str = FOX + BEAR) -> Ledger:
    """A ledger with January: each row of `uses` pays 1 USD."""
    done = month(folder, licences, uses)
    ledger = Ledger.open(folder / "l.ledger")
    book(ledger, done.chosen, lambda a: dues(done.chosen, a), {}, JANUARY, END)
    return ledger


def uses(*works: str) -> str:
    return " ".join(row(k, f"{work}=1") for k, work in enumerate(works))


def payable(ledger: Ledger, holder: str) -> int:
    return -ledger.balances().get((f"Liabilities:Holders:{component(holder)}", "USD"), 0)


def test_a_claim_pays_its_owner_once(tmp_path: Path) -> None:
    with settled(tmp_path, uses("Fox", "Unknown", "Unknown")) as ledger:
        assert waiting(ledger, JANUARY) == {UNKNOWN: 2_000_000}
        ledger.append([claimed(ledger, JANUARY, UNKNOWN[0], "carol", date(2026, 5, 1))])
        assert (waiting(ledger, JANUARY), payable(ledger, "carol")) == ({}, 2_000_000)
        with pytest.raises(InputError, match="nothing of video, 2026-01 waits there"):
            claimed(ledger, JANUARY, UNKNOWN[0], "carol", date(2026, 5, 2))
    assert not isinstance(verify(tmp_path / "l.ledger"), Breach)


def test_unclaimed_money_goes_by_what_was_earned(tmp_path: Path) -> None:
    """acme earned 3, bolt 1: of 2 they get 1.5 and 0.5; equally, 1 and 1."""
    month_ = uses("Fox", "Fox", "Fox", "Bear", "Unknown", "Unknown")
    for by, acme, bolt in (("earned", 1_500_000, 500_000), ("equally", 1_000_000, 1_000_000)):
        with settled(tmp_path / by, month_) as ledger:
            ledger.append([distributed(ledger, JANUARY, by, LATE, END)])
            assert (payable(ledger, "acme"), payable(ledger, "bolt")) == (
                3_000_000 + acme,
                1_000_000 + bolt,
            )
            assert waiting(ledger, JANUARY) == {}


def test_what_does_not_divide_goes_by_lot_and_nothing_is_lost(tmp_path: Path) -> None:
    third = FOX.replace("Fox", "Cat").replace("acme", "carol")
    with settled(tmp_path, uses("Fox", "Bear", "Cat", "Unknown"), FOX + BEAR + third) as ledger:
        ledger.append([distributed(ledger, JANUARY, "earned", LATE, END)])
        parts = sorted(payable(ledger, who) - 1_000_000 for who in ("acme", "bolt", "carol"))
        assert parts == [333_333, 333_333, 333_334]


def test_claims_may_come_until_their_end(tmp_path: Path) -> None:
    with settled(tmp_path, uses("Fox", "Unknown")) as ledger:
        with pytest.raises(InputError, match="may come until 2029-01-31"):
            distributed(ledger, JANUARY, "earned", date(2029, 1, 31), END)
        assert distributed(ledger, JANUARY, "earned", date(2026, 2, 2), END, 0.0).postings
    with (
        settled(tmp_path / "b", uses("Unknown")) as ledger,
        pytest.raises(InputError, match="nobody earned any"),
    ):
        distributed(ledger, JANUARY, "earned", LATE, END)


def test_money_held_for_a_holder_is_not_shared_out(tmp_path: Path) -> None:
    """Its owner is known: it waits for proof, not for a name."""
    consent = FOX + BEAR.replace("}\n", ", approval: true}\n")
    with settled(tmp_path, uses("Fox", "Bear"), consent) as ledger:
        held = (f"{HELD}{component('bolt')}", "USD")
        assert waiting(ledger, JANUARY) == {held: 1_000_000}
        with pytest.raises(InputError, match="waits without an owner"):
            distributed(ledger, JANUARY, "earned", LATE, END)
        ledger.append([claimed(ledger, JANUARY, held[0], "bolt", date(2026, 5, 1))])
        assert payable(ledger, "bolt") == 1_000_000
        # the corrected log grants it: it would be paid twice
        done = month(tmp_path / "again", FOX + BEAR, uses("Fox", "Bear"))
        with pytest.raises(InputError, match="was released before its owner was in the log"):
            book(ledger, done.chosen, lambda a: dues(done.chosen, a), {}, JANUARY, END)


def test_a_release_taken_back_waits_again_and_moves_no_settlement(tmp_path: Path) -> None:
    done = month(tmp_path, FOX + BEAR, uses("Fox", "Unknown"))
    with Ledger.open(tmp_path / "l.ledger") as ledger:
        book(ledger, done.chosen, lambda a: dues(done.chosen, a), {}, JANUARY, END)
        given = ledger.append([claimed(ledger, JANUARY, UNKNOWN[0], "carol", date(2026, 5, 1))])
        ledger.reverse(given.head.seq, key="mistake", booked="2026-05-02T00:00:00Z")
        assert waiting(ledger, JANUARY) == {UNKNOWN: 1_000_000}
        before = ledger.balances()
        book(ledger, done.chosen, lambda a: dues(done.chosen, a), {}, JANUARY, END)
        assert ledger.balances() == before


def test_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settled(tmp_path, uses("Fox", "Unknown", "Other")).close()
    file, more = str(tmp_path / "l.ledger"), ["--service", "video"]
    assert main(["ledger", "waiting", file, "2026-01", *more]) == 0
    assert "1.000000 USD  Liabilities:Suspense:N-Unknown" in capsys.readouterr().out
    on = ["--day", "2026-06-01"]
    assert main(["ledger", "release", file, "2026-01", *on, *more]) == 2
    assert "whose money is not said" in capsys.readouterr().err
    claim = ["--work", "Unknown", "--to", "carol"]
    assert main(["ledger", "release", file, "2026-01", *on, *more, *claim]) == 0
    assert main(["ledger", "distribute", file, "2026-01", *on, *more]) == 2
    assert "may come until 2029-01-31" in capsys.readouterr().err
    assert main(["ledger", "distribute", file, "2026-01", "--day", "1 May", *more]) == 2
    late = ["--day", "2029-06-01"]
    assert main(["ledger", "distribute", file, "2026-01", *late, *more]) == 0
    assert main(["ledger", "waiting", file, "2026-01", *more]) == 0
    assert "Nothing of video, 2026-01 waits." in capsys.readouterr().out
    assert main(["ledger", "verify", file]) == 0
