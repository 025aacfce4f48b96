"""What is sold: models, the latency promised with them, demand and price."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from headrace.core.quantities import (
    Change,
    Month,
    Name,
    Seconds,
    Share,
    Whole,
    Written,
    read_deadline,
)
from headrace.core.study.offers import OfferTerms
from headrace.core.study.part import StudyPart
from headrace.core.study.trust_and_royalty import RoyaltyTerms


class Measured(StudyPart):
    """What own measurements of a model on an accelerator say of the law that answers for it;
    `headrace calibrate points.csv` writes it.
    """

    tpot: float = Field(
        1.0, gt=0.01, lt=100, description="Measured over predicted time per token, median."
    )
    ttft: float = Field(
        1.0, gt=0.01, lt=100, description="Measured over predicted time to first token, median."
    )
    error: Share = Field(
        description="Error of the time per token on points held out, mean absolute and relative."
    )
    date: Month | None = Field(
        None, description="When they were made; not written: as old as the law."
    )


class Drafts(StudyPart):
    """Speculative decoding: a draft proposes tokens, and one step of the model checks them all."""

    proposed: Whole = Field(ge=1, le=64, description="Tokens that the draft proposes a step.")
    accepted: float = Field(
        ge=1,
        description=(
            "Mean tokens that a step yields (the acceptance length that engines report): at most "
            "one more than proposed."
        ),
    )
    draft: Share = Field(0.05, description="Time of one draft step over one of the model's.")

    @model_validator(mode="after")
    def _possible(self) -> Drafts:
        if self.accepted > self.proposed + 1:
            raise ValueError(
                f"`accepted: {self.accepted:g}` is more than a step can yield of "
                f"{self.proposed} proposed and its own; expected 1 to {self.proposed + 1}"
            )
        return self


class Model(StudyPart):
    """A model that is served or trained."""

    shape: Name = Field(description="Catalogue key of its architecture, or a name of `shapes`.")
    precision: Literal["bf16", "fp8", "fp4", "int4"] = Field(
        "fp8",
        description=(
            "Number format of the weights. Where an accelerator cannot compute in it, weights are "
            "kept in it and widened to the next format that it can."
        ),
    )
    measured: dict[Name, Measured] = Field(
        {}, description="Name of `fleet` -> what own measurements say of it."
    )
    speculation: Drafts | None = Field(
        None, description="It decodes with drafts; not written: one token a step."
    )


class Promise(StudyPart):
    """What users are promised: percentiles, or means where only those are written."""

    ttft_p95: Seconds | None = Field(
        2.0, description="Time to first token, 95th percentile of requests."
    )
    tpot_p95: Seconds | None = Field(
        0.05, description="Mean time per further token of a request, 95th percentile of requests."
    )
    ttft: Seconds | None = Field(
        None,
        description=(
            "Time to first token, mean over requests; written alone, no percentile is promised."
        ),
    )
    tpot: Seconds | None = Field(
        None, description="Time per further token, mean; written alone, no percentile is promised."
    )

    @model_validator(mode="before")
    @classmethod
    def _means_alone(cls, written: object) -> object:
        if not isinstance(written, dict):
            return written
        alone = {f"{name}_p95": None for name in ("ttft", "tpot") if name in written}
        return alone | written


class Product(StudyPart):
    """What is sold."""

    title: str = Field("", description="In words.")
    kind: Literal["tokens", "video", "training", "electricity"] = Field(
        "tokens", description="What is delivered."
    )
    model: Name = Field("", description="Name of the model that serves it.")
    site: Name = Field("", description="Site of an electricity product.")
    isl: Whole = Field(1000, ge=1, le=10_000_000, description="Input tokens of a request.")
    cached: Whole = Field(
        0, ge=0, le=10_000_000, description="Input tokens of a request that a prefix cache holds."
    )
    osl: Whole = Field(300, ge=1, le=10_000_000, description="Output tokens of a request.")
    promise: Promise = Field(Promise(), description="Latency promise.")
    demand: Written = Field(
        "",
        description=(
            "Mean demand now: `2 Gtok/h` of output tokens, `1e6 video-second/day`, `4e26 FLOP/a`, "
            "`100 MW`; or every hour of a year, `FILE#COLUMN`. Empty where `offers` say it."
        ),
    )
    price: Written = Field(
        "",
        description=(
            "Price: `8 USD/Mtok` of output tokens, `0.1 USD/video-second`, `1 USD/EFLOP`, `60 "
            "USD/MWh`. Empty where `offers` say it."
        ),
    )
    offers: dict[Name, OfferTerms] = Field(
        {},
        max_length=40,
        description=(
            "Ways to sell it, by name, instead of `demand` and `price`: what is sold of each is "
            "decided once a stage, at one posted price."
        ),
    )
    refund: Written = Field(
        "",
        description=(
            "With `offers`, what is paid back for a unit that is sold and not served; empty: the "
            "highest price of a unit of use, or what one brings from users if that is more."
        ),
    )
    royalty: RoyaltyTerms | None = Field(
        None, description="What holders of rights are owed for what is served; empty: nothing."
    )
    season: list[float] = Field(
        [],
        max_length=12,
        description=(
            "Twelve factors on demand, January first, brought to a year's mean of one; empty: none."
        ),
    )
    price_change: Change = Field(0.0, description="Yearly change of the price, in real terms.")
    shape: Name = Field(
        "flat",
        description=(
            "Hourly shape: a row of the market's catalogue, or `FILE#COLUMN`, brought to mean one."
        ),
    )
    deadline: Annotated[Literal["now", "day", "year"] | float, BeforeValidator(read_deadline)] = (
        Field("now", description="`now`, a length of time such as `4 h`, `day`, `year`.")
    )
    availability: Share = Field(0.0, description="Share of the yearly demand that must be served.")
    served_from: Whole = Field(
        1, ge=1, le=40, description="First stage in which `availability` binds."
    )
    source: str = Field("", description="Where demand and price come from.")
