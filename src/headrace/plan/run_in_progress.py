"""A run while it goes on: what it says, and the plan that is kept for the case of a stop.

Whatever ends a run, `plan.json` says how it ended (core/plan_file/status): finished, stopped, or
infeasible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from math import inf
from pathlib import Path

from headrace.core.audit_run import demand_closed
from headrace.core.errors import Infeasible, InputError, StoppedEarly
from headrace.core.hourly_store import (
    DIGESTS,
    NodeHours,
    file_of,
    hours_again,
    stored_nodes,
    write_hours_of_plan,
)
from headrace.core.plan_file import MadeBy, PlanFile, State, read_plan, write_plan
from headrace.core.printable import in_one_line
from headrace.core.run_folder import PLAN, REPORT, STUDY, Event, RunFolder
from headrace.core.study import Study
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import Solution
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.results.hourly_balance import balances
from headrace.plan.results.plan_record import SolvedStudy, no_plan, plan_file
from headrace.plan.solve.kept_files import CHECK, MODEL, SOLUTION
from headrace.plan.solve.proof import proof_of, told_as_proved
from headrace.plan.solve.solve import Stop
from headrace.plan.solve.stored_model import keep_model
from headrace.plan.solve.stored_solution import keep_solution

ASKED = "it was asked to stop"
HOURS_SECONDS = 5.0
"""How long the hours of a plan that was stopped may take to write [s]."""
NO_HOURS = f"its hours are left out, since they would take more than {HOURS_SECONDS:g} s to write"
OnEvent = Callable[[Event], None]


@dataclass
class RunInProgress:
    """One run while it goes on: the only place where something is kept back for the case of a stop.

    began: of the performance counter [s]. heard: the solver has given bounds. ended: a solver was
    left behind and is heard no more. inputs: where the files that the study names lie. stored: the
    solution whose hours lie in the folder.
    """

    folder: RunFolder
    study: Study
    on_event: OnEvent
    began: float
    options: SolverOptions = DEFAULTS
    best: SolvedStudy | None = None
    heard: bool = False
    ended: bool = False
    inputs: Path | None = None
    stored: Solution | None = None

    @property
    def seconds(self) -> float:
        """Wall time since the start [s]."""
        return time.perf_counter() - self.began

    def say(
        self,
        stage: str,
        message: str,
        *,
        iteration: int | None = None,
        done: float | None = None,
        lower_usd: float | None = None,
        upper_usd: float | None = None,
    ) -> None:
        """Log one step and pass it on. done: share of the stage [1]; bounds of the plan [USD]."""
        kept = None if self.best is None else self.best.words
        event = Event(
            round(self.seconds, 3),
            stage,
            message,
            iteration,
            done,
            lower_usd,
            upper_usd,
            plan=kept,
        )
        self.folder.log(event)
        self.on_event(event)

    def keep(self, solved: SolvedStudy) -> SolvedStudy:
        """Keep a better plan than the one before."""
        self.best = replace(solved, seconds=self.seconds)
        return self.best

    def stop_if(self, stop: Stop, why: str = ASKED) -> None:
        """Save the best plan so far and raise StoppedEarly when a stop was asked for.

        A plan that stands is not replaced by one that does nothing.
        """
        if not stop():
            return
        assert self.best is not None
        if self.best.holds == "do nothing" and holds_a_plan(self.folder):
            words = f"The plan of an earlier run stands in {in_one_line(self.folder.root)}."
        else:
            self.best = replace(self.best, seconds=self.seconds)
            self.save("stopped", why)
            where = in_one_line(self.folder.root)
            words = f"The last finished plan ({self.best.words}) is saved in {where}."
        self.say("tell", f"stopped. {words}")
        raise StoppedEarly(f"Stopped{'' if why == ASKED else f': {why}'}. {words}")

    def save(self, state: State, why: str = "") -> PlanFile:
        """Write the best plan and its hours, and audit what was written; returns the plan file.

        A plan that does nothing has no hours, and one that was stopped only those that are written
        soon: who stops a run waits, perhaps beside a solver that goes on.
        """
        assert self.best is not None
        solved = self.best
        formulation, proof = solved.formulation, None
        if state == "finished":
            proof = proof_of(formulation.problem, solved.plan.solution)
            solved = replace(solved, plan=told_as_proved(formulation.problem, solved.plan, proof))
        file = plan_file(solved, state, why)

        def hours(n: int) -> NodeHours:
            return balances(formulation, node_outcome(formulation, solved.plan.solution, n))

        with self.folder.replaced(PLAN, self._older()) as new:
            digest, same = "", self.stored is solved.plan.solution
            if same:
                digest = hours_again(self.folder, new)
            elif solved.holds != "do nothing":
                nodes, threads = len(formulation.nodes), self.options.threads
                within = HOURS_SECONDS if state == "stopped" else inf
                digest = write_hours_of_plan(new, hours, nodes, threads, within)
                if not digest:
                    file = replace(file, status=replace(file.status, why=f"{why}; {NO_HOURS}"))
            file = replace(file, hours_sha256=digest, provenance=self.provenance())
            if proof is not None:
                kept = RunFolder(new.root)
                keep_solution(kept, formulation.problem, solved.plan.solution, proof)
                keep_model(kept, formulation)
            write_plan(RunFolder(new.root), file)
        self.stored = solved.plan.solution if digest else None
        demand_closed(self.folder, hours=not same)
        return file

    def _older(self) -> tuple[str, ...]:
        """Files that belong to the plan that stood here before."""
        return (*map(file_of, stored_nodes(self.folder)), DIGESTS, REPORT, SOLUTION, MODEL, CHECK)

    def save_infeasible(self, error: Infeasible, expansion: SystemOnTree | None) -> None:
        """Write that no plan keeps every limit, and which ones clash; a certified plan stands."""
        if self.best is not None and self.best.holds == "certified plan":
            return  # a deep question of it was infeasible
        with self.folder.replaced(PLAN, self._older()) as new:
            told = no_plan(self.study, expansion, error.message, self.seconds)
            write_plan(RunFolder(new.root), replace(told, provenance=self.provenance()))

    def provenance(self) -> MadeBy:
        """Headrace's version, the study as it lies in the folder, and today."""
        text = self.folder.read(STUDY)
        digest = sha256(text.encode()).hexdigest()
        return MadeBy(version("headrace"), digest, date.today().isoformat())


def holds_a_plan(folder: RunFolder) -> bool:
    """Whether a plan stands in the folder that orders or serves something."""
    if not folder.path(PLAN).is_file():
        return False
    try:
        return read_plan(folder).status.holds in ("certified plan", "best so far")
    except InputError:
        return False
