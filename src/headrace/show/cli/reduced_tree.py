"""What `headrace tree` does where it makes a tree: paths, reduction, stability, files."""

from __future__ import annotations

import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from headrace.beliefs import tree as trees
from headrace.beliefs.history import read_histories
from headrace.beliefs.paths import forecast
from headrace.beliefs.priors import check_record
from headrace.beliefs.tree import ReducedTree, StagedPaths
from headrace.beliefs.tree_files import as_csv, read_nodes, read_paths, with_tree
from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, Place, StoppedEarly
from headrace.core.printable import in_one_line
from headrace.core.study import Study, TreeNode
from headrace.core.study_reader import parse_text, study_of
from headrace.show.cli.tree_options import TreeOptions

STEADY_OBJECTIVE, STEADY_ORDER = 0.01, 0.1
RARE, HEAVY = 0.01, 0.5
"""Share of the paths that is rare, and of an expectation that it may carry without a word [1]."""
MOST_SEEDS, MOST_DRAWS = 50, 100_000


@dataclass(frozen=True)
class MadeTree:
    """A study with its new tree, what is to be said of it, and the same for scripts."""

    study: Study
    text: str
    sentences: list[str]
    as_json: dict[str, object]


def replaced(text: str, path: Path, study: Study, options: TreeOptions) -> MadeTree:
    """The study with a tree from joins, paths or nodes in place of its beliefs.

    Written where asked. Raises InputError for options that do not go together, and for files that
    make no sense.
    """
    ways = [bool(options.join), options.paths is not None, options.nodes is not None]
    if sum(ways) != 1:
        found = f"{sum(ways)} ways to make a tree"
        raise InputError(InputFault(Place(key="tree"), found, "one of --join, --paths, --nodes"))
    for key, value, least, most in (
        ("--seed", options.seed, 0, 2**31 - 1),
        ("--seeds", options.seeds, 1, MOST_SEEDS),
        ("--draws", options.draws, 100, MOST_DRAWS),
    ):
        if not least <= value <= most:
            raise InputError(InputFault(Place(key=key), f"{value}", f"{least} to {most:,}"))
    if options.nodes is not None:
        nodes = read_nodes(options.nodes)
        sentences = [f"{len(nodes)} nodes read from {options.nodes}"]
        told: dict[str, object] = {}
        made = finished(text, path, nodes, options.out)
    else:
        sample = sampler(study, options)
        drawn = sample(0)
        first = trees.reduced(drawn, options.leaves, options.seed)
        made = finished(text, path, trees.as_study_nodes(first), options.out)
        sentences, told = judged(sample, first, text, path, options)
        sentences[1:1] = heavy_tails(drawn)
    if options.out is not None:
        sentences.append(f"written to {in_one_line(options.out)}")
    return MadeTree(made[0], made[1], sentences, told)


def finished(
    text: str, path: Path, nodes: Sequence[TreeNode], out: Path | None
) -> tuple[Study, str]:
    """The study with these nodes, checked as any study is, and its text; written where asked."""
    new = with_tree(text, path.name, nodes)
    study = study_of(parse_text(new, out.name if out else path.name))
    if out is not None:
        if out.suffix not in (".yaml", ".yml", ".csv"):
            raise InputError(InputFault(Place(str(out)), "neither .yaml nor .csv", "one of them"))
        write_text(out, as_csv(nodes) if out.suffix == ".csv" else new)
    return study, new


def sampler(study: Study, options: TreeOptions) -> Callable[[int], StagedPaths]:
    """Joint paths on the study's stages by number of the sample; 0 is the one that is used.

    From joins every sample is drawn anew; paths of a file are drawn from with replacement.
    """
    starts = [0.0, *accumulate(study.horizon.stages)]
    middles = [(a + b) / 2 for a, b in pairwise(starts)]
    if options.paths is not None:
        paths = read_paths(options.paths, middles)
        return lambda number: trees.resampled(paths, number)
    joins = joins_of(options.join)
    if options.known is None or not options.cutoff:
        fault = InputFault(Place(key="--join"), "no file of what was known", "--known and --cutoff")
        raise InputError(fault)
    try:
        cutoff = date.fromisoformat(options.cutoff)
    except ValueError:
        fault = InputFault(Place(key="--cutoff"), f"`{options.cutoff[:20]}`", "YYYY-MM-DD")
        raise InputError(fault) from None
    check_record(cutoff)
    known = read_histories(options.known, cutoff)
    year, month = divmod(study.horizon.start, 12)
    begin = date(year, month + 1, 1)
    if begin <= cutoff:
        found = f"the study starts on {begin}, before the cut-off {cutoff}"
        raise InputError(InputFault(Place(key="--cutoff"), found, "a day before the start"))
    days = (begin, *(begin + timedelta(days=round(m * 365.25 / 12)) for m in middles))
    stages = len(middles)

    def sample(number: int) -> StagedPaths:
        seed = options.seed + 1_000 * number
        found = forecast(known, days, number=options.draws, seed=seed)
        return trees.staged(found, joins, stages, seed)

    return sample


def joins_of(words: Sequence[str]) -> dict[str, str]:
    """Series by what the study calls it. Raises InputError for words without a `=`."""
    joins: dict[str, str] = {}
    for word in words:
        about, sign, series = word.partition("=")
        if not (sign and about and series) or about in joins:
            fault = InputFault(Place(key="--join"), f"`{word[:60]}`", "for example demand=users")
            raise InputError(fault)
        joins[about] = series
    return joins


def judged(
    sample: Callable[[int], StagedPaths],
    first: ReducedTree,
    text: str,
    path: Path,
    options: TreeOptions,
) -> tuple[list[str], dict[str, object]]:
    """How steady the tree is from seed to seed, in sentences and for scripts."""
    made = [first]
    for number in range(1, options.seeds):
        made.append(trees.reduced(sample(number), options.leaves, options.seed + number))
    kept = np.array([tree.kept for tree in made])
    means = np.array([expected_end(tree) for tree in made])
    spread = means.std(axis=0) / means.mean(axis=0)
    drift = ", ".join(f"{about} {share:.1%}" for about, share in zip(first.about, spread))
    sentences = [
        f"{first.leaves} branches keep {first.kept:.0%} of the paths' variance",
        f"over {len(made)} seeds: kept {kept.min():.0%} to {kept.max():.0%}; the expected value of "
        f"the last stage moves by (standard deviation) {drift}",
    ]
    told: dict[str, object] = {
        "kept": first.kept,
        "stability": {
            "seeds": len(made),
            "kept": kept.tolist(),
            "expected_end_sd": dict(zip(first.about, spread.tolist())),
        },
    }
    if options.solve:
        solved = [plan_of(tree, text, path) for tree in made]
        lines, plans = steady(solved)
        sentences += lines
        told["plans"] = plans
    else:
        sentences.append("--solve says what that does to the objective and to each order")
    return sentences, told


def heavy_tails(paths: StagedPaths) -> list[str]:
    """A sentence for each thing of whose expectation in the last stage a hundredth of the paths
    carries more than `HEAVY`: such a plan is made for what hardly ever comes.
    """
    found = []
    for place, about in enumerate(paths.about):
        last = paths.values[:, -1, place]
        order = np.argsort(-last)
        mass = np.cumsum(paths.weights[order]) / paths.weights.sum()
        rare = order[: int(np.searchsorted(mass, RARE)) + 1]
        share = float(paths.weights[rare] @ last[rare] / (paths.weights @ last))
        if share > HEAVY:
            found.append(
                f"`{about}`: one path in a hundred carries {share:.0%} of what the last stage "
                "expects; give its series a ceiling or a narrower class, or plan fewer years"
            )
    return found


def expected_end(tree: ReducedTree) -> list[float]:
    """Expected value of what holds in the last stage [unit of what it is about]."""
    last = max(node.stage for node in tree.nodes)
    leaves = [node for node in tree.nodes if node.stage == last]
    return [
        math.fsum(leaf.probability * leaf.values[place] for leaf in leaves)
        for place in range(len(tree.about))
    ]


@dataclass(frozen=True)
class SolvedTree:
    """Objective [USD] of a plan on one tree, its gap [1], its root orders by name [unit], and those
    of them that are decided.
    """

    objective: float
    gap: float
    orders: dict[str, float]
    decided: frozenset[str]


def plan_of(tree: ReducedTree, text: str, path: Path) -> SolvedTree:
    """The plan of the study with this tree. Raises as `headrace plan`."""
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.plan.run import plan

    new = with_tree(text, path.name, trees.as_study_nodes(tree))
    with beside(path, new) as study, tempfile.TemporaryDirectory() as folder:
        plan(study, Path(folder) / "run", lambda event: None, lambda: False)
        found = read_plan(open_run(Path(folder) / "run"))
    if found.objective_usd is None:
        raise StoppedEarly("a plan was not finished, so nothing can be said of its stability")
    orders: dict[str, float] = defaultdict(float)
    decided: set[str] = set()
    for order in found.orders:
        name = f"{order.site} {order.name} [{order.unit}]"
        orders[name] += order.quantity
        decided |= {name} if order.decided else set()
    return SolvedTree(found.objective_usd, found.gap or 0.0, dict(orders), frozenset(decided))


@contextmanager
def beside(path: Path, text: str) -> Iterator[Path]:
    """A study file in the folder of another, so that files it names are found; gone afterwards."""
    folder = path.parent
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=folder, encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield Path(file.name)


def steady(solved: Sequence[SolvedTree]) -> tuple[list[str], dict[str, object]]:
    """What the plans on all trees agree on: the objective, and each order of the root.

    An order is unstable where its standard deviation is above a tenth of its mean; one that is
    decided on fewer than half of the trees is undecided anyway.
    """
    values = np.array([one.objective for one in solved])
    names = list(dict.fromkeys(name for one in solved for name in one.orders))
    table = {name: np.array([one.orders.get(name, 0.0) for one in solved]) for name in names}
    share = float(values.std() / abs(values.mean()))
    word = "steady" if share <= STEADY_OBJECTIVE else "NOT steady"
    gap = max(one.gap for one in solved)
    lines = [
        f"objective over {len(solved)} trees: mean {values.mean() / 1e6:,.1f} M USD, standard "
        f"deviation {share:.2%} ({word}: at most {STEADY_OBJECTIVE:.0%}); largest gap {gap:.2%}"
    ]
    orders: dict[str, object] = {}
    for name, amounts in table.items():
        off = float(amounts.std() / amounts.mean())
        sure = sum(name in one.decided for one in solved) >= len(solved) / 2
        word = ("steady" if off <= STEADY_ORDER else "unstable") if sure else "undecided"
        lines.append(f"  {name}: mean {amounts.mean():,.4g}, standard deviation {off:.0%}, {word}")
        orders[name] = {"mean": float(amounts.mean()), "sd": float(amounts.std()), "word": word}
    return lines, {"objective": values.tolist(), "objective_sd": share, "orders": orders}
