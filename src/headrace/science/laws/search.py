"""Candidate laws by symbolic regression (pyoperon): every structure it found, fitted, shortened.

The search sees training points alone. It may run in a process of its own that has nothing else
(`apart`): what is held out is not merely unread there, it is solved only after the candidates are
frozen. One seed gives one list of candidates, in the same environment to the last bit.

Source: Burlacu, Kronberger & Kommenda, Operon C++ (GECCO 2020); dimensional analysis as in
SymbolicRegression.jl. Candidates are measured by relative error (`relative_errors`).
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError
from headrace.science.child_process import told_apart
from headrace.science.laws.expression import (
    LawSum,
    added,
    function,
    multiplied,
    number,
    one_input,
    power,
    scaled,
)
from headrace.science.laws.file import as_json, from_json
from headrace.science.laws.fit import forms, relative_errors
from headrace.science.laws.unit_check import told

SECONDS = 600.0
"""After which a search apart that does not answer is given up [s]."""


@dataclass(frozen=True)
class SearchOptions:
    """How long and how widely it is searched. lengths: of the trees of one run each, per seed;
    symbols: functions allowed besides + - x / (of exp, log, sqrt).
    """

    lengths: tuple[int, ...] = (7, 11, 15)
    population: int = 300
    generations: int = 60
    restarts: int = 2
    symbols: tuple[str, ...] = ()


DEFAULT_SEARCH = SearchOptions()


class OperonType(Protocol):
    """The kind of a node of pyoperon."""

    name: str


class OperonNode(Protocol):
    """A node of a tree of pyoperon, as far as it is read here."""

    Type: OperonType
    Value: float
    Arity: int
    HashValue: int


def candidates(
    inputs: Floats, answers: Floats, seed: int, options: SearchOptions = DEFAULT_SEARCH
) -> tuple[LawSum, ...]:
    """Laws found on these points, shortest first, of each length the best few.

    inputs: shape (point, input), each in its own unit; answers: shape (point,). Raises
    HeadraceError where pyoperon is not installed.
    """
    try:
        from pyoperon.sklearn import SymbolicRegressor
    except ImportError:
        raise HeadraceError(
            "A law is searched with pyoperon, which is not installed: pip install "
            "'headrace[science]'"
        ) from None
    typical = np.median(np.abs(inputs), axis=0)
    typical = np.where(typical > 0, typical, 1.0)
    size = float(np.median(np.abs(answers))) or 1.0
    found: dict[str, LawSum] = {}
    for restart in range(options.restarts):
        for length in options.lengths:
            model = SymbolicRegressor(
                allowed_symbols=",".join(("add,sub,mul,div,constant,variable", *options.symbols)),
                objectives=["mse", "length"],
                optimizer_iterations=6,
                max_length=length,
                population_size=options.population,
                generations=options.generations,
                max_evaluations=4 * options.population * options.generations,
                n_threads=1,
                random_state=1000 * seed + 100 * restart + length,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(inputs / typical, answers / size)
            places = {int(each): place for place, each in enumerate(model.variables_)}
            for one in model.pareto_front_:
                law = scaled(_law(one["tree"].Nodes, places, typical), size)
                for form in forms(law, inputs, answers):
                    names = [f"x{n}" for n in range(len(typical))]
                    found.setdefault(told(form, names, 3), form)
    return _best(tuple(found.values()), inputs, answers)


def _best(laws: Sequence[LawSum], inputs: Floats, answers: Floats) -> tuple[LawSum, ...]:
    """Of each length the three that fit best, unless a shorter one fits much better."""
    ranked = sorted(
        ((law.length, float(np.max(relative_errors(law, inputs, answers))), law) for law in laws),
        key=lambda one: (one[0], one[1], repr(one[2])),
    )
    kept: list[LawSum] = []
    best, here, count = np.inf, -1, 0
    for length, error, law in ranked:
        count = 0 if length != here else count
        here = length
        if np.isfinite(error) and count < 3 and error < 1.5 * best:
            kept.append(law)
            count += 1
            best = min(best, error)
    return tuple(kept)


def _law(nodes: Sequence[OperonNode], places: Mapping[int, int], typical: Floats) -> LawSum:
    """A tree of pyoperon in postfix order, of inputs over their typical size, as a law."""
    stack: list[LawSum] = []
    for node in nodes:
        kind, value = node.Type.name, float(node.Value)
        if kind == "Constant":
            stack.append(number(value))
        elif kind == "Variable":
            place = places[int(node.HashValue)]
            stack.append(one_input(place, value / float(typical[place])))
        elif kind in ("Exp", "Log", "Sqrt"):
            stack.append(function(kind.lower(), stack.pop()))
        else:
            parts = [stack.pop() for _ in range(node.Arity)]  # the first operand comes last
            neutral = {"Sub": 0.0, "Div": 1.0}.get(kind)
            if node.Arity == 1 and neutral is not None:
                parts = [number(neutral), *parts]
            whole = parts[0]
            for part in parts[1:]:
                whole = _combined(kind, whole, part)
            stack.append(whole)
    return stack[-1]


def _combined(kind: str, left: LawSum, right: LawSum) -> LawSum:
    if kind in ("Add", "Sub"):
        return added(left, right, 1.0 if kind == "Add" else -1.0)
    if kind == "Mul":
        return multiplied(left, right)
    if kind != "Div":
        raise ValueError(f"pyoperon gave a {kind}, which no law has")
    try:
        return multiplied(left, power(right, -1))
    except ZeroDivisionError:
        return number(np.nan)


def apart(
    inputs: Floats, answers: Floats, seed: int, options: SearchOptions = DEFAULT_SEARCH
) -> tuple[LawSum, ...]:
    """As `candidates`, in a process of its own that stands in an empty folder and is told the
    training points and nothing else. inputs, answers: as there [own units].

    Raises HeadraceError where it fails or does not answer in ten minutes.
    """
    asked = {
        "inputs": inputs.tolist(),
        "answers": answers.tolist(),
        "seed": seed,
        "options": asdict(options),
    }
    seen = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        found = told_apart(__name__, asked, seconds=SECONDS, environment=seen)
    except HeadraceError as error:
        raise HeadraceError(f"The search for laws failed: {error.message}") from None
    assert isinstance(found, list)
    return tuple(from_json(one) for one in found)


def answer_one() -> None:
    """Read one search from stdin and write its candidates to stdout, as JSON."""
    asked = json.load(sys.stdin)
    options = dict(asked["options"])
    options |= {name: tuple(options[name]) for name in ("lengths", "symbols")}
    found = candidates(
        np.array(asked["inputs"], dtype=np.float64),
        np.array(asked["answers"], dtype=np.float64),
        asked["seed"],
        SearchOptions(**options),
    )
    json.dump([as_json(law) for law in found], sys.stdout)


if __name__ == "__main__":
    answer_one()
