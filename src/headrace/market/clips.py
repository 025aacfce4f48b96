"""At which cost of a clip is there a business? What public points can decide, and what they cannot.

Users are types: what a first clip is worth to them, how many they would make a day for nothing, how
many days they stay. Which types there are, nobody has published; a few sums over them are known
(spend a download, the share that is back after thirty days). Every distribution over a grid of
types that agrees with these sums is possible. Break-even cost, revenue over clips, is a ratio of
two linear sums, so its least and greatest value over all of them are linear programs (Charnes &
Cooper 1962). A verdict is given only where both ends agree; otherwise the answer is "cannot tell",
and the datum that would narrow the set most.

Source: Manski, Partial Identification of Probability Distributions (2003) for the idea of the set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import linprog

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

Verdict = Literal["viable", "not viable", "cannot tell"]


@dataclass(frozen=True)
class ClipUsers:
    """A grid of possible types. value: of a first clip [USD]; pace: clips a day for nothing
    [1/day]; days: on which they come at all [day]; each of shape (type,).
    """

    value: Floats
    pace: Floats
    days: Floats


class ClipTariff(NamedTuple):
    """What is asked for clips. free: a day [1/day]; price: of a further one [USD], infinite where
    none is sold; ad: revenue for each clip that is made, from its views [USD]; creators: share of
    both that is paid to those who made what is seen [1].
    """

    name: str
    free: float
    price: float
    ad: float = 0.0
    creators: float = 0.0


class Moment(NamedTuple):
    """A sum over types that is known between two ends. what: spend [USD a user], clips [1 a user],
    back30 [1] (share that comes for thirty days or more), or payers [1].
    """

    what: str
    low: float
    high: float
    source: str = ""


@dataclass(frozen=True)
class BreakEven:
    """The set of break-even costs of a clip [USD] that the public points leave for a tariff."""

    tariff: ClipTariff
    low: float
    high: float

    def verdict(self, cost_low: float, cost_high: float) -> Verdict:
        """Whether it is a business at a cost of a clip between two ends [USD]."""
        if self.high < cost_low:
            return "not viable"
        return "viable" if self.low >= cost_high else "cannot tell"


MOMENTS = ("spend", "clips", "back30", "payers")


def grid_of_users(
    values: Sequence[float], paces: Sequence[float], days: Sequence[float]
) -> ClipUsers:
    """Every combination of values of a first clip [USD], paces [1/day] and days of stay [day].

    Raises InputError for what is not above 0.
    """
    faults = [
        InputFault(Place(key=name), f"{min(numbers, default=0):g}", "numbers above 0")
        for name, numbers in (("value", values), ("pace", paces), ("days", days))
        if not numbers or not min(numbers) > 0 or not math.isfinite(max(numbers))
    ]
    if faults:
        raise InputError(faults)
    value, pace, stay = (m.ravel() for m in np.meshgrid(values, paces, days, indexing="ij"))
    return ClipUsers(value, pace, stay)


def behaviour(users: ClipUsers, tariff: ClipTariff) -> dict[str, Floats]:
    """What each type does over its whole stay: spend [USD], clips [1], back30 [1], payers [1].

    Worth falls on a line from `value` at the first clip of a day to 0 at `pace`; free ones are
    made up to the cap, further ones where they are worth their price.
    """
    share = np.maximum(1.0 - tariff.price / users.value, 0.0)
    would = users.pace * share
    bought = np.maximum(would - tariff.free, 0.0)
    price = tariff.price if math.isfinite(tariff.price) else 0.0
    made = np.minimum(users.pace, tariff.free) + bought
    return {
        "spend": users.days * bought * price,
        "clips": users.days * made,
        "back30": (users.days >= 30).astype(float),
        "payers": (bought > 0).astype(float),
    }


def break_even(
    users: ClipUsers,
    seen: ClipTariff,
    moments: Sequence[Moment],
    asked: ClipTariff,
    fixed: float = 0.0,
) -> BreakEven:
    """Least and greatest break-even cost of a clip under a tariff [USD], over all distributions of
    types that agree with what was seen under another.

    seen: the tariff under which the moments were seen; asked: the one that is judged; fixed: what a
    user costs whatever they do [USD]. Without it a tariff that sells next to nothing, dear, breaks
    even at its own price. Minus infinity where nothing is left to pay for clips. Raises InputError
    where no distribution agrees, with the moments that clash.
    """
    rows = _moment_rows(users, seen, moments)
    told = behaviour(users, asked)
    revenue = (1 - asked.creators) * (told["spend"] + asked.ad * told["clips"]) - fixed
    ends = []
    for sign in (1.0, -1.0):
        found = _ratio(sign * revenue, told["clips"], rows)
        if found is None:
            raise InputError(_clash(users, seen, moments))
        ends.append(sign * found)
    return BreakEven(asked, ends[0], ends[1])


def _moment_rows(
    users: ClipUsers, seen: ClipTariff, moments: Sequence[Moment]
) -> list[tuple[Floats, float, float]]:
    unknown = [one for one in moments if one.what not in MOMENTS or not one.low <= one.high]
    if unknown:
        raise InputError(
            InputFault(Place(key=one.what), f"{one.low:g} to {one.high:g}", ", ".join(MOMENTS))
            for one in unknown
        )
    told = behaviour(users, seen)
    return [(told[one.what], one.low, one.high) for one in moments]


def _ratio(
    above: Floats, below: Floats, rows: Sequence[tuple[Floats, float, float]]
) -> float | None:
    """The least of (above . p) / (below . p) over distributions p that keep every row; None where
    there is none. With y = t p and t = 1 / (below . p) it is linear in y and t.
    """
    n = len(above)
    size = max(float(below.max()), 1e-12)
    upper, right = [], []
    for what, low, high in rows:
        scale = max(abs(low), abs(high), 1e-12)
        upper += [np.append(what, -high) / scale, np.append(-what, low) / scale]
        right += [0.0, 0.0]
    equal = np.stack([np.append(below / size, 0.0), np.append(np.ones(n), -1.0)])
    found = linprog(
        np.append(above / size, 0.0),
        A_ub=np.array(upper) if upper else None,
        b_ub=np.array(right) if right else None,
        A_eq=equal,
        b_eq=np.array([1.0, 0.0]),
        bounds=[(0.0, None)] * (n + 1),
        method="highs",
    )
    if found.status == 3:
        return -math.inf
    return float(found.fun or 0.0) if found.status == 0 else None


def _clash(users: ClipUsers, seen: ClipTariff, moments: Sequence[Moment]) -> InputFault:
    ones, told = np.ones(len(users.value)), behaviour(users, seen)
    alone = []
    for moment in moments:
        rest = [m for m in moments if m is not moment]
        if _ratio(ones, ones, _moment_rows(users, seen, rest)) is not None:
            alone.append(moment.what)
    reach = "; ".join(
        f"{m.what} can be {told[m.what].min():.3g} to {told[m.what].max():.3g}" for m in moments
    )
    found = "no distribution of these types agrees with all public points"
    fix = f"Without {' or '.join(alone)} there is one." if alone else "Widen the grid of types."
    return InputFault(Place(key="moments"), found, reach, fix)


def deciding_datum(
    users: ClipUsers,
    seen: ClipTariff,
    moments: Sequence[Moment],
    asked: ClipTariff,
    fixed: float = 0.0,
    known_to: float = 0.05,
) -> dict[str, float]:
    """Width of the set of break-even costs [USD] if one more thing were known to five per cent, by
    that thing: the widest set that any of its possible values would leave.

    fixed: what a user costs whatever they do [USD]; known_to: relative error with which it would be
    known [1].
    """
    rows = _moment_rows(users, seen, moments)
    told, have = behaviour(users, seen), {m.what for m in moments}
    ones = np.ones(len(users.value))
    widths: dict[str, float] = {}
    for what in (name for name in MOMENTS if name not in have):
        low = _ratio(told[what], ones, rows)
        high = _ratio(-told[what], ones, rows)
        if low is None or high is None or -high <= 0:
            continue
        worst = 0.0
        for value in np.geomspace(max(low, -high * 1e-4), -high, 9):
            more = Moment(what, value * (1 - known_to), value * (1 + known_to))
            try:
                found = break_even(users, seen, [*moments, more], asked, fixed)
            except InputError:
                continue
            worst = max(worst, found.high - found.low)
        widths[what] = worst
    return widths


def sentence(
    sets: Sequence[BreakEven], costs: tuple[float, float], widths: Mapping[str, float]
) -> str:
    """The verdict in words over all tariffs, with the datum that would decide where none does.

    costs: of a clip [USD], from and to; widths: [USD] as `deciding_datum` tells them.
    """
    verdicts = {one.verdict(*costs) for one in sets}
    top = max(sets, key=lambda one: one.high)
    ends = f"{costs[0]:.3g}" if costs[0] == costs[1] else f"{costs[0]:.3g} to {costs[1]:.3g}"
    span = f"{ends} USD a clip"
    if verdicts == {"not viable"}:
        return (
            f"Not viable at {span}: no distribution of users that agrees with the public points "
            f"pays more than {top.high + 0.0:.3g} USD a clip ({top.tariff.name})."
        )
    good = [one.tariff.name for one in sets if one.verdict(*costs) == "viable"]
    if good:
        return f"Viable at {span} under {', '.join(good)}, whoever the users are."
    told = min(widths, key=lambda what: widths[what], default="")
    more = f" Knowing {told} would narrow that most." if told else ""
    return (
        f"Cannot tell at {span}: the public points leave a break-even of {top.low:.3g} to "
        f"{top.high:.3g} USD a clip ({top.tariff.name}).{more}"
    )
