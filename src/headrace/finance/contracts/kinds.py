"""The kinds of contracts that may be signed beside a plan: one class a kind, frozen.

Amounts are money of the day, `hours` are accelerator-hours. Every contract may name its
counterparty, and below which share of the expected revenue that one pays no more
(`defaults_below`): whoever pays when demand is high fails when it is not.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from headrace.core.quantities import AcceleratorHourPrice, Dollars, Name, Share, read_quantity


def _in(unit: str) -> BeforeValidator:
    return BeforeValidator(lambda written: read_quantity(written, unit))


Rate = Annotated[float, _in("1/year"), Field(gt=-0.5, lt=1)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Signed = Annotated[float, _in("USD")]
Factor = Annotated[float, _in("1"), Field(ge=0, le=100)]
Hours = Annotated[float, Field(gt=0, le=1e13)]
Elasticity = Annotated[float, Field(ge=-5, le=5)]


class ContractPart(BaseModel):
    """Base of every contract: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    counterparty: str = ""
    defaults_below: Share = 0.0
    source: str = ""


class TermContract(ContractPart):
    """Base of contracts that run from the year `from_` to the year `to`, both included."""

    from_: Year = Field(alias="from")
    to: Year


class ResidualGuarantee(ContractPart):
    """Somebody pays what plant of a class brings less than `strike` of its cost when it is sold at
    the horizon's end, at most `cap`; given: we pay it to others. fee: of each year it stands.

    tenant_below: the tenant leaves in the first year with less than this share of the expected
    revenue; the guarantee is due then, against what plant is worth on the straight line from its
    cost to its resale, and ends.
    """

    kind: Literal["residual_guarantee"]
    plant: str
    strike: Share
    cap: Dollars
    fee: Dollars = 0.0
    given: bool = False
    tenant_below: Share = 0.0


class VendorLoan(ContractPart):
    """The maker lends `share` of what its plant costs, paid back in level payments over `years`."""

    kind: Literal["vendor_loan"]
    plant: str
    share: Share
    interest: Rate
    years: int = Field(ge=1, le=30)


class HoursContract(TermContract):
    """Base of contracts on accelerator-hours. rental: a name under the study's `fleet.may_rent`;
    what an hour costs on a branch is then what the plan believes of its rent there (a belief about
    `rent:NAME`; or about `rent`, a factor on the price that the contract names).
    """

    rental: Name | None = None


class YearlyCommitment(HoursContract):
    """Paid each year whether used or not, growing by `escalator`. It is used as far as revenue is
    as expected; somebody else takes the rest at `sublet` of its price; with `rental` that price
    moves from the first year on as the rent does, not by the escalator.

    exit_from: first year in which one may leave, and does once revenue is below `exit_below` of
    what is expected; `exit_fee` is paid then instead of all later years. Without it there is none.
    """

    kind: Literal["commitment"]
    yearly: Dollars
    escalator: Rate = 0.0
    sublet: Share = 0.0
    exit_from: Year | None = None
    exit_fee: Dollars = 0.0
    exit_below: Share = 0.5


class CapacityLease(TermContract):
    """Capacity - a hall, chips - for `yearly`, growing by `escalator`, against a deposit that comes
    back at the end; let: to others, whose rent we receive, else from others.

    When the counterparty fails, nothing is paid for `vacant` years; then whoever may step in pays
    `step_in` of the rent, to us if let, else we pay it and keep the capacity. The deposit is kept
    by whoever has it.
    """

    kind: Literal["capacity_lease"]
    yearly: Dollars
    escalator: Rate = 0.0
    deposit: Dollars = 0.0
    let: bool = False
    step_in: Factor = 0.0
    vacant: int = Field(0, ge=0, le=10)


class Prepayment(ContractPart):
    """Paid in `year` for priority, taken off later bills in even parts with a bonus.

    secures: the `allocation` of this file in which it has priority while money lies there: of what
    would be held back, the share `priority` is delivered all the same.
    """

    kind: Literal["prepayment"]
    amount: Dollars
    year: Year
    from_: Year = Field(alias="from")
    years: int = Field(ge=1, le=30)
    bonus: Share = 0.0
    secures: Name | None = None
    priority: Share = 1.0


class AllocationCap(ContractPart):
    """In years with revenue above `short_above` of what is expected, the maker delivers the share
    `cap` of the plant ordered for that year; the rest is bought elsewhere for `premium` more.
    """

    kind: Literal["allocation"]
    plant: str
    cap: Share
    short_above: Factor
    premium: Factor


class TakeOrPayHours(HoursContract):
    """Hours a year at `price`, of which the share `least` is paid for in any case, by `period`.

    wanted: hours of a year of expected revenue; they follow revenue. months: shares of a year's
    hours by month; even if not given. beside: what an hour beyond the contract costs; with
    `rental`, the rent that is believed.
    """

    kind: Literal["take_or_pay"]
    hours: Hours
    price: AcceleratorHourPrice
    least: Share
    period: Literal["month", "year"] = "year"
    wanted: Hours | None = None
    months: tuple[float, ...] = ()
    beside: AcceleratorHourPrice = 0.0
    escalator: Rate = 0.0


class RentContract(HoursContract):
    """Base of what is paid by the rent of an hour, which is `price` where revenue is as expected,
    and follows it: price x (revenue over expected)^elasticity. With `rental` it is the believed
    rent instead, and `price` what was agreed.
    """

    hours: Hours
    price: AcceleratorHourPrice
    elasticity: Elasticity = 1.0


class HourFutures(RentContract):
    """Accelerator-hours sold forward at `price`: what the hours gain is paid each year, what they
    lose is received.

    hours: a year; hedged: share of them sold; margin: share of the notional that lies with the
        exchange; basis: of a move of the rent, the share by which the future moves.
    """

    kind: Literal["futures"]
    hedged: Share = 1.0
    margin: Share | None = None
    basis: Share = 1.0


class HourOption(RentContract):
    """The right to buy, or to sell, `hours` a year at `strike`, used in every year in which it pays
    and settled in cash. The premium is paid in `year`; given: others have the right.
    """

    kind: Literal["option"]
    right: Literal["buy", "sell"]
    strike: AcceleratorHourPrice
    premium: Dollars = 0.0
    year: Year
    given: bool = False


class Warrants(ContractPart):
    """Rights to `shares` at `strike`, used and sold in `year` where revenue is at least
    `vests_above` of what is expected; given: others have them on our share.

    The share's price there is `today` grown at `rate`, times (revenue over expected)^elasticity.
    """

    kind: Literal["warrants"]
    shares: float = Field(gt=0, le=1e12)
    strike: Dollars
    today: Dollars
    year: Year
    rate: Rate = 0.04
    elasticity: Elasticity = 1.0
    vests_above: Factor = 0.0
    given: bool = False


class FixedPayments(TermContract):
    """So much each year, received if positive, growing by `escalator`."""

    kind: Literal["payments"]
    yearly: Signed
    escalator: Rate = 0.0


Contract = Annotated[
    ResidualGuarantee
    | VendorLoan
    | YearlyCommitment
    | CapacityLease
    | Prepayment
    | AllocationCap
    | TakeOrPayHours
    | HourFutures
    | HourOption
    | Warrants
    | FixedPayments,
    Field(discriminator="kind"),
]
KINDS: dict[str, type[ContractPart]] = {
    "residual_guarantee": ResidualGuarantee,
    "vendor_loan": VendorLoan,
    "commitment": YearlyCommitment,
    "capacity_lease": CapacityLease,
    "prepayment": Prepayment,
    "allocation": AllocationCap,
    "take_or_pay": TakeOrPayHours,
    "futures": HourFutures,
    "option": HourOption,
    "warrants": Warrants,
    "payments": FixedPayments,
}
"""Every kind by what `kind` says."""


class ContractsFile(BaseModel):
    """A whole contracts file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contracts: dict[Name, Contract] = Field(min_length=1, max_length=100)
