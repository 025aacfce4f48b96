"""Write the tables of contents of decisions and lab: python docs/index_pages.py.

A test holds them fresh.
"""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent
DECISION = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\nStatus: (?P<status>.+)\. Date: (?P<date>[\d-]{10})\.\n"
)
LAB = re.compile(r"# (?P<title>.+)\n\nMeasured on (?P<date>[\d-]{10})\.\n")
DECISIONS_HEAD = """\
# Decisions

What was decided, one to a page: the context, the decision, its status and its date. A page is
changed only to say that another one supersedes it, or that a fact in it has moved. A new one takes
the next number and is written in the same form; `python docs/index_pages.py` writes this list.

| number | decision | status | date |
| --- | --- | --- | --- |
"""
LAB_HEAD = """\
# Lab

Measurements and what failed, each with the day it was measured on. They are not brought up to
date: a figure here is what was seen then, on that machine. What holds today stands in the README
and comes from `make bench` and `headrace verify`.

| measured on | what |
| --- | --- |
"""


def decisions() -> str:
    """The list of decisions, by number."""
    rows = []
    for page in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        found = DECISION.match(page.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{page.name}: a decision begins with its number, status and date")
        title = f"[{found['title']}]({page.name})"
        rows.append(f"| {found['number']} | {title} | {found['status']} | {found['date']} |\n")
    return DECISIONS_HEAD + "".join(rows)


def lab() -> str:
    """The list of measurements, by date."""
    rows = []
    for page in sorted((DOCS / "lab").glob("[0-9]*.md")):
        found = LAB.match(page.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{page.name}: a measurement begins with its title and date")
        rows.append(f"| {found['date']} | [{found['title']}]({page.name}) |\n")
    return LAB_HEAD + "".join(rows)


if __name__ == "__main__":
    (DOCS / "decisions" / "index.md").write_text(decisions(), encoding="utf-8")
    (DOCS / "lab" / "index.md").write_text(lab(), encoding="utf-8")
