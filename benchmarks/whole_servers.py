"""The embedded study with whole servers of accelerators, against the same with fractions of them.

    python benchmarks/whole_servers.py [GAP]

Both are solved at full hours with one thread to a certified gap of 1e-3 unless told. Bars: the
gap of whole servers, and at most three times the CPU seconds of fractions.
"""

from __future__ import annotations

import sys
from importlib.resources import files

import measure  # first: it holds the threads of the libraries to one

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import solve

MOST = 3.0


def main(gap: float = 1e-3) -> int:
    text = (files("headrace") / "examples" / "piedmont" / "study.yaml").read_text(encoding="utf-8")
    study = study_of(parse_text(text))
    bought = {
        name: chip.model_copy(update={"unit": "server"})
        for name, chip in study.fleet.may_buy.items()
    }
    whole = study.model_copy(update={"fleet": study.fleet.model_copy(update={"may_buy": bought})})
    fractions, servers = (formulate(expand(one)).problem for one in (study, whole))
    measure.load_kernels()
    options = SolverOptions(gap=gap, threads=1)
    (_, theirs), (plan, ours) = measure.fastest(
        lambda: solve(fractions, options), lambda: solve(servers, options), times=1
    )
    found = plan.solution
    assert isinstance(found, CertifiedSolution)  # HiGHS answers small problems alone
    kept = found.gap <= gap and ours <= MOST * theirs
    measure.row(
        "whole_servers",
        "fractions of accelerators",
        f"piedmont at {gap:g}",
        1 / MOST,
        ours=ours,
        theirs=theirs,
        holds=kept,
        gap=found.gap,
        cpu_s=ours,
        wall_s=found.seconds,
        peak_gb=measure.peak(),
        lower=found.lower,
        upper=found.upper,
        integers=int((servers.master.unit > 0).sum()),
    )
    return 0 if kept else 3


if __name__ == "__main__":
    raise SystemExit(main(*map(float, sys.argv[1:])))
