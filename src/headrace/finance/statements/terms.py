"""The terms under which statements are drawn up: what a file says, the rest from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from headrace.core.catalogue import entries, entry
from headrace.core.errors import InputError, InputFault
from headrace.core.quantities import Share, read_quantity
from headrace.core.study_reader import Document, document

DEFAULT = "statements.us.2026"
TaxDepreciation = Literal["macrs", "straight_line", "expensing"]
LenderCase = Literal["worst", "mean"]
Payout = Literal["earned", "all"]


def _in(unit: str) -> BeforeValidator:
    return BeforeValidator(lambda written: read_quantity(written, unit))


Rate = Annotated[float, _in("1/year"), Field(gt=-0.5, lt=1)]
Days = Annotated[float, _in("day"), Field(ge=0, le=365)]
Life = Annotated[float, _in("year"), Field(gt=0, le=100)]


class TermsPart(BaseModel):
    """Base of every part of a terms file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DebtPart(TermsPart):
    """What is lent: at most `share` of what plant has cost, and no more than the cash of the
    branches below pays at `dscr`. case: of these branches, the worst of each year or their mean.
    """

    share: Share | None = None
    interest: Rate | None = None
    dscr: Annotated[float, Field(ge=1, le=10)] | None = None
    case: LenderCase = "worst"


class TermsFile(TermsPart):
    """A whole terms file; every key may be left out. lives: book life by class of plant.

    payout: owners are paid what is free (`all`), or no more than was earned (`earned`).
    """

    tax: Share | None = None
    inflation: Rate | None = None
    debt: DebtPart = DebtPart()
    depreciation: TaxDepreciation = "macrs"
    lives: dict[str, Life] = {}
    interest_limit: Share | None = None
    loss_use: Share | None = None
    credits: bool = True
    credit_sold_at: Share | None = None
    receivable: Days | None = None
    payable: Days | None = None
    equity_return: Rate | None = None
    payout: Payout = "all"


@dataclass(frozen=True)
class PlantClass:
    """How a class of plant is written off. life: in the books [year]; recovery: for tax [year];
    credit_kind: what the credit law calls it, "" for none.
    """

    name: str
    life: float
    recovery: int
    credit_kind: str


@dataclass(frozen=True)
class StatementTerms:
    """All terms, none left open. Rates a year, nominal; shares [1]; receivable, payable [day]."""

    tax: float
    inflation: float
    debt_share: float
    interest: float
    dscr: float
    lender_case: LenderCase
    depreciation: TaxDepreciation
    interest_limit: float
    loss_use: float
    credits: bool
    credit_sold_at: float
    receivable: float
    payable: float
    equity_return: float
    payout: Payout
    lives: Mapping[str, float]

    @cached_property
    def classes(self) -> Mapping[str, PlantClass]:
        """Every class of plant by its name, with the lives of the file."""
        found = {}
        for key, row in entries("finance", "statement_terms").items():
            if row.kind == "plant_class":
                name = key.removeprefix("plant.")
                found[name] = PlantClass(
                    name,
                    self.lives.get(name, row.value("life", "year")),
                    int(row.value("recovery", "year")),
                    row.words.get("credit_kind", ""),
                )
        return found


def terms_of(path: Path | None = None) -> StatementTerms:
    """The terms of a file; without one, the catalogue's.

    Raises InputError with every problem at its line.
    """
    written = None if path is None else document(path)
    found = TermsFile() if written is None else _checked(written)
    row, debt = entry("finance", "statement_terms", DEFAULT), found.debt

    def given(value: float | None, name: str, unit: str = "1") -> float:
        return row.value(name, unit) if value is None else value

    return StatementTerms(
        tax=given(found.tax, "tax"),
        inflation=given(found.inflation, "inflation", "1/year"),
        debt_share=given(debt.share, "debt_share"),
        interest=given(debt.interest, "interest", "1/year"),
        dscr=given(debt.dscr, "dscr"),
        lender_case=debt.case,
        depreciation=found.depreciation,
        interest_limit=given(found.interest_limit, "interest_limit"),
        loss_use=given(found.loss_use, "loss_use"),
        credits=found.credits,
        credit_sold_at=given(found.credit_sold_at, "credit_sold_at"),
        receivable=given(found.receivable, "receivable", "day"),
        payable=given(found.payable, "payable", "day"),
        equity_return=given(found.equity_return, "equity_return", "1/year"),
        payout=found.payout,
        lives=dict(found.lives),
    )


def _checked(written: Document) -> TermsFile:
    if not isinstance(written.data, dict):
        fault = InputFault(written.place(()), "the document is not a mapping", "keys: tax, debt")
        raise InputError(fault)
    try:
        found = TermsFile.model_validate(written.data)
    except ValidationError as error:
        raise InputError(_fault(dict(one), written) for one in error.errors()) from None
    known = [
        key.removeprefix("plant.")
        for key, row in entries("finance", "statement_terms").items()
        if row.kind == "plant_class"
    ]
    odd = [name for name in found.lives if name not in known]
    if odd:
        raise InputError(
            InputFault(
                written.place(("lives", name)),
                f"`{name}` is not a class of plant",
                fix=f"Known: {', '.join(known)}.",
            )
            for name in odd
        )
    return found


def _fault(one: dict[str, object], written: Document) -> InputFault:
    path: tuple[str | int, ...] = one["loc"]  # type: ignore[assignment]
    place = written.place(path)
    if one["type"] == "extra_forbidden":
        known = [*TermsFile.model_fields, *DebtPart.model_fields]
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
        return InputFault(place, "not a known key", fix=fix)
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))
