"""`headrace discover`: a question file in, a law that survived or "no law" out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, say

if TYPE_CHECKING:
    from headrace.science.discovery.proposer import Proposer


def discover(
    question: Path,
    /,
    *,
    out: Path | None = None,
    workers: int = 2,
    proposer: str = "",
    proposer_model: str = "",
    proposer_key: str = "",
    json: bool = False,
) -> int:
    """Seek a law in the plans of a study, and try to refute it.

    The question is frozen before the first solve. Ctrl-C keeps the notebook and a readable report
    (exit code 5); the same command with the same --out goes on from there to the same end.

    Parameters
    ----------
    question
        The question file, or the name of one that comes along.
    out
        The folder of the notebook; a new one under runs/ if not given.
    workers
        Processes that solve plans; 0 solves here.
    proposer
        Base address of an OpenAI-compatible endpoint that may propose forms of laws, for example
        http://127.0.0.1:8000/v1; none if not given. It is told names, units and training points,
        judges nothing, and every word is kept in proposer.jsonl.
    proposer_model
        The name of the model there.
    proposer_key
        The environment variable that holds the key, if one is needed.
    json
        Print the finding as one JSON object and nothing else on stdout.
    """
    from headrace.science.discovery.finding import Finding
    from headrace.science.discovery.notebook import Notebook
    from headrace.science.discovery.question import read_question
    from headrace.science.discovery.run import answer, world_of
    from headrace.show import examples
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import discovery
    from headrace.show.run_names import free_folder

    asks = asked_proposer(proposer, proposer_model, proposer_key, workers)
    question = examples.question(question)
    asked = read_question(question)
    study = question.parent / asked.asked.study
    world = world_of(asked, study if study.is_file() else _example(asked.asked.study), workers)
    folder = out or free_folder(Path("runs"), asked.asked.question)
    said = ""

    def told(found: Finding, notebook: Notebook) -> None:
        nonlocal said
        words = f"{found.state}, {notebook.solves} plans solved"
        if words != said:
            say(words, stderr=True)
            said = words

    try:
        with Stop().listening() as stop:
            found = answer(asked, world, folder, stop=stop, told=told, proposer=asks)
    finally:
        world.close()
    report = discovery.write(found, folder)
    if json:
        emit(found.as_json() | {"report": str(report)})
    else:
        console().print(discovery.verdict(found), markup=False, highlight=False, soft_wrap=True)
        say(f"Report {in_one_line(report)}")
    return 5 if found.verdict == "stopped" else 0


def asked_proposer(url: str, model: str, key_variable: str, workers: int) -> Proposer | None:
    """Who proposes, None where nobody was asked for. Raises InputError for options that cannot be
    together, with every problem.
    """
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.science.discovery.proposer import Proposer

    problems = []
    if workers > 64:
        problems.append(InputFault(Place(key="--workers"), f"{workers}", "at most 64"))
    if bool(url) != bool(model) or (key_variable and not url):
        found = "an address, a model or a key without the others"
        wanted = "an address with a model, or none of them"
        problems.append(InputFault(Place(key="--proposer"), found, wanted))
    if problems:
        raise InputError(problems)
    return Proposer(url, model, key_variable) if url else None


def _example(name: str) -> Path:
    from headrace.show import examples

    return examples.named(Path(name)) or Path(name)
