"""Entries from JSON lines: exact amounts, and every bad line named."""

from __future__ import annotations

import json

import pytest

from headrace.core.errors import InputError
from headrace.rights.ledger.feed import read_entries, read_entry
from headrace.rights.ledger.words import Posting

LINES = [
    {"account": "Assets:Advances:N-a", "currency": "USD", "amount": "10.50"},
    {"account": "Assets:Bank", "currency": "USD", "amount": "-10.50"},
]
GOOD = {
    **{"key": "k", "booked": "2026-01-01T00:00:00Z", "kind": "advance", "memo": ""},
    "postings": LINES,
}


def test_an_entry_reads_to_micro_units():
    found = read_entry(GOOD)
    assert (found.key, found.kind, found.reverses) == ("k", "advance", None)
    assert found.postings == (
        Posting("Assets:Advances:N-a", "USD", 10_500_000),
        Posting("Assets:Bank", "USD", -10_500_000),
    )


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ([], "an entry has the keys"),
        ({k: v for k, v in GOOD.items() if k != "memo"}, "an entry has the keys"),
        (GOOD | {"more": "x"}, "an entry has the keys"),
        (GOOD | {"postings": {}}, "an entry has the keys"),
        (GOOD | {"memo": None}, "are texts"),
        (GOOD | {"postings": [LINES[0] | {"rate": "1"}]}, "a posting has the keys"),
        (GOOD | {"postings": ["line"]}, "a posting has the keys"),
        (GOOD | {"postings": [LINES[0] | {"account": None}]}, "account, currency and amount"),
        (GOOD | {"postings": [LINES[0] | {"amount": "0.0000001"}]}, "finer than a micro-unit"),
        (GOOD | {"postings": [LINES[0] | {"amount": "NaN"}]}, "is not a finite amount"),
    ],
)
def test_what_is_no_entry_says_why(cell, words):
    with pytest.raises(ValueError, match=words):
        read_entry(cell)


def test_a_number_in_the_file_is_exact(tmp_path):
    """0.1 as a JSON number is 100,000 micro-units, not what a float would make of it."""
    lines = [LINES[0] | {"amount": 0.1}, LINES[1] | {"amount": -0.1}]
    path = tmp_path / "feed.jsonl"
    path.write_text("\n" + json.dumps(GOOD | {"postings": lines}) + "\n")
    assert [line.amount for line in read_entries(path)[0].postings] == [100_000, -100_000]


def test_every_bad_line_is_named(tmp_path):
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join([json.dumps(GOOD), "{", "[]", json.dumps(GOOD), '"x"']))
    with pytest.raises(InputError) as told:
        read_entries(path)
    assert [problem.where.line for problem in told.value.problems] == [2, 3, 5]
    with pytest.raises(InputError, match="no such file"):
        read_entries(tmp_path / "absent")
