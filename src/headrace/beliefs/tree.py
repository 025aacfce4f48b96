"""A scenario tree from joint paths: at every stage the paths of a node are parted into cells.

A node is the set of paths that cannot yet be told apart; what holds at it is their mean, so that
the tree expects at every stage what the paths expect. Its children are the cells of least W2 error
in what the next stages bring, each thing and stage in units of its standard deviation, nearer
stages weighing more: a plan's value is Lipschitz in the data themselves, not in their logarithms.
How much of the paths' variance the tree keeps is told, and how far it moves from seed to seed.

Source: Pflug & Pichler, Multistage Stochastic Optimization (2014), 4; Heitsch & Roemisch,
Mathematical Programming 118 (2009), forward construction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.beliefs.paths import SeriesForecast, joint
from headrace.beliefs.reduction import quantised
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import TreeNode
from headrace.core.uncertainty import uncertainty, unit_at_node

FADE = 0.5
"""Weight of each later stage beside the one before it, where paths are parted."""
MOST_LEAVES = 1_000
INDICES = {"USD/accelerator-h": "USD/h"}
"""Unit in which an index is published that is of one thing [unit], by the study's unit."""


@dataclass(frozen=True)
class StagedPaths:
    """Joint paths on the stages of a study. values: what holds in each stage [unit of what it is
    about; growth relative to the start], shape (path, stage, about), all above 0.
    """

    about: tuple[str, ...]
    values: Floats
    weights: Floats


@dataclass(frozen=True)
class ReducedNode:
    """A node of a reduced tree. probability: of itself [1]; values by what they are about."""

    parent: int
    stage: int
    probability: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class ReducedTree:
    """A scenario tree from paths, root first. kept: share of the paths' variance that lies between
    the leaves [1].
    """

    about: tuple[str, ...]
    nodes: tuple[ReducedNode, ...]
    kept: float

    @property
    def leaves(self) -> int:
        """Branches of the future."""
        return len(self.nodes) - len({node.parent for node in self.nodes if node.parent >= 0})


def branching(leaves: int, stages: int) -> tuple[int, ...]:
    """Children of a node of each stage but the last, so that at most `leaves` branches come of it;
    earlier stages branch more.
    """
    parts = [1] * max(stages - 1, 1)
    while True:
        grown = None
        for place in sorted(range(len(parts)), key=lambda p: (parts[p], p)):
            trial = [n + (i == place) for i, n in enumerate(parts)]
            if int(np.prod(trial)) <= leaves:
                grown = trial
                break
        if grown is None or stages < 2:
            return tuple(parts[: max(stages - 1, 0)])
        parts = grown


def reduced(paths: StagedPaths, leaves: int, seed: int) -> ReducedTree:
    """A tree of at most so many leaves. Raises InputError for a number that is none."""
    number, stages, _ = paths.values.shape
    if not 1 <= leaves <= min(MOST_LEAVES, number):
        most = min(MOST_LEAVES, number)
        raise InputError(InputFault(Place(key="leaves"), f"{leaves}", f"1 to {most:,}"))
    rng = np.random.default_rng([seed, 77])
    mass = paths.weights / paths.weights.sum()
    spread = np.sqrt(_variance(paths.values, mass))
    scaled = np.divide(paths.values, spread, out=np.zeros_like(paths.values), where=spread > 1e-12)
    parts = branching(leaves, stages)
    nodes: list[ReducedNode] = []
    level: list[tuple[int, np.ndarray]] = [(-1, np.arange(number))]
    for stage in range(stages):
        below: list[tuple[int, np.ndarray]] = []
        for parent, members in level:
            weight = mass[members]
            mean = weight @ paths.values[members, stage] / weight.sum()
            nodes.append(ReducedNode(parent, stage + 1, float(weight.sum()), tuple(mean.tolist())))
            if stage + 1 < stages:
                cells = _parted(scaled[members, stage + 1 :], weight, parts[stage], rng)
                below += [(len(nodes) - 1, members[cell]) for cell in cells]
        level = below or level
    between = np.zeros(scaled.shape[1:])
    middle = np.tensordot(mass, scaled, axes=1)
    for _, members in level:
        weight = mass[members]
        centre = np.tensordot(weight, scaled[members], axes=1) / weight.sum()
        between += weight.sum() * (centre - middle) ** 2
    whole = float(_variance(scaled, mass).sum())
    return ReducedTree(paths.about, tuple(nodes), float(between.sum()) / whole if whole else 1.0)


def _variance(values: Floats, mass: Floats) -> Floats:
    middle = np.tensordot(mass, values, axes=1)
    return np.asarray(np.tensordot(mass, (values - middle) ** 2, axes=1))


def _parted(ahead: Floats, weight: Floats, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Places of the members of each cell, those with the lower first coordinate first."""
    fade = FADE ** (0.5 * np.arange(ahead.shape[1]))
    points = (ahead * fade[None, :, None]).reshape(len(ahead), -1)
    different = len(np.unique(points, axis=0)) if len(points) <= 10 * k else k
    cells = quantised(points, weight, min(k, different), rng)
    found = (np.flatnonzero(cells.cell == n) for n in range(len(cells.centres)))
    return [members for members in found if len(members)]


def as_study_nodes(tree: ReducedTree) -> list[TreeNode]:
    """The nodes as a study writes them: named n000, n001, ..., probability given the parent, with
    nine digits that add up to 1 below every parent.
    """
    below: dict[int, list[int]] = {}
    for place, node in enumerate(tree.nodes):
        below.setdefault(node.parent, []).append(place)
    odds: dict[int, float] = {}
    for places in below.values():
        whole = math.fsum(tree.nodes[place].probability for place in places)
        for place in places[1:]:
            odds[place] = round(tree.nodes[place].probability / whole, 9)
        odds[places[0]] = round(1.0 - math.fsum(odds[place] for place in places[1:]), 9)
    return [
        TreeNode.model_validate(
            {
                "node": f"n{place:03d}",
                "parent": f"n{node.parent:03d}" if node.parent >= 0 else "",
                "probability": f"{odds[place]:.9g}",
                "values": {
                    about: written_value(about, value)
                    for about, value in zip(tree.about, node.values)
                },
            }
        )
        for place, node in enumerate(tree.nodes)
    ]


def staged(
    found: Sequence[SeriesForecast], joins: Mapping[str, str], stages: int, seed: int
) -> StagedPaths:
    """Joint paths on the stages of a study, from forecasts on its start and its stages' middles.

    found: forecasts whose first date is the start and whose next ones are the middles of the
    stages. joins: series by what a study calls it (`demand`, `fuel:gas`); growth is taken relative
    to the start, all else in the unit that the study has for it. Raises InputError for a series
    that was not forecast, another unit, or two joins that are about one thing.
    """
    by_name = {one.series: one for one in found}
    problems = []
    for about, series in joins.items():
        unit, one = written_unit(about), by_name.get(series)
        place = Place(key=f"--join {about}={series}")
        if one is None:
            known = ", ".join(name for name, each in by_name.items() if len(each.dates) > stages)
            problems.append(InputFault(place, f"`{series}` was not forecast", known or "a series"))
        elif len(one.dates) <= stages:
            problems.append(InputFault(place, f"`{series}` is no path", "a series with a path"))
        elif unit != "1" and one.unit not in (unit, INDICES.get(unit)):
            problems.append(InputFault(place, f"`{series}` is in {one.unit}", unit))
    if problems:
        raise InputError(problems)
    parts = joint([by_name[series] for series in dict.fromkeys(joins.values())], seed)
    draws = {part.series: part.draws for part in parts}
    columns = []
    for about, series in joins.items():
        before = draws[series][:, :1] if written_unit(about) == "1" else 1.0
        columns.append(draws[series][:, 1 : stages + 1] / before)
    number = len(columns[0])
    return StagedPaths(tuple(joins), np.stack(columns, axis=2), np.full(number, 1.0 / number))


def resampled(paths: StagedPaths, seed: int) -> StagedPaths:
    """As many paths drawn from the same ones with replacement, by their weights; seed 0 leaves them
    as they are.
    """
    if seed == 0:
        return paths
    rng = np.random.default_rng([seed, 78])
    mass = paths.weights / paths.weights.sum()
    chosen = rng.choice(len(mass), len(mass), p=mass)
    return StagedPaths(paths.about, paths.values[chosen], np.full(len(chosen), 1 / len(chosen)))


def written_value(about: str, value: float) -> str:
    """A value [unit of what it is about] as a node of a study's tree writes it."""
    unit = written_unit(about)
    return f"{value:.9g}" if unit == "1" else f"{value:.9g} {unit}"


def written_unit(about: str) -> str:
    """Unit in which a node of a study's tree writes what holds there [unit]; 1 for growth.

    Raises InputError for what no belief can be about.
    """
    found = uncertainty(about)
    if found is None:
        fault = f"`{about}` is nothing a belief can be about"
        raise InputError(InputFault(Place(key=about), fault, "demand, fuel:NAME or capex:NAME"))
    return unit_at_node(found)
