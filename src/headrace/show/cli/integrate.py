"""`headrace integrate`: what it is worth to make a layer oneself instead of buying it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, figure, plain_table, say

if TYPE_CHECKING:
    from headrace.plan.analysis.integration.layers_file import LayersQuestion
    from headrace.plan.analysis.integration.supplier_response import SupplierResponse
    from headrace.plan.analysis.integration.value import Integration
    from headrace.plan.analysis.integration.worlds import LayerWorld
    from headrace.plan.solve.solve import Stop

EXAMPLE = "integrate_or_buy"


def integrate(layers: Path | None = None, /, *, out: Path | None = None, json: bool = False) -> int:
    """Make or buy, layer by layer: solve the study for every set of layers that may be made, and
    tell what each brings (Shapley value, between bounds). Suppliers pick their prices against it.

    Ctrl-C stops it; the same words go on from there.

    Parameters
    ----------
    layers
        The layers file; without one, the example "integrate_or_buy".
    out
        The folder for integration.json and integration.html; runs/NAME-integrate if not given. What
        is there of the same question is not solved again.
    json
        Print the answer as one JSON object and nothing else on stdout.
    """
    from headrace.plan.analysis.integration import store
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import integration as page

    question = question_of(layers)
    folder = out or Path("runs") / f"{question.file.integrate}-integrate"
    with Stop().listening() as stop:
        found = answered(question, folder, stop)
    path = page.write(found, folder / page.NAME)
    if json:
        emit(store.as_json(found) | {"folder": str(folder)})
    else:
        show(found)
        say(f"Page {in_one_line(path)}")
    return 0 if found.complete else 5


def question_of(layers: Path | None) -> LayersQuestion:
    """The question of a layers file, or of the example. Raises InputError with every problem."""
    from importlib.resources import as_file, files

    from headrace.plan.analysis.integration.layers_file import read_layers
    from headrace.show import examples

    named = {one.name: one.study for one in examples.every()}
    if layers is not None:
        return read_layers(layers, named)
    with as_file(files("headrace") / "examples" / EXAMPLE / "layers.yaml") as example:
        return read_layers(example, named)


def answered(
    question: LayersQuestion, folder: Path, stop: Stop | None = None, *, quiet: bool = False
) -> Integration:
    """All worlds solved, each kept in `folder` as it comes. What is there already is not solved
    again; a stop leaves the rest for the next time. Raises InputError.
    """
    from headrace.core.errors import StoppedEarly
    from headrace.plan.analysis.integration import store
    from headrace.plan.analysis.integration.value import integration
    from headrace.plan.analysis.integration.worlds import responses, worlds

    known = store.read(folder, question)
    answers, solved = dict(known.responses), dict(known.worlds)

    def keep(words: str) -> None:
        store.write(folder, question, answers.values(), solved.values())
        if not quiet:
            say(words, stderr=True)

    def on_answer(one: SupplierResponse) -> None:
        answers[one.layer] = one
        keep(f"supplier of {one.layer}: {one.answer:g} {one.unit}")

    def on_world(one: LayerWorld) -> None:
        solved[one.made] = one
        words = " + ".join(sorted(one.made)) or "nothing"
        keep(f"{len(solved)} of {2 ** len(question.players)}: {words} made")

    try:
        responses(question, answers, on_answer, stop)
        prices = {name: one.paid for name, one in answers.items()}
        worlds(question, prices, solved, on_world, stop)
    except StoppedEarly:
        pass
    store.write(folder, question, answers.values(), solved.values())
    return integration(question, answers, solved)


def show(found: Integration) -> None:
    """Print the answer: the whole, each layer, pairs that matter, suppliers."""
    from headrace.show.reports.integration import sentences, tables

    screen = console()
    screen.print(Text(found.question.file.title or found.question.file.integrate, style="bold"))
    for line in sentences(found):
        screen.print(Text(line))
    for chart in tables(found):
        if chart.key == "sets" and found.complete:
            continue  # 64 rows that the page has
        table = plain_table(chart.title)
        for place, name in enumerate(chart.table.columns):
            table.add_column(name, justify="left" if place == 0 else "right")
        for row in chart.table.rows:
            table.add_row(*(figure(c, 5) if isinstance(c, float) else str(c) for c in row))
        screen.print(table)
