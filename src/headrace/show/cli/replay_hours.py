"""Hours of a stored plan, request by request, with or without a cut of power."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.units import UnitError, parse
from headrace.show.cli.fleet_setup import seconds_of

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
        Day of the node, 0 is its first; the first with requests if not given.
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
    day: int | None = None
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


def simulated(
    folder: RunFolder, which: Which, cut: PowerCut
) -> tuple[tuple[ProductLine, ...], FleetDay, Followed | Curtailment]:
    """Every line of the day, the hours staged for the one that was asked for, and what their replay
    found. Raises InputError, also for a node without stored hours.
    """
    from headrace.core.hourly_store import read_hourly, stored_nodes
    from headrace.core.run_folder import STUDY
    from headrace.core.study_reader import parse_text, study_of
    from headrace.models.fleet.from_plan import first_day, lines

    study = study_of(parse_text(folder.read(STUDY), str(folder.root / STUDY)))
    if which.node not in (known := stored_nodes(folder)):
        fault = InputFault(
            Place(str(folder.root), key="--node"),
            f"node {which.node} has no stored hours",
            f"{known[0]} to {known[-1]}" if known else "a run with stored hours",
            "" if known else "Run `headrace plan` to its end.",
        )
        raise InputError(fault)
    hourly = read_hourly(folder, which.node)
    day = first_day(study, hourly, which.product) if which.day is None else which.day
    every = lines(study, hourly, day)
    staged = staged_day(study, chosen(every, which), which, cut)
    return every, staged, replayed(staged, cut, which.seed)


def chosen(every: tuple[ProductLine, ...], which: Which) -> ProductLine:
    """The line that was asked for, the busiest of those that fit. Raises InputError."""
    left = every
    for name in ("product", "site", "chip"):
        value = getattr(which, name)
        kept = tuple(line for line in left if not value or getattr(line, name) == value)
        if not kept:
            known = ", ".join(sorted({getattr(line, name) for line in left}))
            found = f"`{value}` serves no tokens that day"
            raise InputError(InputFault(Place(key=f"--{name}"), found, f"one of {known}"))
        left = kept
    return left[0]


def staged_day(study: Study, line: ProductLine, which: Which, cut: PowerCut) -> FleetDay:
    """The hours to simulate, around the cut; every class has the patience. Raises InputError."""
    from headrace.models.fleet.from_plan import DAY, staged

    at, length = _at(line, cut), _seconds("--for", cut.during) / HOUR
    if not 1 <= which.hours <= DAY:
        raise InputError(InputFault(Place(key="--hours"), f"{which.hours}", "1 to 24"))
    if not 1 <= which.requests <= 2e7:
        found = f"{which.requests:g}"
        raise InputError(InputFault(Place(key="--requests"), found, "1 to 20 million"))
    spare = max(0, which.hours - int(-(-length // 1)))
    first = min(max(0, at - spare // 2), DAY - which.hours)
    day = staged(study, line, first, which.hours, requests=which.requests, seed=which.seed)
    if not which.patience:
        return day
    patience = _seconds("--patience", which.patience)
    patient = tuple(replace(one, patience=patience) for one in day.fleet.classes)
    return replace(day, fleet=replace(day.fleet, classes=patient))


def _at(line: ProductLine, cut: PowerCut) -> int:
    """The hour of the day in which the cut begins."""
    if cut.at is None:
        return line.busiest
    if not 0 <= cut.at < len(line.tokens):
        raise InputError(InputFault(Place(key="--at"), f"{cut.at}", "an hour of the day, 0 to 23"))
    return cut.at


def replayed(staged: FleetDay, cut: PowerCut, seed: int) -> Followed | Curtailment:
    """The hours replayed as planned, and with the cut where one is asked for. Raises InputError."""
    from headrace.models.fleet.power_cap import curtail, follow

    bucket = 60.0 if staged.hours <= 6 else 300.0
    if not cut.curtail:
        return follow(staged.trace, staged.fleet, staged.plan, bucket=bucket, seed=seed)
    try:
        share = parse(cut.curtail.replace("%", " %"), "1")
    except UnitError as error:
        fault = InputFault(Place(key="--curtail"), str(error), "a share, for example `20%`")
        raise InputError(fault) from None
    return curtail(
        staged.trace,
        staged.fleet,
        begin=HOUR * (_at(staged.line, cut) - staged.first),
        seconds=_seconds("--for", cut.during),
        cut=share,
        plan=staged.plan,
        metered=bucket,
        seed=seed,
    )


def _seconds(key: str, written: str) -> float:
    """A time above 0 as it was written [s]."""
    found = seconds_of(key, written)
    if not found > 0:
        raise InputError(InputFault(Place(key=key), written, "more than 0"))
    return found


def base_of(found: Followed | Curtailment) -> Summary:
    """The figures of the replay as planned."""
    from headrace.models.fleet.metrics import summarise
    from headrace.models.fleet.power_cap import Curtailment

    return summarise(found.base_replay if isinstance(found, Curtailment) else found.replay)


def as_json(staged: FleetDay, found: Followed | Curtailment) -> dict[str, object]:
    """What was replayed, whether the promises were kept, and what the cut did."""
    from headrace.models.fleet.from_plan import promises
    from headrace.models.fleet.metrics import summarise
    from headrace.models.fleet.power_cap import Curtailment
    from headrace.show.reports.plan_replay import cut_words

    line, base = staged.line, base_of(found)
    told: dict[str, object] = {
        "first_hour": staged.first,
        "hours": staged.hours,
        "product": line.product,
        "site": line.site,
        "chip": line.chip,
        "accelerators": float(line.accelerators[staged.first : staged.first + staged.hours].max()),
        "requests": len(staged.trace),
        "one_in": staged.one_in,
        "promises": [{**asdict(one), "kept": one.kept} for one in promises(staged, base)],
        "base": asdict(base),
    }
    if not isinstance(found, Curtailment):
        return {**told, "cut": None, "worst_ratio": found.worst}
    return {
        **told,
        "cut": asdict(summarise(found.cut_replay.replay)),
        "window_s": list(found.window),
        "cap_w": found.cap,
        "drawn_w": found.drawn,
        "worst_ratio": found.cut_replay.worst,
        "sentence": cut_words(staged, found),
    }
