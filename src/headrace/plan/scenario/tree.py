"""The scenario tree: what may turn out, when it is known, and what holds at every node until then.

Beliefs that are revealed at a stage branch there; each combination is a child. Values before a
belief is revealed are those written under `before`. Non-anticipativity needs no constraint: an
order belongs to a node.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from headrace.core.study import Study, TreeNode
from headrace.core.uncertainty import (
    DemandGrowth,
    Growing,
    SoftwareGain,
    Uncertainty,
    uncertainty,
    unit_at_node,
    unit_of,
)
from headrace.core.units import parse
from headrace.core.varying import series_file


@dataclass(frozen=True)
class ScenarioNode:
    """One node, on one branch of the future. start: after the horizon's start [month]; months: its
    length [month]; probability [1].

    A stage of several years is operated in several nodes, one below the other; only the first of
    them, its own `opening`, is a decision. opening: number of that node, -1: this one. stage_end:
    when the stage ends [month], nan: with the node.
    weather: which of several years of weather it is operated in, one below the other; share: how
        much that year counts [1].
    cases: the cases revealed so far, by belief. values: by what the belief is about; growth of
        demand is kept as the list of rates with the month from which each holds (`growth`).
    """

    name: str
    parent: int
    stage: int
    probability: float
    start: float
    months: float
    label: str
    cases: Mapping[str, str]
    values: Mapping[Uncertainty, float]
    growth: Mapping[Growing, tuple[tuple[float, float], ...]]
    blocks: Mapping[str, tuple[float, ...]]
    opening: int = -1
    stage_end: float = math.nan
    weather: int = 0
    share: float = 1.0

    @property
    def decides(self) -> bool:
        """Whether orders are placed at its start: it is the first node of its stage."""
        return self.opening < 0

    @property
    def decided_until(self) -> float:
        """When its stage ends, after the horizon's start [month]."""
        return self.end if math.isnan(self.stage_end) else self.stage_end

    @property
    def years(self) -> float:
        """Length [year]."""
        return self.months / 12

    @property
    def end(self) -> float:
        """When it ends, after the horizon's start [month]."""
        return self.start + self.months

    def grown(self, product: str) -> float:
        """Demand of `product` relative to the horizon's start, in the middle of the node [1]."""
        own, every = DemandGrowth(product), DemandGrowth()
        steps = self.growth.get(own) or self.growth.get(every) or ()
        return self._compounded(self.values.get(own, self.values.get(every, 1.0)), steps)

    def software(self, ahead: float) -> float:
        """What an accelerator serves in tokens, in the middle of the node, relative to `ahead`
        [month] before the horizon's start [1]; 1 where nobody believes anything of it.
        """
        steps = self.growth.get(SoftwareGain(), ())
        before = (1 + steps[0][1]) ** (ahead / 12) if steps else 1.0
        return self._compounded(self.values.get(SoftwareGain(), before), steps)

    def _compounded(self, factor: float, steps: Sequence[tuple[float, float]]) -> float:
        middle = self.start + self.months / 2
        for (begin, rate), (end, _) in zip(steps, (*steps[1:], (middle, 0.0))):
            factor *= (1 + rate) ** (max(0.0, min(end, middle) - begin) / 12)
        return factor


def path_to_root(nodes: Sequence[ScenarioNode], number: int) -> list[int]:
    """A node's line from itself up to the root."""
    line = [number]
    while nodes[line[-1]].parent >= 0:
        line.append(nodes[line[-1]].parent)
    return line


def opening_of(nodes: Sequence[ScenarioNode], number: int) -> int:
    """Number of the node that opens the stage of node `number`."""
    return number if nodes[number].decides else nodes[number].opening


def decisions(nodes: Sequence[ScenarioNode]) -> list[list[int]]:
    """The operated nodes of every decision, in order of time; decisions as in the tree."""
    found: dict[int, list[int]] = {}
    for number in range(len(nodes)):
        found.setdefault(opening_of(nodes, number), []).append(number)
    return list(found.values())


def scenario_tree(study: Study) -> tuple[ScenarioNode, ...]:
    """All nodes, root first, parents before children."""
    return tree_as_written(study) if study.tree else tree_of_beliefs(study)


def _starts(study: Study) -> list[float]:
    return [0.0, *accumulate(study.horizon.stages)]


def tree_of_beliefs(study: Study) -> tuple[ScenarioNode, ...]:
    """The tree that branches where beliefs are revealed; cases that cannot come make no node."""
    starts = _starts(study)
    level: list[tuple[int, float, dict[str, str]]] = [(-1, 1.0, {})]
    nodes: list[ScenarioNode] = []
    for stage, months in enumerate(study.horizon.stages, start=1):
        shown = {name: belief for name, belief in study.beliefs.items() if belief.reveal == stage}
        below: list[tuple[int, float, dict[str, str]]] = []
        for parent, probability, cases in level:
            for chosen in product(*(belief.cases.items() for belief in shown.values())):
                here = {**cases, **{name: case for name, (case, _) in zip(shown, chosen)}}
                weight = probability
                for _, case in chosen:
                    weight *= case.probability
                if weight > 0:
                    start = starts[stage - 1]
                    nodes.append(
                        _node(study, len(nodes), parent, stage, weight, start, months, here)
                    )
                    below.append((len(nodes) - 1, weight, here))
        level = below
    return tuple(nodes)


def _node(
    study: Study,
    number: int,
    parent: int,
    stage: int,
    probability: float,
    start: float,
    months: float,
    cases: dict[str, str],
) -> ScenarioNode:
    values: dict[Uncertainty, float] = {}
    growth: dict[Growing, tuple[tuple[float, float], ...]] = {}
    for name, belief in study.beliefs.items():
        about = _known(belief.about)
        unit, known = unit_of(about), name in cases
        text = belief.cases[cases[name]].value if known else belief.before
        if not unit or text.startswith("{") or series_file(text) is not None:
            continue  # names, paths and tables: plan/model/believed_study.py
        now = parse(text, unit)
        if isinstance(about, Growing):
            before = (0.0, parse(belief.before, unit))
            begins = _starts(study)[belief.reveal - 1]
            growth[about] = (before, (begins, now)) if known else (before,)
        else:
            values[about] = now
    label = ", ".join(f"{name} {case}" for name, case in cases.items()) or "today's beliefs"
    return ScenarioNode(
        f"n{number:03d}",
        parent,
        stage,
        probability,
        start,
        months,
        label,
        cases,
        values,
        growth,
        {},
    )


def _known(text: str) -> Uncertainty:
    """What a checked study is about; `study_checks` has refused everything else."""
    about = uncertainty(text)
    assert about is not None
    return about


def tree_as_written(study: Study) -> tuple[ScenarioNode, ...]:
    """The tree that the study writes node by node; what a node does not say holds as above it."""
    starts = _starts(study)
    ordered = parents_first(study.tree)
    number = {node.node: i for i, node in enumerate(ordered)}
    nodes: list[ScenarioNode] = []
    for written in ordered:
        above = nodes[number[written.parent]] if written.parent else None
        stage = above.stage + 1 if above else 1
        held = {
            about: parse(text, unit_at_node(about))
            for about, text in ((_known(key), text) for key, text in written.values.items())
        }
        nodes.append(
            ScenarioNode(
                name=written.node,
                parent=number[written.parent] if above else -1,
                stage=stage,
                probability=written.probability * (above.probability if above else 1.0),
                start=starts[stage - 1],
                months=study.horizon.stages[stage - 1],
                label=written.node,
                cases={},
                values={**(above.values if above else {}), **held},
                growth={},
                blocks={name: tuple(values) for name, values in written.demand.items()},
            )
        )
    return tuple(nodes)


def parents_first(written: list[TreeNode]) -> list[TreeNode]:
    """The nodes, every one after its parent; `study_checks` has refused circles and orphans."""
    ordered: list[TreeNode] = []
    names: set[str] = {""}
    while len(ordered) < len(written):
        ready = [node for node in written if node.node not in names and node.parent in names]
        ordered.extend(ready)
        names.update(node.node for node in ready)
    return ordered
