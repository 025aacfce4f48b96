"""Text that comes from files and names, as it may be shown.

A name, a title or a line of a file may hold characters that move the cursor, colour what follows,
ring, or turn the direction of reading; shown as they are they would say what we do not.
"""

from __future__ import annotations

import re

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make a text read otherwise than it is written."""
_MOVING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff" + "".join(sorted(TURNING))
_MOVES, _MOVES_OR_BREAKS = re.compile(f"[{_MOVING}]"), re.compile(f"[{_MOVING}\t\n]")


def printable(text: str) -> str:
    """A text as it may reach a terminal: what moves, colours, turns or rings is written out."""
    return _MOVES.sub(_written, text)


def in_one_line(text: object) -> str:
    """A name, or a sentence that holds one, as it may stand in a line: breaks are written out too,
    so that no name goes on as if we had said it.
    """
    return _MOVES_OR_BREAKS.sub(_written, str(text))


def is_plain(sign: str) -> bool:
    """Whether a character only stands where it stands."""
    return not _MOVES.match(sign)


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    known = {9: "\\t", 10: "\\n"}.get(code)
    return known or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
