"""What every option must be: finite, not negative, not beyond sense; a name a file can have."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from cyclopts import Parameter

from headrace.show.cli import VERBS, main
from headrace.show.cli.options import signed, sound


@pytest.mark.parametrize(
    "value", [0, 1, 2.5, 1e15, True, None, "text", [1.0, 2.0], Path("a" * 255)]
)
def test_what_is_sound(value) -> None:
    sound(type(value), value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "not a finite number"),
        (float("inf"), "not a finite number"),
        (-1, "negative"),
        (-1e-9, "negative"),
        (1e16, "larger than anything"),
        pytest.param(10**400, "larger than anything", id="400 digits"),
        ([1.0, float("nan")], "not a finite number"),
        (Path("a" * 256), "256 bytes"),
        (Path("é" * 128), "256 bytes"),
        (Path("a\0b"), "character 0"),
        ("x" * 100_001, "100,001 characters"),
    ],
)
def test_what_is_not(value, words) -> None:
    with pytest.raises(ValueError, match=words):
        sound(type(value), value)


def test_a_degree_may_be_negative_and_still_not_endless() -> None:
    signed(float, -79.95)
    with pytest.raises(ValueError, match="finite"):
        signed(float, float("-inf"))


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "log.csv", "--tolerance", "nan"],
        ["audit", "log.csv", "--tolerance=-1"],
        ["settle", "studio", "--most-held", "300"],
        ["settle", "studio", "--most-held", "nan"],
        ["sweep", "s.yaml", "--about", "fuel:gas", "--to", "inf"],
        ["sweep", "s.yaml", "--about", "fuel:gas", "--gas=-5"],
        ["sweep", "s.yaml", "--about", "fuel:gas", "--carbon", "inf"],
        ["replay", "run", "--seed=-1"],
        ["replay", "run", "--requests", "nan"],
        ["settle", "studio", "--uses=-1"],
        ["settle", "studio", "--uses", "9" * 400],
        ["settle", "studio", "--period", "9999-12"],
        ["fleet", "trace.csv", "--ttft=-5 s"],
        ["fleet", "trace.csv", "--speed", "1e400"],
        [
            "ledger",
            "reverse",
            "l.ledger",
            "9" * 30,
            "--key",
            "k",
            "--booked",
            "2026-01-31T00:00:00Z",
        ],
        ["plan", "s.yaml", "--gap", "nan"],
        ["fetch", "weather", "nan", "0"],
        ["check", "x" * 300],
        ["settle", "x" * 300],
        ["audit", f"{'x' * 300}.csv"],
        ["fleet", f"{'x' * 300}.csv"],
        ["report", "x" * 300],
        ["replay", "x" * 300],
        ["ledger", "verify", "x" * 300],
        ["check", "a.yaml", "--memory", "nan GB"],
        ["check", "a.yaml", "--memory"],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_bad_options_are_words_with_exit_code_2(words, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trace.csv").write_text("timestamp,input_tokens,output_tokens\n0,9,9\n1,9,9\n")
    assert main([*words, "--json"] if words[0] != "ledger" else words) == 2
    told = capsys.readouterr()
    assert "a defect of ours" not in told.err
    assert len(told.err) < 3000
    if words[0] != "ledger":
        assert json.loads(told.out)["exit_code"] == 2


def test_every_verb_refuses_an_unknown_option_in_words(capsys) -> None:
    for verb in VERBS:
        if verb.present():
            assert main([verb.name, "--surely-unknown"]) == 2
            assert "a defect" not in capsys.readouterr().err


def test_all_options_that_cannot_be_read_are_told_at_once_before_the_trace(capsys):
    words = (
        *("no_such.csv", "--ttft", "2 kg", "--tpot", "x", "--class", "a 20% y=3", "--class", "b"),
        *("--warm-up", "3 m", "--curtail", "twenty", "--speed", "0", "--table", "none"),
        *("--failures", "3 USD", "--rate", "-2"),
    )
    assert main(["fleet", *words]) == 2
    told = capsys.readouterr().err
    named = ("--ttft", "--tpot", "`y`", "`b`", "--warm-up", "--curtail", "--speed", "--failures")
    for one in (*named, "--rate"):
        assert one in told
    assert "no_such" not in told


@dataclass(frozen=True)
class Group:
    """Options that a verb holds together, as `Replicas` of `headrace fleet` does."""

    rate: float = 0.5
    below: Annotated[float, Parameter(validator=signed)] = -1.0
    kinds: Annotated[tuple[float, ...], Parameter(name="--class")] = ()
    endless: float = math.inf


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rate": math.nan}, "--rate: nan is not a finite"),
        ({"rate": -1e999}, "--rate: inf is not"),
        ({"kinds": (1.0, 1e999)}, "--class: inf is not"),
        ({"endless": math.nan}, "--endless: nan"),
    ],
)
def test_options_held_together_are_asked_one_by_one(given, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sound(Group, Group(**given))


def test_a_default_and_an_option_with_its_own_rule_are_left_alone() -> None:
    sound(Group, Group())
    sound(Group, Group(below=-40.0, rate=0.0))


@pytest.mark.parametrize(
    "words",
    [
        ["fleet", "no.csv", "--draft", "nan"],
        ["fleet", "no.csv", "--seed", "9" * 41],
        ["replay", "no", "--seed", "9" * 41],
        ["settle", "no", "--most-held", "nan"],
        ["tree", "no.yaml", "--draws", "9" * 41],
    ],
)
def test_an_option_of_a_group_is_refused_by_its_name(words: list[str], capsys) -> None:
    assert main(words) == 2
    assert words[2] in capsys.readouterr().err
