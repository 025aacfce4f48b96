"""Whether an imported network is worth here what it is worth in PyPSA, in one line.

The imported problem lets more happen than PyPSA: loads unserved, energy thrown away, sizes only up
to a limit. A plan that uses none of it solves both. Where it does, what it uses is made dearer and
its limit larger, until it is left alone or nothing else is possible: then PyPSA has no plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headrace.core.errors import Infeasible
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.pypsa.importer import ROOM, Imported, import_pypsa, peak_load
from headrace.plan.solve.solve import CertifiedPlan, solve

ROUNDS = 4
"""Times that a network is solved before what it leaves open is told [1]."""

DUST = 1e-6
"""Below this share of the network's largest load in all snapshots it is the solver's dust [1]."""


@dataclass(frozen=True)
class ImportVerdict:
    """A network solved. low, high: the least cost of PyPSA's problem lies between [currency].

    unserved, wasted: what the plan leaves open [MWh]; at_limit: sizes that our limit holds back;
    sizes: of all that is chosen, by name. found: the problem and its plan, None where even the
    dearest way out is none.
    """

    network: str
    low: float
    high: float
    unserved: float
    wasted: float
    at_limit: tuple[str, ...]
    sizes: dict[str, float]
    found: tuple[Imported, CertifiedPlan] | None

    @property
    def exact(self) -> bool:
        """Whether the plan is one of PyPSA's problem."""
        return self.found is not None and not (self.unserved or self.wasted or self.at_limit)

    @property
    def words(self) -> str:
        """The one line."""
        if self.exact:
            return (
                f"{self.network}: as in PyPSA, total cost between {self.low:,.6g} and "
                f"{self.high:,.6g}; unserved 0, thrown away 0, nothing at a limit"
            )
        if self.found is None:
            return f"{self.network}: no size and no operation keeps every limit, in PyPSA neither"
        held = ", ".join(self.at_limit) or "nothing"
        why = "costs fall without end there" if self.at_limit else "PyPSA has no plan for it"
        return (
            f"{self.network}: not as in PyPSA, which allows none of this: unserved "
            f"{self.unserved:,.6g} MWh, thrown away {self.wasted:,.6g} MWh, "
            f"at a limit: {held}; {why}"
        )


def settle(
    path: Path,
    options: SolverOptions = DEFAULTS,
    *,
    stop: Callable[[], bool] | None = None,
    say: Callable[[str], None] | None = None,
) -> ImportVerdict:
    """Import a network, solve it, and say whether the plan is PyPSA's.

    Raises InputError for what cannot be imported, StoppedEarly where `stop` came before any plan.
    """
    shed, waste, room, verdict, asked = None, None, ROOM, None, options.gap
    for turn in range(ROUNDS):
        imported = import_pypsa(path, shed_price=shed, waste_price=waste, room=room)
        try:
            plan = solve(imported.problem, options, stop=stop)
        except Infeasible:
            return ImportVerdict(path.name, 0.0, 0.0, 0.0, 0.0, (), {}, None)
        verdict = judged(path.name, imported, plan)
        wide = verdict.high - verdict.low > asked * max(1.0, abs(verdict.high))
        if (verdict.exact and not wide) or (stop is not None and stop()):
            break
        if wide:  # the solver's gap counts what is only added and taken off again
            options = options.but(gap=options.gap / 30.0)
        # what is left alone keeps its price: dear columns cost digits
        shed = imported.shed_price * (1e2 if verdict.unserved else 1.0)
        waste = imported.waste_price * (1e2 if verdict.wasted else 1.0)
        room *= 1e2 if verdict.at_limit else 1.0
        if say is not None and not verdict.exact and turn + 1 < ROUNDS:
            say(verdict.words + "; once more, with these dearer or larger")
    assert verdict is not None
    return verdict


def judged(name: str, imported: Imported, plan: CertifiedPlan) -> ImportVerdict:
    """What one solve of an imported network says."""
    network, solution = imported.network, plan.solution
    least = DUST * max(peak_load(network), 1.0) * float(network.objective.sum())
    # what costs less than the bounds leave open is the solver's, not the network's
    gap = plan.high - plan.low
    unserved, wasted = (
        amount if amount > max(least, gap / price) else 0.0
        for amount, price in (
            (imported.unserved(solution), imported.shed_price),
            (imported.wasted(solution), imported.waste_price),
        )
    )
    sizes = {
        name: base + float(amount)
        for name, base, amount in zip(
            imported.problem.master.columns, imported.least, solution.master
        )
    }
    return ImportVerdict(
        name,
        -plan.high,
        -plan.low,
        unserved,
        wasted,
        imported.at_limit(solution),
        sizes,
        (imported, plan),
    )
