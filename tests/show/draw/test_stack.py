"""A stack of hours: above the line what feeds, below it what is fed."""

from __future__ import annotations

import re

import numpy as np

from headrace.show.draw.stack import StackedSeries, legend, stack

FOUND = [
    StackedSeries("sun", "#111111", np.array([4.0, 0.0, 2.0])),
    StackedSeries("gas", "#222222", np.array([0.0, 5.0, 2.0])),
    StackedSeries("hall", "#333333", np.array([-4.0, -5.0, -4.0])),
    StackedSeries("dust", "#444444", np.array([1e-6, 0.0, 0.0])),
]


def test_items_are_stacked_and_dust_is_neither_drawn_nor_named() -> None:
    told = str(stack(FOUND, "Here, electricity", "MW", ["2027-01-01", "2027-01-04"]))
    assert re.findall(r"<title>(\w+)</title>", told) == ["sun", "gas", "hall"]
    assert "dust" not in told
    assert "dust" not in legend(FOUND)
    assert "2027-01-04" in told
    assert 'aria-label="Here, electricity: sun, gas, hall"' in told


def test_the_top_of_the_stack_is_the_sum() -> None:
    """In the last slot sun and gas are 2 each: gas ends where 4 stands, level with sun's 4."""
    told = str(stack(FOUND[:3], "t", "MW", []))
    sun, gas = re.findall(r'<path d="([^"]*)" fill="#(?:111111|222222)"', told)
    first = re.findall(r"V([\d.]+)H", sun)[0]
    last = re.findall(r"V([\d.]+)H", gas)[2]
    assert first == last
