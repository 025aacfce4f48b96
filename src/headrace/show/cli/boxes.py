"""The box of `headrace audit` without a log: what is asked, as whom, and how answers are read."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.show.cli.output import console

if TYPE_CHECKING:
    from headrace.trust.boxes import Command, Endpoint
    from headrace.trust.replay import Box, Replayed
    from headrace.trust.replay_plan import Question


@dataclass(frozen=True)
class ReplayOptions:
    """Replay of a black box instead of a log.

    Parameters
    ----------
    endpoint
        Address of an OpenAI-compatible endpoint to replay ("http://127.0.0.1:8000/v1").
    model
        Name of the model at the endpoint.
    command
        A program to replay: reads one JSON line {"query", "ads", "seed"}, prints its answer.
    queries
        Text file with one query a line.
    brands
        What can be recommended, comma separated; an answer is read whole: order, numbered lists,
        what it speaks against, prices.
    advertisers
        Brands whose ads are on, comma separated; makes the test one-sided.
    ads_on
        JSON fields added to a request with ads on.
    ads_off
        JSON fields added to a request with ads off.
    ad_label
        Word that starts the ads below an answer; nothing from there on is read.
    key_variable
        Environment variable that holds the key of the endpoint.
    personas
        Text file with one persona a line ("You live in Lyon and look for the cheapest."); every
        query is asked as each of them.
    pilot
        Questions asked twice with ads off beforehand, to learn how much the box varies by itself.
    pilot_only
        Ask the pilot alone and say how many pairs it takes.
    repeats
        How often each query is asked in each state.
    rate
        Smallest change that matters, as a share of answers.
    seed
        Seed of the order of questions.
    """

    endpoint: str = ""
    model: str = ""
    command: str = ""
    queries: Path | None = None
    brands: str = ""
    advertisers: str = ""
    ads_on: str = '{"ads": true}'
    ads_off: str = '{"ads": false}'
    ad_label: str = ""
    key_variable: str = ""
    personas: Path | None = None
    pilot: int = 20
    pilot_only: bool = False
    repeats: int = 1
    rate: float = 0.01
    seed: int = 0


NO_BOX = ReplayOptions()


def replay_box(
    options: ReplayOptions, keep: Callable[[Box], Box] | None = None, *, quiet: bool
) -> Replayed | None:
    """A black box asked with ads on and off, said after the number of questions it takes; None
    where only the pilot was asked. keep: what stands between, to keep the answers.

    Raises InputError.
    """
    from headrace.trust.answers.reading import reader
    from headrace.trust.replay import Asking, ask_pilot, plan_replay, replay

    questions = questions_of(options)
    brands = names_in(options.brands)
    if not brands:
        expected = "what can be recommended, comma separated"
        raise InputError(InputFault(Place(key="--brands"), "no brands", expected))
    if options.pilot < 1:
        raise InputError(InputFault(Place(key="--pilot"), f"{options.pilot}", "1 or more"))
    box: Box = box_of(options)
    box = box if keep is None else keep(box)
    plan = plan_replay(questions, options.repeats, options.rate)
    screen = console(stderr=quiet)
    screen.print(Text(plan.sentence()))
    read = reader(brands, options.ad_label)
    if options.pilot_only:
        found, _ = ask_pilot(Asking(box, read), questions[: options.pilot], options.seed)
        screen.print(Text(found.sentence(plan)))
        return None
    return replay(
        box,
        questions,
        read,
        plan,
        names_in(options.advertisers),
        options.seed,
        pilot=options.pilot,
        told=lambda text: screen.print(Text(text)),
    )


def box_of(options: ReplayOptions) -> Command | Endpoint:
    """The box that the options name. Raises InputError."""
    from headrace.trust.boxes import Command, Endpoint

    if options.command:
        return Command(options.command)
    on, off = fields_in("--ads-on", options.ads_on), fields_in("--ads-off", options.ads_off)
    key = options.key_variable
    return Endpoint(options.endpoint, options.model, on=on, off=off, key_variable=key)


def questions_of(options: ReplayOptions) -> list[Question]:
    """Every query, asked as every persona. Raises InputError."""
    from headrace.trust.replay_plan import Question

    queries = queries_in(options.queries)
    personas = [""] if options.personas is None else queries_in(options.personas)
    return [Question(query, persona) for persona in personas for query in queries]


def fields_in(key: str, text: str) -> dict[str, object]:
    """The JSON object written for the option `key`. Raises InputError."""
    try:
        fields = jsonlib.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        expected = 'a JSON object such as {"ads": true}'
        raise InputError(InputFault(Place(key=key), repr(text), expected))
    return fields


def queries_in(path: Path | None) -> list[str]:
    """The queries of a text file, one a line, without empty ones. Raises InputError."""
    if path is None:
        expected = "a text file with one query a line"
        raise InputError(InputFault(Place(key="--queries"), "no file", expected))
    lines = read_text(path, expected="a text file with one query a line").splitlines()
    return [line.strip() for line in lines if line.strip()]


def names_in(text: str) -> tuple[str, ...]:
    """Names separated by commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
