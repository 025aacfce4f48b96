"""What is maximised, in which money, and what may be spent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from headrace.core.quantities import Dollars, Month, Share, Whole, read_real_rate
from headrace.core.study.part import StudyPart


class Risk(StudyPart):
    """How much the worst branches count."""

    alpha: Share = Field(
        0.9,
        description="Tail level of CVaR, the mean of the worst 1 - alpha; 1 is the worst branch.",
    )
    omega: Share = Field(
        0.0, description="Weight of CVaR in the goal; 0 is expected value only, 1 is CVaR only."
    )


class Goal(StudyPart):
    """What is maximised."""

    maximise: Literal["npv"] = Field(
        "npv", description="Net present value of cash plus terminal value."
    )
    risk: Risk = Field(Risk(), description="Aversion to the worst branches.")


class Money(StudyPart):
    """The money of the study."""

    unit: Literal["USD"] = Field("USD", description="Currency in which a plan is told.")
    year: Whole = Field(
        2026,
        ge=1990,
        le=2100,
        description="Money year: prices are of this year, without inflation.",
    )
    discount: Annotated[
        float,
        BeforeValidator(read_real_rate),
        Field(ge=0, le=1),
        WithJsonSchema({"type": "string", "examples": ["8 %/a real"]}),
    ] = Field(0.08, description="Discount rate, real, before tax.")


class Currency(StudyPart):
    """What one of another currency is worth; every amount written in it is turned into USD at this
    rate, whenever it falls due.
    """

    rate: Dollars = Field(gt=0, description="Worth of one, `1.08 USD`.")
    date: str = Field(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$",
        description="Day or month of the rate, `2026-11-27`.",
    )
    source: str = Field(min_length=3, description="Who states it.")


class MoneyLine(StudyPart):
    """Money that may be drawn where the plan's own runs short."""

    kind: Literal["debt", "equity"] = Field(
        "debt",
        description="`debt` is paid interest as it accrues and may be paid back; `equity` is paid "
        "nothing within the horizon and stays in.",
    )
    limit: Dollars = Field(gt=0, description="Most that may be drawn at once, on every branch.")
    cost: Annotated[
        float,
        BeforeValidator(read_real_rate),
        Field(ge=0, le=1),
        WithJsonSchema({"type": "string", "examples": ["9 %/a real"]}),
    ] = Field(
        description="Interest, or what owners ask, real. The goal pays what it is beyond "
        "`money.discount`, which is the mean cost of money already.",
    )
    since: Month | None = Field(None, description="First month; the horizon's start.")
    until: Month | None = Field(
        None, description="Month by which all of it is paid back; not within the horizon."
    )


class CashLimit(StudyPart):
    """Cash on every branch, before tax: what is there, what must stay, what may be drawn."""

    opening: Dollars = Field(description="Cash at the horizon's start.")
    least: Dollars = Field(
        0.0,
        description="Least cash at the end of every operated year, and after what falls due on its "
        "first day.",
    )
    lines: dict[str, MoneyLine] = Field({}, description="Debt and equity that may be drawn.")


class Limits(StudyPart):
    """Limits over everything."""

    cash: CashLimit | None = Field(
        None, description="Liquidity: cash never falls below `least` on any branch."
    )

    spend: list[Dollars] | None = Field(
        None, description="Most that may be committed to orders in each stage."
    )
