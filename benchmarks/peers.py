"""Open solvers at equal certified gap: HiPO and HiPDLP of HiGHS and PDLP of OR-Tools against ours.

Studies: the benchmark tree at 1 and 4 nodes; PyPSA networks that the importer reads, by path; the
cases of Mazzi et al., by path; the examples that come along. `--foreign` leaves the first out,
`--seeds N` moves every cost by a few per cent N - 1 times. How a gap is judged: `fair.py`.

`python benchmarks/peers.py [--foreign] [--seeds 3] [--limit 60] [--only TEXT]`
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import fair
import measure
import numpy as np
import study_hd
import study_mazzi

from headrace.core.errors import HeadraceError
from headrace.plan.lp.problem import Problem

GAPS = (1e-2, 1e-3, 1e-4, 1e-5)
BAR_FOREIGN, BAR_WORST = 8.0, 1.0
BARS = {"hd 1": {1e-4: 10.0, 1e-5: 10.0}, "hd 4": {1e-4: 150.0}}
EXAMPLES = ("gas_first", "reactor_race")


def networks() -> list[Path]:
    """PyPSA networks by path: HEADRACE_PYPSA, else the folder pypsa of HEADRACE_DATA."""
    named, beside = os.environ.get("HEADRACE_PYPSA"), os.environ.get("HEADRACE_DATA")
    folder = Path(named) if named else Path(beside) / "pypsa" if beside else None
    return sorted(folder.glob("*.nc")) if folder is not None and folder.is_dir() else []


def imported(path: Path) -> Problem:
    """A network as a plan."""
    from headrace.plan.pypsa.importer import import_pypsa

    return fair.plain(import_pypsa(path).problem)


def example(name: str) -> Problem:
    """The linear program of a study that comes along."""
    from headrace.plan.check import checked
    from headrace.plan.model.formulate import formulate
    from headrace.show import examples

    path = examples.named(Path(name))
    assert path is not None
    return fair.plain(formulate(checked(path.read_text(encoding="utf-8"), path)[1]).problem)


def studies(*, foreign: bool) -> Iterator[tuple[str, fair.Built]]:
    """Every study that there are data for, by name."""
    if not foreign:
        yield "hd 1", partial(study_hd.problem, [])
        yield "hd 4", partial(study_hd.problem, [3])
    for path in networks():
        yield f"pypsa {path.stem}", partial(imported, path)
    if (folder := study_mazzi.folder()) is not None:
        yield "mazzi 0", partial(study_mazzi.problem, folder, 0)
    for name in EXAMPLES:
        yield f"example {name}", partial(example, name)


def compare(study: str, seed: int, limit: float) -> list[tuple[float, float]]:
    """Rows of one study at every gap; returns the best peer's ratio at each gap that a peer
    reached, by its own proof and by its orders alone (nan: none did; 0: ours did not).
    """
    me, label = str(Path(__file__)), f"{study}, seed {seed}"
    one = partial(fair.apart, me, "--piece", study, str(seed))
    mine = {gap: one("ours", str(gap)) for gap in GAPS}
    bound = max(fair.number(run, "lower") for run in mine.values() if "lower" in run)
    peers = [p for p in fair.RUNS if p != "ortools" or "HEADRACE_ORTOOLS" in os.environ]
    runs = {name: fair.tried(one, name, limit) for name in peers}
    gaps = {
        name: (
            [fair.number(run, "gap") for run in each],
            [fair.gap_of_orders(run, bound) for run in each],
        )
        for name, each in runs.items()
    }
    ratios = []
    for gap in GAPS:
        spent, own = fair.number(mine[gap], "cpu_s"), fair.number(mine[gap], "gap") <= gap
        best = [np.nan, np.nan]
        for name in peers:
            proved = fair.fastest_at(runs[name], gaps[name][0], gap)
            ordered = fair.fastest_at(runs[name], gaps[name][1], gap)
            pair = [
                np.nan if r is None else fair.number(r, "cpu_s") / spent for r in (proved, ordered)
            ]
            best = np.fmin(best, pair).tolist()
            told = proved or runs[name][-1]
            most = max(fair.number(r, "cpu_s") for r in runs[name])
            measure.row(
                "peers",
                name,
                f"{label}, {gap:.0e}",
                BARS.get(study, {}).get(gap, BAR_WORST),
                ours=spent,
                theirs=None if proved is None else told["cpu_s"],
                ratio=(most / spent if proved is None else pair[0]) if own else 0.0,
                reached=proved is not None,
                ratio_orders=None if ordered is None else pair[1],
                gap_theirs=told["gap"],
                ran=told.get("solver", told.get("error")),
                status_theirs=told.get("status"),
                **{
                    k: mine[gap].get(k) for k in ("cpu_s", "wall_s", "peak_gb", "gap", "iterations")
                },
            )
        ratios.append((best[0], best[1]) if own else (0.0, 0.0))
    return ratios


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--piece", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    known = dict(studies(foreign=asked.foreign))
    if asked.piece:
        name, seed, *words = asked.piece
        print(json.dumps(fair.piece(fair.seeded(known[name](), int(seed)), words)))
        return 0
    ratios: list[tuple[float, float]] = []
    for name, built in known.items():
        if asked.only not in name:
            continue
        try:
            built()
        except HeadraceError as error:
            print(f"{name} cannot be imported: {error}"[:300], file=sys.stderr)
            continue
        for seed in range(asked.seeds):
            found = compare(name, seed, asked.limit)
            ratios += found if not name.startswith("hd") else []
    good = [summary(np.array(ratios)[:, k], how) for k, how in enumerate(HOW)] if ratios else [True]
    return 0 if all(good) else 3


HOW = ("by its own proof", "by its orders alone")


def summary(ratios: np.ndarray, how: str) -> bool:
    """One row over all foreign studies, seeds and gaps: geometric mean, worst case, failures."""
    known = ratios[~np.isnan(ratios)]
    good = known[known > 0]
    mean = float(np.exp(np.log(good).mean())) if len(good) else 0.0
    failed, worst = int((known == 0).sum()), float(known.min(initial=np.inf))
    return measure.row(
        "peers",
        f"the best open one, {how}",
        f"foreign, {len(ratios)} comparisons",
        BAR_FOREIGN,
        metric="geometric mean of CPU seconds",
        unit="1",
        ratio=mean,
        worst=worst,
        failed=failed,
        unreached=int(np.isnan(ratios).sum()),
        holds=mean >= BAR_FOREIGN and worst >= BAR_WORST and not failed,
    )


if __name__ == "__main__":
    raise SystemExit(main())
