"""`headrace check explain examples report schema`: each answers, and refuses with its reason."""

from __future__ import annotations

import json

import pytest

from headrace.show import cli

STUDY = """
study: tiny
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def test_a_good_study_is_called_good(study, capsys):
    assert cli.main(["check", str(study)]) == 0
    assert "good, tiny can be planned" in capsys.readouterr().out
    assert cli.main(["check", str(study), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "study": "tiny"}


@pytest.mark.parametrize("text", [STUDY, "study: tiny\n"])
def test_a_name_of_several_lines_says_nothing_of_its_own(tmp_path, capsys, text):
    path = tmp_path / "a\nerror all is lost\x1b[2K.yaml"
    path.write_text(text, encoding="utf-8")
    assert cli.main(["check", str(path)]) == (0 if text == STUDY else 2)
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert len(lines) == (1 if text == STUDY else 3)
    assert all("a\\nerror all is lost\\x1b[2K.yaml:" in line for line in lines)


def test_a_key_is_explained_with_its_unit(capsys):
    assert cli.main(["explain", "sites.grid.limit"]) == 0
    assert "MW" in capsys.readouterr().out
    assert cli.main(["explain", "sites.grid.lmit"]) == 2
    assert "limit" in capsys.readouterr().err
    for asked in ("fleet.may_buy.NAME.unit", "fleet.may_buy.h100.unit", "may_buy.h100.unit"):
        assert cli.main(["explain", asked]) == 0
        assert "fleet.may_buy.unit: Order whole ones" in capsys.readouterr().out
    assert cli.main(["explain", "fleet.NAME.may_buy.unit"]) == 2  # a name stands under `may_buy`
    assert "Did you mean `fleet.may_buy.unit`" in capsys.readouterr().err


def test_the_schema_knows_every_section(capsys):
    assert cli.main(["schema"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"sites", "products", "horizon", "beliefs"} <= set(told["properties"])


def test_an_example_is_copied_once(tmp_path, capsys):
    target = tmp_path / "mine"
    assert cli.main(["examples", "piedmont", "--to", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["study"] == str(target / "study.yaml")
    assert cli.main(["examples", "piedmont", "--to", str(target)]) == 2
    assert "is already there" in capsys.readouterr().err
    assert cli.main(["examples", "--json"]) == 0
    names = {each["name"] for each in json.loads(capsys.readouterr().out)["examples"]}
    assert "piedmont" in names


def test_a_report_needs_a_run_folder(tmp_path, capsys):
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "neither study.yaml nor plan.json" in capsys.readouterr().err
    assert cli.main(["report", str(tmp_path / "absent")]) == 2


def test_a_gap_that_is_no_share_is_refused(capsys):
    assert cli.main(["plan", "--gap", "2"]) == 2
    assert "--gap: 2; expected a share above 0 and below 1" in capsys.readouterr().err
