"""`headrace tree`: the scenario tree of a study, drawn in the terminal without solving anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text
from rich.tree import Tree

from headrace.show.cli.output import console, emit
from headrace.show.cli.tree_options import DRAWN_ONLY, TreeOptions
from headrace.show.examples import EMBEDDED
from headrace.show.format import text

if TYPE_CHECKING:
    from headrace.core.study import Study
    from headrace.plan.scenario.tree import ScenarioNode

MOST_NODES = 300
"""Nodes that are drawn; `--json` holds them all."""


def tree(
    study: Path | None = None,
    /,
    *,
    made: Annotated[TreeOptions, Parameter(name="*")] = DRAWN_ONLY,
    json: bool = False,
) -> int:
    """Draw the scenario tree of a study: what may turn out, when, and how likely. With --join,
    --paths or --nodes the tree is made of joint paths, or read, and replaces the study's beliefs.

    Parameters
    ----------
    study
        The study file, or the name of an example; without one, the study that comes along
        (piedmont).
    json
        Print {study, start, leaves, nodes} as one JSON object and nothing else on stdout.
    """
    from headrace.core.study_reader import parse_text, study_of, text_of
    from headrace.plan.scenario.tree import scenario_tree
    from headrace.show import examples

    path = examples.named(study) or examples.find(EMBEDDED).study
    text_ = text_of(path)
    found = study_of(parse_text(text_, path.name))
    told: list[str] = []
    stability: dict[str, object] = {}
    if made.asked:
        from headrace.show.cli.reduced_tree import replaced

        done = replaced(text_, path, found, made)
        found, told, stability = done.study, done.sentences, done.as_json
    nodes = scenario_tree(found)
    if json:
        emit(as_json(found, nodes) | stability)
        return 0
    screen = console()
    years = max(node.end for node in nodes) / 12
    counted = f"{text.count(len(nodes), 'node')}, {text.count(len(leaves(nodes)), 'branch')}"
    span = f"{years:g} years from {month_of(found, 0.0)}"
    screen.print(Text(f"{found.title or found.study}: {counted}, {span}", style="bold"))
    screen.print(drawing(found, nodes[:MOST_NODES]))
    if len(nodes) > MOST_NODES:
        screen.print(f"... and {len(nodes) - MOST_NODES:,} more nodes; --json has them all")
    for sentence in told:
        screen.print(Text(sentence))
    return 0


def drawing(study: Study, nodes: tuple[ScenarioNode, ...]) -> Tree:
    """Nodes under their parents: start, length, probability, what is new, and what holds there."""
    drawn: list[Tree] = []
    for node in nodes:
        above = nodes[node.parent] if node.parent >= 0 else None
        known = above.cases if above else {}
        cases = [f"{name} {case}" for name, case in node.cases.items() if name not in known]
        new = text.named(", ".join(cases)) or "nothing new"
        if above is None or (not cases and node.label != above.label):
            new = text.named(node.label)
        held = ", ".join(
            text.belief(about, value, unit)
            for about, (value, unit) in beliefs(node).items()
            if above is None or beliefs(above).get(about) != (value, unit)
        )
        words = Text.assemble(
            (month_of(study, node.start), "dim"),
            f" {text.number(node.months)} months ",
            (f"{text.percent(node.probability, 3):>6}", "cyan"),
            ("  ", ""),
            (new, "bold"),
            (f"  {held}" if held else "", "dim"),
        )
        drawn.append(drawn[node.parent].add(words) if node.parent >= 0 else Tree(words))
    return drawn[0]


def as_json(study: Study, nodes: tuple[ScenarioNode, ...]) -> dict[str, object]:
    """The whole tree as one JSON object; nodes are told by their place, the root is 0."""
    return {
        "study": study.study,
        "start": month_of(study, 0.0),
        "leaves": len(leaves(nodes)),
        "nodes": [
            {
                "id": place,
                "name": node.name,
                "parent": node.parent if node.parent >= 0 else None,
                "stage": node.stage,
                "start": month_of(study, node.start),
                "months": node.months,
                "probability": node.probability,
                "label": node.label,
                "cases": dict(node.cases),
                "beliefs": {
                    about: {"value": value, "unit": unit}
                    for about, (value, unit) in beliefs(node).items()
                },
            }
            for place, node in enumerate(nodes)
        ],
    }


def beliefs(node: ScenarioNode) -> dict[str, tuple[float, str]]:
    """What holds at a node, by what it is about: its value and the unit of that value [unit].

    Growth is the rate that holds from the node on.
    """
    from headrace.core.uncertainty import unit_at_node, unit_of

    held = {str(about): (value, unit_at_node(about)) for about, value in node.values.items()}
    growth = {
        f"{about} growth": (rates[-1][1], unit_of(about)) for about, rates in node.growth.items()
    }
    return held | growth


def leaves(nodes: tuple[ScenarioNode, ...]) -> tuple[ScenarioNode, ...]:
    """The nodes under which nothing follows: one a branch of the future."""
    parents = {node.parent for node in nodes}
    return tuple(node for place, node in enumerate(nodes) if place not in parents)


def month_of(study: Study, months: float) -> str:
    """The date so many months [months] after the horizon's start, as "YYYY-MM"."""
    year, month = divmod(study.horizon.start + round(months), 12)
    return f"{year}-{month + 1:02d}"
