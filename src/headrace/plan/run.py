"""A study file in, a run folder out: read, expand, formulate, solve, price, write.

Every finished plan is kept until a better one is there: first the plan that does nothing, then the
best that the solver has repaired so far, then the certified plan, then the worth of its orders.
Whoever stops it gets the last one, with its own gap.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.core.plan_file import FullHours, Holds, write_plan
from headrace.core.printable import in_one_line
from headrace.core.run_folder import CERTIFIED, Event, create
from headrace.core.study_lock import lock_inputs, other_makers, write_lock
from headrace.core.study_reader import parse_text, study_of, text_of
from headrace.plan.analysis.adequacy import plan_through_outages
from headrace.plan.analysis.deep import AnalysisContext, deepen, with_deep
from headrace.plan.analysis.full_hours import (
    CHECK_SECONDS,
    full_hours,
    kept_only,
    not_known,
)
from headrace.plan.check import checked, embedded, remarks
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.statistics import statistics
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.model.named_files import named_files
from headrace.plan.results.assumptions import boxed
from headrace.plan.results.outage_check import judged_sites
from headrace.plan.results.plan_record import SolvedStudy, finite, hours_kept
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.run_in_progress import ASKED, OnEvent, RunInProgress
from headrace.plan.run_values import plans_without_orders, value_root_orders
from headrace.plan.solve import checkpoint
from headrace.plan.solve import solve as solving
from headrace.plan.solve.checkpoint import Checkpoint
from headrace.plan.solve.interrupt import BRIEF, PATIENCE, patiently
from headrace.plan.solve.solve import CertifiedPlan, Stop

PRICE_SECONDS = 180.0
"""Time for the plans without any order and the values of orders, dearest first, then the widest
interval, if no other is asked for; what is not reached keeps what is known of it.
"""
VALUE_SHARE = 0.25
"""Part of the time for deep questions that may go into tighter values of orders before the first of
them is asked.
"""


def plan(
    study_path: Path | None,
    out: Path,
    on_event: OnEvent,
    stop: Stop,
    deep: float | None = None,
    gap: float | None = None,
    worth: float | None = None,
) -> Path:
    """Plan the study in `study_path` (None: the embedded one) into the folder `out`; returns that
    folder.

    deep: time for the deep questions afterwards [s], each answer saved as it comes; None asks
        none. A stop while they go on is not an early stop: the plan is finished, and says
        which questions are open. gap: instead of the study's `solver.gap` [1]. worth: time for the
        worth of orders [s], instead of PRICE_SECONDS.

    Raises InputError, Infeasible, and StoppedEarly after the best plan so far has been saved.
    """
    began = time.perf_counter()
    text = embedded() if study_path is None else text_of(study_path)
    study = study_of(parse_text(text, "study.yaml" if study_path is None else study_path.name))
    folder = create(out, text)
    asked = SolverOptions.of(study.solver)
    options = asked if gap is None else asked.but(gap=gap)
    run, expansion = RunInProgress(folder, study, on_event, began, options), None
    seconds = PRICE_SECONDS if worth is None else worth
    with folder.hold():
        on_event(Event(0.0, "read", "the study, its weather and its catalogue rows"))
        try:
            _, expansion = patiently(
                lambda: checked(text, study_path), stop, lambda: BRIEF, "the reading of the study"
            )
            given = None if study_path is None else study_path.parent
            lock = lock_inputs(named_files(study, given), folder)
            write_lock(folder, text, json.loads(study.model_dump_json()), lock)
            run.say(
                "expand",
                f"{study.study}: {len(study.sites)} sites, {len(study.products)} products, "
                f"{sum(node.decides for node in expansion.nodes)} tree nodes",
            )
            if made := other_makers(given):
                run.say("warning", made)
            for remark in remarks(text, study_path, study, expansion):
                run.say("warning", remark)
            run.inputs = None if study_path is None else study_path.parent
            _solve(run, expansion, stop, deep, seconds)
        except Infeasible as error:
            run.save_infeasible(error, expansion)
            raise
        except MemoryError:
            if run.best is not None:
                run.stop_if(lambda: True, "there is no more memory")
            raise
    return folder.root


def _solve(
    run: RunInProgress, expansion: SystemOnTree, stop: Stop, deep: float | None, worth: float
) -> None:
    formulation = patiently(
        lambda: formulate(expansion), stop, lambda: BRIEF, "the writing of the equations"
    )
    size = solving.columns(formulation.problem)
    run.say(
        "formulate",
        f"{len(expansion.nodes)} operated years, {size:,} hourly columns, "
        f"{len(formulation.orders)} possible orders",
    )
    counted = statistics(formulation.problem)
    run.say("numbers", counted.words)
    if counted.warnings:
        run.say("warning", ". ".join(counted.warnings))
    kept = _begun(run, expansion, formulation)
    run.stop_if(stop)
    found = _full(run, formulation, kept, stop)
    if found.finished:
        refuse_broken_promises(formulation, found.solution)
    freely = formulation
    formulation, found, rounds, ended = _through_outages(run, formulation, found, stop)
    solved = _solved(run, expansion, formulation, found, "best so far", hours_kept(formulation))
    solved = replace(solved, rounds=rounds, ended=ended)
    if not found.finished:
        run.stop_if(lambda: True, ASKED if stop() else "no better plan or bound was found")
    if names := boxed(formulation, found.solution):
        run.say(
            "warning",
            f"profit would grow without limit with {', '.join(names)}; the plan stops at the "
            "largest order there is: set `at_most` there",
        )
    if worth > 0:
        _saved_first(run, solved, worth)
    began = run.seconds
    beside = plans_without_orders(run, freely, found, stop, worth)
    left = worth - (run.seconds - began)
    valued = value_root_orders(run, formulation, found, stop, left)
    best = valued.plan
    full = _in_every_hour(run, formulation, best, stop)
    run.keep(
        replace(
            solved,
            plan=best,
            full=full,
            values=valued.values,
            beside=beside,
            valued=(run.seconds - began, worth),
            holds="certified plan",
            words=f"{solved.words}, orders valued",
        )
    )
    run.stop_if(stop)
    run.save("finished")
    checkpoint.forget(run.folder)
    run.say(
        "tell",
        f"saved in {in_one_line(run.folder.root)}",
        done=1.0,
        lower_usd=best.low,
        upper_usd=best.high,
    )
    if deep is not None:
        _deepened(run, found, stop, deep)


def _saved_first(run: RunInProgress, solved: SolvedStudy, worth: float) -> None:
    """Save the certified plan before its orders are valued, which takes longer than all before: who
    waits for it can read it, and a run killed from here on leaves a whole plan.

    A stop asked for during the values still ends as stopped: what is kept is not changed.
    """
    words = "certified, its orders not valued yet"
    run.keep(replace(solved, valued=(0.0, worth), holds="certified plan", words=words))
    run.save("finished")
    run.keep(solved)
    plan = solved.plan
    words = "the plan is certified and saved; the worth of its orders follows"
    run.say(CERTIFIED, words, lower_usd=plan.low, upper_usd=plan.high)


def _through_outages(
    run: RunInProgress, formulation: Formulation, found: CertifiedPlan, stop: Stop
) -> tuple[Formulation, CertifiedPlan, int, str]:
    """The plan that keeps what sites promise when units fail one by one: the limits that it needs,
    the plan, how often it was made, and why no more was done.
    """
    promises = judged_sites(run.study)
    if not found.finished or not any(one.hours or one.n_minus_one for one in promises.values()):
        return formulation, found, 1, ""

    def again(problem: Problem) -> CertifiedPlan:
        run.say("solve", "once more, with what outages ask for")
        return patiently(lambda: solving.solve(problem, run.options, stop=stop, near=found), stop)

    run.say("check", "outages of units, drawn for what stands in every year")
    carried = plan_through_outages(formulation, found, promises, again)
    return carried.formulation, carried.plan, carried.rounds, carried.ended


def _in_every_hour(
    run: RunInProgress, formulation: Formulation, best: CertifiedPlan, stop: Stop
) -> FullHours | None:
    """By how much the kept hours miss: always asked of a plan that was made on some."""
    if kept_only(formulation):
        run.say("check", "the orders in every hour of the study")
    late = solving.limited_stop(stop, CHECK_SECONDS)
    assert late is not None
    try:
        return patiently(
            lambda: full_hours(run.study, run.inputs, formulation, best, run.options, late),
            late,
            lambda: BRIEF,
        )
    except StoppedEarly:
        run.ended = stop()
        return None if run.ended else not_known(formulation, best)


def _deepened(run: RunInProgress, near: CertifiedPlan, stop: Stop, seconds: float) -> None:
    """Ask the deep questions of the finished plan; each answer is saved beside it. near: where
    changed problems may start.
    """
    began = time.perf_counter()

    def enough() -> bool:
        return stop() or time.perf_counter() > began + seconds

    assert run.best is not None
    solved, formulation = run.best, run.best.formulation
    share = VALUE_SHARE * seconds
    valued = value_root_orders(run, formulation, solved.plan, enough, share, solved.values, near)
    run.keep(replace(solved, plan=valued.plan, values=valued.values))
    context = AnalysisContext(
        run.study,
        solved.expansion,
        formulation,
        valued.plan,
        near,
        valued.values,
        run.options.threads,
        enough,
    )
    base, asked = run.save("finished"), 0
    for answered, known in deepen(context):
        took = time.perf_counter() - began
        write_plan(run.folder, with_deep(base, formulation, known, took))
        asked = asked or len(known.open)
        following = f"asking {known.open[0]}" if known.open else "no question is open"
        run.say(
            "deep",
            following if answered else f"{asked} questions; {following}",
            done=1 - len(known.open) / asked,
        )


def _begun(
    run: RunInProgress, expansion: SystemOnTree, formulation: Formulation
) -> Checkpoint | None:
    """The first plan that is kept: that of an earlier run in this folder, else the one that does
    nothing.
    """
    kept = checkpoint.recall(run.folder, formulation.problem)
    if kept is None:
        idle = solving.bounded(formulation.problem, solving.nothing(formulation.problem))
        _solved(run, expansion, formulation, idle, "do nothing", "do nothing")
        run.say("solve", "the plan that does nothing is kept")
    else:
        _solved(run, expansion, formulation, kept.plan, "best so far", "the earlier run")
        run.say("resume", kept.words, lower_usd=kept.plan.low, upper_usd=kept.plan.high)
    return kept


def _full(
    run: RunInProgress, formulation: Formulation, kept: Checkpoint | None, stop: Stop
) -> CertifiedPlan:
    def watch(iteration: int, low: float, high: float) -> None:
        if not run.ended:  # a solver that was left behind is heard no more
            run.heard = True
            run.say(
                "solve",
                "bounds",
                iteration=iteration,
                lower_usd=finite(low),
                upper_usd=finite(high),
            )

    def solved() -> CertifiedPlan:
        return checkpoint.solve(
            run.folder, formulation.problem, kept, run.options, stop=stop, watch=watch
        )

    run.say("solve", f"all hours of every node at once, {run.options.words}")
    try:
        return patiently(solved, stop, lambda: PATIENCE if run.heard else BRIEF)
    except StoppedEarly as ended:
        run.ended = True
        run.stop_if(lambda: True, ended.message)
        raise


def _solved(
    run: RunInProgress,
    expansion: SystemOnTree,
    formulation: Formulation,
    plan: CertifiedPlan,
    holds: Holds,
    words: str,
) -> SolvedStudy:
    """Keep a plan without values of orders yet."""
    return run.keep(SolvedStudy(run.study, expansion, formulation, plan, (), 0.0, holds, words))
