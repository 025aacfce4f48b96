"""Cells of a CSV file that a spreadsheet opens."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?%?")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(cell: str) -> str:
    """A cell as it may stand in a CSV file: a text that a spreadsheet would run as a formula gets a
    leading quote; a number stays a number.

    Also behind blanks, which some programs cut off (OWASP, CSV injection).
    """
    start = cell.lstrip(" \u00a0\ufeff")[:1]
    # a lone carriage return, which csv leaves unquoted, would begin a row of its own
    lines = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{lines}" if start in _STARTS and start and not _NUMBER.fullmatch(cell) else lines
