"""How a plan is solved: every constant of the solvers that changes what they do, with its unit, its
meaning and where it comes from.

    options = SolverOptions(gap=1e-3, threads=4)
    plan = solve(problem, options)              # plan/solve/solve.py; a study writes `solver:`

"Measured" names the design note in which a value was compared with others; "convention" is what
textbooks and other solvers do. Guards against rounding (1e-12 and the like) stay where they are
used: no choice hangs on them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

from headrace.core.study import Solver

Method = Literal["auto", "interior", "highs"]


@dataclass(frozen=True)
class SolverOptions:
    """The choices of a solve. A share is a number between 0 and 1; "products" are the sum of all
    complementarity products x z, which is the duality gap of a feasible iterate.
    """

    # what is asked for

    method: Method = "auto"
    """Which solver answers: the structured interior point, HiGHS on the extensive form, or by size.
    """

    gap: float = 1e-4
    """Relative gap at which a plan is done [1] (plan/lp/gap.py). Convention: MILP solvers' 1e-4."""

    threads: int = 2
    """Threads that work side by side, on nodes of the tree or inside HiGHS [1]."""

    seconds: float = float("inf")
    """Wall time after which the best plan so far is returned with its bounds [s]."""

    highs_columns: int = 20_000
    """`auto`: hourly columns up to which HiGHS answers at once [1]. Chosen by hand: one short wait.
    """

    rescue_columns: int = 60_000
    """Hourly columns up to which HiGHS takes over what the interior point could not finish [1]."""

    acceptable_gap: float = 1e-3
    """Gap at which a plan counts as finished though a tighter one was asked for and missed [1]."""

    acceptable_integer_gap: float = 2e-2
    """The same for large plans with whole orders, whose last per cent is a search [1]."""

    # the step of the interior point

    iterations: int = 200
    """Iterations after which the interior point gives up [1]; it takes 15 to 60."""

    step: float = 0.995
    """Share of the way to the nearest bound that a step goes [1]. Convention: a little below 1
    (Wright 1997, Primal-Dual Interior-Point Methods).
    """

    centring_power: float = 3.0
    """Exponent of Mehrotra's centring sigma = (mu_affine / mu)^3 [1]. Convention: Mehrotra 1992."""

    centring: tuple[float, float] = (1e-4, 0.9)
    """Least and largest sigma [1]. Measured: docs/decisions/0012."""

    corrector_bound: float = 3.0
    """Second-order terms are kept within this many targets [1]. Measured: docs/decisions/0012; the
    idea is Gondzio's (1996): a corrector that is trusted too far spoils more products than it
    mends.
    """

    truncated: float = 1e-3
    """Share of all node-hours left out of the ratio test; their own step is truncated [1].
    Measured: docs/decisions/0012. 0 is the exact rule, which is the limit when progress stalls."""

    truncated_start: float = 1e-2
    """The same while products are larger than `truncated_until`: the first steps are long then [1].
    """

    truncated_until: float = 1e-2
    """Products, relative to the plan's cost, below which `truncated` holds [1]."""

    truncated_keep: float = 0.3
    """Part of itself that a value keeps at least where its step is truncated [1]."""

    truncated_keep_fine: float = 0.1
    """The same where a gap below `fine_gap` is asked for [1]. Measured: docs/decisions/0170."""

    fine_gap: float = 5e-5
    """Gap below which `truncated_keep_fine` holds [1]; whole orders, sought at wider ones,
    take half as long again with it."""

    truncated_product: float = 0.01
    """Part of the target that a product keeps at least where its step is truncated [1]."""

    stall: int = 3
    """Iterations without a fifth less of the products after which fewer hours are left out [1]."""

    stall_far: int = 20
    """The same while products are above a fiftieth of the plan's cost; none are left out then [1].
    """

    short_step: float = 0.1
    """Both steps below this, `short_steps` times in a row: leaving fewer hours out has made it
    worse, and `truncated` of them are left out again [1]. Measured: docs/decisions/0214.
    """

    short_steps: int = 5
    """See `short_step` [1]."""

    stall_factor: float = 0.2
    """By how much `truncated` shrinks then [1]."""

    runaway: float = 1e9
    """Growth of the mean product at which nothing feasible, or no end of profit, is concluded [1].
    """

    long_window: int = 200
    """Hours from which on a period budget counts in the ratio test whatever is truncated [h]."""

    # certified bounds

    bounds_near: float = 6.0
    """Products, in gaps, from which on bounds are computed every `bounds_every` iterations [1]."""

    bounds_every: int = 4
    """See `bounds_near` [1]. Bounds cost about as much as an iteration."""

    bounds_screening: tuple[float, int] = (12.0, 2)
    """The same pair where a bound alone may end the solve: a neighbour in branch and bound [1]."""

    bounds_expected: float = 1.3
    """Gap to be expected, in gaps, from which on bounds are computed in every iteration [1]."""

    bounds_pool: int = 6
    """Recent iterates whose cuts are blended into one proof [1]."""

    repair_exact: tuple[float, float] = (0.5, 1e-3)
    """Products, in gaps, from which on HiGHS operates nodes that the fast repair cannot, after
    `repair_patience` bounds without a better plan, and from which on it does at once [1]. Below it
    a repair that fails would end the solve without a plan."""

    repair_patience: int = 12
    """See `repair_exact` [1]. HiGHS at fixed orders has taken five times all iterations before."""

    checkpoint_seconds: float = 60.0
    """How often a long run leaves its plan and its iterate behind, for the case that it is killed
    [s]."""

    repair_tolerance: float = 1e-9
    """A repaired plan keeps every row to this part of the row's largest term [1]."""

    # where it begins

    coarse_days: int = 24
    """Representative days of the coarse start, next to those of the extremes [1]."""

    coarse_years: int = 96
    """Days of the shortest year that begins with a coarse one [d]."""

    coarse_products: float = 0.3
    """Products, relative to the coarse plan's cost, at which it ends: later costs more than it
    saves [1]. Measured: docs/decisions/0012.
    """

    coarse_iterations: int = 120
    """Iterations after which a coarse start is given up [1]. Measured: docs/decisions/0309."""

    warm_products: float = 4e-3
    """Products, relative to the cost, at which an iterate is kept as a start for other numbers:
    still centred, yet near [1].
    """

    warm_products_orders: float = 6e-2
    """The same as a start for a plan in which orders are fixed [1]. Measured: decision 17."""

    warm_products_curvature: float = 0.1
    """Products at which the curvature of the cost is kept that chooses whole orders [1]."""

    warm_room: float = 0.3
    """Share of its slack that a master row keeps at least when orders are fixed [1]."""

    warm_patience: tuple[int, int] = (4, 6)
    """Iterations within which a warm start must come a third of the way: other numbers, fixed
    orders [1].
    """

    # whole orders and CVaR

    integer_gap: float = 1e-3
    """Gap below which whole orders are not sought in large plans: each pass costs about one plan
    [1].
    """

    integer_relaxed: float = 1.5
    """Gap of the plan without whole orders, in gaps: the bound also rests on the cuts that follow
    [1].
    """

    integer_fixed: float = 0.6
    """Gap of each plan around fixed whole orders, in gaps [1]."""

    integer_passes: int = 12
    """Whole orders that are tried for the mean [1]."""

    integer_planes: int = 40
    """Planes of the quadratic that chooses the first whole orders, at most [1]."""

    integer_planes_gap: float = 5e-4
    """How near the planes come to the quadratic, relative to the cost [1]."""

    cvar_passes: int = 8
    """Whole orders that are tried with CVaR [1]."""

    cvar_mixed_mean: float = 1e-3
    """Share of the mean mixed into the odds of the tail, so that no node has weight zero [1]."""

    cvar_floor: float = 3.0
    """The origin of cost windows lies this many times below what hours earn at typical sizes [1].
    """

    @classmethod
    def of(cls, asked: Solver) -> SolverOptions:
        """The options that a study asks for under `solver:`."""
        limit = float("inf") if asked.time_limit is None else asked.time_limit
        return cls(**asked.model_dump(exclude={"time_limit"}), seconds=limit)

    @property
    def kept_part(self) -> float:
        """`truncated_keep`, or `truncated_keep_fine` where the gap is fine [1]."""
        return self.truncated_keep_fine if self.gap < self.fine_gap else self.truncated_keep

    def but(self, **changes: object) -> SolverOptions:
        """The same options with some changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        """One line for the log: gap, threads, and whatever differs from its default."""
        other = [
            f"{each.name} {getattr(self, each.name)}"
            for each in fields(self)
            if each.name not in ("gap", "threads") and getattr(self, each.name) != each.default
        ]
        return ", ".join([f"gap {self.gap:g}", f"{self.threads} threads", *other])


DEFAULTS = SolverOptions()
"""What is used where nothing is said."""
