"""`headrace replay`: hours of a stored plan, request by request, with or without a cut of power."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.units import UnitError, parse
from headrace.show.cli.output import console, emit

if TYPE_CHECKING:
    from headrace.core.run_folder import RunFolder
    from headrace.core.study import Study
    from headrace.models.fleet.from_plan import FleetDay, ProductLine
    from headrace.models.fleet.metrics import Summary
    from headrace.models.fleet.power_cap import Curtailment, Followed

HOUR = 3600.0


@dataclass(frozen=True)
class Which:
    """What is replayed.

    Parameters
    ----------
    node
        Node of the tree.
    day
        Day of the node, 0 is its first.
    product
        Product of tokens; the one with most work if not given.
    site
        Site; the one with most of that work if not given.
    chip
        Accelerator, as the study names it.
    hours
        Hours to simulate, around the cut; 24 is the whole day.
    requests
        Most requests to simulate; each then stands for so many of the plan's.
    patience
        A request whose turn comes later is dropped, for example "10 s"; empty: never.
    seed
        Seed of arrivals and lengths.
    """

    node: int = 0
    day: int = 0
    product: str = ""
    site: str = ""
    chip: str = ""
    hours: int = 3
    requests: float = 1e6
    patience: str = ""
    seed: int = 0


@dataclass(frozen=True)
class PowerCut:
    """A cut of power.

    Parameters
    ----------
    curtail
        Share of the power that is cut, for example "20%"; none if not given.
    at
        Hour of the day in which it begins; the busiest if not given.
    during
        How long it lasts.
    """

    curtail: str = ""
    at: int | None = None
    during: Annotated[str, Parameter(name="--for")] = "1 h"


def replay(
    run: Path,
    /,
    *,
    which: Annotated[Which, Parameter(name="*")] = Which(),
    cut: Annotated[PowerCut, Parameter(name="*")] = PowerCut(),
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Replay hours of a stored plan request by request: are the promises kept, and what does a cut
    of power do to p99?

    Parameters
    ----------
    run
        The run folder, as `headrace plan` writes it.
    report
        Where to write the page; replay.html inside the run folder if not given.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.core.hourly_store import read_hourly
    from headrace.core.run_folder import STUDY, open_run
    from headrace.core.study_reader import parse_text, study_of
    from headrace.models.fleet.from_plan import lines
    from headrace.show.reports.plan_replay import write_planned

    folder = open_run(run)
    study = study_of(parse_text(folder.read(STUDY), str(folder.root / STUDY)))
    _check_node(folder, which.node)
    every = lines(study, read_hourly(folder, which.node), which.day)
    staged = _staged(study, _choose(every, which), which, cut)
    found = _played(staged, cut, which.seed)
    page = report if report is not None else folder.path("replay.html")
    write_planned(staged, found, f"node {which.node}, day {which.day}", page)
    emit(_json(staged, found, which, every, page)) if json else _show(staged, found, every, page)
    return 0


def _check_node(folder: RunFolder, node: int) -> None:
    from headrace.core.hourly_store import stored_nodes

    known = stored_nodes(folder)
    if node not in known:
        fix = "" if known else "Run `headrace plan` to its end."
        expected = f"{known[0]} to {known[-1]}" if known else "a run with stored hours"
        raise InputError(
            InputFault(
                Place(str(folder.root), key="--node"),
                f"node {node} has no stored hours",
                expected,
                fix,
            )
        )


def _choose(every: tuple[ProductLine, ...], which: Which) -> ProductLine:
    wanted = (
        ("--product", "product", which.product),
        ("--site", "site", which.site),
        ("--chip", "chip", which.chip),
    )
    left = every
    for key, name, value in wanted:
        kept = tuple(line for line in left if not value or getattr(line, name) == value)
        if not kept:
            known = sorted({getattr(line, name) for line in left})
            raise InputError(
                InputFault(
                    Place(key=key),
                    f"`{value}` serves no tokens that day",
                    f"one of {', '.join(known)}",
                )
            )
        left = kept
    return left[0]


def _staged(study: Study, line: ProductLine, which: Which, cut: PowerCut) -> FleetDay:
    from dataclasses import replace

    from headrace.models.fleet.from_plan import DAY, staged

    at, length = _at(line, cut), _seconds("--for", cut.during) / HOUR
    if not 1 <= which.hours <= DAY:
        raise InputError(InputFault(Place(key="--hours"), f"{which.hours}", "1 to 24"))
    if not 1 <= which.requests <= 2e7:
        raise InputError(
            InputFault(Place(key="--requests"), f"{which.requests:g}", "1 to 20 million")
        )
    spare = max(0, which.hours - int(-(-length // 1)))
    first = min(max(0, at - spare // 2), DAY - which.hours)
    found = staged(study, line, first, which.hours, requests=which.requests, seed=which.seed)
    if not which.patience:
        return found
    patient = tuple(
        replace(one, patience=_seconds("--patience", which.patience)) for one in found.fleet.classes
    )
    return replace(found, fleet=replace(found.fleet, classes=patient))


def _at(line: ProductLine, cut: PowerCut) -> int:
    if cut.at is None:
        return line.busiest
    if not 0 <= cut.at < len(line.tokens):
        raise InputError(InputFault(Place(key="--at"), f"{cut.at}", "an hour of the day, 0 to 23"))
    return cut.at


def _played(staged: FleetDay, cut: PowerCut, seed: int) -> Followed | Curtailment:
    from headrace.models.fleet.power_cap import curtail, follow

    bucket = 60.0 if staged.hours <= 6 else 300.0
    if not cut.curtail:
        return follow(staged.trace, staged.fleet, staged.plan, bucket=bucket, seed=seed)
    share, begin = _share(cut.curtail), HOUR * (_at(staged.line, cut) - staged.first)
    seconds = _seconds("--for", cut.during)
    return curtail(
        staged.trace,
        staged.fleet,
        begin=begin,
        seconds=seconds,
        cut=share,
        plan=staged.plan,
        bucket=bucket,
        seed=seed,
    )


def _share(written: str) -> float:
    try:
        return parse(written.replace("%", " %"), "1")
    except UnitError as error:
        raise InputError(
            InputFault(Place(key="--curtail"), str(error), "a share, for example `20%`")
        ) from None


def _seconds(key: str, written: str) -> float:
    try:
        found = parse(written, "s")
    except UnitError as error:
        raise InputError(
            InputFault(Place(key=key), str(error), "a time, for example `1 h`")
        ) from None
    if not found > 0:
        raise InputError(InputFault(Place(key=key), written, "more than 0"))
    return found


def _base(found: Followed | Curtailment) -> Summary:
    from headrace.models.fleet.metrics import summarise
    from headrace.models.fleet.power_cap import Curtailment

    return summarise(found.base_replay if isinstance(found, Curtailment) else found.replay)


def _show(
    staged: FleetDay, found: Followed | Curtailment, every: tuple[ProductLine, ...], page: Path
) -> None:
    from headrace.models.fleet.power_cap import Curtailment
    from headrace.show.reports.fleet_replay import sentence
    from headrace.show.reports.plan_replay import cut_words, promise_words, simulated_words

    console().print(Text(staged.line.name, style="bold"))
    console().print(Text(promise_words(staged, _base(found))))
    words = cut_words(staged, found) if isinstance(found, Curtailment) else sentence(_base(found))
    console().print(Text(words))
    console().print(Text(simulated_words(staged), style="dim"))
    if len(every) > 1:
        console().print(
            Text(
                f"Also that day: {', '.join(line.name for line in every if line is not staged.line)}.",
                style="dim",
            )
        )
    console().print(Text(f"Report: {page}"))


def _json(
    staged: FleetDay,
    found: Followed | Curtailment,
    which: Which,
    every: tuple[ProductLine, ...],
    page: Path,
) -> dict[str, object]:
    from headrace.models.fleet.from_plan import promises
    from headrace.models.fleet.metrics import summarise
    from headrace.models.fleet.power_cap import Curtailment
    from headrace.show.reports.plan_replay import cut_words

    line, base = staged.line, _base(found)
    told: dict[str, object] = {
        "node": which.node, "day": which.day, "first_hour": staged.first, "hours": staged.hours,
        "product": line.product, "site": line.site, "chip": line.chip,
        "accelerators": float(line.accelerators[staged.first : staged.first + staged.hours].max()),
        "requests": len(staged.trace), "one_in": staged.one_in,
        "promises": [{**asdict(one), "kept": one.kept} for one in promises(staged, base)],
        "report": str(page), "lines": [each.name for each in every],
    }  # fmt: skip
    if not isinstance(found, Curtailment):
        return {**told, "base": asdict(base), "cut": None, "worst_ratio": found.worst}
    return {
        **told,
        "base": asdict(base),
        "cut": asdict(summarise(found.cut_replay.replay)),
        "window_s": list(found.window),
        "cap_w": found.cap,
        "drawn_w": found.drawn,
        "worst_ratio": found.cut_replay.worst,
        "sentence": cut_words(staged, found),
    }
