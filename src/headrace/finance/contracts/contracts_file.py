"""The contracts file: what was signed beside the plan, one entry a contract, by kind.

    contracts:
      guarantee: {kind: residual_guarantee, plant: accelerator, strike: 40 %, cap: 200 MUSD,
        fee: 4 MUSD, counterparty: maker}
      loan: {kind: vendor_loan, plant: accelerator, share: 30 %, interest: 9 %/a, years: 4,
        counterparty: maker}
      cloud: {kind: commitment, yearly: 60 MUSD, from: 2028, to: 2032, escalator: 3 %/a,
        sublet: 50 %}

Amounts are money of the day. Every contract may name its counterparty, and below which share of the
expected revenue that one pays no more (`defaults_below`): whoever pays when demand is high fails
when it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from headrace.core.errors import InputError, InputFault
from headrace.core.quantities import AcceleratorHourPrice, Dollars, Name, Share, read_quantity
from headrace.core.study_reader import Document, document


def _in(unit: str) -> BeforeValidator:
    return BeforeValidator(lambda written: read_quantity(written, unit))


Rate = Annotated[float, _in("1/year"), Field(gt=-0.5, lt=1)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Signed = Annotated[float, _in("USD")]


class ContractPart(BaseModel):
    """Base of every contract: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    counterparty: str = ""
    defaults_below: Share = 0.0
    source: str = ""


class ResidualGuarantee(ContractPart):
    """Somebody pays what plant of a class brings less than `strike` of its cost when it is sold at
    the horizon's end, at most `cap`; given: we pay it to others. fee: of each year it stands.
    """

    kind: Literal["residual_guarantee"]
    plant: str
    strike: Share
    cap: Dollars
    fee: Dollars = 0.0
    given: bool = False


class VendorLoan(ContractPart):
    """The maker lends `share` of what its plant costs, paid back in level payments over `years`."""

    kind: Literal["vendor_loan"]
    plant: str
    share: Share
    interest: Rate
    years: int = Field(ge=1, le=30)


class YearlyCommitment(ContractPart):
    """Paid each year whether used or not, growing by `escalator`. It is used as far as revenue is
    as expected; somebody else takes the rest at `sublet` of its price.
    """

    kind: Literal["commitment"]
    yearly: Dollars
    from_: Year = Field(alias="from")
    to: Year
    escalator: Rate = 0.0
    sublet: Share = 0.0


class Prepayment(ContractPart):
    """Paid in `year` for priority, taken off later bills in even parts with a bonus."""

    kind: Literal["prepayment"]
    amount: Dollars
    year: Year
    from_: Year = Field(alias="from")
    years: int = Field(ge=1, le=30)
    bonus: Share = 0.0


class HourFutures(ContractPart):
    """Accelerator-hours sold forward at `price`: what the hours gain is paid each year, what they
    lose is received. The rent follows demand: expected rent x (revenue over expected)^elasticity.

    hours: a year; hedged: share of them sold; margin: share of the notional that lies with the
        exchange; basis: of a move of the rent, the share by which the future moves.
    """

    kind: Literal["futures"]
    hours: float = Field(gt=0, le=1e13)
    hedged: Share = 1.0
    price: AcceleratorHourPrice
    from_: Year = Field(alias="from")
    to: Year
    margin: Share | None = None
    elasticity: float = Field(1.0, ge=-5, le=5)
    basis: Share = 1.0


class FixedPayments(ContractPart):
    """So much each year, received if positive, growing by `escalator`."""

    kind: Literal["payments"]
    yearly: Signed
    from_: Year = Field(alias="from")
    to: Year
    escalator: Rate = 0.0


Contract = Annotated[
    ResidualGuarantee | VendorLoan | YearlyCommitment | Prepayment | HourFutures | FixedPayments,
    Field(discriminator="kind"),
]


class ContractsFile(BaseModel):
    """A whole contracts file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contracts: dict[Name, Contract] = Field(min_length=1, max_length=100)


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


def faults(found: ContractsFile) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    """What is known to make no sense: terms that end before they begin, futures without margin."""
    for name, one in found.contracts.items():
        if isinstance(one, YearlyCommitment | HourFutures | FixedPayments) and one.to < one.from_:
            yield (name, "to"), (f"ends in {one.to}, before {one.from_}", "no earlier than `from`")
        if isinstance(one, HourFutures) and one.margin is None:
            words = "futures without margin: an exchange takes cash before it owes any"
            yield (name,), (words, "for example `margin: 12 %`; 0 % where that is meant")
        if isinstance(one, Prepayment) and one.from_ < one.year:
            yield (
                (name, "from"),
                (f"comes back in {one.from_}, before it is paid", "`year` or later"),
            )


def _told(one: dict[str, object], written: Document) -> InputFault:
    path = tuple(
        step for step in one["loc"]  # type: ignore[attr-defined]
        if step not in KINDS
    )  # fmt: skip
    place = written.place(path)
    if one["type"] == "extra_forbidden":
        known = sorted({
            field.alias or name
            for part in ContractPart.__subclasses__()
            for name, field in part.model_fields.items()
        })  # fmt: skip
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
        return InputFault(place, "not a known key", fix=fix)
    if one["type"] == "missing":
        return InputFault(place, f"`{path[-1]}` is missing")
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))


KINDS = ("residual_guarantee", "vendor_loan", "commitment", "prepayment", "futures", "payments")
"""What `kind` may be; pydantic names the kind within the place of a fault."""
