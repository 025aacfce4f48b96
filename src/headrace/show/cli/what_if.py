"""`headrace whatif`: a stored plan asked about another price, date, site or demand."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.run_folder import STUDY, open_run
from headrace.core.study_changes import Key, changed_study
from headrace.core.study_notes import replaced_by_beliefs
from headrace.core.study_reader import parse_text
from headrace.show.cli.output import emit, say
from headrace.show.format import text

LEAST = 1e-3
"""Below this a quantity that is ordered is the solver's dust [own unit]."""

if TYPE_CHECKING:
    from headrace.plan.analysis.replan import Replan
    from headrace.plan.analysis.what_if import WhatIf


def whatif(
    run: Path, /, *changes: str, replan: bool = False, gap: float = 1e-3, json: bool = False
) -> int:
    """What would the plan of RUN be worth if ...? Both ends are proved, and nothing is solved.

    The stored orders, operated anew under the new numbers, are the low end; the stored prices prove
    the high one. The width is what ordering and operating otherwise could gain at most.

    Parameters
    ----------
    run
        A run folder with a finished plan.
    changes
        KEY=VALUE, as the study writes it: sites.greensboro.grid.limit="400 MW". Nothing after the
        sign takes the key out, so that its default holds.
    replan
        Solve the changed study where the two ends are further apart than the gap, and say what is
        then ordered now.
    gap
        Between the two ends of a re-plan, relative.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.plan.solve.kept_files import finished_plan

    folder = open_run(run)
    asked = asked_for(changes)
    finished_plan(folder)  # what is refused is refused before seconds of loading
    from headrace.plan.analysis.replan import replan as plan_again
    from headrace.plan.analysis.what_if import what_if
    from headrace.plan.solve.stored_solution import stored_plan

    study, stored = changed_study(folder.read(STUDY), asked), stored_plan(folder)
    again = plan_again(stored, study, folder.root, gap=gap) if replan else None
    found = what_if(stored, study, folder.root) if again is None else again.found
    for path, what, _, fix in replaced_by_beliefs(study):
        key = ".".join(map(str, path))
        if key in map(str, asked):
            say(f"{key}: {what}. {fix}", stderr=True)
    if json:
        told = asdict(found) | {"width": found.width, "change": found.change}
        if again is not None:
            told["orders"] = [
                {"site": site, "title": title, "unit": unit, "quantity": amount}
                for (site, title, unit), amount in again.orders().items()
            ]
        emit(told | {"changes": {str(key): value for key, value in asked.items()}})
    else:
        for line in sentences(found, stored.file.money.unit):
            say(line)
        for line in [] if again is None else ordered_anew(again):
            say(line)
    return 0


def ordered_anew(again: Replan) -> list[str]:
    """What a re-plan orders at the root, a line an asset."""
    if again.plan is None:
        return ["The stored orders are within the gap of the best."]
    lines = [
        f"  {text.quantity(amount, unit)} of {title} at {text.site(site)}"
        for (site, title, unit), amount in sorted(again.orders().items())
        if amount > LEAST
    ]
    return ["Ordered now:", *lines] if lines else ["Ordered now: nothing."]


def asked_for(changes: tuple[str, ...]) -> dict[Key, object]:
    """The changes that KEY=VALUE words ask for, each value as YAML reads it; None for nothing.

    Raises InputError with every word that is none.
    """
    found: dict[Key, object] = {}
    problems = []
    for word in changes:
        key, sign, value = word.partition("=")
        if not sign or not key.strip():
            problems.append(InputFault(Place(key="whatif"), f"`{word}`", "KEY=VALUE"))
            continue
        read = parse_text(f"value: {value}").data
        assert isinstance(read, dict)
        found[key.strip()] = read["value"]
    if not changes:
        fix = 'For example fuels.gas.price="6 USD/MMBtu".'
        problems.append(InputFault(Place(key="whatif"), "nothing is changed", "KEY=VALUE", fix))
    if problems:
        raise InputError(problems)
    return found


def sentences(found: WhatIf, unit: str) -> list[str]:
    """What a what-if found, in two or three sentences."""
    low, high = (text.money(end, unit) for end in found.before)
    before = f"Before: {low} to {high}." if low != high else f"Before: {low}."
    high, end = text.money(found.high, unit), text.money(found.change[1], unit)
    if found.kind == "none":
        return [f"No plan keeps what is promised, or none for less than all sales: {found.why}."]
    if found.kind == "bound":
        return [
            f"{before} Then: at most {high}, a change of at most {end}.",
            f"The stored orders are none of the changed study: {found.why}.",
        ]
    low, start = text.money(found.low, unit), text.money(found.change[0], unit)
    return [
        f"{before} Then: {low} with the same orders, at most {high} with the best ones.",
        f"The change is worth {start} to {end}; other orders and another operation gain at most"
        f" {text.money(found.high - found.low, unit)} ({text.percent(found.width)}).",
    ]
