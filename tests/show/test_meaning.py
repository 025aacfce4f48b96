"""Keys, catalogue rows and words are explained; a slip is answered with the nearest."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.show import cli, meaning


def test_a_catalogue_row_tells_each_figure_with_its_source() -> None:
    told = meaning.explain("gas.engine")
    assert told.startswith("gas.engine (energy/gas): Reciprocating gas engine")
    assert "capex: 1,400 USD/kW (1,150 to 2,000); assumption, 2025-02" in told
    assert meaning.explain("b200").count("b200 (") == 2  # what it is, and how it can be had


def test_keys_and_words_are_explained_by_one_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "sites.grid.limit"]) == 0
    assert "[MW]" in capsys.readouterr().out
    for word in meaning.WORDS:
        assert meaning.explain(word).startswith(f"{word}: ")


@pytest.mark.parametrize(("slip", "near"), [("gas.engin", "gas.engine"), ("worht", "worth")])
def test_a_slip_is_answered_with_the_nearest(slip: str, near: str) -> None:
    with pytest.raises(InputError, match=f"Try `{near}`"):
        meaning.explain(slip)
    with pytest.raises(InputError, match="not a key of a study"):
        meaning.explain("sites.grid.limmit")
