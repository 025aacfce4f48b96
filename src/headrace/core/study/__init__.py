"""The study: one YAML document, every key with a unit, a meaning and a default.

An attribute is declared once, in the file of its part; the JSON Schema, the error texts, the
reference page and `headrace explain` come from it. Read `document` first; it names the parts.

    part             the base of every part: frozen, closed to unknown keys
    money_and_goal   what is maximised, in which money, and what may be spent
    horizon          when decisions are taken, and which hours are simulated in between
    beliefs          what is not known yet, and the tree that comes of it
    technology       technologies and fuels of the study's own, and what a unit can do
    grid             the right to take power, and what the utility asks for it
    site             weather, grid right, halls, and what may be built at a place
    fleet            which accelerators may be bought or rented
    own_parts        accelerators and model shapes of the study's own
    products         what is sold: model, promised latency, demand, price
    offers           ways to sell a product, each at one posted price a stage
    trust_and_royalty  what trust does to how users leave, and what is owed to holders of rights
    solver           how well and how the plan is sought
    document         the whole study, the top level of the YAML document
    reference        `headrace explain` and the JSON Schema
"""

from __future__ import annotations

from headrace.core.study.beliefs import Belief, Case, TreeNode
from headrace.core.study.document import Study
from headrace.core.study.fleet import CLOUD, Chip, FleetChoices, Rental
from headrace.core.study.grid import DemandPeriod, Export, Grid, TimeOfUse
from headrace.core.study.horizon import Horizon, HoursKept
from headrace.core.study.money_and_goal import (
    CashLimit,
    Currency,
    Goal,
    Limits,
    Money,
    MoneyLine,
    Risk,
)
from headrace.core.study.offers import (
    BatchUse,
    Churn,
    ChurnCovariate,
    OfferTerms,
    RivalCut,
    UserGroup,
    UserUse,
)
from headrace.core.study.own_parts import OwnAccelerator, OwnShape
from headrace.core.study.part import CatalogueReference, StudyPart
from headrace.core.study.products import Drafts, Measured, Model, Product, Promise
from headrace.core.study.reference import explain, parts_of, schema
from headrace.core.study.site import (
    Build,
    Hall,
    PlannedOutage,
    ReliabilityPromise,
    Reserve,
    Site,
    WeatherYears,
)
from headrace.core.study.solver import Solver
from headrace.core.study.technology import Fuel, Technology, Units
from headrace.core.study.trust_and_royalty import RoyaltyTerms, TrustTerms

__all__ = [
    "CLOUD",
    "BatchUse",
    "Belief",
    "Build",
    "Case",
    "CashLimit",
    "CatalogueReference",
    "Chip",
    "Churn",
    "ChurnCovariate",
    "Currency",
    "DemandPeriod",
    "Drafts",
    "Export",
    "FleetChoices",
    "Fuel",
    "Goal",
    "Grid",
    "Hall",
    "Horizon",
    "HoursKept",
    "Limits",
    "Measured",
    "Model",
    "Money",
    "MoneyLine",
    "OfferTerms",
    "OwnAccelerator",
    "OwnShape",
    "PlannedOutage",
    "Product",
    "Promise",
    "ReliabilityPromise",
    "Rental",
    "Reserve",
    "Risk",
    "RivalCut",
    "RoyaltyTerms",
    "Site",
    "Solver",
    "Study",
    "StudyPart",
    "Technology",
    "TimeOfUse",
    "TreeNode",
    "TrustTerms",
    "Units",
    "UserGroup",
    "UserUse",
    "WeatherYears",
    "explain",
    "parts_of",
    "schema",
]
