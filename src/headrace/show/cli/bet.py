"""`headrace bet`: what committing more or less now earns, and what it hangs on."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, figure, plain_table, say


def bet(
    study: Path,
    /,
    *,
    sizes: list[float] | None = None,
    inputs: int = 5,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Scale the orders of this month from nothing to more: what each size earns on each branch, its
    regret, mean against tail, orders without regret, and the inputs that decide.

    Ctrl-C leaves out what is not begun.

    Parameters
    ----------
    study
        The study file, or the name of an example.
    sizes
        Sizes of the plan's orders of this month; 0, 0.5, 1 and 1.5 if not given.
    inputs
        How many deciding inputs are told; 0 asks none.
    out
        The folder for bet.html; runs/NAME-bet if not given.
    json
        Print all answers as one JSON object and nothing else on stdout.
    """
    from headrace.core.study_reader import text_of
    from headrace.plan.analysis.bet.answers import answered
    from headrace.plan.check import checked
    from headrace.show import examples
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import bet as page

    path = examples.named(study) or study
    text = text_of(path)
    with Stop().listening() as stop:
        found = answered(checked(text, path)[0], text, path, tuple(sizes or ()), inputs, stop)
    folder = out or Path("runs") / f"{found.study.study}-bet"
    written = page.write(page.charts(found), page.sentences(found), found.study, folder / page.NAME)
    if json:
        emit(page.as_json(found) | {"page": str(written)})
        return 0 if found.complete else 5
    screen = console()
    screen.print(Text(found.study.title or found.study.study, style="bold"))
    for line in page.sentences(found):
        screen.print(Text(line))
    for chart in page.charts(found):
        table = plain_table(chart.title)
        for place, name in enumerate(chart.table.columns):
            table.add_column(name, justify="left" if place == 0 else "right")
        for row in chart.table.rows:
            table.add_row(*(figure(c, 5) if isinstance(c, float) else str(c) for c in row))
        screen.print(table)
    say(f"Page {in_one_line(written)}")
    return 0 if found.complete else 5
