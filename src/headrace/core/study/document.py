"""The whole study: the top level of the YAML document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pydantic import Field, PrivateAttr, model_validator

from headrace.core.quantities import Name
from headrace.core.study.beliefs import Belief, TreeNode, rounded_sum
from headrace.core.study.fleet import FleetChoices
from headrace.core.study.horizon import Horizon
from headrace.core.study.money_and_goal import Currency, Goal, Limits, Money
from headrace.core.study.own_parts import OwnAccelerator, OwnShape
from headrace.core.study.part import StudyPart
from headrace.core.study.products import Model, Product
from headrace.core.study.site import Site
from headrace.core.study.solver import Solver
from headrace.core.study.technology import Fuel, Technology
from headrace.core.varying import VaryingCarbonPrice


class Study(StudyPart):
    """A whole study."""

    study: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Name of the study."
    )
    title: str = Field("", description="In words.")
    goal: Goal = Field(Goal(), description="What is maximised.")
    money: Money = Field(Money(), description="Currency, money year, discount rate.")
    currencies: dict[Name, Currency] = Field(
        {},
        description=(
            "Rates of other currencies, by code: with `EUR` stated, amounts may be written in EUR."
        ),
    )
    horizon: Horizon = Field(description="Stages and hours.")
    carbon: VaryingCarbonPrice = Field(
        0.0, description="Price of CO2: a number, a path by date, or `FILE#COLUMN`."
    )
    fuels: dict[str, Fuel] = Field({}, description="Fuels by name.")
    technologies: dict[str, Technology] = Field({}, description="Technologies of the study's own.")
    beliefs: dict[str, Belief] = Field({}, description="What you cannot know yet; makes the tree.")
    tree: list[TreeNode] = Field([], description="A tree written by hand, instead of `beliefs`.")
    sites: dict[str, Site] = Field(description="Places.", min_length=1, max_length=20)
    fleet: FleetChoices = Field(
        FleetChoices(), description="Accelerators that may be bought or rented."
    )
    accelerators: dict[Name, OwnAccelerator] = Field(
        {}, description="Accelerators of the study's own, which `use` may name."
    )
    shapes: dict[Name, OwnShape] = Field(
        {}, description="Model shapes of the study's own, which `shape` may name."
    )
    models: dict[str, Model] = Field({}, description="Models.")
    products: dict[str, Product] = Field(description="What is sold.", min_length=1, max_length=50)
    limits: Limits = Field(Limits(), description="Limits over everything.")
    solver: Solver = Field(Solver(), description="How well and how the plan is sought.")

    _rounded: dict[str, float] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _one_tree(self) -> Study:
        if self.beliefs and self.tree:
            raise ValueError("write either `beliefs` or `tree`, not both")
        return self

    @model_validator(mode="after")
    def _divided(self) -> Study:
        shares: dict[str, list[float]] = defaultdict(list)
        for node in self.tree:
            if node.parent:
                shares[node.parent].append(node.probability)
        for parent, below in shares.items():
            total = rounded_sum(below)
            if total is not None:
                self._rounded[parent] = total
        for position, node in enumerate(self.tree):
            share = node.probability / self._rounded.get(node.parent, 1.0)
            if node.parent in self._rounded:
                self.tree[position] = node.model_copy(update={"probability": share})
        return self

    @property
    def rounded(self) -> Mapping[str, float]:
        """By node of `tree`: the sum [1] by which the probabilities below it were divided."""
        return self._rounded
