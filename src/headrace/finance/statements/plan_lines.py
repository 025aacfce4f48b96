"""Lines that a plan draws under `limits.cash`, on one branch and by calendar year.

The plan's money is real, and so is what a line asks: what stands drawn grows with the index from
year to year, and its growth is interest too. So, in money of the day,

    owed_t      B_t index_t
    interest_t  i_t index_t + B_{t-1} (index_t - index_{t-1})
    cash_t      (B_t - B_{t-1} - i_t) index_t

B_t is what stands at a year's end, i_t the line's cost on what stood for the months it stood: the
cash is the plan's own, in its year. Debt is paid back at the horizon's end; equity asks nothing,
and what comes back is the owners'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.core.quantities import read_month


@dataclass(frozen=True, eq=False)
class LineOnBranch:
    """What stands of a line at each year's end, and the interest of each year, in the plan's real
    money [USD], each of shape (years,). kind: "debt" or "equity".
    """

    name: str
    kind: str
    stands: Floats
    interest: Floats

    @property
    def drawn(self) -> Floats:
        """Drawn less paid back, by year [USD of the plan's money]."""
        return np.diff(self.stands, prepend=0.0)

    def owed(self, index: Floats) -> Floats:
        """Owed at each year's end [USD of the day]. index: of each year [1]."""
        return self.stands * index

    def charged(self, index: Floats) -> Floats:
        """Interest with what the index adds to what stood, by year [USD of the day]."""
        before = np.concatenate(([0.0], self.stands[:-1]))
        return self.interest * index + before * np.diff(index, prepend=index[0])


def lines_on_branch(
    plan: PlanFile, path: Sequence[NodeRecord], years: Sequence[int]
) -> tuple[LineOnBranch, ...]:
    """Every line that stands drawn somewhere on a branch.

    Raises InputError for a file of before lines told what they cost.
    """
    if plan.liquidity is None:
        return ()
    ids = {node.id for node in path}
    operated = sorted(
        (year for year in plan.liquidity.years if year.node in ids),
        key=lambda year: read_month(year.until),
    )
    found = []
    for line in plan.liquidity.lines:
        if line.cost is None:
            words = f"`{line.line}` without its cost: the file is older than drawn lines"
            fix = "Solve the study again with `headrace plan`."
            raise InputError(InputFault(Place("plan.json"), words, "`cost` at every line", fix))
        stands, interest = np.zeros(len(years)), np.zeros(len(years))
        begins, usd = read_month(path[0].start), 0.0
        for one in operated:
            ends = read_month(one.until)
            usd = sum(drawn.usd for drawn in one.drawn if drawn.line == line.line)
            for at, year in enumerate(years):
                inside = min(ends, 12 * (year + 1)) - max(begins, 12 * year)
                interest[at] += usd * line.cost * max(0, inside) / 12
                if begins < 12 * (year + 1) <= ends:
                    stands[at] = usd
            begins = ends
        stands[-1] = 0.0 if line.kind == "debt" else usd
        interest *= line.kind == "debt"
        if stands.any() or interest.any():
            found.append(LineOnBranch(line.line, line.kind, stands, interest))
    return tuple(found)
