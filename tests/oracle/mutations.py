"""Would the oracle notice? Each mutation breaks one line of a copy of the library; the random
studies must find it.

`python tests/oracle/mutations.py` tries all of them, `python tests/oracle/mutations.py NAME ...`
those whose name contains a word. Exit code 1 where one is not noticed, or its line is no longer
there: then the table wants its new text. The library itself is not touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAN, MODEL = "headrace/plan", "headrace/plan/model"
DISCOUNTING, TREE = f"{PLAN}/scenario/discounting.py", f"{PLAN}/scenario/tree.py"
YEARS = f"{PLAN}/scenario/operated_years.py"
INVESTMENT, SITE = f"{MODEL}/investment.py", "headrace/energy/site.py"
JUDGES = (
    "tests/oracle/test_meanings.py",
    "tests/oracle/test_oracle.py::test_a_random_study_is_what_is_solved",
    "tests/oracle/test_oracle.py::test_the_plan_is_the_sum_by_hand",
    "tests/oracle/test_trust_and_royalty.py",
    "tests/golden/test_lp.py",
    "tests/plan/model/test_investment.py",
)
"""What has to notice: sums by hand, random studies beside the rebuild, golden problems."""
OF_OFFERS = ("tests/oracle/test_offers.py", "tests/oracle/test_meanings.py")
"""Those that see what offers sell."""
OF_MONTHS = ("tests/oracle/test_billed_months.py",)
"""Those that see what is billed by the month."""
OF_RENTS = ("tests/oracle/test_rents.py",)
"""Those that see what is rented by the hour."""
STOP_AFTER = 300
"""Seconds after which a mutated library that does not come back counts as noticed."""


@dataclass(frozen=True)
class Mutation:
    name: str
    path: str
    old: str
    new: str
    judges: tuple[str, ...] = JUDGES


MUTATIONS = (
    Mutation(
        "lead time dropped",
        INVESTMENT,
        "planned = WorkingSpan(date + here.lead_months, finish)",
        "planned = WorkingSpan(date, finish)",
    ),
    Mutation(
        "retirement forgotten",
        DISCOUNTING,
        "end = date + asset.lead_months + asset.life_months",
        "end = date + asset.lead_months + asset.life_months + 6000",
    ),
    Mutation(
        "discounting dropped",
        DISCOUNTING,
        "return discount_factor(self.rate, month / 12)",
        "return 1.0",
    ),
    Mutation(
        "fixed cost beyond the life",
        DISCOUNTING,
        "discounting.years(begin, min(finish, discounting.end))",
        "discounting.years(begin, discounting.end)",
    ),
    Mutation(
        "terminal value doubled",
        DISCOUNTING,
        "return worth * discounting.discount(discounting.end)",
        "return 2 * worth * discounting.discount(discounting.end)",
    ),
    Mutation(
        "resale instead of the lower of two",
        DISCOUNTING,
        "worth = min(worth, price * first",
        "worth = max(worth, price * first",
    ),
    Mutation(
        "capacity mask an hour later",
        DISCOUNTING,
        "begin_hour, end_hour = hour_of(first, node, calendar.span), hour_of",
        "begin_hour, end_hour = hour_of(first, node, calendar.span) + 1, hour_of",
    ),
    Mutation(
        "years averaged although something arrives",
        YEARS,
        "busy = stage.moves or any(begin + SAME_MONTH < at < end - SAME_MONTH for at in within)",
        "busy = stage.moves",
    ),
    Mutation(
        "years alike although demand grows",
        YEARS,
        "busy = stage.moves or",
        "busy = False or",
    ),
    Mutation(
        "what dies is not replaced",
        YEARS,
        "due = [date + asset.life_months for date, _ in found]",
        "due = []",
    ),
    Mutation(
        "nothing is ordered inside a long stage",
        YEARS,
        "if stage.end - stage.start <= LONGEST_WAIT + SAME_MONTH:",
        "if True:",
    ),
    Mutation(
        "what stood is not replaced",
        YEARS,
        "[asset.stands_until - asset.lead_months] if asset.stands > 0 else []",
        "[]",
    ),
    Mutation(
        "a store begins with what it ends with",
        f"{PLAN}/scenario/time_slices.py",
        "carried[fresh] = 0.0",
        "carried[fresh] = 1.0",
    ),
    Mutation(
        "a year's supply only",
        INVESTMENT,
        "return (opening.decided_until - opening.start) / 12",
        "return min(12.0, opening.decided_until - opening.start) / 12",
    ),
    Mutation(
        "price of the wrong year",
        f"{MODEL}/node_parameters.py",
        "middle = (node.start + node.months / 2) / 12",
        "middle = node.start / 12",
    ),
    Mutation(
        "demand at the end of the node",
        TREE,
        "middle = self.start + self.months / 2",
        "middle = self.start + self.months",
    ),
    Mutation(
        "belief known a stage late",
        TREE,
        "if belief.reveal == stage}",
        "if belief.reveal == stage - 1}",
    ),
    Mutation(
        "every node a child of the root",
        TREE,
        "_node(study, len(nodes), parent, stage, weight, start, months, here)",
        "_node(study, len(nodes), min(parent, 0), stage, weight, start, months, here)",
    ),
    Mutation(
        "probability of orders forgotten",
        INVESTMENT,
        "return node.probability * order.money.net",
        "return order.money.net",
    ),
    Mutation(
        "room for what stands already",
        INVESTMENT,
        "asset.at_most - held[asset.id]",
        "asset.at_most",
    ),
    Mutation(
        "money of another stage",
        INVESTMENT,
        "limit = spend[node.stage - 1]",
        "limit = spend[node.stage - 2]",
    ),
    Mutation(
        "discharge fills a store",
        f"{MODEL}/constraints/storage.py",
        "writer.chain_entry(chain, discharge, 1 / store.efficiency_out)",
        "writer.chain_entry(chain, discharge, -1 / store.efficiency_out)",
    ),
    Mutation(
        "round trip lost twice",
        SITE,
        "half = float(np.sqrt(round_trip))",
        "half = float(round_trip)",
    ),
    Mutation(
        "demand charge of the other period",
        f"{MODEL}/constraints/demand_charge.py",
        "if charge.ratchet > 0 and months:",
        "if charge.ratchet < 1 and months:",
    ),
    Mutation(
        "grid loss forgotten",
        SITE,
        "ports = (Port(electricity(asset.site), 1.0 - right.loss),)",
        "ports = (Port(electricity(asset.site), 1.0),)",
    ),
    Mutation(
        "carbon forgotten",
        "headrace/energy/fuels.py",
        "return price + carbon * written.co2 / 1e3",
        "return price",
    ),
    Mutation(
        "window over midnight empty",
        "headrace/energy/grid.py",
        "if window.begin < window.end else begun | not_over",
        "if window.begin < window.end else begun & not_over",
    ),
    Mutation(
        "grid right paid later",
        "headrace/energy/contracts.py",
        "Payment(begin + step * (i + 0.5), share * rest)",
        "Payment(begin + step * (i + 1), share * rest)",
    ),
    Mutation(
        "PUE dropped",
        "headrace/models/serving/product_rate.py",
        "Port(electricity(accelerators.site), -(found.busy - found.idle) * pue),",
        "Port(electricity(accelerators.site), -(found.busy - found.idle)),",
    ),
    Mutation(
        "a day's deadline is the stage's",
        f"{MODEL}/constraints/demand.py",
        'of = calendar.day if demand.deadline == "day"',
        'of = calendar.day * 0 if demand.deadline == "day"',
    ),
    Mutation(
        "royalties halved",
        f"{MODEL}/constraints/conversion.py",
        "-owed * cut(port.ratio)",
        "-owed / 2 * cut(port.ratio)",
    ),
    Mutation(
        "the law that is believed forgotten",
        f"{MODEL}/constraints/conversion.py",
        "demand.royalty * parameters.royalty.get(demand.product, 1.0)",
        "demand.royalty",
    ),
    Mutation(
        "the rent that is believed forgotten",
        f"{MODEL}/node_parameters.py",
        "factor = believed / rent_written(written, study.money.year)",
        "factor = 1.0",
        OF_RENTS,
    ),
    Mutation(
        "an index of rents forgotten",
        f"{MODEL}/node_parameters.py",
        "factor = node.values.get(RentFactor(), 1.0)",
        "factor = 1.0",
        OF_RENTS,
    ),
    Mutation(
        "a term is worth its whole rent",
        DISCOUNTING,
        "if asset.kind is AssetKind.RENTED_ACCELERATOR:",
        "if False:",
        OF_RENTS,
    ),
    Mutation(
        "an agreement by the month is one by the year",
        f"{MODEL}/constraints/contract_terms.py",
        'if term.period == "month":\n        _paid_by_month(context, system, term, number)',
        "if False:\n        _paid_by_month(context, system, term, number)",
        OF_MONTHS,
    ),
    Mutation(
        "a fuel by the month is one by the year",
        f"{MODEL}/constraints/contract_terms.py",
        'if term.period == "month":\n        full',
        "if False:\n        full",
        OF_MONTHS,
    ),
    Mutation(
        "months of a contract that has ended",
        f"{MODEL}/constraints/contract_terms.py",
        "owed = full * month.before(share) * float",
        "owed = full * float",
        OF_MONTHS,
    ),
    Mutation(
        "a kept hour is of its own month",
        f"{PLAN}/scenario/billed_months.py",
        "idle = hours.sum(axis=0) == 0",
        "idle = hours.sum(axis=0) >= 0",
        ("tests/plan/scenario/test_billed_months.py",),
    ),
    Mutation(
        "the first licence's price for the highest",
        "headrace/rights/coupling.py",
        "total += share * max(prices) / MICRO",
        "total += share * prices[0] / MICRO",
    ),
    Mutation(
        "trust never wears",
        "headrace/trust/stock.py",
        "trust + self.repair * (1.0 - trust) - drain * trust",
        "trust + self.repair * (1.0 - trust)",
    ),
    Mutation(
        "trust of the month before",
        f"{MODEL}/trust_and_royalty.py",
        "return tuple(path[:-1].tolist())",
        "return tuple(path[1:].tolist())",
    ),
    Mutation(
        "bias is never found out",
        "headrace/trust/stock.py",
        "out.append(level * (1.0 - exposure * habits.jump))",
        "out.append(level)",
    ),
    Mutation(
        "partners keep nothing",
        "headrace/market/sold.py",
        "kept = left * (1.0 - terms.partner)",
        "kept = left",
        OF_OFFERS,
    ),
    Mutation(
        "creators have nothing of advertising",
        "headrace/market/sold.py",
        'advertising=left * amount * number["ads"]',
        'advertising=amount * number["ads"]',
        OF_OFFERS,
    ),
    Mutation(
        "overage on all use",
        "headrace/market/sold.py",
        'paid += number["overage"] * beyond',
        'paid += number["overage"] * served',
        OF_OFFERS,
    ),
    Mutation(
        "unused credits are not billed",
        "headrace/market/sold.py",
        "return amount, amount, amount * price / (1.0 - terms.unused)",
        "return amount, amount, amount * price",
        OF_OFFERS,
    ),
    Mutation(
        "attempts that fail cost nothing",
        "headrace/market/sold.py",
        'made * number["work"] / terms.success',
        'made * number["work"]',
        OF_OFFERS,
    ),
    Mutation(
        "batches pay all",
        "headrace/market/sold.py",
        "price *= 1.0 - terms.batch.share * terms.batch.discount",
        "price *= 1.0",
        OF_OFFERS,
    ),
    Mutation(
        "everybody pays the group's price less",
        "headrace/market/sold.py",
        "1.0 - sum(g.share for g in terms.groups.values())",
        "1.0",
        OF_OFFERS,
    ),
    Mutation(
        "rivals cut by half",
        "headrace/market/sold.py",
        "weight = offer.rivals * math.exp(curve.slope * cut)",
        "weight = offer.rivals * math.exp(curve.slope * cut / 2)",
        OF_OFFERS,
    ),
    Mutation(
        "covariates of the stage after",
        f"{MODEL}/churn_pressure.py",
        "return by_month(covariate.values, stages)",
        "return by_month(covariate.values[1:] or covariate.values, stages)",
        OF_OFFERS,
    ),
    Mutation(
        "a heavier tail",
        f"{MODEL}/build_system.py",
        "risk=RiskMeasure(risk.alpha, risk.omega)",
        "risk=RiskMeasure(risk.alpha / 2, risk.omega)",
    ),
)


def noticed(mutation: Mutation, source: Path) -> str:
    """Which study fails with the mutated library, in the words of pytest; empty where none does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src"
        shutil.copytree(source, copy)
        mutated = copy / mutation.path
        text = mutated.read_text()
        if mutation.old not in text:
            return "NOT FOUND"
        mutated.write_text(text.replace(mutation.old, mutation.new, 1))
        command = [sys.executable, "-m", "pytest", *mutation.judges]
        command += ["-q", "-x", "-p", "no:cacheprovider", "--no-header"]
        environment = os.environ | {"PYTHONPATH": str(copy)}
        try:
            run = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=STOP_AFTER,
            )
        except subprocess.TimeoutExpired:
            return "did not come back"
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].partition("::")[2] if failed else ""


def main(words: list[str]) -> int:
    chosen = [m for m in MUTATIONS if not words or any(word in m.name for word in words)]
    missed = []
    for mutation in chosen:
        begun = time.perf_counter()
        found = noticed(mutation, ROOT / "src")
        seconds = time.perf_counter() - begun
        print(f"{seconds:6.1f} s  {mutation.name:36} {found or 'NOT NOTICED'}", flush=True)
        if found in ("", "NOT FOUND"):
            missed.append(mutation.name)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} mutations noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
