"""`headrace sweep`: one price from end to end."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from headrace.core.printable import in_one_line
from headrace.plan.analysis.price_sweep import Sweep
from headrace.show.cli.output import console, emit, figure, plain_table, say

MOST_SEGMENTS = 25


def sweep(
    study: Path,
    /,
    *,
    about: str,
    from_: Annotated[float | None, Parameter(name="--from")] = None,
    to: float | None = None,
    gas: list[float] | None = None,
    carbon: list[float] | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """At which price does something enter the plan, and at which others does the plan change?

    Writes a run folder with sweep.json and report.html. Ctrl-C leaves out the curves that are not
    begun.

    Parameters
    ----------
    study
        The study file, or the name of an example.
    about
        The price: capex:nuclear.smr [USD/kW] or fuel:gas [USD/MMBtu].
    from_
        Lowest price looked at; for a capex half the break-even if not given.
    to
        Highest price looked at; for a capex one and a half times the break-even if not given.
    gas
        Gas prices [USD/MMBtu] of the picture of shares; may be given several times.
    carbon
        Carbon prices [USD/t] of the picture of shares; may be given several times.
    out
        The run folder to write; a new one under runs/ if not given.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.core.run_folder import REPORT, RunFolder, create
    from headrace.core.study_reader import text_of
    from headrace.plan.analysis.breakeven import breakeven_question
    from headrace.plan.analysis.price_sweep import SweepGrid
    from headrace.plan.analysis.price_sweep import sweep as swept
    from headrace.plan.check import checked
    from headrace.show import examples
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import price_sweep
    from headrace.show.run_names import free_folder

    study = examples.named(study) or study
    text = text_of(study)
    question = breakeven_question(checked(text, study)[0], about, study.parent)
    grid = SweepGrid(gas=tuple(gas or ()), carbon=tuple(carbon or ()))
    with Stop().listening() as stop:
        found = swept(
            question,
            from_,
            to,
            grid,
            say=lambda words: say(words, stderr=True),
            stop=stop,
        )
    folder = create(out or free_folder(Path("runs"), f"{found.study}-sweep"), text)
    with folder.hold(), folder.replaced("sweep.json", (REPORT,)) as new:
        path = folder.path(price_sweep.write(found, RunFolder(new.root)).name)
        RunFolder(new.root).write_json("sweep.json", as_json(found))
    if json:
        emit(as_json(found) | {"report": str(path)})
        return 0
    screen = console()
    screen.print(price_sweep.lede(found))
    screen.print(segment_table(found))
    if len(found.segments) > MOST_SEGMENTS:
        screen.print(f"... and {len(found.segments) - MOST_SEGMENTS} more, in the report")
    screen.print(f"Report {in_one_line(path)}")
    return 0


def as_json(found: Sweep) -> dict[str, object]:
    """The whole sweep as one JSON object."""
    return asdict(found) | {"about": str(found.about)}


def segment_table(found: Sweep) -> Table:
    """Every price range with its plan, the first 25."""
    from headrace.show.figures.segments import orders

    table = plain_table()
    for name in (f"from [{found.unit}]", "to", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("orders", overflow="fold")
    for one in found.segments[:MOST_SEGMENTS]:
        part = "" if one.share is None else f"{one.share:.1%}"
        table.add_row(figure(one.low, 5), figure(one.high, 5), part, orders(one))
    return table
