"""`headrace size`: requests a second and promises in, whole replicas and dollars a million tokens
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from headrace.show.cli.output import console, emit, plain_table
from headrace.show.cli.size_options import ASKED, HARDWARE, Asked, Hardware

if TYPE_CHECKING:
    from headrace.finance.serving_fleet import FrontierRow, ServedFleet, SizeOption, SizeQuestion
    from headrace.models.serving.whole_fleet import WholeFleet


def size(
    *,
    asked: Annotated[Asked, Parameter(name="*")] = ASKED,
    hardware: Annotated[Hardware, Parameter(name="*")] = HARDWARE,
    frontier: bool = False,
    picture: Path | None = None,
    replay: bool = False,
    json: bool = False,
) -> int:
    """How many accelerators carry so many requests a second, and what do a million tokens cost?

    Parameters
    ----------
    frontier
        Also the Pareto frontier: output tokens a second and accelerator by time per token.
    picture
        Write the frontier as an HTML page with its table.
    replay
        Also replay the fleet request by request (Poisson arrivals, exponential lengths): p95 as
        served.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.finance.serving_fleet import frontier_rows, options, replayed
    from headrace.show.cli.size_setup import question_of

    question = question_of(asked, hardware)
    found = options(question)
    drawn = frontier or picture is not None
    rows = {o.name: frontier_rows(question, o.name) for o in found} if drawn else {}
    served = replayed(question, found[0]) if replay else None
    if picture is not None:
        from headrace.show.reports.serving_frontier import write_frontier

        write_frontier(question, rows, picture)
    if json:
        emit(as_json(question, found, rows, served))
        return 0
    screen = console()
    screen.print(Text(question.words))
    screen.print(option_table(found))
    for option in found:
        for remark in option.remarks:
            screen.print(Text(f"{option.name}: {remark}", style="dim"))
    if frontier:
        for name, points in rows.items():
            screen.print(frontier_table(name, points))
    if served is not None:
        screen.print(Text(served.words))
    if picture is not None:
        screen.print(Text(f"Picture: {picture}"))
    return 0


def as_json(
    question: SizeQuestion,
    found: tuple[SizeOption, ...],
    rows: Mapping[str, tuple[FrontierRow, ...]],
    served: ServedFleet | None,
) -> dict[str, object]:
    """The contract of `headrace size --json`; options, the cheapest first."""
    from headrace.finance.serving_fleet import flat

    return {
        "asked": question.words,
        "rate": question.rate,
        "isl": question.isl,
        "osl": question.osl,
        "cached": question.cached,
        "options": [flat(option) for option in found],
        "frontier": {name: [asdict(row) for row in points] for name, points in rows.items()},
        "replay": asdict(served) if served else None,
    }


def option_table(found: tuple[SizeOption, ...]) -> Table:
    """Whole fleets side by side, the cheapest first."""
    from headrace.finance.serving_fleet import layout_words

    table = plain_table()
    table.add_column("")
    for option in found:
        table.add_column(option.name, justify="right")
    told = []
    for option in found:
        fleet, cost = option.fleet, option.cost
        one = fleet.point.tokens_per_second == fleet.point.requests_per_second  # a single token
        each = "-" if one else f"{1e3 * fleet.point.tpot:.3g} ms"
        readers = f" + {fleet.readers} readers" if fleet.readers else ""
        told.append(
            {
                "accelerators": f"{fleet.accelerators:,}",
                "80 % band": f"{fleet.accelerators_low:,} to {fleet.accelerators_high:,}",
                "servers": f"{fleet.servers:,}",
                "replicas": f"{fleet.replicas:,}{readers}",
                "layout": layout_words(fleet.point),
                "carries": f"{fleet.carried:,.4g} requests/s ({fleet.busy:.0%} asked for)",
                "one fewer": carried(option.smaller),
                "one more": carried(option.larger),
                "mean first token, per token": f"{fleet.point.ttft:.3g} s, {each}",
                "power at the wall": f"{fleet.power:,.4g} kW",
                "an accelerator-hour": f"{option.hour.total:.3g} USD",
                "a million input tokens": f"{cost.input:.3g} USD",
                "a million cached tokens": f"{cost.cached:.3g} USD" if cost.cached else "-",
                "a million output tokens": (
                    f"{cost.output:.3g} USD ({option.cost_low:.3g} to {option.cost_high:.3g})"
                ),
            }
        )
    for name in told[0]:
        table.add_row(name, *(each[name] for each in told))
    return table


def carried(fleet: WholeFleet | None) -> str:
    """What another number of replicas carries."""
    if fleet is None:
        return "-"
    return f"{fleet.accelerators:,}: {fleet.carried:,.4g} requests/s"


def frontier_table(name: str, points: tuple[FrontierRow, ...]) -> Table:
    """The Pareto frontier of one accelerator, at most twenty of its points."""
    table = plain_table(f"{name}: output tokens a second and accelerator by speed for one user")
    for column in ("tok/s a user", "ms a token", "tok/s each", "80 % band", "layout", "batch"):
        table.add_column(column, justify="right")
    step = max(1, -(-len(points) // 20))
    for row in points[::step]:
        band = f"{row.low:,.0f} to {row.high:,.0f}"
        cells = (f"{row.user:,.1f}", f"{1e3 * row.tpot:,.2f}", f"{row.tokens:,.0f}", band)
        table.add_row(*cells, row.layout, f"{row.batch:,}")
    return table
