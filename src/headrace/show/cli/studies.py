"""`headrace plan check explain examples report compare schema`: from a study to its orders."""

from __future__ import annotations

import json as jsonlib
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from headrace.core.atomic_write import start_of, sweep_dead, temporary_of, write_error
from headrace.core.errors import InputError, InputFault, Place, StoppedEarly
from headrace.core.printable import in_one_line
from headrace.show import examples as shelf
from headrace.show.cli.output import console, emit, say
from headrace.show.examples import EMBEDDED

OK, STOPPED = 0, StoppedEarly.exit_code
REWRITE = 20.0
"""Seconds between two reports while deep questions are answered; the last one is always written."""


def plan(
    study: Path | None = None,
    /,
    *,
    out: Path | None = None,
    deep: bool = False,
    minutes: float = 60.0,
    gap: float | None = None,
    worth: float | None = None,
    json: bool = False,
) -> int:
    """Solve a study and say which orders to place now, and what each is worth.

    Ctrl-C keeps the last finished plan (exit code 5). Once the plan is finished and only deep
    questions are open, Ctrl-C ends them and keeps their answers (exit code 0).

    Parameters
    ----------
    study
        The study file, or the name of an example; without one, the study that comes along
        (piedmont).
    out
        The run folder to write; a new one under runs/ if not given.
    deep
        Ask further: regret against other plans, flip prices, a month less lead time, terminal
        value, what knowing is worth.
    minutes
        Time for these questions [min]; the report carries each answer as it comes.
    gap
        Gap at which the plan is done [1], instead of the study's `solver.gap`.
    worth
        Time for the worth of orders after the plan is found [s], instead of 180.
    json
        Print the plan as one JSON object and nothing else on stdout.
    """
    from headrace.core.run_folder import CERTIFIED, Event, open_run
    from headrace.show.cli.progress import Stop, watching
    from headrace.show.run_names import free_folder

    if gap is not None and not 0.0 < gap < 1.0:
        raise InputError(InputFault(Place(key="--gap"), f"{gap:g}", "a share above 0 and below 1"))
    study = shelf.named(study)
    if worth is not None and not 0.0 <= worth < float("inf"):
        raise InputError(InputFault(Place(key="--worth"), f"{worth:g}", "seconds, 0 or more"))
    name = EMBEDDED if study is None else study.parent.name if study.stem == "study" else study.stem
    folder = out or free_folder(Path("runs"), name)
    code = OK
    written = 0.0
    with Stop().listening() as stop, watching(name) as show:
        from headrace.plan import run as api  # seconds of loading: a signal is heard by then
        from headrace.show.reports import plan_report

        def told(event: Event) -> None:
            nonlocal written
            show(event)
            if event.stage == CERTIFIED or (
                event.stage == "deep" and time.monotonic() - written > REWRITE
            ):
                plan_report.write(open_run(folder))
                written = time.monotonic()

        try:
            seconds = 60.0 * minutes if deep else None
            folder = api.plan(study, folder, told, stop, seconds, gap, worth)
        except StoppedEarly as stopped:
            if not (folder / "plan.json").is_file():
                raise
            say(stopped.message, stderr=True)
            code = STOPPED
        finally:
            with suppress(OSError):  # nothing was begun: the name is free again
                folder.rmdir()
    from headrace.core.plan_file import read_plan
    from headrace.show.cli import results

    run = open_run(folder)
    plan_report.write(run)
    result = read_plan(run)
    emit(results.as_json(result)) if json else results.show(result, folder)
    return code


def check(study: Path, /, *, json: bool = False) -> int:
    """Read a study and report everything that is wrong with it, at once.

    Parameters
    ----------
    study
        The study file, or the name of an example.
    json
        Print one JSON object: {ok, study}, with the notes and the study's own series where there
        are any, or the problems.
    """
    from dataclasses import asdict

    from headrace.plan.check import looked_at
    from headrace.show.format.series_picture import pictured

    read, told, series = looked_at(shelf.named(study))
    if json:
        notes = {"notes": list(told)} if told else {}
        own = {"series": [asdict(one) for one in series]} if series else {}
        emit({"ok": True, "study": read.study, **notes, **own})
        return OK
    for one in series:
        console().print(pictured(one), markup=False, highlight=False, soft_wrap=True)
    for note in told:
        console(stderr=True).print(f"note: {note}")
    console().print(f"{in_one_line(study)}: good, {read.study} can be planned.")
    return OK


def explain(key: str, /) -> int:
    """Say what a key of the study file, a row of the catalogue, or a word of the report means.

    Parameters
    ----------
    key
        A key as it stands in the study, with points (sites.grid.limit), a catalogue row
        (gas.engine), or a word (gap, worth).
    """
    from headrace.show import meaning

    say(meaning.explain(key))
    return OK


def compare(first: Path, second: Path, /, *, json: bool = False) -> int:
    """How the plan of a second run folder differs from that of a first.

    Parameters
    ----------
    first
        A run folder.
    second
        Another run folder.
    json
        Print {columns, rows, notes} as one JSON object.
    """
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.show import comparison
    from headrace.show.cli.output import plain_table

    runs = open_run(first), open_run(second)
    found = comparison.compared(
        read_plan(runs[0]), read_plan(runs[1]), [run.root.name for run in runs]
    )
    if json:
        emit({**found.table.as_json(), "notes": list(found.notes)})
        return OK
    for note in found.notes:
        console().print(note, style="bold yellow", markup=False)
    told = plain_table()
    for column in found.table.columns:
        told.add_column(column, overflow="fold")
    for row in found.table.rows:
        told.add_row(*map(comparison.shown, row))
    console().print(told)
    return OK


def schema(*, plan: bool = False) -> int:
    """Print the JSON Schema of the study file, or of what a run writes.

    Parameters
    ----------
    plan
        That of plan.json.
    """
    from headrace.core import plan_file
    from headrace.show import editor_schema

    say(jsonlib.dumps(plan_file.schema() if plan else editor_schema.schema(), indent=1))
    return OK


def report(run: Path, /, *, out: Path | None = None, json: bool = False) -> int:
    """Write the report of a run folder: one HTML file that opens anywhere and loads nothing.

    Parameters
    ----------
    run
        The run folder.
    out
        Where to write; report.html inside the run folder if not given.
    json
        Print {report, bytes} as one JSON object.
    """
    from headrace.core.run_folder import open_run
    from headrace.show.reports import plan_report

    path = plan_report.write(open_run(run), out)
    emit({"report": str(path), "bytes": path.stat().st_size}) if json else say(in_one_line(path))
    return OK


def examples(name: str | None = None, /, *, to: Path | None = None, json: bool = False) -> int:
    """List the studies that come along, or copy one to start from.

    Parameters
    ----------
    name
        The example to copy.
    to
        The folder to copy it to; a folder of its name here if not given.
    json
        Print one JSON object.
    """
    if name is None:
        found = shelf.every()
        if json:
            emit(
                {
                    "examples": [
                        {"name": entry.name, "about": entry.about, "study": str(entry.study)}
                        for entry in found
                    ]
                }
            )
        else:
            rows = [(entry.name, entry.about) for entry in found] + list(shelf.ROOMS.items())
            say("\n".join(f"{name:<16} {about}" for name, about in rows))
        return OK
    target = to or Path(name)
    folder = shelf.folder_of(name)
    if target.exists():
        raise InputError(
            InputFault(
                Place(str(target)),
                "is already there",
                "a folder to make",
                "Give another one with --to.",
            )
        )
    copied(folder, target)
    if name in shelf.ROOMS:
        emit({"folder": str(target)}) if json else say(in_one_line(target))
        return OK
    study = target / shelf.find(name).study.name
    named = in_one_line(study)
    emit({"study": str(study)}) if json else say(f"{named}\nNow: headrace plan {named}")
    return OK


def copied(source: Path, target: Path) -> None:
    """Copy a folder that comes along to a name that is free, whole or not at all.

    Raises InputError where it cannot be written, DiskFull.
    """
    temporary = temporary_of(target)
    left_out = shutil.ignore_patterns("__pycache__", "*.py")
    try:
        shutil.copytree(source, temporary, ignore=left_out)
        os.rename(temporary, target)
        sweep_dead(target.parent, start_of(target))
    except shutil.Error as error:
        raise write_error(OSError(str(error.args[0][0][2])[:200]), target) from error
    except OSError as error:
        raise write_error(error, target) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
