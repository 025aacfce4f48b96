"""`headrace replay`: hours of a stored plan, request by request, with or without a cut of power
(replay_hours.py), or the whole plan on futures that it never saw (unseen.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from headrace.show.cli.output import console, emit
from headrace.show.cli.replay_hours import PowerCut, Which, as_json, base_of, simulated
from headrace.show.cli.unseen import Unseen, on_unseen_paths

BUSIEST, UNCUT, SEEN = Which(), PowerCut(), Unseen()


def replay(
    run: Path,
    /,
    *,
    which: Annotated[Which, Parameter(name="*")] = BUSIEST,
    cut: Annotated[PowerCut, Parameter(name="*")] = UNCUT,
    unseen: Annotated[Unseen, Parameter(name="*")] = SEEN,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Replay hours of a stored plan request by request: are the promises kept, and what does a cut
    of power do to p99? With --paths, replay the whole plan on futures that it never saw: what it
    earns beside the plan for the mean, which promise breaks how often, what it regrets.

    Parameters
    ----------
    run
        The run folder, as `headrace plan` writes it.
    report
        Where to write the page; replay.html inside the run folder if not given, unseen.html with
        --paths.
    json
        Print one JSON object and nothing else on stdout.
    """
    if unseen.paths is not None:
        return on_unseen_paths(run, unseen, which, cut, report, json=json)
    from headrace.core.run_folder import open_run
    from headrace.models.fleet.power_cap import Curtailment
    from headrace.show.reports import plan_replay
    from headrace.show.reports.fleet_replay import sentence

    folder = open_run(run)
    every, staged, found = simulated(folder, which, cut)
    page = report if report is not None else folder.path("replay.html")
    plan_replay.write(staged, found, f"node {which.node}, day {staged.line.day}", page)
    if json:
        told = as_json(staged, found)
        place = {"node": which.node, "day": staged.line.day}
        emit({**place, **told, "report": str(page), "lines": [each.name for each in every]})
        return 0
    base, screen = base_of(found), console()
    screen.print(Text(f"{staged.line.name}, day {staged.line.day}", style="bold"))
    if which.day is None and staged.line.day:
        quiet = f"Nothing is served before day {staged.line.day} of node {which.node}."
        screen.print(Text(f"{quiet} `--day` chooses another.", style="dim"))
    screen.print(Text(plan_replay.promise_words(staged, base)))
    if isinstance(found, Curtailment):
        screen.print(Text(plan_replay.cut_words(staged, found)))
    else:
        screen.print(Text(sentence(base)))
    screen.print(Text(plan_replay.simulated_words(staged), style="dim"))
    if others := ", ".join(line.name for line in every if line is not staged.line):
        screen.print(Text(f"Also that day: {others}.", style="dim"))
    screen.print(Text(f"Report: {page}"))
    return 0
