"""A study file in, a run folder out: read, expand, formulate, solve, price, tell.

Every finished plan is kept until a better one is there: first the plan that does nothing, then the
best that the solver has repaired so far, then the certified plan, then the worth of its orders.
Whoever stops it gets the last one, told with its own gap.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

from headrace.core.audit_run import demand_closed
from headrace.core.errors import Infeasible, InputError, InputFault, StoppedEarly
from headrace.core.hourly_store import write_hourly
from headrace.core.run_folder import LOCK, PLAN, Event, RunFolder, create
from headrace.core.study import Study
from headrace.core.study_reader import Document, parse_text, study_of, text_of
from headrace.plan.analysis.deep import AnalysisContext, deepen, with_deep
from headrace.plan.lp.statistics import statistics
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.results.hourly_balance import book
from headrace.plan.results.order_value import (
    OrderValue,
    ValuationOptions,
    Valued,
    root_orders,
    value_orders,
)
from headrace.plan.results.plan_record import Told, boxed, finite, tell
from headrace.plan.solve import checkpoint
from headrace.plan.solve import solve as solving
from headrace.plan.solve.checkpoint import Checkpoint
from headrace.plan.solve.interrupt import BRIEF, PATIENCE, patiently
from headrace.plan.solve.solve import CertifiedPlan, Stop

IDLE = "do nothing"
GAP = 1e-4
"""Gap asked of the plan; `solve.ENOUGH` is what a plan must reach to count as finished."""
VALUED = 3e-4
"""Gap of each plan without one order at first; both are tightened where an order's interval asks
for it.
"""
THREADS = 2
PRICE_SECONDS = 210.0
"""Time for the values of orders, dearest first, then the widest interval; what is not reached keeps
what is known of it.
"""
VALUE_SHARE = 0.25
"""Part of the time for deep questions that may go into tighter values of orders before the first of
them is asked.
"""
OnEvent = Callable[[Event], None]


@dataclass
class _Run:
    """One run while it goes on: the only place where something is kept back for the case of a stop."""

    folder: RunFolder
    study: Study
    on_event: OnEvent
    began: float
    best: Told | None = None
    heard: bool = False
    ended: bool = False

    def say(self, stage: str, message: str, **more: object) -> None:
        plan = None if self.best is None else self.best.notes[0]
        event = Event(round(time.perf_counter() - self.began, 3), stage, message, plan=plan, **more)  # type: ignore[arg-type]
        self.folder.log(event)
        self.on_event(event)


def embedded() -> str:
    """The text of the embedded study."""
    with as_file(files("headrace") / "examples" / "piedmont" / "study.yaml") as path:
        return path.read_text(encoding="utf-8")


def plan(
    study_path: Path | None, out: Path, on_event: OnEvent, stop: Stop, deep: float | None = None
) -> Path:
    """Plan the study in `study_path` (None: the embedded one) into the folder `out`; returns that
    folder.

    deep: seconds for the deep questions afterwards (plan/deep), each answer saved as it comes; None
        asks none. A stop while they go on is not an early stop: the plan is finished, and says
        which questions are open.

    Raises InputError, Infeasible, and StoppedEarly after the best plan so far has been saved.
    """
    began = time.perf_counter()
    text = embedded() if study_path is None else text_of(study_path)
    study_of(parse_text(text, "study.yaml" if study_path is None else study_path.name))
    folder = create(out, text)
    with folder.hold():
        on_event(Event(0.0, "read", "the study, its weather and its catalogue rows"))
        study, expansion = checked(text, study_path)
        run = _Run(folder, study, on_event, began)
        folder.write(LOCK, _locked(study, text))
        run.say(
            "expand",
            f"{study.study}: {len(study.sites)} sites, {len(study.products)} products, {len(expansion.nodes)} tree nodes",
        )
        _solve(run, expansion, stop, deep)
    return folder.root


def check(study_path: Path | None) -> Study:
    """Read a study and everything it names, without solving it.

    Raises InputError with every problem.
    """
    return checked(embedded() if study_path is None else text_of(study_path), study_path)[0]


def checked(text: str, study_path: Path | None) -> tuple[Study, SystemOnTree]:
    """A study text and its expansion; problems found in either are placed at the line of the key
    they are about.
    """
    document = parse_text(text, "study.yaml" if study_path is None else study_path.name)
    study = study_of(document)
    try:
        return study, expand(study, None if study_path is None else study_path.parent)
    except InputError as error:
        raise InputError([_placed(document, problem) for problem in error.problems]) from None


def _placed(document: Document, problem: InputFault) -> InputFault:
    if not problem.where.key.startswith(("sites.", "products.", "fleet.")):
        return problem
    where = document.place(tuple(problem.where.key.split(".")))
    inside = f"{problem.where.file}:{problem.where.line}: " if problem.where.file else ""
    return InputFault(where, f"{inside}{problem.found}", problem.expected, problem.fix)


def _locked(study: Study, text: str) -> str:
    """Every default and the hash of what was written; JSON is YAML."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (
        json.dumps({"sha256": digest, "study": json.loads(study.model_dump_json())}, indent=1)
        + "\n"
    )


def _solve(run: _Run, expansion: SystemOnTree, stop: Stop, deep: float | None) -> None:
    formulation = _formulated(run, expansion)
    kept = _begun(run, expansion, formulation)
    _stopped(run, stop)
    found = _full(run, formulation, kept, stop)
    if found.finished:
        _promises_kept(formulation, found)
    run.best = _told(run, expansion, formulation, found, (), "every hour")
    if not found.finished:
        _stopped(run, lambda: True)
    if names := boxed(run.best):
        words = f"profit would grow without limit with {', '.join(names)}; the plan stops at the largest order there is"
        run.say("warning", f"{words}: set `at_most` there")
    valued = _priced(run, formulation, found, stop, PRICE_SECONDS)
    best = valued.plan
    run.best = _told(run, expansion, formulation, best, valued.values, "every hour, orders valued")
    _stopped(run, stop)
    _save(run)
    checkpoint.forget(run.folder)
    run.say(
        "tell", f"saved in {run.folder.root}", done=1.0, lower_usd=best.low, upper_usd=best.high
    )
    if deep is not None:
        _deepened(run, found, stop, deep)


def _deepened(run: _Run, near: CertifiedPlan, stop: Stop, seconds: float) -> None:
    """Ask the deep questions of the finished plan; each answer is saved beside it. near: where
    changed problems may start.
    """
    began = time.perf_counter()

    def enough() -> bool:
        return stop() or time.perf_counter() > began + seconds

    assert run.best is not None
    told = run.best
    valued = _priced(
        run, told.formulation, told.plan, enough, VALUE_SHARE * seconds, told.values, near
    )
    run.best = told = replace(told, plan=valued.plan, values=valued.values)
    ground = AnalysisContext(
        run.study,
        told.expansion,
        told.formulation,
        valued.plan,
        near,
        valued.values,
        THREADS,
        enough,
    )
    base, asked = _save(run), 0
    for answered, known in deepen(ground):
        run.folder.write_json(
            PLAN, with_deep(base, told.formulation, known, time.perf_counter() - began)
        )
        asked = asked or len(known.open)
        following = f"asking {known.open[0]}" if known.open else "no question is open"
        run.say(
            "deep",
            following if answered else f"{asked} questions; {following}",
            done=1 - len(known.open) / asked,
        )


def _formulated(run: _Run, expansion: SystemOnTree) -> Formulation:
    formulation = formulate(
        expansion.system,
        expansion.nodes,
        expansion.calendars,
        expansion.worlds,
        expansion.clock,
        expansion.spend,
        risk=expansion.risk,
    )
    size = solving.columns(formulation.problem)
    words = f"{len(expansion.nodes)} nodes, {size:,} hourly columns, {len(formulation.orders)} possible orders"
    run.say("formulate", words)
    counted = statistics(formulation.problem)
    run.say("numbers", counted.words)
    if counted.warnings:
        run.say("warning", ". ".join(counted.warnings))
    return formulation


def _begun(run: _Run, expansion: SystemOnTree, formulation: Formulation) -> Checkpoint | None:
    """The first plan that is kept: that of an earlier run in this folder, else the one that does
    nothing.
    """
    kept = checkpoint.recall(run.folder, formulation.problem)
    if kept is None:
        idle = solving.bounded(formulation.problem, solving.nothing(formulation.problem))
        run.best = _told(run, expansion, formulation, idle, (), IDLE)
        run.say("solve", "the plan that does nothing is kept")
    else:
        run.best = _told(run, expansion, formulation, kept.plan, (), "the earlier run")
        run.say("resume", kept.words, lower_usd=kept.plan.low, upper_usd=kept.plan.high)
    return kept


def _full(
    run: _Run, formulation: Formulation, kept: Checkpoint | None, stop: Stop
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
            run.folder, formulation.problem, kept, gap=GAP, threads=THREADS, stop=stop, watch=watch
        )

    run.say("solve", "all hours of every node at once")
    try:
        return patiently(solved, stop, lambda: PATIENCE if run.heard else BRIEF)
    except StoppedEarly as ended:
        run.ended = True
        _stopped(run, lambda: True, ended.message)
        raise


def _priced(
    run: _Run,
    formulation: Formulation,
    found: CertifiedPlan,
    stop: Stop,
    seconds: float,
    known: tuple[OrderValue, ...] = (),
    near: CertifiedPlan | None = None,
) -> Valued:
    numbers = root_orders(formulation, found)
    until = time.perf_counter() + seconds

    def told(number: int, words: str) -> None:
        if run.ended:
            return
        if number < 0:
            run.say("price", f"the plan {words}")
            return
        order = formulation.system.assets[formulation.orders[number].asset]
        done = numbers.index(number) / len(numbers) if words.startswith("without") else None
        run.say(
            "price",
            f"the plan without {order.title} at {order.site}{', tighter' if done is None else ''}",
            done=done,
        )

    def enough() -> bool:
        return stop() or time.perf_counter() > until

    def valued() -> Valued:
        return value_orders(
            formulation,
            found,
            numbers,
            ValuationOptions(VALUED, THREADS, enough, told, near),
            known,
        )

    try:
        return patiently(valued, stop)
    except StoppedEarly:
        run.ended = True
        return Valued(found, known)


def _promises_kept(formulation: Formulation, found: CertifiedPlan) -> None:
    """Raise Infeasible where a promised share cannot be served, with the shortfall in words."""
    clashes = []
    for n, labels in enumerate(formulation.labels):
        for label, row in zip(labels.columns, found.solution.nodes[n].columns):
            weights = formulation.calendars[n].weights
            short = float(weights @ row)
            demand = formulation.system.demands[label.number] if label.kind == "short" else None
            if demand is not None and short > 1e-6 * float(weights.sum()):
                asked = _asked(formulation, n, demand.name)
                if short > 1e-4 * asked:
                    clashes.append((short / asked, formulation.nodes[n], demand))
    if clashes:
        worst, node, demand = max(clashes, key=lambda c: c[0])
        reach = demand.least - worst
        message = (
            f"`{demand.name}` promises to serve {demand.least:.2%} of its demand from stage {demand.least_from} on, but at node "
            f"{node.name} ({node.label}, stage {node.stage}) no plan serves more than {reach:.2%}: what could serve it "
            f"cannot arrive in time or is not allowed to be large enough."
        )
        cheapest = f"promise {max(0.0, reach):.2%} there, or begin the promise after stage {node.stage} (`served_from`)"
        raise Infeasible(f"{message}\nCheapest way out: {cheapest}.", (demand.name,), cheapest)


def _asked(formulation: Formulation, number: int, name: str) -> float:
    from headrace.plan.results.dispatch import demanded

    return float(formulation.calendars[number].weights @ demanded(formulation, number, name))


def _told(
    run: _Run,
    expansion: SystemOnTree,
    formulation: Formulation,
    plan: CertifiedPlan,
    values: tuple[OrderValue, ...],
    name: str,
) -> Told:
    hours = {c.labelled for c in formulation.calendars}
    notes = (
        name,
        f"hours: {', '.join(sorted(hours))}",
        f"solver: {plan.solution.solver}, {plan.solution.iterations} iterations",
    )
    return Told(
        run.study, expansion, formulation, plan, values, time.perf_counter() - run.began, notes
    )


def _stopped(run: _Run, stop: Stop, why: str = "") -> None:
    """Save the best plan so far and raise StoppedEarly when a stop was asked for.

    A plan that stands is not replaced by none.
    """
    if not stop():
        return
    assert run.best is not None
    name = run.best.notes[0]
    if name == IDLE and run.folder.path(PLAN).is_file():
        told = f"The plan of an earlier run stands in {run.folder.root}."
    else:
        _save(run)
        told = f"The last finished plan ({name}) is saved in {run.folder.root}."
    run.say("tell", f"stopped. {told}")
    raise StoppedEarly(f"Stopped{f': {why}' if why else ''}. {told}")


def _save(run: _Run) -> dict[str, object]:
    """Write the best plan and its hours; returns what plan.json says."""
    assert run.best is not None
    told, words = run.best, tell(run.best)
    run.folder.write_json(PLAN, words)

    def keep(n: int) -> None:
        write_hourly(
            run.folder,
            book(told.formulation, node_outcome(told.formulation, told.plan.solution, n)),
        )

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(keep, range(len(told.formulation.nodes))))
    demand_closed(run.folder)
    return words
