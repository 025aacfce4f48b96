"""What of an audit is filed: a plan registered before the data, and a dossier after them."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rich.text import Text

from headrace.core.atomic_write import write_error
from headrace.core.errors import InputError, InputFault, Place
from headrace.show.cli.boxes import ReplayOptions, replay_box
from headrace.show.cli.output import console

if TYPE_CHECKING:
    from headrace.trust.audit import Verdict
    from headrace.trust.dossier.evidence import Evidence
    from headrace.trust.dossier.plan import AuditPlan, Choice, Mandate
    from headrace.trust.picture import LikeWithLike
    from headrace.trust.replay import Replayed

Options = TypeVar("Options")


@dataclass(frozen=True)
class FilingOptions:
    """What is registered and filed.

    Parameters
    ----------
    register
        Write the choices of this command line into a plan, with a hash to publish, and stop: before
        the data are looked at.
    plan
        Audit as a registered plan says.
    dossier
        Folder for dossier.html and dossier.json: findings, hashes of plan, data and code, and with
        a box its answers.
    service
        The audited service, as it shall stand in the dossier.
    auditor
        Who audits.
    question
        The question put.
    """

    register: Path | None = None
    plan: Path | None = None
    dossier: Path | None = None
    service: str = ""
    auditor: str = ""
    question: str = ""

    def mandate(self) -> Mandate:
        """Who audits what; where nothing is said here, as the plan has it."""
        from headrace.trust.dossier.plan import Mandate, read_plan

        base = Mandate() if self.plan is None else read_plan(self.plan).mandate
        said = {name: getattr(self, name) for name in ("service", "auditor", "question")}
        return replace(base, **{name: text for name, text in said.items() if text})


NOT_FILED = FilingOptions()


def register_plan(filing: FilingOptions, kind: str, options: object, tolerance: float) -> AuditPlan:
    """Write the choices into a plan, and say its hash. tolerance: [unit of the effect].

    Raises InputError where the plan is there already.
    """
    from headrace.trust.dossier.plan import register

    assert filing.register is not None
    chosen = register(
        filing.register,
        "log" if kind == "log" else "replay",
        choices_of(options),
        tolerance,
        filing.mandate(),
    )
    told = f"registered {filing.register}, {chosen.registered}, SHA-256 {chosen.digest}"
    console().print(Text(told))
    return chosen


def choices_of(options: object) -> dict[str, Choice]:
    """The options by name, paths as text."""
    told = {field.name: getattr(options, field.name) for field in fields(cast("Any", options))}
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in told.items()}
    return {name: value for name, value in plain.items() if value is not None}


def planned(plan: AuditPlan, options: Options, place: str) -> Options:
    """The options that a plan says. Raises InputError for an option that the plan does not know or
    that was given otherwise on the command line.
    """
    known = {field.name: field for field in fields(cast("Any", options))}
    faults = []
    made = {}
    for name, value in plan.choices.items():
        if name not in known:
            faults.append(InputFault(Place(place, key=name), "a choice that this audit has not"))
            continue
        given, default = getattr(options, name), known[name].default
        own = Path(str(value)) if "Path" in str(known[name].type) else value
        if given not in (default, own):
            fix = "Leave the option out, or register another plan."
            faults.append(
                InputFault(Place(place, key=name), f"{given!r}", f"{value!r}, as planned", fix)
            )
        made[name] = own
    if faults:
        raise InputError(faults)
    changed: Options = replace(cast("Any", options), **made)
    return changed


def replay_filed(options: ReplayOptions, filing: FilingOptions, *, quiet: bool) -> Replayed | None:
    """A black box asked with ads on and off; with a dossier every answer is kept and hashed. None
    where only the pilot was asked.

    Raises InputError.
    """
    from headrace.trust.dossier.evidence import Recorder, of_file

    if filing.dossier is None:
        return replay_box(options, quiet=quiet)
    answers = filing.dossier / "answers.jsonl"
    asking = answers.with_name("answers.unfinished.jsonl")  # what is asked costs: it stays
    try:
        filing.dossier.mkdir(parents=True, exist_ok=True)
        with asking.open("w", encoding="utf-8") as stream:
            found = replay_box(options, lambda box: Recorder(box, stream), quiet=quiet)
        os.replace(asking, answers)
    except OSError as error:
        raise write_error(error, answers) from None
    if found is not None:
        asked = [path for path in (options.queries, options.personas) if path is not None]
        evidence = [of_file(path) for path in (*asked, answers)]
        file_dossier(filing, found, choices_of(options), evidence)
    return found


def file_dossier(
    filing: FilingOptions,
    found: Verdict | Replayed,
    choices: dict[str, Choice],
    evidence: list[Evidence],
    likes: LikeWithLike | None = None,
) -> None:
    """Write the dossier into its folder. Raises InputError, DiskFull."""
    from headrace.show.reports import dossier as page
    from headrace.trust.audit import Verdict
    from headrace.trust.dossier.evidence import code_version
    from headrace.trust.dossier.plan import read_plan
    from headrace.trust.dossier.sections import Dossier

    assert filing.dossier is not None
    made = Dossier(
        found,
        found.design.unit if isinstance(found, Verdict) else "share of answers",
        filing.mandate(),
        choices,
        tuple(evidence),
        code_version(),
        None if filing.plan is None else read_plan(filing.plan),
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    page.write(made, likes, filing.dossier)
