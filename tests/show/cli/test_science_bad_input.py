"""What can be wrong with a question, a world, a library or a replay is told before the first solve:
where it stands, what was found, what was expected, and the likely mend.
"""

from __future__ import annotations

import pytest
from tests.builders import tiny_world

import headrace as hr
from headrace.core.errors import InputError
from headrace.show import cli

QUESTION = """\
question: planted
study: tiny_study.yaml
ask: {breakeven: "capex:reactor"}
answer: {name: capex, unit: USD/kW}
vary:
  load: {key: products.power.demand, from: 8 MW, to: 12 MW}
"""
TABLE = QUESTION.replace("study: tiny_study.yaml", "table: seen.csv").replace(
    '{breakeven: "capex:reactor"}', "{column: cost}"
)
PRICE = "key: products.power.price, from: 10 USD/MWh, to: 90 USD/MWh"


def threshold(told: str) -> str:
    return QUESTION.replace('{breakeven: "capex:reactor"}', f"{{threshold: {{{told}}}}}")


QUESTIONS = [
    ("", "q.yaml:1: the file is empty; expected question, study, ask"),
    ("- a\n", "q.yaml:1:1: the document is not a mapping; expected question"),
    ("question: [a\n", "q.yaml:2:1: this is not YAML"),
    (
        QUESTION.replace("power.demand", "power.demnd"),
        "q.yaml:6:3  vary.load: `products.power.demnd` is no key of the study: `demnd` is not a "
        "key of products.power. Did you mean `demand`?",
    ),
    (
        QUESTION.replace("capex:reactor", "capex:ractor"),
        "q.yaml:3:7  ask.breakeven: `capex:ractor`; expected one of capex:plant, capex:reactor.",
    ),
    (
        QUESTION.replace("USD/kW}", "MW}"),
        "q.yaml:4:23  answer.unit: the break-even of capex:reactor comes in USD/kW, not in MW; "
        "expected USD/kW.",
    ),
    (
        threshold(f"of: ractor, {PRICE}"),
        "q.yaml:3:19  ask.threshold.of: `ractor` cannot be ordered there; expected one of "
        "anything, now, plant, reactor.",
    ),
    (
        threshold(PRICE),
        "q.yaml:4:23  answer.unit: the key is moved in USD/MWh, the answer told in USD/kW; "
        "expected USD/MWh.",
    ),
    (threshold(f"scan: 2, {PRICE}"), "ask.threshold.scan: 2; expected at least 3."),
    (
        threshold(PRICE.replace("power.price", "power.prise")),
        "q.yaml:3:7  ask.threshold: `products.power.prise` is no key of the study",
    ),
    (QUESTION + "tolerance: 0 %\n", "q.yaml:7:1  tolerance: 0.0; expected more than 0.0."),
    (QUESTION + "tolerance: 3 MW\n", "q.yaml:7:1  tolerance: 3 MW is a power"),
    (QUESTION + "budget: {training: 2}\n", "q.yaml:7:10  budget.training: 2; expected at least 8."),
    (QUESTION.replace("from: 8 MW", "from: .inf MW"), "vary.load: `.inf MW` is no finite number."),
    (QUESTION.replace("to: 12 MW", "to: 1e999 MW"), "vary.load: `1e999 MW` is no finite number."),
    (
        QUESTION.split("vary:")[0] + "vary: {}\n",
        "q.yaml:5:1  vary: 0 of them; expected at least 1.",
    ),
    (
        QUESTION + "  again: {key: products.power.demand, from: 8 MW, to: 12 MW}\n",
        "q.yaml:7:3  vary.again: `products.power.demand` is moved by `load` already; expected one "
        "thing for each key.",
    ),
    (QUESTION.replace("tiny_study", "none"), "none.yaml: there is no such file"),
    (TABLE.replace("seen.csv", "../seen.csv"), "q.yaml:2:1  table: `../seen.csv`; expected a file"),
    (TABLE, "seen.csv:3: not finite numbers in every column."),
    (
        QUESTION + "  odds: {key: tree.1.probability, from: 20 %, to: 80 %}\n",
        "q.yaml:5:1  vary: at the lower ends: tree: the probabilities below `now` add up to 0.7; "
        "expected 1",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("bad")
    tiny_world.write(here)
    (here / "seen.csv").write_text("load,cost\n1,2\n2,dear\n")
    return here


def told(words, capsys, *, code=2) -> str:
    assert cli.main(words) == code
    said = capsys.readouterr()
    assert "defect of ours" not in said.err
    return said.err


@pytest.mark.parametrize(("text", "wanted"), QUESTIONS)
def test_a_question_is_refused_before_the_first_solve(folder, capsys, text, wanted):
    (folder / "q.yaml").write_text(text)
    out = folder / "out"
    assert wanted in told(["discover", str(folder / "q.yaml"), "--out", str(out)], capsys)
    assert not out.exists()


WORLDS = [
    ("", "w.yaml:1: the file is empty; expected world, study, vary"),
    ("world: a\nstudy: tiny_study.yaml\n", "w.yaml:1:1  vary: `vary` is missing"),
    (
        tiny_world.WORLD.replace("tolerance", "tolerence"),
        "w.yaml:10:1  tolerence: not a known key. Did you mean `tolerance`?",
    ),
    (
        tiny_world.WORLD.replace("build.reactor.at_most", "build.ractor.at_most"),
        "w.yaml:9:3  vary.room: `sites.here.build.ractor.at_most` is no key of the study",
    ),
    (tiny_world.WORLD.replace("plans: 60", "plans: 0"), "budget.plans: 0; expected at least 1."),
    (
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  rate: {key: money.discount, from: 4 %/a real, to: 9 %/a real}\n",
        "w.yaml:4:3  vary.rate: moves more than costs or more than right-hand sides",
    ),
    (
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  odds: {key: tree.1.probability, from: 20 %, to: 80 %}\n",
        "w.yaml:3:1  vary: at an end of the box: tree: the probabilities below `now` add up",
    ),
]


@pytest.mark.parametrize(("text", "wanted"), WORLDS)
def test_a_world_is_refused_at_its_line(folder, capsys, text, wanted):
    (folder / "w.yaml").write_text(text)
    assert wanted in told(["ask", str(folder / "w.yaml")], capsys)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["lod=9"], "lod: does not move here; expected variable, reactor, odds, load, room. Did"),
        (["load"], "load: names no value; expected name=value, gas=5."),
        (["load=9 USD"], "load: `9 USD` is not in MW."),
        (["load=nan"], "load: `nan` is not a number with a unit"),
        (["load=9", "load=10"], "load: `load=10`, twice; expected one value."),
    ],
)
def test_a_point_is_refused_in_words(folder, capsys, values, wanted):
    assert wanted in told(["ask", str(folder / "world.yaml"), *values], capsys)


def test_another_file_is_no_library_and_stays_as_it_is(folder, capsys):
    """Of a CSV DuckDB makes a table in memory: what was stored there would be lost in silence."""
    for where, wanted in (
        (folder / "seen.csv", "seen.csv: is another file than a library of plans; expected a Duck"),
        (folder, "is a folder, not a regular file; expected a library of plans"),
        (folder / "none" / "x.duckdb", "is no library of plans, or in use"),
    ):
        assert wanted in told(
            ["ask", str(folder / "world.yaml"), "--library", str(where)], capsys
        ), where
    assert (folder / "seen.csv").read_text() == "load,cost\n1,2\n2,dear\n"


def test_a_name_that_is_nearly_one_of_a_question_that_comes_along(capsys):
    said = told(["discover", "reactor_capx"], capsys)
    assert "Did you mean `reactor_capex`?" in said
    assert "expected a question file" in told(["discover", "nosuch.yaml"], capsys)
    assert "expected a world file" in told(["ask", "nosuch.yaml"], capsys)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--workers", "500"], "--workers: 500; expected at most 64."),
        (["--proposer", "http://127.0.0.1:1"], "expected an address with a model, or none of them"),
        (["--proposer", "ftp://x", "--proposer-model", "m"], "expected an http or https address"),
    ],
)
def test_options_of_a_question(capsys, words, wanted):
    assert wanted in told(["discover", "reactor_capex", *words], capsys)


@pytest.mark.parametrize(
    ("words", "wanted", "lines"),
    [
        (["--paths", "0"], "--paths: 0; expected 2 to 100,000.", 1),
        (["--paths", "-4"], "--paths: -4; expected 2 to 100,000.", 1),
        (["--paths", "5", "--weeks", "60", "--years", "0"], "--weeks: 60; expected 0 to 52.", 2),
    ],
)
def test_a_replay_that_cannot_be(tmp_path, capsys, words, wanted, lines):
    said = told(["replay", str(tmp_path), *words], capsys)
    assert wanted in said
    assert said.strip().count("\n") == lines - 1


def test_ranges_of_a_study_in_many_cases(folder):
    study = hr.read(folder / "tiny_study.yaml")
    with pytest.raises(InputError) as caught:
        study.vary({"products.power.demand": ("8 MW", "3 MW")}, cases=0)
    assert "is no range; write the lower value first" in str(caught.value)
    assert "0 cases" in str(caught.value)
    with pytest.raises(InputError, match="`demnd` is not a key"):
        study.vary({"products.power.demnd": ("8 MW", "13 MW")}, cases=3)
