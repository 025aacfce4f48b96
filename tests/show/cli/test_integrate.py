"""`headrace integrate` on one plant beside a neighbour's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import headrace as hr
from headrace.show.cli import main
from headrace.verification.money.integration_checks import LAYERS, STUDY


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "layers.yaml").write_text(LAYERS.format(more=""))
    return tmp_path / "layers.yaml"


def test_words_page_and_json(layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = layers.parent / "out"
    assert main(["integrate", str(layers), "--out", str(folder)]) == 0
    told = capsys.readouterr()
    assert "Integration is worth 2.1" in told.out
    assert "2 of 2" in told.err
    assert "What each layer brings" in (folder / "integration.html").read_text()
    assert main(["integrate", str(layers), "--out", str(folder), "--json"]) == 0
    again = capsys.readouterr()
    assert "of 2" not in again.err  # nothing was solved again
    found = json.loads(again.out)
    assert found["makes"] == ["energy"]
    assert found["layers"][0]["matters"] is True
    made, bought = found["transfer_prices"][1], found["transfer_prices"][0]
    assert (made["made"], bought["made"]) == (["energy"], [])
    assert made["price"] == pytest.approx(20.0, rel=1e-3)  # what making the next MWh costs
    assert bought["price"] == pytest.approx(60.0, rel=1e-3)  # what the supplier asks
    assert made["by"] == "own at here"


def test_transfer_prices_are_shown_and_kept(
    layers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # solved, and read again from the folder
        assert main(["integrate", str(layers), "--out", str(layers.parent / "out")]) == 0
        told = capsys.readouterr().out
        assert "Transfer prices in the best plan" in told
        row = next(line for line in told.splitlines() if "own at here" in line)
        assert "USD/MWh" in row
        assert "20" in row
        assert "60" in row


def test_the_same_in_python(layers: Path, tmp_path: Path) -> None:
    table = hr.integrate(layers, out=tmp_path / "py")
    assert table["layer"] == ("energy",)
    assert table["matters"] == (True,)


def test_bad_input_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "layers.yaml").write_text("integrate: x\nlayer: {}\n")
    assert main(["integrate", str(tmp_path / "layers.yaml")]) == 2
    assert "layers.yaml:2" in capsys.readouterr().err
