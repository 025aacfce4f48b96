"""Bytes of a weather file to lines of comma-separated text, whatever a spreadsheet made of it.

Byte order marks, UTF-16, semicolons or tabs between cells, decimal commas, a whole row in quotes:
each is undone line by line, so that a line keeps its number. What was taken for granted is told.
"""

from __future__ import annotations

import codecs
import csv
import io
import re

_DECIMAL_COMMA = re.compile(r"^\s*[-+]?\d+,\d+\s*$")
_THOUSANDS = re.compile(r"^\s*[-+]?\d{1,3},\d{3}\s*$")
_LOOKED_AT = 200
"""Lines in which the separator is looked for."""


def decode(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 with or without a mark, else Windows' Western letters."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    start = content[:400]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 5:
        return content.decode("utf-16-le", errors="replace")
    if len(start) >= 4 and start[0::2].count(0) > len(start) // 5:
        return content.decode("utf-16-be", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def comma_separated(text: str) -> tuple[list[str], list[str]]:
    """Lines whose cells are parted by commas and whose decimals by points; and notes of what was
    changed. JSON is left alone.
    """
    lines = text.splitlines()
    if text.lstrip()[:1] in ("{", "["):
        return lines, []
    mark = ","
    for sign in ";\t":
        # It parts cells where most lines after a header have it as often as a row of weather must.
        counts = sorted(line.count(sign) for line in lines[3:_LOOKED_AT] if line.strip(f" {sign}"))
        if counts and counts[len(counts) // 2] >= 3:
            mark = sign
            break
    if mark == "," and '"' not in text:
        return lines, []
    changed = 0
    plain = []
    for line in lines:
        if mark == "," and '"' not in line:
            plain.append(line)
            continue
        cells = _cells(line, mark)
        if mark == "," and len(cells) == 1 and cells[0].count(",") > 2:
            cells = _cells(cells[0], ",")  # the whole row stood in quotes
        # Between commas, `1,234` may be a thousand: it stays as it is, which is no number.
        points = [
            cell.replace(",", ".")
            if _DECIMAL_COMMA.match(cell) and (mark != "," or not _THOUSANDS.match(cell))
            else cell
            for cell in cells
        ]
        changed += points != cells
        plain.append(_joined(points))
    return plain, [f"decimal commas are read as points in {changed:,} lines"] if changed else []


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(iter(csv.reader([line], delimiter=mark)), [])
    except csv.Error:
        return line.split(mark)


def _joined(cells: list[str]) -> str:
    out = io.StringIO()
    try:
        csv.writer(out, lineterminator="").writerow(cells)
    except csv.Error:
        return ",".join(cells)
    return out.getvalue()
