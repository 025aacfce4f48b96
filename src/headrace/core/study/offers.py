"""Offers of a product: ways to sell it, each at one posted price a stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from headrace.core.quantities import Change, Month, Name, Seconds, Share, Whole, Written
from headrace.core.study.part import StudyPart
from headrace.core.study.trust_and_royalty import TrustTerms


class UserUse(StudyPart):
    """What a user wants, lognormal between users, and the cap on it; one number is all alike."""

    median: Written = Field(description="Use of the median user: `0.4 Mtok/user-month`.")
    spread: float = Field(
        0.0, ge=0, le=5, description="Standard deviation of its logarithm; 0: all alike."
    )
    cap: Written = Field("", description="Most that is served of a user's wish; empty: no cap.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, written: object) -> object:
        return written if isinstance(written, dict) else {"median": written}


class UserGroup(StudyPart):
    """Users of an offer who pay another price: a region, a promotion."""

    share: Share = Field(description="Of the offer's users.")
    price: Written = Field(description="What they pay, in the unit of the offer's price.")


class ChurnCovariate(StudyPart):
    """Something that multiplies the hazard of leaving by exp(effect x value): a value that is
    written, or ln(p / against) of a percentile p that the fleet room answers for the product.
    """

    effect: float = Field(
        ge=-20,
        le=20,
        description="On the hazard's logarithm; with `served`, the hazard's elasticity.",
    )
    values: list[float] = Field(
        [],
        max_length=200,
        description="One number, or one a stage: `0.25` where the price rose by a quarter.",
    )
    served: Literal["", "ttft_p95", "tpot_p95"] = Field(
        "",
        description=(
            "Instead of `values`: the 95th percentile at which the slowest accelerator of the "
            "fleet that may serve the product serves it."
        ),
    )
    against: Seconds | None = Field(
        None, description="With `served`, the percentile at which the churn was seen."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _one_for_all(cls, written: object) -> object:
        return written if isinstance(written, list) else [written]

    @field_validator("values")
    @classmethod
    def _finite(cls, values: list[float]) -> list[float]:
        if any(not -1e3 <= value <= 1e3 for value in values):
            raise ValueError("values of a covariate are between -1000 and 1000")
        return values


class Churn(StudyPart):
    """How subscribers leave: a constant rate, or rates that differ between people (shifted
    beta-geometric; with `shape`, beta discrete Weibull), by month of age.
    """

    rate: Share | None = Field(None, description="Share that leaves in a month, constant.")
    alpha: float | None = Field(None, ge=1e-6, le=1e6, description="Of the beta distribution.")
    beta: float | None = Field(None, ge=1e-6, le=1e6, description="Of the beta distribution.")
    shape: float = Field(1.0, gt=0, le=10, description="Exponent of age.")
    seen: list[Share] = Field(
        [],
        max_length=600,
        description=(
            "Instead of these, shares of a cohort that were still there after 0, 1, 2, ... months: "
            "`[1, 0.87, 0.74, 0.65]`; `family` is fitted to them."
        ),
    )
    family: Literal["constant", "sbg", "bdw"] = Field(
        "sbg",
        description="With `seen`: one rate, shifted beta-geometric, or beta discrete Weibull.",
    )
    covariates: dict[Name, ChurnCovariate] = Field(
        {},
        max_length=20,
        description="What makes users leave sooner or later: a price rise, a cap, waiting.",
    )


class BatchUse(StudyPart):
    """Use that may wait and pays less."""

    share: Share = Field(description="Of the offer's use.")
    discount: Share = Field(0.5, description="Off the price.")


class RivalCut(StudyPart):
    """Rivals in the offer's market, and a cut of their price as a shock."""

    share: Share = Field(description="Of the market that rivals hold at the reference.")
    cut: Share = Field(0.0, description="Of their price, which was the offer's own.")
    since: Month | None = Field(
        None, description="Holds in stages that begin in this month or later; empty: never."
    )


class OfferTerms(StudyPart):
    """A way to sell a product. What it sells is chosen by the plan, once a stage and branch."""

    kind: Literal["tier", "seats", "agents", "api", "credits", "results"] = Field(
        description=(
            "`tier` and `seats` pay by the head; `agents` by the seat and beyond what is included; "
            "`api` by use; `credits` ahead of use; `results` only for what succeeds."
        )
    )
    title: str = Field("", description="In words.")
    users: Written = Field("", description="Of tiers, seats and agents, now: `45e6 user`.")
    amount: Written = Field(
        "",
        description="Of the others, now: `2 Gtok/h`, `1e6 video-second/day`, `300 result/month`.",
    )
    price: Written = Field(
        "",
        description=(
            "The reference price: `20 USD/user-month`; of use, `8 USD/Mtok`; of a result, `500 "
            "USD/result`."
        ),
    )
    use: UserUse | None = Field(None, description="What a user wants and may use.")
    included: Written = Field(
        "", description="Of agents, use that the seat includes: `5 Mtok/user-month`."
    )
    overage: Written = Field("", description="Of agents, price of use beyond it: `6 USD/Mtok`.")
    ads: Written = Field(
        "", description="What advertising brings, whatever the price: `0.3 USD/user-month`."
    )
    groups: dict[Name, UserGroup] = Field(
        {}, description="Users who pay another price, by name: regions, promotions."
    )
    partner: Share = Field(
        0.0, description="Of the price, kept by who sells it; the plan counts what is left."
    )
    creators: Share = Field(
        0.0,
        description=(
            "Of what `partner` leaves of the price, and of `ads`, paid to those who made what is "
            "used; the plan counts the rest."
        ),
    )
    input: Written = Field(
        "", description="Of an API, price of input tokens that no cache holds: `1 USD/Mtok`."
    )
    cached: Written = Field("", description="Of an API, price of cached input tokens.")
    batch: BatchUse | None = Field(None, description="Of an API, use that may wait.")
    unused: Share = Field(0.0, description="Of credits, the share that is paid and never used.")
    work: Written = Field("", description="Of results, what one attempt takes: `40 Mtok/result`.")
    success: Share = Field(1.0, description="Of results, share of attempts that succeed.")
    growth: Change = Field(
        0.0, description="Yearly change of `users` or `amount`, beside the product's belief."
    )
    churn: Churn | None = Field(None, description="How users leave; empty: they follow `growth`.")
    joins: Written = Field("", description="With `churn`, new users a month: `2e6 user/month`.")
    unserved_churn: Share = Field(
        0.0,
        description="With `churn`, of users who go unserved for a year, those who leave for it.",
    )
    trust: TrustTerms | None = Field(
        None, description="With `churn`, how far its users trust it, and how they leave for it."
    )
    elasticity: float | None = Field(
        None,
        gt=0,
        le=50,
        description=(
            "Fall of the level in percent for a percent on the price, at the reference; empty: the "
            "reference price is the price."
        ),
    )
    market_share: Share | None = Field(
        None,
        description=(
            "Share of the market at the reference: with it the curve is a logit among other "
            "choices, without it a line."
        ),
    )
    rivals: RivalCut | None = Field(None, description="Rivals, and a shock to their price.")
    most: float | None = Field(
        None,
        gt=0,
        le=100,
        description="Largest level over the reference; empty: 1, or 2 on a curve.",
    )
    pieces: Whole = Field(
        10, ge=1, le=200, description="Straight pieces that the revenue is held by."
    )
    prices: list[Written] = Field(
        [],
        max_length=20,
        description="Prices of which one is posted in each stage; empty: any of the curve.",
    )
    largest: list[Share] = Field(
        [], max_length=10, description="Shares of the largest customers, told beside the revenue."
    )
    source: str = Field("", description="Where its figures come from.")
