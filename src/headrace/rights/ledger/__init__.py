"""The ledger: append-only double entry on SQLite whose published heads show any later alteration.

book.py appends, audit.py verifies, text.py exports for Beancount, crash.py kills writers and looks
what is left.
"""

from headrace.rights.ledger.audit import read_heads, verify, walk_heads
from headrace.rights.ledger.book import Ledger
from headrace.rights.ledger.words import Appended, Breach, Entry, Head, Posting, component

__all__ = [
    "Appended",
    "Breach",
    "Entry",
    "Head",
    "Ledger",
    "Posting",
    "component",
    "read_heads",
    "verify",
    "walk_heads",
]
