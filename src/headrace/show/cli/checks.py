"""`headrace verify` and `headrace bench`: our figures beside those of others."""

from __future__ import annotations

import json as jsonlib
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.table import Table
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.cli.output import console, emit, figure, plain_table, say
from headrace.verification import registry

_BENCH_COLUMNS = (
    *("peer", "study", "metric", "ours", "theirs", "unit", "ratio", "bar"),
    *("gap", "cpu_s", "wall_s", "peak_gb", "pass"),
)
_STYLE = {"pass": "green", "fail": "bold red", "skip": "yellow"}


def verify(*, only: str | None = None, seed: int = 1, json: bool = False) -> int:
    """Compare our figures with published ones; offline, minutes.

    Parameters
    ----------
    only
        Keep rooms ("energy") or families of checks ("energy.atb"); commas between several.
    seed
        Of the points at which libraries of plans are asked.
    json
        Print one JSON object, {rows: [...]}, and nothing else on stdout.

    Returns 3 when any row fails, else 0. What needs an absent extra or data folder is skipped, with
    its reason.
    """
    checks = registry.registered(only)
    if only is not None and not checks:
        known = ", ".join(sorted({check.room for check in registry.registered()})) or "none yet"
        raise InputError(
            InputFault(
                Place("--only"),
                f"no check is called {only}",
                f"rooms that have checks ({known}) or starts of ids, with commas between",
            )
        )
    with registry.seeded(seed):
        rows = run_checks(checks, quiet=json)
    failed = any(row.status == "fail" for row in rows)
    if json:
        emit({"rows": [row.as_json() for row in rows]})
        return 3 if failed else 0
    screen = console()
    for room, group in groupby(rows, key=lambda row: row.room):
        screen.print(check_table(room, tuple(group)))
    passed, missed, skipped = (sum(row.status == status for row in rows) for status in _STYLE)
    seconds = sum(row.seconds for row in rows)
    screen.print(f"{passed} pass, {missed} fail, {skipped} skipped; {seconds:.1f} s")
    return 3 if failed else 0


def run_checks(checks: Sequence[registry.Check], *, quiet: bool) -> tuple[registry.Row, ...]:
    """The row of every check, one after another; in a terminal the one at work is named."""
    screen = console(stderr=True)
    rows: list[registry.Row] = []
    for check in checks:
        if screen.is_terminal and not quiet:
            screen.print(Text(f"  {check.id} ...", style="dim"), end="\r")
        rows += registry.run(check)
    if screen.is_terminal and not quiet:
        screen.print(" " * 100, end="\r")
    return tuple(rows)


def check_table(room: str, rows: Sequence[registry.Row]) -> Table:
    """Ours beside the published, one row a figure."""
    table = plain_table(room)
    table.add_column("")
    table.add_column("what", ratio=2, overflow="fold")
    for name in ("ours", "published"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", overflow="fold")
    for name in ("off by", "allowed"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("source", ratio=1, overflow="fold", style="dim")
    for row in rows:
        reason = f"\n{row.reason}" if row.reason else ""
        table.add_row(
            Text(row.status, style=_STYLE[row.status]),
            Text.assemble(row.what, ("\n" + row.id, "dim"), reason),
            figure(row.ours),
            figure(row.published),
            row.unit,
            figure(row.deviation, 3),
            figure(row.tolerance, 3),
            row.source,
        )
    return table


def bench(name: str | None = None, *, json: bool = False) -> int:
    """Run a benchmark of the checkout (benchmarks/NAME.py); without a name, list them.

    Parameters
    ----------
    name
        The benchmark, as its file is called.
    json
        Print one JSON line per peer and nothing else on stdout.

    Returns 3 when a bar is missed, else the exit code of the benchmark.
    """
    folder = benchmarks()
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if name is None:
        emit({"benchmarks": names}) if json else say("\n".join(names))
        return 0
    if name not in names or not re.fullmatch(r"[A-Za-z0-9_]+", name):
        found = f"no benchmark is called {name}"
        expected = f"one of {', '.join(names) or '(none yet)'}"
        raise InputError(InputFault(Place("bench"), found, expected))
    code, rows = run_benchmark(folder / f"{name}.py", json=json)
    if rows and not json:
        console().print(bench_table(rows))
    missed = any(row.get("pass") is False for row in rows)
    return code or (3 if missed else 0)


def benchmarks() -> Path:
    """The benchmarks of the checkout this package was installed from; they do not travel in the
    wheel. Raises InputError where there are none.
    """
    import headrace

    folder = Path(headrace.__file__).resolve().parents[2] / "benchmarks"
    if not folder.is_dir():
        found = "there are no benchmarks beside this installation"
        raise InputError(InputFault(Place("bench"), found, "a checkout of the repository"))
    return folder


def run_benchmark(script: Path, *, json: bool) -> tuple[int, list[dict[str, object]]]:
    """Run one benchmark; its JSON lines are rows, whatever else it prints goes to stderr."""
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=script.parents[1]
    )
    rows: list[dict[str, object]] = []
    with process:
        for line in process.stdout or ():
            try:
                row = jsonlib.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict) or "bench" not in row:
                say(line.rstrip("\n"), stderr=True)
                continue
            rows.append(row)
            if json:
                say(line.strip())
    return process.returncode, rows


def bench_table(rows: Sequence[dict[str, object]]) -> Table:
    """Ours beside the peers', one row a metric."""
    table = plain_table()
    for column in _BENCH_COLUMNS:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = []
        for value in map(row.get, _BENCH_COLUMNS):
            if isinstance(value, bool):
                cells.append("pass" if value else "MISSED")
            elif isinstance(value, int | float):
                cells.append(figure(float(value), 4))
            else:
                cells.append("-" if value is None else str(value))
        table.add_row(*cells)
    return table
