"""Whether statements are right, from their plain data and the plan file's, with no code of theirs.

Three things are told apart: that the ledgers agree with one another (every event of every year, the
sheet, direct and indirect cash flow), that the statements are the ledgers added up, and that the
events are the plan's own and follow the terms (interest, tax, write-offs, leases, owners).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TOLERANCE = 1e-9
"""Relative to the largest amount of the branch [1]."""
Data = dict[Any, Any]


def faults(branch: Data, terms: Data, plan: Data) -> list[str]:
    """Everything that is wrong with one branch, in words. plan: the plan file as plain data."""
    size = max((abs(row[5]) for row in branch["postings"]), default=1.0)
    far = size * TOLERANCE
    checks = (
        events_faults,
        added_up_faults,
        sheet_faults,
        flows_faults,
        interest_faults,
        tax_faults,
        written_off_faults,
        leases_faults,
        owners_faults,
    )
    found = [words for check in checks for words in check(branch, terms, far)]
    found += as_planned_faults(branch, terms, plan, far)
    return found + list(lines_faults(branch, terms, plan, far))


def _total(branch: Data, ledger: str, account: str = "", event: str = "", about: str = "") -> Data:
    """Sum by year of the postings that match."""
    found: Data = dict.fromkeys(branch["years"], 0.0)
    for row in branch["postings"]:
        wanted = (ledger, account or row[1], event or row[2], about or row[3])
        if tuple(row[:4]) == wanted:
            found[row[4]] = found.get(row[4], 0.0) + row[5]
    return found


def events_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Every event of a year moves cash and position by what it earns."""
    sums: Data = {}
    for ledger, _, event, about, year, usd in branch["postings"]:
        key = (event, about, year)
        sums[key] = sums.get(key, 0.0) + (-usd if ledger == "earnings" else usd)
    for (event, about, year), usd in sums.items():
        if abs(usd) > far:
            yield f"{event} {about} of {year}: the ledgers differ by {usd:.6g} USD"


def added_up_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Every line of the statements is its postings, added up anew."""
    sums: Data = {}
    for ledger, account, _, _, year, usd in branch["postings"]:
        sums.setdefault((ledger, account), dict.fromkeys(branch["years"], 0.0))
        at = sums[ledger, account]
        at[year] = at.get(year, 0.0) + usd
    told = {("cash", name): values for name, values in branch["cash"].items()}
    told |= {("earnings", name): v for name, v in (branch["earnings"] | branch["owners"]).items()}
    told |= {("position", name): values for name, values in branch["balance"].items()}
    for key in {*sums, *told}:
        mine = [sums.get(key, {}).get(year, 0.0) for year in branch["years"]]
        if key[0] == "position":
            mine = [sum(mine[: at + 1]) for at in range(len(mine))]
        theirs = told.get(key, [0.0] * len(mine))
        if any(abs(a - b) > far * 10 for a, b in zip(mine, theirs, strict=True)):
            yield f"the line {key[1]} of {key[0]} is not its postings added up"


def sheet_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Cash and position are the equity; nothing is left at the end."""
    for at, year in enumerate(branch["years"]):
        owned = branch["cash_balance"][at] + sum(v[at] for v in branch["balance"].values())
        if abs(owned - branch["equity"][at]) > far * 100:
            yield f"{year}: assets less debts are {owned:.6g}, equity {branch['equity'][at]:.6g}"
    last = branch["years"][-1]
    for name, values in branch["balance"].items():
        if abs(values[-1]) > far * 100:
            yield f"{name} is {values[-1]:.6g} USD at the end of {last}, after all is sold"


def flows_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Operating cash is net income without what moves no cash."""
    balance, before = branch["balance"], 0.0
    for at, year in enumerate(branch["years"]):
        income = sum(values[at] for values in branch["earnings"].values())
        held = sum(
            balance[name][at] for name in ("receivable", "payable", "deferred tax")
            if name in balance
        )  # fmt: skip
        aside = sum(branch["earnings"].get(n, [0.0] * (at + 1))[at] for n in ("depreciation",
                                                                             "gain"))  # fmt: skip
        indirect, before = income - aside - (held - before), held
        if abs(indirect - branch["operating_cash"][at]) > far * 100:
            yield f"{year}: operating cash is {branch['operating_cash'][at]:.6g} or {indirect:.6g}"


def interest_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Interest is due on what was owed, and debt keeps the lender's two limits."""
    paid = _total(branch, "cash", "interest")
    built = _total(branch, "cash", "interest capitalised")
    lent, owed, spent = _total(branch, "cash", "debt"), 0.0, 0.0
    plant = _total(branch, "cash", "plant")
    for at, year in enumerate(branch["years"]):
        due = terms["interest"] * owed
        if abs(due + paid[year] + built[year]) > far * 10:
            yield f"interest of {year} is {-paid[year] - built[year]:.6g}, due {due:.6g}"
        owed += lent[year]
        spent -= plant[year] + built[year]
        most = min(branch["capacity"][at], terms["debt_share"] * max(0.0, spent))
        if owed > most + far * 100 or owed < -far * 100:
            yield f"debt at the end of {year} is {owed:.6g}, at most {most:.6g}"


def tax_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Tax computed anew: from earnings of the ledger, write-offs for tax, losses and interest."""
    years, tax = branch["years"], branch["tax"]
    paid, earned = _total(branch, "cash", "tax"), _total(branch, "earnings", "revenue")
    cost, minor = (_total(branch, "earnings", name) for name in ("running cost", "minor orders"))
    charged = _total(branch, "earnings", "interest")
    signed = _total(branch, "earnings", "contracts")
    off = [sum(a["tax_written_off"][at] for a in branch["assets"] if a["tax_written_off"])
           for at in range(len(years))]  # fmt: skip
    resale = _total(branch, "cash", "resale")
    credits = _total(branch, "cash", "credit")
    basis = sum(-row[5] for row in branch["postings"]
                if row[0] == "cash" and row[1] in ("plant", "interest capitalised"))  # fmt: skip
    granted = sum(credits.values()) / (terms["credit_sold_at"] or 1.0)
    loss = carried = 0.0
    for at, year in enumerate(years):
        income = earned[year] + cost[year] + minor[year] + signed[year] - off[at]
        if at == len(years) - 1:
            income += resale[year] - (basis - granted / 2 - sum(off))
        limit = terms["interest_limit"] * max(0.0, income + off[at])
        due = carried - charged[year]
        allowed = min(due, limit)
        carried = due - allowed
        result = income - allowed
        used = min(loss, terms["loss_use"] * max(0.0, result))
        loss += max(0.0, -result) - used
        owed = terms["tax"] * (max(0.0, result) - used)
        if abs(owed + paid[year]) > far * 1000:
            yield f"tax of {year} is {-paid[year]:.6g}, by the law {owed:.6g}"
        if abs(tax["losses"][at] - loss) > far * 1000:
            yield f"losses carried out of {year} are {tax['losses'][at]:.6g}, not {loss:.6g}"


def written_off_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Each asset: into service in its year, and straight off from its month on."""
    years = branch["years"]
    for asset in branch["assets"]:
        if not asset["tax_written_off"]:
            continue
        key = asset["key"]
        into = _total(branch, "position", "plant", "service", key)
        off = _total(branch, "earnings", "depreciation", "depreciation", key)
        first = max(int(asset["begins"]) // 12, years[0])
        for at, year in enumerate(years):
            if into[year] and year < first:
                yield f"{asset['title']} counts as plant in {year}, before it works"
            wanted = 0.0
            for later in years[: at + 1]:
                begins = max(asset["begins"], 12 * later)
                ends = min(asset["begins"] + 12 * _life(asset, terms), asset["ends"])
                ends = max(ends, begins + 12)
                inside = min(ends, 12 * (year + 1)) - max(begins, 12 * year)
                wanted += into[later] * max(0.0, inside) / (ends - begins)
            if abs(wanted + off[year]) > far * 10:
                yield f"{asset['title']}: {-off[year]:.6g} off in {year}, by its life {wanted:.6g}"


def _life(asset: Data, terms: Data) -> float:
    return float(terms["lives_by_class"][asset["plant"]])


def leases_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """What a lease still costs is the present value of its rents."""
    years = branch["years"]
    for asset in branch["assets"]:
        if not any(asset["rent"]):
            continue
        owed = _total(branch, "position", "lease", "lease", asset["key"])
        balance = 0.0
        for at, year in enumerate(years):
            balance -= owed[year]
            later = sum(
                rent / (1 + terms["interest"]) ** (k + 1)
                for k, rent in enumerate(asset["rent"][at + 1 :])
            )
            due = later if year >= asset["ordered"] // 12 else 0.0
            if abs(balance - due) > far * 100:
                yield f"{asset['title']}: lease of {balance:.6g} after {year}, not {due:.6g}"


def owners_faults(branch: Data, terms: Data, far: float) -> Iterator[str]:
    """Owners pay in what is missing, and nothing is kept from them."""
    for at, year in enumerate(branch["years"]):
        cash, last = branch["cash_balance"][at], at == len(branch["years"]) - 1
        if cash < -far * 100:
            yield f"cash is {cash:.6g} USD at the end of {year}: owners must pay in"
        if (terms["payout"] == "all" or last) and cash > far * 100:
            yield f"{cash:.6g} USD are kept at the end of {year}"
    paid_in = _total(branch, "cash", "paid in", "owners", "in")  # beside what the plan draws
    paid_out = _total(branch, "cash", "paid out", "owners", "out")
    if any(paid_in[year] > far and paid_out[year] < -far for year in branch["years"]):
        yield "owners pay in and are paid in one year"


def as_planned_faults(branch: Data, terms: Data, plan: Data, far: float) -> Iterator[str]:
    """Cash before financing and tax, in the plan's own money, is the plan's: kind by kind."""
    nodes = {node["id"]: node for node in plan["tree"]}
    base, planned = plan["money"]["year"], dict[tuple[int, str], float]()
    for number in branch["path"]:
        for line in nodes[number]["years"]:
            grown = line["usd"] * (1 + terms["inflation"]) ** (line["year"] - base)
            kind = line["kind"]
            if kind == "financing":
                continue  # what is drawn is a price of the goal; what is paid is in the lines
            group = kind if kind in ("revenue", "payments", "terminal") else "cost"
            planned[line["year"], group] = planned.get((line["year"], group), 0.0) + grown
    paid = _total(branch, "cash", "plant")
    minor = _total(branch, "cash", "minor orders")
    ours = {
        "revenue": _total(branch, "earnings", "revenue"),
        "cost": _total(branch, "earnings", "running cost"),
        "payments": {year: paid[year] + minor[year] for year in branch["years"]},
        "terminal": _total(branch, "cash", "resale"),
    }
    for group, mine in ours.items():
        size = max((abs(v) for (_, g), v in planned.items() if g == group), default=1.0)
        for year in branch["years"]:
            wanted = planned.get((year, group), 0.0)
            if abs(mine.get(year, 0.0) - wanted) > 1e-9 * size:
                yield f"{group} of {year} is {mine.get(year, 0.0):.6g}, the plan's {wanted:.6g}"


def lines_faults(branch: Data, terms: Data, plan: Data, far: float) -> Iterator[str]:
    """Lines of `limits.cash` bring and ask in each year what the plan draws, in its own money:
    drawn less paid back, less the months' interest of debt.
    """
    told = plan.get("liquidity") or {"years": [], "lines": []}
    nodes = {node["id"]: node for node in plan["tree"]}
    begins = _month(nodes[branch["path"][0]]["start"])
    stood: list[tuple[int, int, Data]] = []
    for one in sorted(told["years"], key=lambda one: str(one["until"])):
        if one["node"] in branch["path"]:
            ends = _month(one["until"])
            stood.append((begins, ends, {d["line"]: d["usd"] for d in one["drawn"]}))
            begins = ends
    for line in told["lines"]:
        debt, about = line["kind"] == "debt", f"line {line['line']}"
        mine = _total(branch, "cash", "", "contract" if debt else "owners", about)
        before = 0.0
        for year in branch["years"]:
            index = (1 + terms["inflation"]) ** (year - plan["money"]["year"])
            end, last = 12 * (year + 1), year == branch["years"][-1]
            months = {(b, e): max(0, min(e, end) - max(b, end - 12)) for b, e, _ in stood}
            asked = sum(months[b, e] * d.get(line["line"], 0.0) for b, e, d in stood) / 12
            there = [d.get(line["line"], 0.0) for b, _, d in stood if b < end]
            now = 0.0 if debt and last else there[-1] if there else 0.0
            due = index * (now - before - (line["cost"] * asked if debt else 0.0))
            before = now
            if abs(mine[year] - due) > far * 10:
                yield f"{about} brings {mine[year]:.6g} in {year}, by the plan {due:.6g}"


def _month(written: str) -> int:
    return 12 * int(written[:4]) + int(written[5:7]) - 1
