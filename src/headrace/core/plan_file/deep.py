"""The deep answers of `plan.json` as frozen values: what is known of the bet, and which questions
are still open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from headrace.core.json_records import WHERE_KNOWN


@dataclass(frozen=True)
class Span:
    """A certified interval [USD]; an end that is None is not known."""

    low_usd: float | None = None
    high_usd: float | None = None


@dataclass(frozen=True)
class BranchOutcome:
    """What orders earn on the branch that ends in `node` [USD]; regret: what the plan's own orders
    earn more there.
    """

    node: int
    npv: Span
    probability: float = 0.0
    label: str = ""
    regret: Span | None = None


@dataclass(frozen=True)
class Baseline:
    """Another way of deciding: its worth, and what it loses against the plan. missing: why it was
    not asked. breaks: what becomes of a promise with it; then it is no plan and has no worth.
    """

    name: str
    title: str
    worth: Span | None = None
    regret: Span | None = None
    leaves: tuple[BranchOutcome, ...] = ()
    about: str = ""
    missing: str = ""
    breaks: str = ""

    def worst(self) -> BranchOutcome | None:
        """The branch on which it loses most, with the loss that is certain there."""
        lost = [
            (leaf.regret.low_usd, leaf)
            for leaf in self.leaves
            if leaf.regret is not None and leaf.regret.low_usd is not None
        ]
        return max(lost, key=lambda pair: pair[0])[1] if lost else None


@dataclass(frozen=True)
class TerminalValueRecord:
    """The plan where `share` of its terminal value counts; kept: share of the root's spending that
    both plans place.
    """

    share: float
    worth: Span
    terminal_usd: float
    kept: float = 1.0
    worst: BranchOutcome | None = None


@dataclass(frozen=True)
class InformationRecord:
    """What knowing is worth [USD]: perfect information (EVPI), and the tree against the plan for
    the mean future (VSS). foreseen: what each branch earns where it alone is known to come.
    breaks: what becomes of a promise with the plan for the mean future, which then has no worth.
    """

    recourse: Span
    wait_and_see: Span
    mean_plan: Span
    perfect_information: Span
    stochastic_solution: Span
    foreseen: tuple[BranchOutcome, ...] = ()
    breaks: str = ""


@dataclass(frozen=True)
class WholeUnitRecord:
    """Operation with whole units on line, by a mixed-integer program at the plan's capacities.

    nodes: operated years that were counted so; left: others with plants on line. relaxed_usd: what
    the former cost over what they earn, as the plan operates them; extra: by how much whole units
    cost more, expected and discounted [USD].
    """

    nodes: int
    left: int
    relaxed_usd: float
    extra: Span


@dataclass(frozen=True)
class SizeRecord:
    """How much of an asset is ordered at the root in two plans [unit]."""

    site: str
    asset: str
    title: str
    unit: str
    planned: float
    without: float


@dataclass(frozen=True)
class WithoutYearRecord:
    """The best plan where the year of weather that binds counts nothing. year: what it is called;
    worth: of that plan, over the years that are left [USD]; orders: of the root that differ.
    """

    year: str
    worth: Span
    orders: tuple[SizeRecord, ...] = ()


@dataclass(frozen=True)
class DeepRecord:
    """Everything that was asked further. alpha, cvar: mean of the worst 1 - alpha branches [USD];
    seconds: time spent.
    """

    finished: bool
    alpha: float = 0.9
    open: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cvar: Span | None = None
    leaves: tuple[BranchOutcome, ...] = ()
    endings: tuple[TerminalValueRecord, ...] = ()
    regrets: tuple[Baseline, ...] = ()
    information: InformationRecord | None = None
    whole_units: WholeUnitRecord | None = field(default=None, metadata=WHERE_KNOWN)
    without_year: WithoutYearRecord | None = field(default=None, metadata=WHERE_KNOWN)
