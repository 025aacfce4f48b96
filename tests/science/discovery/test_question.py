"""A question file is frozen data; every mistake is told at its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.science.discovery.question import parse_question, read_question
from headrace.science.discovery.recipe import worked_out
from headrace.show import examples

HERE = Path()
GOOD = """\
question: planted
study: gas_first
ask: {breakeven: "capex:x"}
answer: {name: capex, unit: USD/kW}
vary:
  gas: {key: fuels.gas.price, from: 3 USD/MMBtu, to: 12 USD/MMBtu}
  rate: {key: money.discount, from: 4 %/a real, to: 12 %/a real}
inputs:
  fuel_cost: {product: [gas, 6.168 MMBtu/MWh], in: USD/MWh}
  recovery: {capital_recovery: [rate, 60 years], in: 1/year}
null_law: {ratio: [fuel_cost, recovery]}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_question(text, HERE)
    return [str(problem) for problem in caught.value.problems]


def test_what_is_varied_moves_its_keys_and_inputs_follow():
    asked = parse_question(GOOD, HERE)
    gas, rate = asked.varied
    assert gas.changes(7.5) == {"fuels.gas.price": "7.5 USD/MMBtu"}
    assert rate.changes(8.0) == {"money.discount": "8 %/a real"}
    found = worked_out(np.array([[6.0, 8.0]]), asked.varied, asked.inputs)
    np.testing.assert_allclose(found, [[6 * 6.168, 0.08 / (1 - 1.08**-60)]])
    whole = worked_out(np.array([[6.0, 8.0]]), asked.varied, (*asked.inputs, asked.null_law))
    np.testing.assert_allclose(whole[0, 2], 6 * 6.168 * 8.76 / found[0, 1])  # USD/kW


def test_several_keys_move_together():
    text = GOOD.replace(
        "  gas: {key: fuels.gas.price, from: 3 USD/MMBtu, to: 12 USD/MMBtu}",
        "  gas:\n    from: 3 USD/MMBtu\n    to: 12 USD/MMBtu\n"
        "    keys: {a.b: [60 MW, 300 MW], a.c: [240 MW, 0 MW]}",
    )
    assert parse_question(text, HERE).varied[0].changes(12.0) == {"a.b": "300 MW", "a.c": "0 MW"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "study: gas_first",
            "studdy: gas_first",
            "question.yaml:2:1  studdy: not a known key. Did",
        ),
        ("12 USD/MMBtu", "12 USD/t", "vary.gas: from is in USD/MMBtu, to in USD/t"),
        ("from: 3", "from: 30", "is no range"),
        ("from: 3 USD/MMBtu", "from: cheap", "is not a number with a unit"),
        ("in: USD/MWh", "in: USD/kW", "inputs.fuel_cost: is energy^-1 money^1, not"),
        ("[gas, 6.168 MMBtu/MWh]", "[coal, 6.168 MMBtu/MWh]", "`coal` is neither varied nor"),
        ("{product: [gas, 6.168", "{sum: [gas, 6.168", "adds gas [USD/MMBtu] and 6.168"),
        ("[rate, 60 years]", "[gas, 60 years]", "takes a rate [1/year] and a life [year]"),
        ("ratio: [fuel_cost, recovery]", "ratio: [fuel_cost]", "`ratio` takes a list of two"),
        ("unit: USD/kW", "unit: USD/kWx", "is not a known unit"),
        ('{breakeven: "capex:x"}', "{}", "ask: not one thing"),
        ("study: gas_first", "study: gas_first\nseed: -1", "seed"),
        ("null_law: {", "null_law: {__import__: [os, os], ", "is not a name, a number"),
    ],
)
def test_every_mistake_is_told_at_its_place(old, new, told):
    assert old in GOOD
    assert any(told in fault for fault in faults(GOOD.replace(old, new, 1)))


def test_all_mistakes_are_told_at_once():
    bad = GOOD.replace("in: USD/MWh", "in: USD/t").replace("[rate, 60 years]", "[rate, 60 t]")
    assert len(faults(bad)) == 2


def test_the_questions_that_come_along_are_good():
    folder = examples.folder_of("questions") if "questions" in examples.ROOMS else None
    found = sorted(path.stem for path in folder.glob("*.yaml") if "_study" not in path.stem)
    assert found
    for name in found:
        asked = read_question(examples.question(Path(name)))
        assert asked.asked.question == name
        assert asked.null_law is not None
