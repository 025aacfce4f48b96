"""What of a grid's tariff and of contracts would have no effect, or no meaning."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.core.study import Grid, Study
from headrace.core.study_bounds import Fault

Found = tuple[str, str, str, str]
"""(key, what was found, what was expected, the likely fix)"""


def contract_faults(study: Study) -> Iterator[Fault]:
    """Tariffs and contracts, key by key."""
    for site, written in study.sites.items():
        if written.grid is not None:
            grid = written.grid
            told: tuple[Found, ...] = (
                *_priced(grid),
                *_charged(grid),
                *_given(grid),
                *_in_blocks(study, grid),
            )
            for key, found, expected, fix in told:
                keys = ("sites", site, "grid", *([key] if key else []))
                yield keys, found, expected, fix
        for name, build in written.build.items():
            own = study.technologies.get(build.use)
            if own is not None and own.kind == "ppa" and build.capex is not None:
                found = f"`{build.use}` is bought by the MWh"
                yield ("sites", site, "build", name, "capex"), found, "no price of power", ""
    for name, one in study.technologies.items():
        period = "take_or_pay_period"
        if one.kind == "ppa" and period in one.model_fields_set and one.take_or_pay >= 1:
            found = "has no effect: all that is offered is paid for"
            yield ("technologies", name, period), found, "`take_or_pay` below 100 %", ""
    for name, fuel in study.fuels.items():
        burns = any(one.fuel == name for one in study.technologies.values())
        known = name in ("gas", "diesel", "uranium", "fusion")
        if fuel.take_or_pay is not None and not burns and not known:
            expected = "a technology with this fuel"
            yield ("fuels", name, "take_or_pay"), "nothing burns it", expected, ""


def _priced(grid: Grid) -> Iterator[Found]:
    if grid.energy is None and not grid.tariff:
        example = "`energy: 62 USD/MWh`, or `tariff: FILE.json`"
        yield "", "`energy` is missing", example, ""
    if grid.tariff:
        for key in ("energy", "times", "tiers", "demand", "demands", "billing", "ratchet"):
            if key in grid.model_fields_set:
                yield key, "stands beside `tariff`, which says it", "one of them", ""


def _charged(grid: Grid) -> Iterator[Found]:
    if grid.ratchet > 0 and grid.billing == "year":
        fix = (
            "Write `billing: month`: a month is charged for this share of the year's peak at least."
        )
        yield "ratchet", "has no effect: `billing: year` is a full ratchet", "", fix


def _given(grid: Grid) -> Iterator[Found]:
    if grid.export is None:
        return
    if grid.loss >= 1:
        yield "loss", "all is lost on the way", "below 100 %", ""
    if grid.export.net_metering != "none" and grid.export.meter == "generation":
        found = "`net_metering` and a meter for what the plants give exclude each other"
        yield "export", found, "one of them", ""


def _in_blocks(study: Study, grid: Grid) -> Iterator[Found]:
    if study.horizon.hours.blocks is None:
        return
    for one in grid.demands:
        if {"begin", "end", "months", "weekdays"} & one.model_fields_set:
            yield "demands", "load blocks have no hours of the day", "whole months", ""
