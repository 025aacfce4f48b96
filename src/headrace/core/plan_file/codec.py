"""`plan.json` and the frozen values of a plan, both ways.

A file may come from anywhere: every entry is checked and every problem reported at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace

from headrace.core import json_records
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.hourly_store import refuse_other_hours
from headrace.core.json_records import MOST_PROBLEMS, Reader, encode
from headrace.core.plan_file.records import SCHEMA_VERSION, PlanFile
from headrace.core.plan_file.status import PlanStatus, WeatherKind
from headrace.core.run_folder import PLAN, RunFolder

FINISHED_GAP = 2e-2
"""Largest gap [1] of a plan that counts as finished although its file does not say how it ended."""


def read_plan(folder: RunFolder) -> PlanFile:
    """The stored plan of a run folder.

    Raises InputError with every problem found, and where the hours beside it are of another plan.
    """
    plan = parse(folder.read(PLAN), str(folder.root / PLAN))
    refuse_other_hours(folder, plan.hours_sha256)
    return plan


def write_plan(folder: RunFolder, plan: PlanFile) -> None:
    """Store the plan, whole or not at all. Raises DiskFull, ValueError for NaN or an infinity."""
    folder.write_json(PLAN, encode(plan))


def summary(plan: PlanFile) -> dict[str, object]:
    """What `headrace plan --json` prints: the plan without its tree, flows, costs and sources."""
    return encode(plan, brief=True)


def schema() -> dict[str, object]:
    """The JSON Schema of plan.json."""
    return json_records.schema(PlanFile, f"{PLAN} of Headrace, version {SCHEMA_VERSION}")


def parse(text: str, file: str = PLAN) -> PlanFile:
    """The plan in a JSON text. Raises InputError with every problem found (at most 50)."""
    try:
        raw = json.loads(text, parse_constant=lambda word: math.nan)
    except (ValueError, RecursionError) as error:
        raise InputError(
            InputFault(Place(file), f"is not JSON: {error}", fix="Run the plan again.")
        ) from error
    if isinstance(raw, dict) and raw.get("status") is None:
        # written before versions were counted and plans said how they ended
        raw = {**raw, "schema_version": 0, "status": {"state": "stopped"}}
    reader = Reader(file)
    plan: PlanFile | None = reader.value(PlanFile, raw, "")
    problems = reader.problems or ([] if plan is None else list(contradictions(plan, file)))
    if plan is None or problems:
        raise InputError(problems[:MOST_PROBLEMS] or [InputFault(Place(file), "is not a plan")])
    return plan if plan.schema_version else replace(plan, status=guessed_status(plan))


def guessed_status(plan: PlanFile) -> PlanStatus:
    """How a run of before versions ended: finished only where a small gap is known.

    An early stop left the same file as a finished run then, so anything else counts as stopped
    (docs/decisions/0065).
    """
    weather: WeatherKind = "none"
    if plan.weather:
        weather = "typical" if any(w.typical for w in plan.weather) else "actual"
    if plan.gap is not None and plan.gap <= FINISHED_GAP:
        return PlanStatus("finished", "", plan.solve_seconds, weather=weather)
    why = "its file is of before plans said how they ended, and no small gap is known"
    return PlanStatus("stopped", why, plan.solve_seconds, "best so far", weather=weather)


def contradictions(plan: PlanFile, file: str) -> Iterator[InputFault]:
    """What each entry alone cannot show: a tree that is none, flows of no node, an objective that
    is missing, a version of the future.
    """
    if plan.schema_version > SCHEMA_VERSION:
        yield InputFault(
            Place(file, key="schema_version"),
            f"is {plan.schema_version}: a newer Headrace wrote it",
            f"at most {SCHEMA_VERSION}",
        )
    if plan.objective_usd is None and plan.status.holds != "no plan":
        yield InputFault(
            Place(file, key="objective_usd"), "null", "a finite number where there is a plan"
        )
    seen: set[int] = set()
    for place, node in enumerate(plan.tree):
        where = Place(file, key=f"tree[{place}]")
        if node.id in seen:
            yield InputFault(where, f"node {node.id} stands twice")
        if (node.parent is None) != (not seen) or (
            node.parent is not None and node.parent not in seen
        ):
            yield InputFault(
                where,
                f"node {node.id} has parent {node.parent}",
                "one root first, and every parent before its children",
            )
        seen.add(node.id)
    if not plan.tree:
        yield InputFault(Place(file, key="tree"), "is empty", "at least the root node")
    for place, flow in enumerate(plan.flows):
        if flow.node not in seen:
            yield InputFault(
                Place(file, key=f"flows[{place}]"),
                f"names node {flow.node}, which is not in the tree",
            )
