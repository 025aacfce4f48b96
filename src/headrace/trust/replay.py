"""Replay a black box with ads on and off: does the recommendation change?

Every question is asked twice with the same seed, ads on and ads off, in an order drawn at random. A
pilot asks some once more to learn whether the box is deterministic; a flip that does not repeat
itself shows that it is not. How many questions it takes is said first, and again after the pilot
(`replay_plan.py`). An answer in words is read whole (`answers/`): every brand, in order, what it
speaks against, prices. Wording that changes while the reading does not is told, not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.answers.measures import kinds_of_change
from headrace.trust.answers.reading import ReadAnswer, without_ads
from headrace.trust.answers.similarity import similarity, wording_p_value
from headrace.trust.judging import PersonaFlips as PersonaFlips
from headrace.trust.judging import Replayed as Replayed
from headrace.trust.judging import judge_flips as judge_flips
from headrace.trust.judging import judge_noisy as judge_noisy
from headrace.trust.judging import judge_readings as judge_readings
from headrace.trust.judging import permutation_test as permutation_test
from headrace.trust.replay_plan import PROBES, Pilot, Question
from headrace.trust.replay_plan import ReplayPlan as ReplayPlan
from headrace.trust.replay_plan import plan_replay as plan_replay
from headrace.trust.replay_plan import sample_size as sample_size


class Box(Protocol):
    """Something that answers a query, with ads on or off."""

    def ask(self, query: str, ads: bool, seed: int) -> str:
        """The answer as text."""
        ...


@runtime_checkable
class PersonaBox(Protocol):
    """A box that can be asked as somebody."""

    def ask_as(self, persona: str, query: str, ads: bool, seed: int) -> str:
        """The answer as text to somebody who is introduced as `persona`."""
        ...


Chooser = Callable[[str], str] | Callable[[str], ReadAnswer]


@dataclass(frozen=True)
class Asking:
    """A box, and how its answers are read."""

    box: Box
    choose: Chooser

    def ask(self, question: Question, ads: bool, seed: int) -> tuple[ReadAnswer, str]:
        """What an answer recommends, and its text (without the ads, where the reader knows them).
        Raises InputError where the box cannot be asked as a persona.
        """
        if not question.persona:
            text = self.box.ask(question.text, ads, seed)
        elif isinstance(self.box, PersonaBox):
            text = self.box.ask_as(question.persona, question.text, ads, seed)
        else:
            fault = InputFault(Place(key="personas"), "a box that cannot be asked as somebody")
            raise InputError(fault)
        chosen = self.choose(text)
        if isinstance(chosen, ReadAnswer):
            return chosen, chosen.text
        return ReadAnswer((chosen,) if chosen else ()), text


@dataclass(frozen=True)
class AskedPair:
    """One question with ads on and off. alike: similarity of the two texts [1]."""

    question: Question
    seed: int
    on: ReadAnswer
    off: ReadAnswer
    alike: float

    @property
    def flipped(self) -> bool:
        """Whether the recommendation changed."""
        return self.on != self.off


def replay(
    box: Box,
    queries: Sequence[str | Question],
    choose: Chooser,
    plan: ReplayPlan,
    advertisers: Sequence[str] = (),
    seed: int = 0,
    *,
    pilot: int = PROBES,
    told: Callable[[str], None] | None = None,
) -> Replayed:
    """Ask the box and judge. choose: what an answer recommends; advertisers: brands whose ads are
    on (makes the test one-sided); pilot: questions asked twice beforehand; told: hears what the
    pilot says, before the rest is asked.
    """
    rng = np.random.default_rng(seed)
    asking = Asking(box, choose)
    questions = [one if isinstance(one, Question) else Question(one) for one in queries]
    found, within = ask_pilot(asking, questions[:pilot], seed)
    if told is not None:
        told(found.sentence(plan))
    pairs = [
        _pair(asking, question, seed + k, bool(rng.integers(2)))
        for k in range(plan.repeats)
        for question in questions
    ]
    flips = [pair for pair in pairs if pair.flipped]
    # A flip has to repeat itself in the order off, on; otherwise the box is not deterministic.
    again = (_pair(asking, pair.question, pair.seed, on_first=False) for pair in flips)
    deterministic = not found.differ and all(
        (one.on, one.off) == (pair.on, pair.off) for one, pair in zip(again, flips)
    )
    picks = [(pair.on, pair.off) for pair in pairs]
    if deterministic:
        judged = judge_flips(plan, len(flips))
    elif isinstance(choose(""), ReadAnswer):
        judged = judge_readings(plan, picks, len(flips), tuple(advertisers), rng)
    else:
        named = [(on.first, off.first) for on, off in picks]
        judged = judge_noisy(plan, named, len(flips), tuple(advertisers), rng)
    nothing = ReadAnswer()
    speaking = sum((pair.on, pair.off) != (nothing, nothing) for pair in pairs)
    # What names no brand, with ads or without, could not have shown that ads change brands.
    if judged.answer == "no_bias_above" and speaking < (plan.needed if deterministic else 1):
        why = f"{speaking:,} of {len(pairs):,} pairs name a brand, {plan.needed:,} have to"
        judged = replace(judged, answer="cannot_tell", why=why)
    remarks = tuple(_remarks(pairs, flips, within, deterministic))
    if speaking < len(pairs):
        silent = len(pairs) - speaking
        remarks += (f"no brand is named in {silent:,} of {len(pairs):,} pairs, ads or not",)
    personas = []
    for persona in filter(None, dict.fromkeys(pair.question.persona for pair in pairs)):
        own = [pair.flipped for pair in pairs if pair.question.persona == persona]
        personas.append(PersonaFlips(persona, len(own), sum(own)))
    return replace(judged, remarks=remarks, personas=tuple(personas))


def ask_pilot(
    asking: Asking, questions: Sequence[Question], seed: int
) -> tuple[Pilot, list[float]]:
    """Ask each question twice with ads off: how often the recommendation differs, and how alike the
    two texts are [1].
    """
    differ, within = 0, []
    for question in questions:
        (first, one), (second, other) = (asking.ask(question, False, seed) for _ in range(2))
        differ += first != second
        within.append(similarity(one, other))
    return Pilot(max(1, len(questions)), differ), within


def first_named(brands: Sequence[str], ad_label: str = "") -> Callable[[str], str]:
    """A chooser that looks at nothing but the brand an answer names first, "" for none; text from a
    line that starts with `ad_label` on is not read. `answers.reading.reader` reads more.
    """
    patterns = {
        brand: re.compile(rf"(?<!\w){re.escape(brand)}(?!\w)", re.IGNORECASE) for brand in brands
    }

    def choose(answer: str) -> str:
        text = without_ads(answer, ad_label)
        found = [
            (match.start(), brand)
            for brand, pattern in patterns.items()
            if (match := pattern.search(text))
        ]
        return min(found, default=(0, ""))[1]

    return choose


def _pair(asking: Asking, question: Question, seed: int, on_first: bool) -> AskedPair:
    answers = {
        ads: asking.ask(question, ads, seed)
        for ads in ((True, False) if on_first else (False, True))
    }
    (on, shown), (off, plain) = answers[True], answers[False]
    return AskedPair(question, seed, on, off, similarity(shown, plain))


def _remarks(
    pairs: list[AskedPair], flips: list[AskedPair], within: list[float], deterministic: bool
) -> Iterator[str]:
    if flips:
        kinds = kinds_of_change([(pair.on, pair.off) for pair in flips])
        counts = ", ".join(f"{name} in {count:,}" for name, count in kinds.most_common())
        yield f"what changed with the ads: {counts}"
        one = flips[0]
        asked = f"{one.question.text!r}" + (
            f" as {one.question.persona!r}" if one.question.persona else ""
        )
        yield f"for example {asked}: {_brief(one.on)} with ads, {_brief(one.off)} without"
    if deterministic:
        only = sum(pair.alike < 1.0 and not pair.flipped for pair in pairs)
        if only:
            yield f"the wording alone changed in {only:,} of {len(pairs):,} pairs: not judged"
    elif within:
        beside = [pair.alike for pair in pairs[: len(within)]]
        yield (
            f"texts are alike to {np.mean(beside):.2f} with ads on and off, to "
            f"{np.mean(within):.2f} with ads off twice (permutation p = "
            f"{wording_p_value(beside, within):.2g}): not judged"
        )


def _brief(one: ReadAnswer) -> str:
    order = " > ".join(one.brands) or "none"
    against = f", not {', '.join(one.against)}" if one.against else ""
    prices = ", ".join(f"{brand} at {price:g}" for brand, price in one.price.items())
    return f"{order}{against}" + (f" ({prices})" if prices else "")
