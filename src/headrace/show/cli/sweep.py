"""`headrace sweep`: one price from end to end."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from headrace.plan.analysis.price_sweep import Sweep
from headrace.show.cli.output import console, emit, figure

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
        The study file.
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
    from headrace.core.run_folder import create
    from headrace.core.study_reader import text_of
    from headrace.plan.analysis.breakeven import breakeven_question
    from headrace.plan.analysis.price_sweep import SweepGrid
    from headrace.plan.analysis.price_sweep import sweep as swept
    from headrace.plan.run import checked
    from headrace.show.cli.progress import Stop
    from headrace.show.cli.studies import free_folder
    from headrace.show.reports import price_sweep

    text = text_of(study)
    question = breakeven_question(checked(text, study)[0], about, study.parent)
    grid = SweepGrid(gas=tuple(gas or ()), carbon=tuple(carbon or ()))
    with Stop().listening() as stop:
        found = swept(
            question,
            from_,
            to,
            grid,
            say=lambda words: print(words, file=sys.stderr, flush=True),
            stop=stop,
        )
    folder = create(out or free_folder(Path("runs"), f"{found.study}-sweep"), text)
    folder.write_json("sweep.json", as_json(found))
    path = price_sweep.write(found, folder)
    emit(as_json(found) | {"report": str(path)}) if json else _show(found, path)
    return 0


def as_json(found: Sweep) -> dict[str, object]:
    """The whole sweep as one JSON object."""
    return asdict(found)


def _show(found: Sweep, path: Path) -> None:
    from headrace.show.figures.segments import orders
    from headrace.show.reports.price_sweep import lede

    screen = console()
    screen.print(lede(found))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in (f"from [{found.unit}]", "to", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("orders", overflow="fold")
    for one in found.segments[:MOST_SEGMENTS]:
        part = "" if one.share is None else f"{one.share:.1%}"
        table.add_row(figure(one.low, 5), figure(one.high, 5), part, orders(one))
    screen.print(table)
    if len(found.segments) > MOST_SEGMENTS:
        screen.print(f"... and {len(found.segments) - MOST_SEGMENTS} more, in the report")
    screen.print(f"Report {path}")
