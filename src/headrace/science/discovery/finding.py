"""What a question came to, as far as it went: the frozen value that reports are made of."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Literal

from headrace.science.discovery.question import FrozenQuestion
from headrace.science.laws.expression import LawSum
from headrace.science.laws.file import as_json
from headrace.science.laws.unit_check import told
from headrace.science.robustness.prim import PrimBox, sentence

Verdict = Literal["law", "no more than the null law", "no law", "refused", "stopped"]


@dataclass(frozen=True)
class Hypothesis:
    """A candidate and what became of it. training, held_out: largest relative error [1], endless
    where it was not tried; fate: in words, nothing for the one that lives.
    """

    law: LawSum
    training: float
    held_out: float
    fate: str


@dataclass(frozen=True)
class ScreenedInput:
    """A thing varied, and the mean and spread of the effect of moving it across its range, as
    shares of the median answer [1] (Morris).
    """

    name: str
    effect: float
    spread: float
    kept: bool


@dataclass(frozen=True)
class CounterExample:
    """A point at which a law and the world differ by more than is allowed. answer: between these
    ends [unit of the answer]; error: relative [1].
    """

    point: tuple[float, ...]
    law: str
    told: float
    answer: tuple[float, float]
    error: float


@dataclass(frozen=True)
class TestedPoint:
    """A point at which the law was tested, in which part. answer: between these ends; told: by the
    law; off: how far beyond the ends [unit of the answer].
    """

    part: str
    point: tuple[float, ...]
    answer: tuple[float, float]
    told: float
    off: float


@dataclass(frozen=True)
class Finding:
    """A question answered, or on the way. Errors are relative to the answer (`laws.fit.sizes`) and
    count what lies beyond the interval that the answer is certain to lie in.

    noise: half the width of answers, median and largest [1]; do_nothing: error of the best
    constant [1]; null_error: of the null law, and of the null law with a factor and an offset
    fitted to the training points [1]. law_error, null_held_out, do_nothing_held_out: the same on
    the held-out points. certain: share of the box in which the law keeps the tolerance with the
    confidence asked for, corrected for the hypotheses tried [1]; chance: that no better law than a
    constant does so well, corrected [1].
    survived, falsified: solves against laws in the box; beyond: share of points outside at which it
    still holds [1]. unanswered: points with no or several values and the reason, crossings: those
    with several, each with every value.
    """

    question: FrozenQuestion
    verdict: Verdict = "stopped"
    why: str = ""
    noise: tuple[float, float] = (math.nan, math.nan)
    do_nothing: float = math.nan
    null_error: tuple[float, float] = (math.nan, math.nan)
    screened: tuple[ScreenedInput, ...] = ()
    training: int = 0
    ties: int = 0
    hypotheses: tuple[Hypothesis, ...] = ()
    scatter: float = 0.0
    allowed: float = math.nan
    law: LawSum | None = None
    law_error: float = math.nan
    null_held_out: float = math.nan
    do_nothing_held_out: float = math.nan
    held_out: int = 0
    certain: float = math.nan
    chance: float = math.nan
    falsified: int = 0
    counterexamples: tuple[CounterExample, ...] = ()
    beyond: float = math.nan
    beyond_asked: int = 0
    region: PrimBox | None = None
    region_cases: int = 0
    unanswered: tuple[tuple[tuple[float, ...], str], ...] = ()
    unanswered_region: PrimBox | None = None
    crossings: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    tested: tuple[TestedPoint, ...] = ()
    solves: int = 0
    hashes: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """The law as it is written; nothing where there is none."""
        names = [each.name for each in self.question.quantities]
        return "" if self.law is None else told(self.law, names)

    @property
    def beats_null(self) -> float:
        """How many times the null law's held-out maximum error the law's is below it [1]."""
        if not math.isfinite(self.null_held_out) or not math.isfinite(self.law_error):
            return math.nan
        return self.null_held_out / max(self.law_error, 1e-12)

    @property
    def state(self) -> str:
        """How far it came, in words."""
        if self.verdict != "stopped":
            return "finished"
        done = [
            (self.screened, "screening and training points are asked"),
            (self.hypotheses, "candidates are frozen"),
            (self.held_out, "held-out points are asked"),
            (self.falsified, "solves against the law have begun"),
        ]
        return [words for came, words in done if came][-1] if self.screened else "just begun"

    def as_json(self) -> dict[str, object]:
        """Everything as plain data; what has no value yet is None."""
        apart = ("question", "region", "unanswered_region", "law", "hypotheses")
        told_: dict[str, object] = {
            each.name: _plain(getattr(self, each.name))
            for each in fields(self)
            if each.name not in apart
        }
        asked = self.question
        units = {each.name: each.unit for each in asked.varied}
        for name, box in (("region", self.region), ("unanswered_region", self.unanswered_region)):
            told_[name] = "" if box is None else sentence(box, list(units), list(units.values()))
        names = [each.name for each in asked.quantities]
        told_["hypotheses"] = [
            {
                "law": told(each.law, names),
                "length": each.law.length,
                "training": each.training,
                "held_out": each.held_out,
                "fate": each.fate,
            }
            for each in self.hypotheses
        ]
        told_ |= {
            "question": asked.asked.question,
            "question_sha256": asked.sha256,
            "seed": asked.asked.seed,
            "tolerance": asked.asked.tolerance,
            "law": self.words,
            "law_numbers": None if self.law is None else as_json(self.law),
            "beats_null": self.beats_null,
            "varied": units,
            "inputs": {each.name: each.unit for each in asked.quantities},
            "answer": {"name": asked.answer.name, "unit": asked.answer.unit},
            "hashes": dict(self.hashes),
        }
        return {key: _plain(value) for key, value in told_.items()}


def _plain(value: object) -> object:
    """Plain data without what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
