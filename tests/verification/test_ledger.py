"""Rows of the ledger: their ids, and what each says of a ledger that does not hold."""

from __future__ import annotations

import pytest
from tests.builders.checks import ids_of, row_of

from headrace.rights import ledger as book
from headrace.verification import ledger_attacks, ledger_crashes
from headrace.verification.ledger_crashes import Survival
from headrace.verification.rights_measurements import latencies


def test_the_registry_holds_its_rows():
    assert ids_of("ledger") == {
        f"rights.ledger.{name}"
        for name in (
            *("altered", "published_head", "beancount"),
            *("durable", "killed", "two_writers"),
        )
    }


def test_a_verifier_that_sees_nothing_misses_every_cell(monkeypatch):
    """The row counts cells that were altered and not located in their entry."""
    monkeypatch.setattr(book, "verify", lambda path: book.Head("", 0, "", ""))
    monkeypatch.setattr(
        ledger_attacks, "cells", lambda path, every: list(true(path, every=every))[:3]
    )
    found = row_of("rights.ledger.altered")
    assert (found.status, found.ours, found.reason) == ("fail", 3.0, "3 cells tried")


true = ledger_attacks.cells


def test_a_verifier_that_names_the_wrong_entry_misses_too(monkeypatch):
    monkeypatch.setattr(book, "verify", lambda path: book.Breach(1, "something"))
    monkeypatch.setattr(
        ledger_attacks, "cells", lambda path, every: list(true(path, every=every))[:2]
    )
    assert row_of("rights.ledger.altered").ours == 2.0


def test_a_forged_chain_that_is_not_noticed_fails(monkeypatch):
    monkeypatch.setattr(ledger_attacks, "rewrite", lambda path, seq, memo: None)
    found = row_of("rights.ledger.published_head")
    assert (found.status, found.ours) == ("fail", 0.0)


@pytest.mark.parametrize(
    ("lost", "halves", "breaches", "status"),
    [
        (0, 0, (), "pass"),
        (1, 0, (), "fail"),
        (0, 1, (), "fail"),
        (0, 0, ("kill 3: entry 9: gap",), "fail"),
    ],
)
def test_one_lost_entry_half_a_batch_or_a_breach_fails(monkeypatch, lost, halves, breaches, status):
    done = Survival(1000, 5000, lost, halves, breaches, 10, 1.0)
    monkeypatch.setattr(ledger_crashes, "survive", lambda *path, **how: done)
    found = row_of("rights.ledger.killed")
    assert found.status == status
    assert "5000 entries standing" in found.reason


def test_each_entry_alone_is_timed_shortest_first():
    found = latencies(5)
    assert len(found) == 5
    assert 0 < found[0] <= found[-1] < 60
    assert found == sorted(found)
