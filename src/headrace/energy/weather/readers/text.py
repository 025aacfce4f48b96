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
    mark = next((sign for sign in ";\t" if _parts_cells(lines, sign)), ",")
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
        points = [_pointed(cell, mark) for cell in cells]
        changed += points != cells
        plain.append(_joined(points))
    return plain, [f"decimal commas are read as points in {changed:,} lines"] if changed else []


def _parts_cells(lines: list[str], mark: str) -> bool:
    """Whether most lines after a header have a sign as often as a row of weather must."""
    counts = sorted(line.count(mark) for line in lines[3:_LOOKED_AT] if line.strip(f" {mark}"))
    return bool(counts) and counts[len(counts) // 2] >= 3


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(iter(csv.reader([line], delimiter=mark)), [])
    except csv.Error:
        return line.split(mark)


def _pointed(cell: str, mark: str) -> str:
    """A cell with a decimal point. Between commas, `1,234` may be a thousand: it stays as it is,
    which is no number.
    """
    certain = mark != "," or not _THOUSANDS.match(cell)
    return cell.replace(",", ".") if certain and _DECIMAL_COMMA.match(cell) else cell


def _joined(cells: list[str]) -> str:
    out = io.StringIO()
    try:
        csv.writer(out, lineterminator="").writerow(cells)
    except csv.Error:
        return ",".join(cells)
    return out.getvalue()
