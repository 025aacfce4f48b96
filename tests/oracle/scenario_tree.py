"""The tree of a study: from its beliefs, or written by hand, with the values that hold at each
node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product as combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.oracle.plain_study import PlainStudy, Product
from tests.oracle.units import MONTHS_PER_YEAR, quantity

Floats = NDArray[np.float64]


MOVING = ("carbon", "grid:", "export:")
"""What may be believed as a number, a path or a table."""


@dataclass(frozen=True)
class Node:
    """One node: the decisions of one stage in one state of knowledge.

    probability: that the future passes here. begin, months: when and how long. cases: what is
    known of each belief. level: demand at the beginning of the node relative to today's, and
    growth [1/year]: how it goes on from there, by product.
    fuel [USD/MMBtu] and capex [USD/MW]: believed prices that hold here. blocks: demand by load
    block [MW], by product. owed: royalty over what is written [1], by product. rents: believed
    rents of what is rented [USD/accelerator-h], by name; every_rent: what the others are over what
    is written [1].
    """

    parent: int | None
    stage: int
    probability: float
    begin: float
    months: float
    cases: Mapping[str, str] = field(default_factory=dict)
    level: Mapping[str, float] = field(default_factory=dict)
    growth: Mapping[str, float] = field(default_factory=dict)
    fuel: Mapping[str, float] = field(default_factory=dict)
    capex: Mapping[str, float] = field(default_factory=dict)
    blocks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    held: Mapping[str, Any] = field(default_factory=dict)
    wait: Mapping[str, float] = field(default_factory=dict)
    owed: Mapping[str, float] = field(default_factory=dict)
    rents: Mapping[str, float] = field(default_factory=dict)
    every_rent: float = 1.0

    @property
    def end(self) -> float:
        return self.begin + self.months

    def price(self, product: Product, month: Floats) -> Floats:
        """Price of a product in each `month` since the study's start [USD per unit]."""
        return product.price * (1 + product.price_change) ** (month / MONTHS_PER_YEAR)

    def level_in(self, product: str, month: Floats) -> Floats:
        """Demand for a product in each `month`, relative to today's."""
        years = (month - self.begin) / MONTHS_PER_YEAR
        return self.level[product] * (1 + self.growth.get(product, 0.0)) ** years


def grow(study: PlainStudy) -> list[Node]:
    """The nodes of the study, parents before children, the root first."""
    if study.written.get("tree"):
        return _by_hand(study)
    return _from_beliefs(study)


def path(nodes: list[Node], at: int) -> list[int]:
    """Numbers of the nodes from the root to node `at`, both included."""
    walked = [at]
    while (parent := nodes[walked[0]].parent) is not None:
        walked.insert(0, parent)
    return walked


def leaves(nodes: list[Node]) -> list[int]:
    """Numbers of the nodes that are nobody's parent."""
    parents = {node.parent for node in nodes}
    return [number for number in range(len(nodes)) if number not in parents]


def _from_beliefs(study: PlainStudy) -> list[Node]:
    """At the stage that reveals a belief every node splits into its cases; several split
    together."""
    beliefs = study.written.get("beliefs", {})
    nodes: list[Node] = []
    level_before: list[int | None] = [None]
    begin = 0.0
    for stage, months in enumerate(study.stages, start=1):
        revealed = {name: one for name, one in beliefs.items() if one["reveal"] == stage}
        this_level: list[int | None] = []
        for parent in level_before:
            for chosen in combinations(*(one["cases"] for one in revealed.values())):
                known = dict(nodes[parent].cases) if parent is not None else {}
                chance = nodes[parent].probability if parent is not None else 1.0
                for name, case in zip(revealed, chosen, strict=True):
                    known[name] = case
                    chance *= quantity(revealed[name]["cases"][case]["probability"], "1")
                this_level.append(len(nodes))
                nodes.append(_believing(study, nodes, parent, stage, chance, begin, months, known))
        level_before = this_level
        begin += months
    return nodes


def _believing(
    study: PlainStudy,
    nodes: list[Node],
    parent: int | None,
    stage: int,
    probability: float,
    begin: float,
    months: float,
    known: Mapping[str, str],
) -> Node:
    values: dict[str, str] = {}
    for name, belief in study.written.get("beliefs", {}).items():
        case = known.get(name)
        values[belief["about"]] = (
            belief["before"] if case is None else belief["cases"][case]["value"]
        )
    level, rate = {}, {}
    for one in study.products:
        written = values.get(f"demand:{one.name}", values.get("demand", "0 %/a"))
        rate[one.name] = quantity(written, "1/year")
        level[one.name] = 1.0
        if parent is not None:
            above = nodes[parent]
            level[one.name] = float(above.level_in(one.name, np.array(above.end)))
    fuel, capex = _prices(values)
    held = {about: text for about, text in values.items() if about.startswith(MOVING)}
    wait = {
        about: quantity(text, "month")
        for about, text in values.items()
        if about.startswith("queue:")
    }
    return Node(
        parent,
        stage,
        probability,
        begin,
        months,
        known,
        level,
        rate,
        fuel,
        capex,
        blocks={},
        held=held,
        wait=wait,
        owed=_owed(values),
        rents=_rents(values),
        every_rent=quantity(values.get("rent", 1), "1"),
    )


def _rents(values: Mapping[str, str]) -> dict[str, float]:
    """Believed rents [USD/accelerator-h], by the name of what is rented."""
    return {
        about.partition(":")[2]: quantity(value, "USD/accelerator-h")
        for about, value in values.items()
        if about.startswith("rent:")
    }


def _owed(values: Mapping[str, str]) -> dict[str, float]:
    """Believed royalties over those that are written [1], by product."""
    return {
        about.partition(":")[2]: quantity(value, "1")
        for about, value in values.items()
        if about.startswith("royalty:")
    }


def _prices(values: Mapping[str, str]) -> tuple[dict[str, float], dict[str, float]]:
    """Believed fuel prices [USD/MMBtu] and overnight prices [USD/MW], by name."""
    fuel = {
        about.partition(":")[2]: quantity(value, "USD/MMBtu")
        for about, value in values.items()
        if about.startswith("fuel:")
    }
    capex = {
        about.partition(":")[2]: quantity(value, "USD/MW")
        for about, value in values.items()
        if about.startswith("capex:")
    }
    return fuel, capex


def _by_hand(study: PlainStudy) -> list[Node]:
    """A tree as written. A value holds from its node on; demand by block holds at its node only."""
    number: dict[str, int] = {}
    nodes: list[Node] = []
    inherited: list[dict[str, Any]] = []
    waiting = list(study.written["tree"])
    while waiting:
        one = next(node for node in waiting if not node.get("parent") or node["parent"] in number)
        waiting.remove(one)
        parent = number.get(one.get("parent", ""))
        above = nodes[parent] if parent is not None else None
        values = (inherited[parent] if parent is not None else {}) | dict(one.get("values", {}))
        stage = 1 if above is None else above.stage + 1
        fuel, capex = _prices(values)
        number[one["node"]] = len(nodes)
        inherited.append(values)
        nodes.append(
            Node(
                parent=parent,
                stage=stage,
                probability=quantity(one.get("probability", 1), "1")
                * (1.0 if above is None else above.probability),
                begin=sum(study.stages[: stage - 1]),
                months=study.stages[stage - 1],
                level={
                    p.name: quantity(values.get(f"demand:{p.name}", values.get("demand", 1)), "1")
                    for p in study.products
                },
                fuel=fuel,
                capex=capex,
                blocks={
                    name: tuple(quantity(block, "MW") for block in blocks)
                    for name, blocks in one.get("demand", {}).items()
                },
                owed=_owed(values),
                rents=_rents(values),
                every_rent=quantity(values.get("rent", 1), "1"),
            )
        )
    return nodes
