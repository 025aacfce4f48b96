"""The contract of `plan.json`: what the plan writes is what every view, the replay and the recheck
read.

records    the plan and its parts: orders, tree, flows, costs, certificate, sources
decision   what is weighed beside an order: payments, branches, the plan without any
liquidity  cash on every branch, where the study limits it
market     what is sold: offers, and what each stage sells of them
deep       the answers to the deep questions
status     how the run ended, and what its numbers are about
codec      `read_plan`, `write_plan`, `parse`; the JSON Schema; files without a version
"""

from headrace.core.plan_file.codec import parse, read_plan, schema, summary, write_plan
from headrace.core.plan_file.decision import (
    Alternative,
    BranchGain,
    DecisionRecord,
    DuePayment,
    StageCost,
    YearCash,
)
from headrace.core.plan_file.deep import (
    Baseline,
    BranchOutcome,
    DeepRecord,
    InformationRecord,
    SizeRecord,
    Span,
    TerminalValueRecord,
    WholeUnitRecord,
    WithoutYearRecord,
)
from headrace.core.plan_file.liquidity import (
    CashYear,
    DrawnMoney,
    LiquidityRecord,
    MoneyUse,
)
from headrace.core.plan_file.market import (
    BelievedPath,
    Cohort,
    CurvePoint,
    HistoryPoint,
    HistoryRecord,
    OfferRecord,
    RevenueBridge,
    SoldRecord,
)
from headrace.core.plan_file.records import (
    SCHEMA_VERSION,
    BeliefValue,
    Capacity,
    Cash,
    Certificate,
    CostPart,
    DemandRecord,
    FlipRecord,
    FlowRecord,
    MoneyRecord,
    NodeRecord,
    OrderRecord,
    PlanFile,
    ProductCost,
    Ratio,
    RiskRecord,
    ShadowPriceRecord,
    Source,
    WeatherRecord,
    WholeUnits,
)
from headrace.core.plan_file.status import (
    FullHours,
    GapOf,
    Holds,
    MadeBy,
    PlanStatus,
    SiteAvailability,
    State,
    WeatherKind,
)

__all__ = [
    "SCHEMA_VERSION",
    "Alternative",
    "Baseline",
    "BeliefValue",
    "BelievedPath",
    "BranchGain",
    "BranchOutcome",
    "Capacity",
    "Cash",
    "CashYear",
    "Certificate",
    "Cohort",
    "CostPart",
    "CurvePoint",
    "DecisionRecord",
    "DeepRecord",
    "DemandRecord",
    "DrawnMoney",
    "DuePayment",
    "FlipRecord",
    "FlowRecord",
    "FullHours",
    "GapOf",
    "HistoryPoint",
    "HistoryRecord",
    "Holds",
    "InformationRecord",
    "LiquidityRecord",
    "MadeBy",
    "MoneyRecord",
    "MoneyUse",
    "NodeRecord",
    "OfferRecord",
    "OrderRecord",
    "PlanFile",
    "PlanStatus",
    "ProductCost",
    "Ratio",
    "RevenueBridge",
    "RiskRecord",
    "ShadowPriceRecord",
    "SiteAvailability",
    "SizeRecord",
    "SoldRecord",
    "Source",
    "Span",
    "StageCost",
    "State",
    "TerminalValueRecord",
    "WeatherKind",
    "WeatherRecord",
    "WholeUnitRecord",
    "WholeUnits",
    "WithoutYearRecord",
    "YearCash",
    "parse",
    "read_plan",
    "schema",
    "summary",
    "write_plan",
]
