"""Trees and paths in files: CSV in, CSV out, and a study with its tree in place of its beliefs.

A study keeps its text, comments included: only the lines of its `beliefs` or `tree` are replaced.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from headrace.beliefs.history import csv_lines
from headrace.beliefs.tree import StagedPaths, written_unit, written_value
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.core.study import TreeNode
from headrace.core.study_reader import parse_text

MOST_BYTES = 200_000_000


def with_tree(text: str, file: str, nodes: Sequence[TreeNode]) -> str:
    """The text of a study with these nodes as its `tree`; its `beliefs` or former tree are gone.

    Raises InputError where the text is no study file.
    """
    places = parse_text(text, file).places
    tops = sorted((spot[0], str(path[0])) for path, spot in places.items() if len(path) == 1)
    lines = text.splitlines()
    gone: set[int] = set()
    first = None
    for place, (line, key) in enumerate(tops):
        if key in ("beliefs", "tree"):
            end = tops[place + 1][0] if place + 1 < len(tops) else len(lines) + 1
            while end - 2 > line and lines[end - 2].lstrip().startswith("#"):
                end -= 1  # a comment just above the next key belongs to it
            gone.update(range(line, end))
            first = line if first is None else first
    kept = [(n, row) for n, row in enumerate(lines, start=1) if n not in gone]
    before = [row for n, row in kept if first is None or n < first]
    after = [row for n, row in kept if first is not None and n > first]
    return "\n".join([*before, *as_yaml(nodes), *after]) + "\n"


def as_yaml(nodes: Sequence[TreeNode]) -> list[str]:
    """The lines of a study's `tree:`."""
    lines = ["tree:  # from joint paths, by `headrace tree`"]
    for node in nodes:
        held = ", ".join(f'"{about}": {value}' for about, value in node.values.items())
        above = f"parent: {node.parent}, " if node.parent else ""
        lines.append(
            f"  - {{node: {node.node}, {above}probability: {node.probability:.9g},"
            f" values: {{{held}}}}}"
        )
    return [*lines, ""]


def as_csv(nodes: Sequence[TreeNode]) -> str:
    """The nodes as CSV: node, parent, probability (given the parent), then what holds there, as
    `read_nodes` reads it. Numbers are in the unit that a study has for them.
    """
    about = list(dict.fromkeys(name for node in nodes for name in node.values))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["node", "parent", "probability", *about])
    for node in nodes:
        held = [node.values.get(name, "").partition(" ")[0] for name in about]
        writer.writerow([node.node, node.parent, f"{node.probability:.9g}", *held])
    return stream.getvalue()


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
            values = {n: written_value(n, numbers[n]) for n in about if row[n]}
            nodes.append(
                TreeNode.model_validate(
                    {
                        "node": row["node"],
                        "parent": row["parent"],
                        "probability": repr(numbers["probability"]),
                        "values": values,
                    }
                )
            )
    if problems:
        raise InputError(problems)
    return nodes


def _table(path: Path) -> tuple[list[str], list[tuple[int, Mapping[str, str]]]]:
    """Header and rows of a CSV file, each with its line. Raises InputError."""
    text = read_text(path, MOST_BYTES, "a tree as CSV")
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
