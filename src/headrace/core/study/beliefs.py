"""What is not known yet: beliefs whose cases multiply into a tree, or a tree written by hand."""

from __future__ import annotations

from pydantic import Field

from headrace.core.quantities import Power, Share, Written
from headrace.core.study.part import StudyPart


class Case(StudyPart):
    """One way a belief may turn out."""

    probability: Share = Field(
        description="How likely you hold it; the cases of a belief add up to 1."
    )
    value: Written = Field(description="The value in this case, with its unit.")


class Belief(StudyPart):
    """Something you cannot know yet, and when you will."""

    about: str = Field(
        description=(
            "`demand` or `demand:PRODUCT` (growth), `fuel:NAME` (price), `capex:TECHNOLOGY` "
            "(overnight cost)."
        )
    )
    before: Written = Field(description="The value that holds until it is revealed, with its unit.")
    reveal: int = Field(ge=2, description="Stage at whose start the case is known; 1 is the root.")
    cases: dict[str, Case] = Field(description="The ways it may turn out.", min_length=1)
    source: str = Field("", description="Where the cases come from.")


class TreeNode(StudyPart):
    """One node of a tree written by hand."""

    node: str = Field(description="Name of the node.")
    parent: str = Field("", description="Name of its parent; empty for the root.")
    probability: Share = Field(1.0, description="Probability given the parent.")
    values: dict[str, Written] = Field(
        {}, description="Values that hold here: `demand`, `fuel:gas`, `capex:nuclear.smr`, ..."
    )
    demand: dict[str, list[Power]] = Field(
        {}, description="Demand by block, for electricity products of block studies."
    )
