"""A scenario tree from joint paths: at every stage the paths of a node are parted into cells.

A node is the set of paths that cannot yet be told apart; what holds at it is their mean, so that
the tree expects at every stage what the paths expect. Its children are the cells of least W2 error
in what the next stages bring, on a log scale, nearer stages weighing more. How much of the paths'
spread the tree keeps is told, and how far it moves from seed to seed.

Source: Pflug & Pichler, Multistage Stochastic Optimization (2014), 4; Heitsch & Roemisch,
Mathematical Programming 118 (2009), forward construction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.beliefs.history import csv_lines
from headrace.beliefs.reduction import quantised
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import TreeNode
from headrace.core.uncertainty import DemandGrowth, uncertainty, unit_of

FADE = 0.5
"""Weight of each later stage beside the one before it, where paths are parted."""
MOST_BYTES = 200_000_000
MOST_LEAVES = 1_000


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
    """A scenario tree from paths, root first. kept: share of the paths' variance of logarithms that
    lies between the leaves [1].
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
    logs = np.log(paths.values)
    spread = np.sqrt(np.maximum(_variance(logs, mass), 0.0))
    scaled = np.divide(logs, spread, out=np.zeros_like(logs), where=spread > 1e-12)
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
    between = np.zeros(logs.shape[1:])
    middle = np.tensordot(mass, logs, axes=1)
    for _, members in level:
        weight = mass[members]
        centre = np.tensordot(weight, logs[members], axes=1) / weight.sum()
        between += weight.sum() * (centre - middle) ** 2
    whole = float(_variance(logs, mass).sum())
    return ReducedTree(paths.about, tuple(nodes), float(between.sum()) / whole if whole else 1.0)


def _variance(logs: Floats, mass: Floats) -> Floats:
    middle = np.tensordot(mass, logs, axes=1)
    return np.asarray(np.tensordot(mass, (logs - middle) ** 2, axes=1))


def _parted(ahead: Floats, weight: Floats, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Places of the members of each cell, those with the lower first coordinate first."""
    fade = FADE ** (0.5 * np.arange(ahead.shape[1]))
    points = (ahead * fade[None, :, None]).reshape(len(ahead), -1)
    different = len(np.unique(points, axis=0)) if len(points) <= 10 * k else k
    cells = quantised(points, weight, min(k, different), rng)
    found = (np.flatnonzero(cells.cell == n) for n in range(len(cells.centres)))
    return [members for members in found if len(members)]


def as_study_nodes(tree: ReducedTree) -> list[TreeNode]:
    """The nodes as a study writes them: named n000, n001, ..., probability given the parent."""
    written = []
    for place, node in enumerate(tree.nodes):
        above = tree.nodes[node.parent].probability if node.parent >= 0 else 1.0
        values = {
            about: f"{value:.6g} {written_unit(about)}".strip()
            for about, value in zip(tree.about, node.values)
        }
        written.append(
            TreeNode(
                node=f"n{place:03d}",
                parent=f"n{node.parent:03d}" if node.parent >= 0 else "",
                probability=repr(node.probability / above),  # type: ignore[arg-type]
                values=values,
            )
        )
    return written


def written_unit(about: str) -> str:
    """Unit in which a node of a study's tree writes what holds there [unit]; 1 for growth.

    Raises InputError for what no belief can be about.
    """
    found = uncertainty(about)
    if found is None:
        fault = f"`{about}` is nothing a belief can be about"
        raise InputError(InputFault(Place(key=about), fault, "demand, fuel:NAME or capex:NAME"))
    return "1" if isinstance(found, DemandGrowth) else unit_of(found)


def read_paths(path: Path, middles: Sequence[float]) -> StagedPaths:
    """Joint paths from a CSV file: path, month, then a column for each thing they are about
    (`demand`, `fuel:gas`, ...), and if need be `weight`.

    month: after the study's start [month]; middles: of the study's stages [month], where values are
    read by straight lines of their logarithms. Raises InputError with every row that is wrong.
    """
    header, rows = _table(path)
    fixed = ("path", "month", "weight")
    about = tuple(name for name in header if name not in fixed)
    for name in about:
        written_unit(name)
    if not about or not {"path", "month"} <= set(header):
        expected = "path, month, and a column such as demand or fuel:gas"
        raise InputError(InputFault(Place(path.name, 1), f"columns {', '.join(header)}", expected))
    problems: list[InputFault] = []
    by_path: dict[str, list[tuple[float, float, tuple[float, ...]]]] = {}
    for line, row in rows:
        numbers = _numbers(row, path.name, line, problems, ("month", *about), "weight")
        if numbers is not None:
            months, held = numbers["month"], tuple(numbers[name] for name in about)
            before = by_path.setdefault(row["path"], [])
            if before and months <= before[-1][0]:
                problems.append(InputFault(Place(path.name, line), "its month is not later"))
            before.append((months, numbers["weight"], held))
    if problems:
        raise InputError(problems)
    values = np.empty((len(by_path), len(middles), len(about)))
    for place, points in enumerate(by_path.values()):
        when = [month for month, _, _ in points]
        for column in range(len(about)):
            logs = np.log([held[column] for _, _, held in points])
            values[place, :, column] = np.exp(np.interp(middles, when, logs))
    weights = np.array([points[0][1] for points in by_path.values()])
    return StagedPaths(about, values, weights)


def read_nodes(path: Path) -> list[TreeNode]:
    """A tree made elsewhere from a CSV file: node, parent, probability (given the parent), then a
    column for each thing that holds there.

    Raises InputError with every row that makes no sense; the study's own checks see to the rest.
    """
    header, rows = _table(path)
    about = [name for name in header if name not in ("node", "parent", "probability")]
    for name in about:
        written_unit(name)
    if not {"node", "parent", "probability"} <= set(header):
        expected = "node, parent, probability, and a column such as demand or fuel:gas"
        raise InputError(InputFault(Place(path.name, 1), f"columns {', '.join(header)}", expected))
    problems: list[InputFault] = []
    nodes = []
    for line, row in rows:
        numbers = _numbers(row, path.name, line, problems, about, "probability")
        if numbers is not None:
            values = {n: f"{numbers[n]:.9g} {written_unit(n)}".strip() for n in about if row[n]}
            nodes.append(
                TreeNode(
                    node=row["node"],
                    parent=row["parent"],
                    probability=repr(numbers["probability"]),  # type: ignore[arg-type]
                    values=values,
                )
            )
    if problems:
        raise InputError(problems)
    return nodes


def _table(path: Path) -> tuple[list[str], list[tuple[int, Mapping[str, str]]]]:
    """Header and rows of a CSV file, each with its line. Raises InputError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            found = f"more than {MOST_BYTES / 1e6:g} MB"
            raise InputError(InputFault(Place(path.name), found))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        found = "there is no such file, or it is not UTF-8 text"
        raise InputError(InputFault(Place(str(path)), found)) from None
    lines = csv_lines(text, path.name)
    header = lines[0][1] if lines else []
    if len(set(header)) != len(header):
        raise InputError(InputFault(Place(path.name, 1), "a column stands twice"))
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems: list[InputFault] = []
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            found = f"{len(cells)} cells under {len(header)} columns"
            problems.append(InputFault(Place(path.name, line), found))
        else:
            rows.append((line, dict(zip(header, cells))))
    if not rows and not problems:
        problems.append(InputFault(Place(path.name), "the file holds no rows"))
    if problems:
        raise InputError(problems)
    return header, rows


def _numbers(
    row: Mapping[str, str],
    file: str,
    line: int,
    problems: list[InputFault],
    names: Sequence[str],
    weight: str,
) -> dict[str, float] | None:
    """The numbers of a row by column; None where one is none, which is added to the problems. An
    empty cell of a thing that holds as above is 1 and not used; `weight` is 1 where not given.
    """
    found: dict[str, float] = {}
    for name in (*names, weight):
        text = row.get(name, "1") or ("nan" if weight == "weight" else "1")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        low = 0.0 if name in ("month", weight) else 1e-15
        if not low <= value <= 1e15:
            place = Place(file, line, key=name)
            problems.append(InputFault(place, f"`{text[:20]}`", "a finite number above 0"))
            return None
        found[name] = value
    return found
