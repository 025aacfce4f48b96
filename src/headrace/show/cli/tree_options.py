"""Options of `headrace tree` by which a tree is made, not only drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TreeOptions:
    """A tree made of joint paths, or one made elsewhere.

    Parameters
    ----------
    join
        What the study calls a thing, and the series that says how it may move:
        `demand=chatgpt_weekly_users`, `fuel:gas=henry_hub`; may be given several times.
    known
        CSV of what was known, as `headrace forecast` reads it; with --join.
    cutoff
        The day of the forecast, YYYY-MM-DD; with --join.
    paths
        CSV of joint paths: path, month, a column for each thing (`demand`, `fuel:gas`), and if need
        be weight. A demand is relative to the study's start.
    nodes
        CSV of a tree made elsewhere: node, parent, probability (given the parent), and a column for
        each thing.
    leaves
        Most branches of the tree.
    draws
        Joint paths that are drawn.
    seed
        Seed of paths and tree.
    seeds
        How many seeds the tree's stability is judged by.
    solve
        Solve the study with the tree of every seed, and say which orders are unstable. That takes
        as long as so many plans.
    out
        Write the study with its new tree (.yaml) or the tree alone (.csv).
    """

    join: tuple[str, ...] = ()
    known: Path | None = None
    cutoff: str = ""
    paths: Path | None = None
    nodes: Path | None = None
    leaves: int = 24
    draws: int = 10_000
    seed: int = 0
    seeds: int = 10
    solve: bool = False
    out: Path | None = None

    @property
    def asked(self) -> bool:
        """Whether a tree is to be made or read."""
        return bool(self.join or self.paths or self.nodes)


DRAWN_ONLY = TreeOptions()
