"""`headrace discover`: a question file in, a law that survived or "no law" out."""

from __future__ import annotations

from pathlib import Path

from headrace.show.cli.output import console, emit, say


def discover(
    question: Path,
    /,
    *,
    out: Path | None = None,
    workers: int = 2,
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
    json
        Print the finding as one JSON object and nothing else on stdout.
    """
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.science.discovery.finding import Finding
    from headrace.science.discovery.notebook import Notebook
    from headrace.science.discovery.question import read_question
    from headrace.science.discovery.run import answer, world_of
    from headrace.show import examples
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import discovery
    from headrace.show.run_names import free_folder

    if workers > 64:
        raise InputError(InputFault(Place(key="--workers"), f"{workers}", "at most 64"))
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
            found = answer(asked, world, folder, stop=stop, told=told)
    finally:
        world.close()
    report = discovery.write(found, folder)
    if json:
        emit(found.as_json() | {"report": str(report)})
    else:
        console().print(discovery.verdict(found), markup=False, highlight=False, soft_wrap=True)
        say(f"Report {report}")
    return 5 if found.verdict == "stopped" else 0


def _example(name: str) -> Path:
    from headrace.show import examples

    return examples.named(Path(name)) or Path(name)
