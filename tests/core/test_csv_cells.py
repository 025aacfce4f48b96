"""A cell that a spreadsheet would run gets a quote; a number stays a number."""

from __future__ import annotations

import pytest

from headrace.core.csv_cells import harmless


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1",
        "-1-1", "-cmd", "-1e5x", "--1", "-", "+49 30 1", "|x", "%0A=1", "\ufeff=1",
    ],
)  # fmt: skip
def test_what_would_run_is_text(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize(
    "cell", ["-12", "-0.5", "-1,234.50", "-1e-5", "12", "-3%", "", "holder", "a=b", "'x"]
)
def test_what_would_not_stays(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_lone_carriage_return_begins_no_row() -> None:
    assert harmless("a\rb\r\nc") == "a\nb\nc"
