"""Forms of laws proposed by a language model behind any OpenAI-compatible endpoint: off unless
asked for, in a process of its own, and without a say in any verdict.

It is told the names and units of the inputs and some training points, and answers with forms. Each
is fitted to training points and joins the candidates before they are frozen; from there on it is
one hypothesis more, counted against luck like all others. What was asked and answered is kept word
for word in `proposer.jsonl`, without the key. An endpoint that does not answer proposes nothing.

    headrace discover question.yaml --proposer http://127.0.0.1:8000/v1 --proposer-model NAME
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.atomic_write import write_text
from headrace.core.errors import HeadraceError
from headrace.science.child_process import told_apart
from headrace.science.discovery.question import FrozenQuestion
from headrace.science.laws.expression import (
    LawSum,
    added,
    multiplied,
    number,
    one_input,
    power,
    scaled,
)
from headrace.science.laws.fit import forms, relative_errors
from headrace.trust.boxes import Endpoint

TRANSCRIPT = "proposer.jsonl"
MOST_FORMS, MOST_DEPTH, SHOWN = 8, 6, 20
"""Forms taken of one answer, how deep they nest, and training points that are told [1]."""
FREE = 1.01
"""Weight with which an input of a form begins: a number that is not 1 is fitted [1]."""
SECONDS = 200.0
KINDS = ("sum", "difference", "product", "ratio")


@dataclass(frozen=True)
class Proposer:
    """Where proposals come from. url: base address; model: its name there; key_variable: of the
    environment variable that holds the key, "" where none is needed.
    """

    url: str
    model: str
    key_variable: str = ""

    def __post_init__(self) -> None:
        self.endpoint()  # raises InputError for an address that is none

    def endpoint(self) -> Endpoint:
        """The client, as the audit of black boxes has it."""
        return Endpoint(self.url, self.model, {"proposer": True}, {}, self.key_variable)

    def proposals(
        self, question: FrozenQuestion, inputs: Floats, answers: Floats, folder: Path | None
    ) -> tuple[LawSum, ...]:
        """Forms fitted to training points, in the numbers of the question's inputs; what was said
        goes into the folder. inputs: shape (point, input); answers: shape (point,) [own units].
        """
        asked = prompt(question, inputs, answers)
        reply = self.asked_apart(asked, question.asked.seed)
        names = [each.name for each in question.quantities]
        found, fates = laws_of(reply.get("answer", ""), names, inputs, answers)
        if folder is not None:
            line = {"url": self.url, "model": self.model, "asked": asked, **reply, "forms": fates}
            write_text(folder / TRANSCRIPT, json.dumps(line, ensure_ascii=False) + "\n")
        return found

    def asked_apart(self, asked: str, seed: int) -> dict[str, str]:
        """`answer`, or `failed` and why: asked in a process of its own, in an empty folder, that is
        told nothing else and sees of the environment what it takes to reach the endpoint.
        """
        passed = ("PATH", "PYTHONPATH", "SSL_CERT_FILE", "NO_PROXY", "no_proxy", "HTTPS_PROXY",
                  "https_proxy", self.key_variable)  # fmt: skip
        seen = {name: os.environ[name] for name in passed if name in os.environ}
        told = {"proposer": asdict(self), "asked": asked, "seed": seed}
        try:
            reply = told_apart(__name__, told, seconds=SECONDS, environment=seen)
        except HeadraceError as error:
            return {"failed": error.message}
        if not isinstance(reply, dict):
            return {"failed": "an answer of another shape"}
        return {str(key): str(value) for key, value in reply.items()}


def prompt(question: FrozenQuestion, inputs: Floats, answers: Floats) -> str:
    """What the model is told: names, units, some training points, and how to answer."""
    quantities, answer = question.quantities, question.answer
    head = ", ".join(each.name for each in quantities)
    step = max(1, len(answers) // SHOWN)
    rows = "\n".join(
        ", ".join(f"{x:.4g}" for x in (*point, value))
        for point, value in zip(inputs[::step][:SHOWN], answers[::step][:SHOWN])
    )
    return (
        f"Propose up to {MOST_FORMS} short formulas for {answer.name} [{answer.unit}] in "
        f"{', '.join(f'{q.name} [{q.unit}]' for q in quantities)}. Only terms of one unit are "
        "added; numbers are fitted afterwards. Answer with one JSON list and nothing else. A "
        'formula is a name, a number, or an object with one of "sum", "difference", "product", '
        '"ratio" and a list of two or more formulas, for example '
        f'{{"ratio": [{{"sum": ["{quantities[0].name}", 1]}}, "{quantities[-1].name}"]}}.\n'
        f"{head}, {answer.name}\n{rows}\n"
    )


def laws_of(
    reply: str, names: Sequence[str], inputs: Floats, answers: Floats
) -> tuple[tuple[LawSum, ...], list[str]]:
    """The laws in an answer, each fitted at its best, and what became of each form in words.
    inputs, answers: training points [own units].
    """
    begin, end = reply.find("["), reply.rfind("]")
    try:
        listed = json.loads(reply[begin : end + 1]) if begin >= 0 else None
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        return (), ["no JSON list in the answer"] if reply else []
    found, fates = list[LawSum](), list[str]()
    for told in listed[:MOST_FORMS]:
        try:
            law = as_law(told, names)
            with np.errstate(all="ignore"):
                size = float(np.median(np.abs(answers)) / np.median(np.abs(law(inputs))))
                law = scaled(law, size if np.isfinite(size) else 1.0)
                tried = (law, *forms(law, inputs, answers))
                worsts = [_worst(one, inputs, answers) for one in tried]
            worst = min(worsts)
            best = tried[worsts.index(worst)]
            if not np.isfinite(worst):
                raise ValueError("is no number at some training point")
            found.append(best)
            fates.append(f"a candidate: off by at most {worst:.2%} on training points")
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            fates.append(f"not taken: {error}")
    if len(listed) > MOST_FORMS:
        fates.append(f"{len(listed) - MOST_FORMS} more were not read")
    return tuple({repr(law): law for law in found}.values()), fates


def _worst(law: LawSum, inputs: Floats, answers: Floats) -> float:
    worst = float(np.max(relative_errors(law, inputs, answers)))
    return worst if np.isfinite(worst) else np.inf


def as_law(told: object, names: Sequence[str], depth: int = 0) -> LawSum:
    """A form as a law. Raises ValueError for names and words that there are not."""
    if depth > MOST_DEPTH:
        raise ValueError("is nested deeper than anybody reads")
    if isinstance(told, str):
        if told not in names:
            raise ValueError(f"`{told[:40]}` is no input")
        return one_input(list(names).index(told), FREE)
    if isinstance(told, int | float) and not isinstance(told, bool) and np.isfinite(told):
        return number(float(told))
    if not isinstance(told, dict) or len(told) != 1 or next(iter(told)) not in KINDS:
        raise ValueError(f"is not a name, a number, or one of {', '.join(KINDS)}")
    ((kind, listed),) = told.items()
    if not isinstance(listed, list) or not 2 <= len(listed) <= MOST_FORMS:
        raise ValueError(f"`{kind}` takes a list of two to {MOST_FORMS}")
    whole, *rest = (as_law(each, names, depth + 1) for each in listed)
    for part in rest:
        if kind in ("sum", "difference"):
            whole = added(whole, part, 1.0 if kind == "sum" else -1.0)
        else:
            whole = multiplied(whole, part if kind == "product" else power(part, -1))
    return whole


def answer_one() -> None:
    """Read one question from stdin, ask the endpoint, write its answer to stdout as JSON."""
    told = json.load(sys.stdin)
    try:
        reply = {"answer": Proposer(**told["proposer"]).endpoint().ask(
            told["asked"], ads=False, seed=told["seed"])}  # fmt: skip
    except HeadraceError as error:
        reply = {"failed": str(error)}
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    answer_one()
