"""Text that comes from files and names, as it may be shown.

A name, a title or a line of a file may hold characters that move the cursor, colour what follows,
ring, or turn the direction of reading; shown as they are they would say what we do not.
"""

from __future__ import annotations

from unicodedata import category

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make a text read otherwise than it is written."""


def printable(text: str) -> str:
    """A text as it may reach a terminal: what moves, colours, turns or rings is written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign
        if is_plain(sign)
        else f"\\x{ord(sign):02x}"
        if ord(sign) < 256
        else f"\\u{ord(sign):04x}"
        for sign in text
    )


def is_plain(sign: str) -> bool:
    """Whether a character only stands where it stands."""
    return sign in "\n\t" or (category(sign) not in ("Cc", "Cs") and sign not in TURNING)
