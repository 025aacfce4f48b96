"""`headrace tariff`: the shipped example, other costs, JSON, and files that make no sense."""

from __future__ import annotations

import json

import pytest

import headrace as hr
from headrace.core.errors import InputError
from headrace.market.tariff_file import parse_tariff, public_of, wanted_of
from headrace.plan.analysis.market_coupling import CoupledMarket, Round
from headrace.show import cli
from headrace.show.cli import tariff as tariff_verb

USERS = """\
tariff: mine
cost: 0.26 USD/clip
users:
  wanted: {median: 12 clip, spread: 1.2}
  worth: {median: 0.10 USD/clip, spread: 1.0}
  parts: 4
  packs: 2
  source: "assumption"
"""
PUBLIC = """\
tariff: mine
public:
  seen: {free: 2 clip, price: 0.40 USD/clip}
  points:
    spend: {between: [0.13 USD, 0.16 USD], source: "made up"}
  costs: [0.26 USD/clip, 1.30 USD/clip]
"""
DAY = """\
tariff: mine
off_peak:
  {wanted: 1000 clip, shape: chat, base: 0.2 USD/clip, rise: 50 %, price: 0.4 USD/clip,
   elasticity: 0, window: 12, source: "assumption"}
"""


def run(tmp_path, text, *words):
    path = tmp_path / "tariff.yaml"
    path.write_text(text, encoding="utf-8")
    return cli.main(["tariff", str(path), *words])


def test_the_example_says_what_a_clip_may_cost(capsys):
    assert cli.main(["tariff"]) == 0
    told = capsys.readouterr().out
    assert "the best there can be" in told
    assert "Not viable at 1.3 USD a clip" in told
    assert "Cannot tell at 0.26 to 1.3 USD a clip" in told
    assert "prices settled" in told


EXPERIMENT = "tariff: mine\nexperiment: {churn: 4 %, TERMS}\n"


def test_an_experiment_is_sized_before_it_is_run(tmp_path, capsys):
    """(1.95996 sqrt(2 p q) + 0.84162 sqrt(p1 q1 + p2 q2))^2 / 0.005^2 with p 4.25 %: 25,551; so
    many show half a point again, and twice as many less of one.
    """
    assert run(tmp_path, EXPERIMENT.replace("TERMS", "change: 0.5 %")) == 0
    assert "25,551 people in each of two arms" in " ".join(capsys.readouterr().out.split())
    for people, change in ((25_551, 0.005), (51_102, 0.0035057)):
        terms = f"people: {people}"
        assert run(tmp_path, EXPERIMENT.replace("TERMS", terms), "--json") == 0
        told = json.loads(capsys.readouterr().out)["experiment"]
        assert told["change"] == pytest.approx(change, rel=1e-3)
        assert told["people"] == people
    text = EXPERIMENT.replace("TERMS", "change: -0.5 %, power: 90 %, error: 1 %")
    assert run(tmp_path, text, "--report", str(tmp_path / "page.html")) == 0
    assert "cry wolf" in (tmp_path / "page.html").read_text()
    assert "cry wolf" in hr.tariff(tmp_path / "tariff.yaml").note


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("power: 80 %", "not one of `change` and `people`"),
        ("change: 1 %, people: 100", "not one of `change` and `people`"),
        ("change: 0 %", "a change of 0"),
        ("change: -5 %", "a churn of 0.04 that becomes -0.01"),
        ("people: 3", "greater than or equal to 10"),
        ("change: 1 %, power: 100 %", "less than 1"),
    ],
)
def test_an_experiment_that_makes_no_sense_is_told_at_its_line(tmp_path, capsys, terms, told):
    assert run(tmp_path, EXPERIMENT.replace("TERMS", terms)) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert "tariff.yaml:2" in error
    assert told in error


def test_another_cost_is_asked_for(tmp_path, capsys):
    assert run(tmp_path, USERS, "--cost", "0.05 USD/clip", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["cost"] == 0.05
    assert set(told) == {"tariff", "comparison"}
    assert run(tmp_path, USERS, "--cost", "5 kg") == 2
    assert "--cost" in capsys.readouterr().err


def test_public_points_alone_and_a_day_alone(tmp_path, capsys):
    assert run(tmp_path, PUBLIC, "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["public"]["sets"]
    assert 0 <= one["low_usd"] <= one["high_usd"]
    assert run(tmp_path, DAY, "--json") == 0
    told = json.loads(capsys.readouterr().out)["off_peak"]
    assert told["peak"] == told["peak_before"]
    assert told["settled"] is True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (USERS.replace("0.26 USD/clip", "0.26 USD"), "tariff.yaml:2:1 cost"),
        (USERS.replace("median: 12 clip", "median: 12 Mtok"), "wanted.median"),
        (USERS.replace("wanted:", "wantd:"), "Did you mean `wanted`?"),
        (USERS.replace("cost: 0.26 USD/clip\n", ""), "no cost of a use"),
        (USERS.replace('  source: "assumption"\n', ""), "`source` is missing"),
        (USERS.replace("median: 12 clip, spread: 1.2", "median: 12 clip"), "one pair of them"),
        (USERS.replace("parts: 4", "parts: 99"), "parts"),
        ("tariff: mine\n", "nothing is asked"),
        ("- a\n", "not a mapping"),
        (PUBLIC.replace("spend: {", "sales: {"), "points"),
        (
            PUBLIC.replace("[0.26 USD/clip, 1.30 USD/clip]", "[2 USD/clip, 1 USD/clip]"),
            "from <= to",
        ),
        (PUBLIC.replace("[0.13 USD, 0.16 USD]", "[0.13 USD, 0.16 kg]"), "points.spend"),
        (PUBLIC.replace("0.13 USD, 0.16", "0.2 USD, 0.16"), "from <= to"),
        (DAY.replace("shape: chat", "shape: chta"), "chat"),
        (DAY.replace("window: 12", "window: 40"), "window"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_at_its_line(tmp_path, capsys, text, told):
    assert run(tmp_path, text) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_heavy_tail_is_a_pareto_with_a_finite_mean():
    heavy = USERS.replace("{median: 12 clip, spread: 1.2}", "{least: 3 clip, exponent: 1.4}")
    assert wanted_of(parse_tariff(heavy).users).kind == "pareto"
    with pytest.raises(InputError, match=r"4:27 .* its mean is infinite"):
        parse_tariff(heavy.replace("1.4", "1.0"))


def test_the_tariff_that_was_seen_is_asked_first():
    *_, asked = public_of(parse_tariff(PUBLIC).public)
    assert [one.name for one in asked] == ["as it was"]


def test_the_library_says_the_same(tmp_path):
    path = tmp_path / "tariff.yaml"
    path.write_text(USERS, encoding="utf-8")
    table = hr.tariff(path, cost="0.05 USD/clip")
    assert "share of the best" in table.columns
    assert table["tariff"][-1] == "the best there can be"
    assert hr.tariff().note.count("viable") + hr.tariff().note.count("Viable") >= 1


def test_a_study_and_a_tariff_answer_each_other(tmp_path) -> None:
    file, study = tmp_path / "tariff.yaml", tmp_path / "study.yaml"
    file.write_text(
        "tariff: power\ncost: 5 USD/clip\n"
        "users: {wanted: {median: 12 clip, spread: 0.5},\n"
        "  worth: {median: 40 USD/clip, spread: 0.3},\n"
        "  parts: 3, packs: 1, source: assumption}\n"
        "plan: {product: power, people: 100 user, per_use: 1 MWh/clip}\n"
    )
    study.write_text(
        "study: small\nmoney: {year: 2026, discount: 0 %/a real}\n"
        "horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}\n"
        "sites: {here: {grid: {limit: 900 MW, stands: 900 MW, energy: 10 USD/MWh}}}\n"
        "products: {power: {kind: electricity, site: here, demand: 1 MW, price: 1000 USD/MWh}}\n"
    )
    found = tariff_verb.coupling_json(
        tariff_verb.coupled_file(tariff_verb.answered_file(file, "").file, study)
    )
    assert found["settled"]
    assert found["rounds"][-1]["came"] == pytest.approx(10.0)
    assert tariff_verb.rounds_table(
        tariff_verb.coupled_file(tariff_verb.answered_file(file, "").file, study)
    ).row_count == len(found["rounds"])
    with pytest.raises(InputError, match="all three"):
        tariff_verb.coupled_file(
            tariff_verb.answered_file(file, "").file.model_copy(update={"plan": None}), study
        )


def test_a_page_holds_every_answer(tmp_path) -> None:
    page = tmp_path / "tariffs.html"
    answer = tariff_verb.answered_file(None, "")
    market = CoupledMarket((Round(1.0, 2.0, "one pack"), Round(1.5, 1.5, "<b>two</b>")))
    tariff_verb.write_page(answer, market, page)
    told = page.read_text()
    for key in ("tariffs", "break-even", "off-peak", "coupling"):
        assert f'id="chart-{key}"' in told, key
    assert "Plan and tariff agree after 2 rounds" in told
    assert "<b>two</b>" not in told
