"""The contracts file: what was signed beside the plan, one entry a contract, by kind.

    contracts:
      guarantee: {kind: residual_guarantee, plant: accelerator, strike: 40 %, cap: 200 MUSD,
        fee: 4 MUSD, counterparty: maker}
      loan: {kind: vendor_loan, plant: accelerator, share: 30 %, interest: 9 %/a, years: 4,
        counterparty: maker}
      cloud: {kind: commitment, yearly: 60 MUSD, from: 2028, to: 2032, escalator: 3 %/a,
        sublet: 50 %}

`kinds` says what each may hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from headrace.core.errors import InputError, InputFault
from headrace.core.study_reader import Document, document
from headrace.finance.contracts.kinds import (
    KINDS,
    AllocationCap,
    ContractsFile,
    HourFutures,
    HourOption,
    Prepayment,
    TakeOrPayHours,
    TermContract,
    YearlyCommitment,
)

Fault = tuple[tuple[str, ...], tuple[str, str]]
"""Where under `contracts`, and what was found and expected."""


def read_contracts(path: Path) -> ContractsFile:
    """The contracts file at a path. Raises InputError with every problem at its line."""
    written = document(path)
    if not isinstance(written.data, dict):
        fault = InputFault(written.place(()), "the document is not a mapping", "`contracts:`")
        raise InputError(fault)
    try:
        found = ContractsFile.model_validate(written.data)
    except ValidationError as error:
        raise InputError(_told(dict(one), written) for one in error.errors()) from None
    told = [
        InputFault(written.place(("contracts", *path)), *words) for path, words in faults(found)
    ]
    if told:
        raise InputError(told)
    return found


def faults(found: ContractsFile) -> Iterator[Fault]:
    """What is known to make no sense: terms that end before they begin, futures without margin."""
    for name, one in found.contracts.items():
        if isinstance(one, TermContract) and one.to < one.from_:
            yield (name, "to"), (f"ends in {one.to}, before {one.from_}", "no earlier than `from`")
        if isinstance(one, HourFutures) and one.margin is None:
            words = "futures without margin: an exchange takes cash before it owes any"
            yield (name,), (words, "for example `margin: 12 %`; 0 % where that is meant")
        if isinstance(one, HourOption) and one.year > one.from_:
            words = f"the premium is paid in {one.year}, after the right begins in {one.from_}"
            yield (name, "year"), (words, "`from` or earlier")
        if isinstance(one, YearlyCommitment):
            yield from exit_faults(name, one)
        if isinstance(one, Prepayment):
            yield from prepayment_faults(name, one, found)
        if isinstance(one, TakeOrPayHours) and one.months:
            short = len(one.months) != 12 or min(one.months) < 0
            if short or abs(sum(one.months) - 1) > 1e-6:
                words = f"{len(one.months)} shares that add up to {sum(one.months):g}"
                yield (name, "months"), (words, "12 shares of a year's hours, together 1")


def exit_faults(name: str, one: YearlyCommitment) -> Iterator[Fault]:
    """What makes no sense of leaving a commitment."""
    if one.exit_from is None:
        if one.exit_fee > 0:
            words = "a fee for leaving, and no year in which one may"
            yield (name, "exit_fee"), (words, "`exit_from`")
    elif not one.from_ <= one.exit_from <= one.to:
        words = f"one may leave from {one.exit_from}, outside {one.from_} to {one.to}"
        yield (name, "exit_from"), (words, "a year of the term")


def prepayment_faults(name: str, one: Prepayment, found: ContractsFile) -> Iterator[Fault]:
    """What makes no sense of money paid before."""
    if one.from_ < one.year:
        words = f"comes back in {one.from_}, before it is paid"
        yield (name, "from"), (words, "`year` or later")
    if one.secures is not None:
        secured = found.contracts.get(one.secures)
        if not isinstance(secured, AllocationCap):
            known = [k for k, c in found.contracts.items() if isinstance(c, AllocationCap)]
            words = f"`{one.secures}` is no allocation of this file"
            yield (name, "secures"), (words, f"one of: {', '.join(known) or 'none is written'}")


def _told(one: dict[str, object], written: Document) -> InputFault:
    steps: tuple[str | int, ...] = one["loc"]  # type: ignore[assignment]
    # pydantic names the kind within the place, after the name of the contract
    path = steps[:2] + steps[3:] if len(steps) > 2 and steps[2] in KINDS else steps
    place = written.place(path)
    if one["type"] == "extra_forbidden":
        part = KINDS.get(str(steps[2])) if len(steps) > 2 else None
        fields = ContractsFile.model_fields if part is None else part.model_fields
        known = sorted(field.alias or name for name, field in fields.items())
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
        return InputFault(place, "not a known key", fix=fix)
    if one["type"] == "missing":
        return InputFault(place, f"`{path[-1]}` is missing")
    if one["type"] in ("union_tag_invalid", "union_tag_not_found"):
        found = "not a known kind" if one["type"] == "union_tag_invalid" else "`kind` is missing"
        return InputFault(place, found, f"one of: {', '.join(KINDS)}")
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))
