"""What is not known yet: beliefs whose cases multiply into a tree, or a tree written by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema, model_validator

from headrace.core.quantities import Name, Power, Share, Whole, Written, read_written
from headrace.core.study.part import StudyPart
from headrace.core.varying import path_text

ROUNDED = 1e-3
"""How far probabilities may miss 1 and still be what somebody rounded, as three times 33.33 %: they
are divided by their sum, and that is told.
"""


def rounded_sum(probabilities: Iterable[float]) -> float | None:
    """What probabilities [1] add up to where that is 1 but for rounding; None where it is 1, or
    where no rounding explains it.
    """
    total = math.fsum(probabilities)
    return total if 1e-9 < abs(total - 1) <= ROUNDED * (1 + 1e-9) else None


Believed = Annotated[
    str,
    BeforeValidator(lambda written: read_written(path_text(written))),
    WithJsonSchema({"anyOf": [{"type": ["string", "number"]}, {"type": "object"}]}),
]
"""A quantity with its unit, a path of them or the name of a table, kept as written."""


class Case(StudyPart):
    """One way a belief may turn out."""

    probability: Share = Field(
        description="How likely you hold it: `30 %`, `1/3`; the cases of a belief add up to 1."
    )
    value: Believed = Field(
        description=(
            "The value in this case, with its unit; of a price also a path or `FILE#COLUMN`."
        )
    )


class Belief(StudyPart):
    """Something you cannot know yet, and when you will."""

    about: Name = Field(
        description=(
            "`demand` or `demand:PRODUCT` (growth), `software` (growth of what an accelerator "
            "serves in tokens, since the law was measured), `fuel:NAME`, `carbon`, `grid:SITE` and "
            "`export:SITE` (prices), `capex:TECHNOLOGY` (overnight cost), `queue:SITE` and "
            "`lead:TECHNOLOGY` (months), `rent:NAME` (of what is rented, USD/accelerator-h) and "
            "`rent` (a factor on all rents), `rivals:PRODUCT` (their cut), `royalty:PRODUCT` (a "
            "factor), `series:FILE#COLUMN` and `weather:SITE` (names)."
        )
    )
    before: Believed = Field(
        description="The value that holds until it is revealed, with its unit."
    )
    reveal: Whole = Field(
        ge=2, description="Stage at whose start the case is known; 1 is the root."
    )
    cases: dict[str, Case] = Field(description="The ways it may turn out.", min_length=1)
    history: Name = Field(
        "",
        description=(
            "Of growth, a series that comes along and is drawn beside the cases: "
            "`chatgpt_weekly_users`, ..."
        ),
    )
    source: str = Field("", description="Where the cases come from.")
    _rounded: float | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _divided(self) -> Belief:
        self._rounded = rounded_sum(case.probability for case in self.cases.values())
        if self._rounded is not None:
            for name, case in self.cases.items():
                share = case.probability / self._rounded
                self.cases[name] = case.model_copy(update={"probability": share})
        return self

    @property
    def rounded(self) -> float | None:
        """Sum [1] by which the probabilities as written were divided; None where it was 1."""
        return self._rounded


class TreeNode(StudyPart):
    """One node of a tree written by hand."""

    node: Name = Field(description="Name of the node.")
    parent: Name = Field("", description="Name of its parent; empty for the root.")
    probability: Share = Field(1.0, description="Probability given the parent.")
    values: dict[str, Written] = Field(
        {}, description="Values that hold here: `demand`, `fuel:gas`, `capex:nuclear.smr`, ..."
    )
    demand: dict[str, list[Power]] = Field(
        {}, description="Demand by block, for electricity products of block studies."
    )
