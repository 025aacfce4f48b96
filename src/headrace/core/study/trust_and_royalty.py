"""What stands between a sale and its money: trust, by which users stay, and royalties."""

from __future__ import annotations

from pydantic import Field, field_validator

from headrace.core.quantities import Name, Share, Written
from headrace.core.study.part import StudyPart


class TrustTerms(StudyPart):
    """How far an offer's users trust it, from 0 to 1, and what that does to how they leave.

    Month by month trust comes back by `repair` of what is missing, and is worn by advertising, by
    use that fails, and by paid ranking that is found out.
    """

    now: Share = Field(1.0, description="Trust at the start of the horizon.")
    repair: Share = Field(description="Of the trust that is missing, what comes back in a month.")
    ads: list[float] = Field(
        [0.0],
        min_length=1,
        max_length=200,
        description="Advertisements in a mean answer; one number, or one a stage.",
    )
    irrelevance: Share = Field(1.0, description="Of the advertisements, those that are no use.")
    wear: Share = Field(
        0.0,
        description="Share of trust lost in a month at one irrelevant advertisement an answer.",
    )
    failed: list[Share] = Field(
        [0.0],
        min_length=1,
        max_length=200,
        description=(
            "Share of use that fails or goes unserved, as users see it; one number, or one a stage."
        ),
    )
    failure_wear: float = Field(
        0.0,
        ge=0,
        le=100,
        description="Share of trust lost in a month for each share of use that fails.",
    )
    jump: Share = Field(0.0, description="Share of trust lost when paid ranking is found out.")
    audits: float = Field(0.0, ge=0, le=1000, description="Independent audits a year.")
    found: Share = Field(
        0.0,
        description=(
            "Chance that one audit finds the paid ranking there is: the power that `headrace "
            "audit` prints for its size."
        ),
    )
    sensitivity: float = Field(
        description="The hazard of leaving is multiplied by exp(sensitivity x (1 - trust)).",
        ge=0,
        le=5,
    )
    source: str = Field("", description="Where its figures come from.")

    @field_validator("ads", "failed", mode="before")
    @classmethod
    def _one_for_all(cls, written: object) -> object:
        return written if isinstance(written, list) else [written]

    @field_validator("ads")
    @classmethod
    def _not_negative(cls, values: list[float]) -> list[float]:
        if any(not 0 <= value <= 100 for value in values):
            raise ValueError("advertisements in an answer are between 0 and 100")
        return values


class RoyaltyTerms(StudyPart):
    """What holders of rights are owed for what is served: a rate, or what the prices of a register
    of licences come to.
    """

    rate: Written = Field(
        "", description="`0.002 USD/video-second`, or with `clip`, `0.02 USD/clip`."
    )
    clip: Written = Field(
        "", description="What a clip or an answer takes: `8 video-second/clip`, `900 tok/clip`."
    )
    licences: Written = Field(
        "",
        description=(
            "Instead of `rate`, a register as `headrace settle` reads it, `licences.yaml`: what a "
            "clip owes is the `per_use` of the works it uses, of each the highest."
        ),
    )
    asked: dict[Name, Share] = Field(
        {},
        max_length=1000,
        description="With `licences`, work -> share of clips that use it; the rest use none.",
    )
    source: str = Field("", description="Where its figures come from.")
