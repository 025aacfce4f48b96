"""What is sold of a plan: offers at their reference, and what each stage sells of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CurvePoint:
    """A level over the reference [1], its price [price_unit of the offer], and what it brings in a
    year: on the curve, and as the plan counts it [USD/a].
    """

    level: float
    price: float
    brings_usd: float
    counted_usd: float


@dataclass(frozen=True)
class OfferRecord:
    """An offer at its reference, today. amount: in `unit`; net_usd: a year's revenue, net of
    partners and creators [USD/a]; gross: over that [1]. error_usd: most by which its pieces lie
    below the curve [USD/a]. largest: shares of its largest customers [1].
    """

    product: str
    offer: str
    kind: str
    title: str
    amount: float
    unit: str
    price: float
    price_unit: str
    net_usd: float
    gross: float = 1.0
    error_usd: float = 0.0
    curve: tuple[CurvePoint, ...] = ()
    largest: tuple[float, ...] = ()


@dataclass(frozen=True)
class RevenueBridge:
    """Monthly recurring revenue from the end of the decision before to that of this one, not
    discounted [USD/month]: start + new - churned - unbilled + repriced = end. unbilled: of those
    who are there, who left for a price or for what went unserved.
    """

    start: float
    new: float
    churned: float
    unbilled: float
    repriced: float
    end: float


@dataclass(frozen=True)
class HistoryPoint:
    """A value that was seen [unit of its series], and what a line through the three values before
    it said for its day; None for the first three.
    """

    date: str
    value: float
    said: float | None = None


@dataclass(frozen=True)
class BelievedPath:
    """A case of a belief about growth carried on from the last value that was seen: by year after
    it [unit of the series].
    """

    case: str
    probability: float
    dates: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class HistoryRecord:
    """What was seen of what a belief is about, and what its cases say: low and high are the 10 and
    90 % of a random walk from the last value, by the series' own steps [unit].
    """

    belief: str
    series: str
    unit: str
    meaning: str
    points: tuple[HistoryPoint, ...]
    paths: tuple[BelievedPath, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Cohort:
    """Users who joined in a year ("before": before the plan) and are still there."""

    joined: str
    users: float


@dataclass(frozen=True)
class SoldRecord:
    """What a stage sells of an offer: level over its reference [1], amount in the offer's unit and
    price at the stage's end, billed in its last year, net of partners and creators [USD/a].

    gross_usd: what users and advertisers pay of that [USD/a]; creators_usd: of it, paid to those
    who made what is used [USD/a].

    counted_low_usd: by how much the plan counts less than the curve says [USD/a]. unserved: share
    of the product's work that is sold and not served [1]. trust: of its users in the middle of the
    stage's last year [1], None where it is not told; pressure: factor on their churn then, by
    trust and by covariates [1];
    distrusting: users who would still be there if trust had stayed whole.
    royalty: owed for a unit of the product [USD]; royalty_usd: for all of the product that is
    served in the stage, a year [USD/a].
    """

    product: str
    offer: str
    level: float
    amount: float
    price: float
    billed_usd: float
    counted_low_usd: float = 0.0
    unserved: float = 0.0
    bridge: RevenueBridge | None = None
    cohorts: tuple[Cohort, ...] = ()
    trust: float | None = None
    pressure: float = 1.0
    distrusting: float = 0.0
    royalty: float = 0.0
    royalty_usd: float = 0.0
    gross_usd: float = 0.0
    creators_usd: float = 0.0
