"""Check a stored plan from its files, with nothing but Python and numpy: no Headrace is imported.

    python certify.py [RUN]          exit 0: the plan is what it says; 3: it is not; 2: no such run

Read are plan.json (claims), model.npz (the problem), solution.npz (orders, hours, prices). Found:
    limits   every row, chain, window and bound of every hour, and on orders; by its largest term
    value    what orders and operation cost: the objective that the plan claims
    bound    what the prices prove that no plan exceeds (weak duality, docs/theory/dual-bound.md)
    orders   the orders of this month, one by one; hours: the digest of each of their files
The problem is minimised in thousands of dollars: a plan is worth minus a thousand times its cost.
    min  cost.m + sum_n weight_n sum_t hours_t cost_nt.z_nt      G m <= h, 0 <= m <= box
    x_n = start + map m,  A z <= b + B x,  0 <= z <= u + U x     (chains reach into the next hour)
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

UNREAD = (ValueError, LookupError, TypeError, EOFError, MemoryError, BadZipFile, zlib.error)
Floats = NDArray[np.float64]
Named = dict[str, Floats]
Claims = dict[str, float]
MONEY = 1e3
KEPT = 1e-6  # a limit is kept to this part of the row's largest term
SAME = 1e-6  # money and quantities agree to this part of the plan's size, bounds to its square


def read(path: Path) -> Named:
    """Arrays of a file by name; in model.npz equal ones are stored once. None is packed."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            if sum(one.file_size for one in stored.zip.infolist()) > path.stat().st_size:
                raise ValueError("it unpacks to more than it weighs")
            if "names" not in stored.files:
                return {name: stored[name] for name in stored.files}
            known = [stored[f"a{i}"] for i in range(len(stored.files) - 2)]
            pairs = zip(stored["names"].tolist(), stored["which"].tolist(), strict=True)
            return {name: known[i] for name, i in pairs}
    except UNREAD as error:
        raise ValueError(f"{path.name} holds no arrays of a plan: {error}") from None


def matrix(model: Named, name: str, rows: int, columns: int) -> Floats:
    """A small matrix from its entries."""
    found = np.zeros((rows, columns))
    places = model[f"{name}.row"].astype(int), model[f"{name}.column"].astype(int)
    np.add.at(found, places, model[f"{name}.value"])
    return found


class NodeNumbers:
    """Numbers of one node of the tree, by the file's names; free: what only windows close."""

    def __init__(self, model: Named, n: int) -> None:
        mine = f"{n}."
        self.named = {k.removeprefix(mine): v for k, v in model.items() if k.startswith(mine)}
        self.weights = float(self.named["weight"]) * self.named["hours"]
        self.following = self.named["next_hour"].astype(int)
        counts = self.named["window_counts"].astype(int)
        self.windows = np.split(self.named["window_rhs"], np.cumsum(counts)[:-1])[: len(counts)]
        self.window_of = self.named["window_of"].astype(int)
        scale, bordered = self.named["upper.scale"], self.named["upper_border.row"]
        self.free = ~np.isfinite(scale) & ~np.isin(np.arange(len(scale)), bordered)

    def hourly(self, family: str) -> Floats:
        """Numbers of a family by hour, infinite ones as 0, shape (entry, hour)."""
        scale, profile = self.named[f"{family}.scale"], self.named[f"{family}.profile"]
        finite = np.where(np.isfinite(scale), scale, 0.0)[:, None]
        return np.asarray(finite * self.named["profiles"][profile.astype(int)])

    def entries(self, family: str) -> Iterator[tuple[int, int, Floats]]:
        """Row, column and numbers by hour of each entry of a family of matrices."""
        places = self.named[f"{family}.row"], self.named[f"{family}.column"]
        yield from zip(*(p.astype(int).tolist() for p in places), self.hourly(family), strict=True)

    def bought(self) -> Iterator[tuple[int, int, float]]:
        """Window family, border and how much room one unit of the border gives each window."""
        places = (self.named[f"window_border.{k}"].tolist() for k in ("row", "column", "value"))
        yield from zip(*places, strict=True)


def violation(node: NodeNumbers, z: Floats, x: Floats) -> float:
    """The worst violation of any limit of a node's hours, relative to its row's largest term."""
    found = [float(-z.min(initial=0.0))]
    for name, own in (("row", "row_entries"), ("chain", "chain_now")):
        over = -node.hourly(f"{name}_rhs")
        size = np.maximum(np.abs(over), 1.0)
        terms = [(r, v * z[c]) for r, c, v in node.entries(own)]
        if name == "chain":
            terms += [(r, v * z[c][node.following]) for r, c, v in node.entries("chain_next")]
        else:
            terms += [(r, -v * x[k]) for r, k, v in node.entries("row_border")]
        for r, term in terms:
            over[r] += term
            size[r] = np.maximum(size[r], np.abs(term))
        found.append(float(np.max(over / size, initial=0.0)))
    upper = node.hourly("upper")
    for c, k, v in node.entries("upper_border"):
        upper[c] += v * x[k]
    upper, z_closed = upper[~node.free], z[~node.free]
    found.append(float(np.max((z_closed - upper) / np.maximum(np.abs(upper), 1.0), initial=0.0)))
    sums = [-np.append(0.0, rhs) for rhs in node.windows]  # first what lies in no window
    sizes = [np.maximum(np.abs(each), 1.0) for each in sums]
    for f, k, b in node.bought():
        sums[int(f)] -= b * x[int(k)]
    for f, c, v in node.entries("window_entries"):
        sums[f] += np.bincount(node.window_of[f] + 1, v * z[c], len(sums[f]))
    found += [float(np.max(s[1:] / z1[1:], initial=0.0)) for s, z1 in zip(sums, sizes, strict=True)]
    return max(found)


def raised(node: NodeNumbers, reduced: Floats, family: int) -> Floats:
    """How much higher a family's window prices must be for nothing without a bound to pay; the
    reduced costs follow. Any non-negative price is one.
    """
    at = node.window_of[family]
    mine = [(c, v) for f, c, v in node.entries("window_entries") if f == family]
    more = np.zeros(len(node.windows[family]) + 1)  # the last is read where there is no window
    for c, v in mine:
        need = np.where(v > 0, -reduced[c] / np.where(v > 0, v, 1.0), 0.0)
        np.maximum.at(more, at, need * (1.0 + 1e-9) if node.free[c] else 0.0)
    more[-1] = 0.0
    for c, v in mine:
        reduced[c] += v * more[at]
    return more[:-1]


def cut(node: NodeNumbers, y: Floats, s: Floats, given: list[Floats]) -> tuple[float, Floats]:
    """What prices y of rows, s of chains and those given of windows prove of the node's cost:
    cost >= constant + slope x for every x. -inf where a column without a bound would pay.
    """
    reduced = node.hourly("cost") * node.weights
    for family, price in (("row_entries", y), ("chain_now", s)):
        for r, c, v in node.entries(family):
            reduced[c] += v * price[r]
    for r, c, v in node.entries("chain_next"):
        reduced[c, node.following] += v * s[r]
    for f, c, v in node.entries("window_entries"):
        reduced[c] += v * np.append(given[f], 0.0)[node.window_of[f]]
    w = [price + raised(node, reduced, f) for f, price in enumerate(given)]
    rent = np.maximum(-reduced, 0.0)
    constant = -sum(float(price @ rhs) for price, rhs in zip(w, node.windows, strict=True))
    for name, price in (("row_rhs", y), ("chain_rhs", s), ("upper", rent)):
        constant -= float((price * node.hourly(name)).sum())
    slope = np.zeros(len(node.named["start"]))
    for name, price in (("row_border", y), ("upper_border", rent)):
        for r, k, v in node.entries(name):
            slope[k] -= float(v @ price[r])
    for f, k, b in node.bought():
        slope[int(k)] -= b * float(w[int(f)].sum())
    return (-np.inf if rent[node.free].any() else constant), slope


def leaf_paths(model: Named) -> tuple[NDArray[np.int64], Floats]:
    """Leaves of the tree, and leaf by node whether the node lies on the leaf's way."""
    parent = model["parent"].astype(int)
    ends = np.setdiff1d(np.arange(len(parent)), parent)
    on = np.zeros((len(ends), len(parent)))
    for i, n in enumerate(ends.tolist()):
        while n >= 0:
            on[i, n], n = 1.0, int(parent[n])
    return ends, on


def node_weights(model: Named, odds: Floats) -> Floats:
    """How often each node counts under these odds of the branches: 1 for the mean.

    Raises ValueError for odds that the measure does not admit.
    """
    (ends, on), (alpha, omega) = leaf_paths(model), model["risk"]
    if omega == 0:
        return np.ones(on.shape[1])
    most = model["probability"][ends] / max(1.0 - alpha, 1e-12)
    if abs(odds.sum() - 1.0) > 1e-9 or (odds < -1e-12).any() or (odds > most * (1 + 1e-9)).any():
        raise ValueError("the odds of the branches are not those of the measure")
    return np.asarray((1.0 - omega) + omega * (on.T @ odds) / model["probability"])


def measured(model: Named, costs: Floats) -> float:
    """Costs of the nodes by the measure: the mean, mixed with the mean of the worst branches."""
    (ends, on), (alpha, omega), spent = leaf_paths(model), model["risk"], model["spent"]
    mean, probability = float(costs.sum() + model["constant"]), model["probability"]
    if omega == 0:
        return mean
    branch = on @ ((costs + spent) / probability) + model["constant"] - spent.sum()
    left, tail = 1.0, 0.0
    for i in np.argsort(-branch):
        share = min(left, probability[ends[i]] / max(1.0 - alpha, 1e-12))
        tail, left = tail + share * branch[i], left - share
    return float((1.0 - omega) * mean + omega * tail)


def check(folder: Path) -> tuple[list[str], list[str]]:
    """What was recomputed, in words, and what is not as the plan claims: empty where all is."""
    if any(path.exists() and not path.is_file() | path.is_dir() for path in folder.rglob("*")):
        raise ValueError("a pipe or device stands in the folder, and would be waited for")
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    model, solution = read(folder / "model.npz"), read(folder / "solution.npz")
    m, cost, rhs = solution["master"], model["master.cost"], model["master.rhs"]
    box, where = model["master.upper"], model["master.node"].astype(int)
    rows = matrix(model, "master", len(rhs), len(m))
    size = np.maximum(np.abs(rows) @ np.abs(m), np.maximum(np.abs(rhs), 1.0))
    worst = max(0.0, *((rows @ m - rhs) / size), *(-m), *((m - box) / np.maximum(box, 1.0)))
    count, earned = len(model["parent"]), 0.0
    weight, costs = node_weights(model, solution["odds"]), np.zeros(count)
    slopes = cost * weight[where]
    bound = float(model["constant"] + model["spent"] @ (weight - 1.0))
    for n in range(count):
        node, start = NodeNumbers(model, n), model[f"{n}.start"]
        maps = matrix(model, f"{n}.map", len(start), len(m))
        z, y, s = (solution[f"{n}.{k}"].astype(float) for k in ("columns", "rows", "chains"))
        w = [np.maximum(solution[f"{n}.window.{f}"], 0.0) for f in range(len(node.windows))]
        money = z * node.hourly("cost") * node.weights
        costs[n], earned = money.sum(), earned - float(np.minimum(money, 0.0).sum())
        worst = max(worst, violation(node, z, start + maps @ m))
        constant, slope = cut(node, np.maximum(y, 0.0), np.maximum(s, 0.0), w)
        bound += float(weight[n] * (constant + slope @ start))
        slopes += weight[n] * (maps.T @ slope)
    operation = float(costs.sum())
    np.add.at(costs, where, cost * m)
    pi = np.maximum(solution["master.prices"], 0.0)
    for row, most in zip(rows, rhs, strict=True):  # a row without a negative entry is a box as well
        if most >= 0 and (row >= 0).all():
            box = np.where(row > 0, np.minimum(box, most / np.where(row > 0, row, 1.0)), box)
    reduced = slopes + rows.T @ pi
    bound += float((reduced * np.where(reduced < 0, box, 0.0)).sum()) - float(rhs @ pi)
    paid = float(np.abs(cost * m).sum() + np.abs(model["spent"]).sum())
    low, high = -MONEY * measured(model, costs), -MONEY * bound
    scale = max(abs(low), 0.01 * MONEY * max(earned, paid + operation + earned), 1.0)
    whole, kept = bool((model["master.unit"] > 0).any()), f"limits are kept to {worst:.1e}"
    wrong = [f"{kept}, not to {KEPT:.0e}"] if not worst <= KEPT else []
    wrong += off_claims(plan, low, low if whole else high, scale, SAME if whole else SAME * SAME)
    note = " (units relaxed: the plan's own bound is branch and bound's)" if whole else ""
    said = f"{kept}; value {low:,.2f}, bound {high:,.2f}{note}, gap {(high - low) / scale:.2e}"
    return [said], wrong + check_orders(model, m, plan) + check_hours(folder, plan["hours_sha256"])


def off_claims(plan: Claims, low: float, least: float, scale: float, fine: float) -> list[str]:
    """Claims of the plan that are not its value `low`, or a bound below `least`."""
    claimed = plan["upper_bound_usd"]
    told = [(k, abs(plan[k] - low)) for k in ("objective_usd", "lower_bound_usd")]
    told += [("gap", abs(plan["gap"] * scale - (claimed - low)) / 2.0)]
    told += [("upper_bound_usd", max(0.0, least - claimed) * SAME / fine)]
    return [f"{k} is {plan[k]}: off by {x:,.2g}" for k, x in told if not x <= SAME * scale]


def check_orders(model: Named, m: Floats, plan: dict[str, list[dict[str, float]]]) -> list[str]:
    """Orders of this month that the plan tells otherwise than its solution has them."""
    amounts = np.maximum(m[: len(model["order.scale"])], 0.0) * model["order.scale"]
    told = {int(one["number"]): float(one["quantity"]) for one in plan["orders"]}
    off = {n: q for n, q in told.items() if not abs(amounts[n] - q) <= SAME * max(amounts[n], 1.0)}
    wrong = [f"order {n} is {amounts[n]:g}, not {q:g}" for n, q in off.items()]
    spent = amounts * model["order.price"] * model["order.now"]
    named = np.flatnonzero(spent > 1.01e-3 * spent.max(initial=0.0))
    return wrong + [f"order {n} is not told" for n in named.tolist() if n not in told]


def check_hours(folder: Path, digest: str) -> list[str]:
    """Files of hours that are not those that were written with the plan."""
    path = folder / "hourly" / "digests.json"
    text = path.read_bytes() if path.is_file() else b"{}"
    if sha256(text).hexdigest() != digest:
        return ["the digests of the hours are not those of the plan"]
    told = json.loads(text)
    found = {name: sha256((folder / name).read_bytes()).hexdigest() for name in told}
    return [f"{name} was altered" for name in told if found[name] != told[name]]


def unread(error: BaseException) -> str:
    """Why a run was not checked to its end, as a sentence."""
    told = f"{error} is missing" if isinstance(error, KeyError) else " ".join(str(error).split())
    return f"the files cannot be read, or are not of one plan: {told or type(error).__name__}"


def main(arguments: list[str]) -> int:
    """Check the run folder that is named, else the one this file stands in."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        said, wrong = check(folder)
    except OSError as error:
        print(f"no run that can be checked: {error}")
        return 2
    except UNREAD as error:
        said, wrong = [], [unread(error)]
    print(*said, *(f"WRONG: {line}" for line in wrong), sep="\n")
    print("not certified" if wrong else "certified: the plan is what it says")
    return 3 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
