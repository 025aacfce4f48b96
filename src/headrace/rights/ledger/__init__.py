"""The ledger: append-only double entry on SQLite whose published heads show any later alteration.

words.py     posting, entry, head, breach, and what is hashed
schema.py    the tables and triggers of the file
book.py      appends
files.py     the file on its medium
audit.py     verifies the whole chain, or names the first entry that does not hold
feed.py      entries from JSON lines
text.py      the books as Beancount text, for an independent program

Writers are killed, and files altered, in headrace.verification.
"""

from headrace.rights.ledger.audit import read_heads, verify, walk_heads
from headrace.rights.ledger.book import Ledger
from headrace.rights.ledger.words import About, Appended, Breach, Entry, Head, Posting, component

__all__ = [
    "About",
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
