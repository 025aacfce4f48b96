"""Tariff files that make no sense: a sentence each, at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.show.cli.tariff import answered_file

FILE = """\
tariff: t
cost: 0.26 USD/clip
users:
  wanted: {median: 12 clip, spread: 1.6}
  worth: {median: 0.10 USD/clip, spread: 1.3}
  parts: 2
  packs: 1
  source: assumption
public:
  seen: {free: 30 clip, price: 0.40 USD/clip}
  points:
    spend: {between: [0.13 USD, 0.16 USD], source: press}
  costs: [0.26 USD/clip, 1.30 USD/clip]
off_peak:
  wanted: 100000 clip
  shape: chat
  base: 0.20 USD/clip
  rise: 50 %
  price: 0.40 USD/clip
  elasticity: 0.5
  window: 2
  source: assumption
"""


def changed(tmp_path: Path, before: str, after: str) -> Path:
    assert FILE.count(before) == 1
    path = tmp_path / "tariff.yaml"
    path.write_text(FILE.replace(before, after))
    return path


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("{median: 12 clip, spread: 1.6}", "{least: 3 clip, exponent: 1}", 4, "mean is infinite"),
        ("spread: 1.3", "spread: 1e9", 5, "less than or equal to 5"),
        ("  packs: 1", "  creators: 100 %", 7, "100% of what is paid; expected 0 to below"),
        ("[0.13 USD, 0.16 USD]", "[0.16 USD, 0.13 USD]", 12, "0.16 to 0.13; expected from <= to"),
        ("[0.13 USD, 0.16 USD]", "[0.13 clip, 0.16 USD]", 12, "measured in clip"),
        ("[0.13 USD, 0.16 USD]", "[9e6 USD, 9e7 USD]", 9, "no distribution of these types agrees"),
        ("[0.26 USD/clip, 1.30", "[2.26 USD/clip, 1.30", 13, "2.26 to 1.3"),
        ("price: 0.40 USD/clip\n  el", "price: 0.40 EUR/clip\n  el", 19, "write the amount in USD"),
        ("shape: chat", "shape: chatt", 16, "Did you mean `chat`"),
        ("window: 2", "window: 30", 21, "less than or equal to 23"),
        ("elasticity: 0.5", "elasticity: -0.5", 20, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, line: int, told: str
) -> None:
    with pytest.raises(InputError) as error:
        answered_file(changed(tmp_path, before, after), "")
    (fault,) = error.value.problems
    assert (fault.where.file, fault.where.line) == ("tariff.yaml", line)
    assert told in str(fault)


def test_a_menu_that_nobody_takes_is_told_and_no_error(tmp_path: Path) -> None:
    found = answered_file(changed(tmp_path, "cost: 0.26", "cost: 90"), "").comparison
    assert found is not None
    assert any("nobody takes it" in note for note in found.notes)
