"""Entries from a JSON-lines file, one entry a line, for `headrace ledger append`.

{"key": "2026-01:acme", "booked": "2026-01-31T00:00:00Z", "kind": "advance", "memo": "",
 "postings": [{"account": "Assets:Advances:N-acme", "currency": "USD", "amount": "1000.00"}, ...]}
"""

from __future__ import annotations

import json
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes
from headrace.rights.ledger.words import Entry, Posting
from headrace.rights.money import MoneyError, micro

_ENTRY = {"key", "booked", "kind", "memo", "postings"}
MOST_PROBLEMS = 50
_POSTING = {"account", "currency", "amount"}


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Every entry of the file.

    Raises InputError with every bad line; amounts are in main units, exact to six decimals.
    """
    entries, problems = [], []
    content = read_bytes(path, expected="entries as JSON lines")
    for number, raw in enumerate(content.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            entries.append(read_entry(json.loads(raw, parse_float=str, parse_int=str)))
        except (ValueError, MoneyError, RecursionError) as error:
            problems.append(InputFault(Place(path.name, number), str(error) or "not an entry"))
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise InputError(problems)
    return tuple(entries)


def refuse_surrogates(text: str) -> None:
    """Raise ValueError for text that cannot be written in any file: half of a character."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"holds U+{ord(text[error.start]):04X}, which is no character") from None


def read_entry(cell: object) -> Entry:
    """One entry from its JSON object. Raises ValueError, MoneyError."""
    if not isinstance(cell, dict) or set(cell) != _ENTRY or not isinstance(cell["postings"], list):
        raise ValueError(f"an entry has the keys {', '.join(sorted(_ENTRY))}")
    if not all(isinstance(cell[k], str) for k in ("key", "booked", "kind", "memo")):
        raise ValueError("key, booked, kind and memo are texts")
    refuse_surrogates(json.dumps(cell, ensure_ascii=False))
    postings = []
    for line in cell["postings"]:
        if not isinstance(line, dict) or set(line) != _POSTING:
            raise ValueError(f"a posting has the keys {', '.join(sorted(_POSTING))}")
        if not all(isinstance(text, str) for text in line.values()):
            raise ValueError("account, currency and amount are texts or numbers")
        postings.append(Posting(line["account"], line["currency"], micro(line["amount"])))
    return Entry(cell["key"], cell["booked"], cell["kind"], cell["memo"], tuple(postings))
