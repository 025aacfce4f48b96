"""Pool formulas of contracts and statutes, as steps: percentages that escalate, amounts per unit,
greater-of, lesser-of, sums and deductions. Data, not code: nothing in them is evaluated.

    pool:
      currency: USD
      inputs: {revenue: 100000000, content: 50000000, performance: 6000000, subscribers: 5000000}
      steps:
        - {name: headline, percent: {2025: 15.25, 2026: 15.3}, of: revenue}
        - {name: content prong, percent: 26.2, of: content}
        - {name: per subscriber, each: 1.10, of: subscribers}
        - {name: lesser, lesser_of: [content prong, per subscriber]}
        - {name: all-in, greater_of: [headline, lesser]}
        - {name: less performance, difference: [all-in, performance]}
        - {name: floor, each: 0.60, of: subscribers}
        - {name: payable, greater_of: [less performance, floor]}

That is 37 CFR 385.21(b) with the floor of 385.22(a)(3): the last step is the pool. Amounts are
exact fractions; only the pool is rounded, half to even, to the micro-unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from headrace.core.errors import InputError, InputFault
from headrace.core.study_reader import Document, document, parse_text
from headrace.rights.money import MICRO

Path_ = tuple[str | int, ...]
COMBINED: dict[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "greater_of": max,
    "lesser_of": min,
    "sum": lambda amounts: sum(amounts, Fraction(0)),
    "difference": lambda amounts: amounts[0] - sum(amounts[1:], Fraction(0)),
}
SCALED = ("percent", "each")


@dataclass(frozen=True)
class ClauseStep:
    """One step as worked out: its name, how it is made, in words, and its amount [main units]."""

    name: str
    words: str
    amount: Fraction


@dataclass(frozen=True)
class RoyaltyPool:
    """A pool worked out: its currency, every step, and the amount to be shared [micro-units]."""

    currency: str
    steps: tuple[ClauseStep, ...]
    amount: int


def read_pool(path: Path, day: date) -> RoyaltyPool:
    """The pool of a file on a day. Raises InputError with every problem."""
    return _pool(document(path), day)


def parse_pool(text: str, day: date) -> RoyaltyPool:
    """The pool of a YAML text on a day. Raises InputError with every problem."""
    return _pool(parse_text(text, "pool.yaml"), day)


def _pool(written: Document, day: date) -> RoyaltyPool:
    data = written.data
    body = data.get("pool") if isinstance(data, Mapping) else None
    if not isinstance(body, Mapping) or set(body) != {"currency", "inputs", "steps"}:
        expected = "one key `pool` with currency, inputs and steps"
        raise InputError(InputFault(written.place(()), "this is no pool", expected))
    problems: list[InputFault] = []
    known: dict[str, Fraction] = {}
    inputs = body["inputs"] if isinstance(body["inputs"], Mapping) else {}
    for name, raw in inputs.items():
        try:
            known[str(name)] = number(raw)
        except ValueError as error:
            problems.append(InputFault(written.place(("pool", "inputs", name)), str(error)))
    steps: list[ClauseStep] = []
    for i, cell in enumerate(body["steps"] if isinstance(body["steps"], list) else ()):
        try:
            step = _step(cell, known, day)
        except ValueError as error:
            problems.append(InputFault(written.place(("pool", "steps", i)), str(error)))
            continue
        known[step.name] = step.amount
        steps.append(step)
    if not steps and not problems:
        problems.append(InputFault(written.place(("pool", "steps")), "there are no steps"))
    if not problems and steps[-1].amount < 0:
        problems.append(InputFault(written.place(("pool", "steps")), "the pool is below 0"))
    if problems:
        raise InputError(problems)
    return RoyaltyPool(str(body["currency"]), tuple(steps), round(steps[-1].amount * MICRO))


def number(raw: object) -> Fraction:
    """A number, exactly as written. Raises ValueError in words."""
    text = str(raw).strip()
    try:
        if isinstance(raw, bool) or len(text) > 40:
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"`{text[:60]}` is not a number") from None


def _step(cell: object, known: Mapping[str, Fraction], day: date) -> ClauseStep:
    if not isinstance(cell, Mapping) or not isinstance(cell.get("name"), str):
        raise ValueError("a step is a name and what it is made of")
    name = str(cell["name"])
    kinds = [k for k in (*SCALED, *COMBINED) if k in cell]
    wanted = {"name", *kinds[:1], *(("of",) if kinds and kinds[0] in SCALED else ())}
    if len(kinds) != 1 or set(cell) != wanted:
        kinds_told = ", ".join((*SCALED, *COMBINED))
        raise ValueError(f"`{name}` is made of one of {kinds_told}; percent and each have `of`")
    if name in known:
        raise ValueError(f"`{name}` stands already")
    kind = kinds[0]
    if kind in SCALED:
        rate = _in_force(cell[kind], day)
        base = _known(cell["of"], known)
        amount = rate * base / (100 if kind == "percent" else 1)
        sign = " %" if kind == "percent" else " each"
        return ClauseStep(name, f"{float(rate):g}{sign} of {cell['of']}", amount)
    parts = cell[kind]
    if not isinstance(parts, list) or len(parts) < 2:
        raise ValueError(f"{kind} of `{name}` is a list of two or more")
    amount = COMBINED[kind]([_known(part, known) for part in parts])
    return ClauseStep(name, f"{kind.replace('_', ' ')} {', '.join(map(str, parts))}", amount)


def _known(name: object, known: Mapping[str, Fraction]) -> Fraction:
    if str(name) not in known:
        raise ValueError(f"`{name}` is neither an input nor an earlier step")
    return known[str(name)]


def _in_force(raw: object, day: date) -> Fraction:
    """A rate, or the latest of several by year or day that has begun (an escalator)."""
    if not isinstance(raw, Mapping):
        return number(raw)
    dated = []
    for when, rate in raw.items():
        text = str(when)
        try:
            begins = date.fromisoformat(f"{text}-01-01" if len(text) == 4 else text)
        except ValueError:
            raise ValueError(f"`{text}` is not a year or a day") from None
        dated.append((begins, number(rate)))
    begun = [each for each in sorted(dated) if each[0] <= day]
    if not begun:
        raise ValueError(f"no rate has begun on {day}")
    return begun[-1][1]
