"""`headrace tariff`: tariffs beside the best there can be, public points, prices by deadline."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.cli.output import console, emit, figure, plain_table

if TYPE_CHECKING:
    from headrace.market.clips import BreakEven
    from headrace.market.experiments import ExperimentSize
    from headrace.market.menus import Types
    from headrace.market.off_peak import Answered, WorkDay
    from headrace.market.tariff_file import OffPeakPart, PublicPart, TariffFile, UsersPart
    from headrace.market.tariffs import Comparison
    from headrace.plan.analysis.market_coupling import CoupledMarket

EXAMPLE = "clips"
SHIPPED = MappingProxyType({"clips": "tariff.yaml", "paid": "paid.yaml"})
"""Tariff files that come along, by name."""


@dataclass(frozen=True)
class PublicAnswer:
    """What public points leave: a set of break-even costs by tariff, and the verdict in words at
    either end of the cost of a clip.
    """

    sets: tuple[BreakEven, ...]
    sentences: tuple[str, ...]
    widths: dict[str, float]


@dataclass(frozen=True)
class OffPeakAnswer:
    """A settled day of posted prices beside the joint optimum [USD a day]. gap: between what both
    cost, gap_bound: what the program's tangents may explain of it [USD a day].
    """

    day: WorkDay
    settled: Answered
    joint: float
    gap: float
    gap_bound: float
    flat: float
    worse_off: float


@dataclass(frozen=True)
class TariffAnswer:
    """The answers to the parts that a tariff file has."""

    file: TariffFile
    comparison: Comparison | None
    public: PublicAnswer | None
    off_peak: OffPeakAnswer | None
    experiment: ExperimentSize | None = None


def tariff(
    file: Path | None = None,
    /,
    *,
    cost: str = "",
    study: Path | None = None,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Compare tariffs with the best that any menu could earn; say what public points decide about
    the break-even cost of a use; let users answer prices by deadline; say how many people a price
    experiment needs. With a study, plan and tariff
    answer each other until they agree on what a use costs.

    Parameters
    ----------
    file
        The tariff file, or the name of one that comes along: "clips" (without one), "paid".
    cost
        Another cost of a use than the file's, with its unit: "1.30 USD/clip".
    study
        The study whose plan serves the uses, as the file's part `plan` says; at most ten rounds.
    report
        Write everything as one HTML page there.
    json
        Print {comparison, public, off_peak, experiment, coupling} as one JSON object and nothing
        else on stdout.
    """
    answer = answered_file(file, cost)
    market = None if study is None else coupled_file(answer.file, study)
    if report is not None:
        write_page(answer, market, report)
    if json:
        emit(as_json(answer) | ({} if market is None else {"coupling": coupling_json(market)}))
        return 0
    screen = console()
    if answer.comparison is not None:
        screen.print(comparison_table(answer.comparison))
        for line in comparison_lines(answer.comparison):
            screen.print(Text(line))
    if answer.public is not None:
        screen.print(sets_table(answer.public))
        for line in answer.public.sentences:
            screen.print(Text(line))
    told = [] if answer.off_peak is None else off_peak_lines(answer.off_peak)
    told += [] if answer.experiment is None else [answer.experiment.sentence]
    for line in told:
        screen.print(Text(line))
    if market is not None:
        screen.print(rounds_table(market))
        screen.print(Text(market.sentence))
    return 0


def write_page(answer: TariffAnswer, market: CoupledMarket | None, path: Path) -> Path:
    """All answers as one page. Raises InputError, DiskFull."""
    from headrace.show.figures import tariffs
    from headrace.show.reports import tariff as page

    charts = []
    if answer.comparison is not None:
        charts.append(tariffs.comparison_chart(answer.comparison))
    if answer.public is not None:
        charts.append(tariffs.break_even_chart(answer.public.sets, answer.public.sentences))
    if answer.off_peak is not None:
        charts.append(tariffs.off_peak_chart(answer.off_peak.day, answer.off_peak.settled))
    if market is not None:
        charts.append(tariffs.coupling_chart(market))
    told = () if answer.experiment is None else (answer.experiment.sentence,)
    return page.write(answer.file.tariff, answer.file.title, charts, path, told)


def coupled_file(written: TariffFile, study: Path) -> CoupledMarket:
    """Plan and tariff in turn. Raises InputError for a file without `users`, `cost` or `plan`, and
    as the study's reader does.
    """
    from headrace.core.product_units import BUS_UNITS
    from headrace.core.quantities import read_quantity
    from headrace.core.study_reader import read
    from headrace.plan.analysis.market_coupling import TariffCoupling, coupled
    from headrace.show.examples import named

    path = named(study) or study
    if written.users is None or written.plan is None or not written.cost:
        found = "lacks one of `users`, `plan` and `cost`"
        fix = "plan: {product: clips, people: 1e6 user, per_use: 10 video-second/clip}"
        raise InputError(InputFault(Place(key="plan"), found, "all three", fix))
    planned, part = read(path), written.plan
    product = planned.products.get(part.product)
    try:
        unit = "Mtok" if product is None else BUS_UNITS[product.kind]
        per_use = read_quantity(part.per_use, f"{unit}/clip")
    except ValueError as error:
        raise InputError(InputFault(Place(key="plan.per_use"), str(error))) from None
    question = TariffCoupling(
        planned,
        path.parent,
        part.product,
        types_of_file(written.users),
        part.people,
        per_use,
        written.users.packs,
        written.users.free_cap,
        written.users.creators,
    )
    return coupled(question, written.cost)


def rounds_table(found: CoupledMarket) -> Table:
    """A line a round."""
    table = plain_table("Plan and tariff in turn, USD a use")
    for name in ("round", "tried", "came", "residual", "tariff"):
        table.add_column(name, justify="left" if name == "tariff" else "right")
    for number, one in enumerate(found.rounds, 1):
        cells = (figure(one.tried, 5), figure(one.came, 5), f"{one.residual:.1e}", one.words)
        table.add_row(str(number), *cells)
    return table


def coupling_json(found: CoupledMarket) -> dict[str, object]:
    """The rounds as plain data."""
    rounds = [asdict(one) | {"residual": one.residual} for one in found.rounds]
    return {"settled": found.settled, "sentence": found.sentence, "rounds": rounds}


def answered_file(file: Path | None, cost: str) -> TariffAnswer:
    """The answers to a tariff file. Raises InputError with every problem of the file."""
    from headrace.market.tariff_file import read_tariff

    name = EXAMPLE if file is None else str(file)
    if name in SHIPPED and (file is None or not file.exists()):
        with as_file(files("headrace") / "examples" / "clips" / SHIPPED[name]) as example:
            return answers(example, read_tariff(example), cost)
    return answers(file or Path(), read_tariff(file or Path()), cost)


def answers(path: Path, written: TariffFile, cost: str) -> TariffAnswer:
    """The answers to what stands in the tariff file at a path. Raises InputError at its lines."""
    from headrace.core.quantities import read_quantity
    from headrace.market.tariff_file import experiment_of, told_at_its_line
    from headrace.market.tariffs import compare

    if cost:
        try:
            asked = read_quantity(cost, "USD/clip")
        except ValueError as error:
            raise InputError(InputFault(Place(key="--cost"), str(error))) from None
        written = written.model_copy(update={"cost": asked})
    comparison = None
    if written.users is not None:
        users, price = written.users, written.cost or 0.0
        with told_at_its_line(path, "users"):
            comparison = compare(
                types_of_file(users),
                price,
                packs=users.packs,
                free_cap=users.free_cap,
                ad=users.ads,
                creators=users.creators,
            )
    with told_at_its_line(path, "public"):
        public = None if written.public is None else public_answer(written.public)
    with told_at_its_line(path, "off_peak"):
        day = None if written.off_peak is None else off_peak_answer(written.off_peak)
    with told_at_its_line(path, "experiment"):
        size = None if written.experiment is None else experiment_of(written.experiment)
    return TariffAnswer(written, comparison, public, day, size)


def types_of_file(users: UsersPart) -> Types:
    """The types of users that a tariff file believes in."""
    from headrace.market.tariff_file import wanted_of
    from headrace.market.tariffs import PeopleSpread, types_of

    worth = PeopleSpread("lognormal", users.worth.median, users.worth.spread)
    extra = [] if users.free_cap is None else [users.free_cap]
    return types_of(worth, wanted_of(users), users.parts, extra)


def public_answer(part: PublicPart) -> PublicAnswer:
    """The set of break-even costs by tariff, and the verdict. Raises InputError for points that no
    distribution of users agrees with.
    """
    from headrace.market.clips import break_even, deciding_datum, sentence
    from headrace.market.tariff_file import public_of

    users, seen, moments, asked = public_of(part)
    sets = tuple(break_even(users, seen, moments, one, part.fixed) for one in asked)
    top = max(sets, key=lambda one: one.high)
    widths = deciding_datum(users, seen, moments, top.tariff, part.fixed)
    low, high = part.costs
    ends = dict.fromkeys([(high, high), (low, low), (low, high)])
    return PublicAnswer(sets, tuple(sentence(sets, end, widths) for end in ends), widths)


def off_peak_answer(part: OffPeakPart) -> OffPeakAnswer:
    """Posted prices and answers that settle, beside the joint optimum."""
    from headrace.market.off_peak import answered, flat_price, joint_optimum, worse_off
    from headrace.market.tariff_file import day_of

    day = day_of(part)
    settled = answered(day)
    joint, bound = joint_optimum(day)
    flat = flat_price(day, settled)
    return OffPeakAnswer(
        day, settled, joint, settled.cost - joint, bound, flat, worse_off(day, settled, flat)
    )


def comparison_table(found: Comparison) -> Table:
    """A line a tariff."""
    table = plain_table(f"Tariffs at {found.cost:g} USD a use, USD a person a period")
    paid = any(row.creators for row in found.rows)
    columns = ("tariff", "profit", *(["creators"] if paid else []), "surplus", "welfare")
    for name in (*columns, "of the best", "users", "use", "terms"):
        table.add_column(name, justify="left" if name in ("tariff", "terms") else "right")
    for row in found.rows:
        table.add_row(
            row.name,
            figure(row.profit, 4),
            *([figure(row.creators, 4)] if paid else []),
            figure(row.surplus, 4),
            figure(row.welfare, 4),
            "-" if row.share != row.share else f"{row.share:.1%}",
            f"{row.buyers:.2%}",
            figure(row.use, 3),
            row.terms,
        )
    return table


def comparison_lines(found: Comparison) -> list[str]:
    """What has to be known of the table: residuals, the first best, notes."""
    return [
        "The best there can be is the optimum over all menus that people of these types cannot "
        f"cheat (residuals {found.ic:.1e} and {found.ir:.1e} USD); packs are searched: theirs is a "
        f"lower bound. No tariff passes a welfare of {found.first_best:.4g}.",
        *found.notes,
    ]


def sets_table(found: PublicAnswer) -> Table:
    """A line a tariff: the break-even costs that public points leave."""
    table = plain_table(
        "Break-even cost of a clip over all users that agree with the public points"
    )
    for name in ("tariff", "free a day", "price [USD]", "from [USD]", "to [USD]"):
        table.add_column(name, justify="left" if name == "tariff" else "right")
    for one in found.sets:
        price = "none sold" if one.tariff.price == float("inf") else figure(one.tariff.price, 3)
        ends = (f"{end:.3g}" if end > -1e30 else "never" for end in (one.low, one.high))
        table.add_row(one.tariff.name, figure(one.tariff.free, 3), price, *ends)
    return table


def off_peak_lines(found: OffPeakAnswer) -> list[str]:
    """The settled day in words."""
    day, settled = found.day, found.settled
    before = float(day.wanted.max())
    moved = float((day.wanted * settled.waits).sum() / day.wanted.sum())
    state = "settled" if settled.settled else "NOT CONVERGED"
    now = "pays more" if found.worse_off else "pays no more"
    return [
        f"Off-peak: prices {state} after {settled.days} days (last change "
        f"{settled.residual:.1e} USD); {moved:.1%} of the work waits, for at most "
        f"{settled.discounts.max():.3g} USD a use less.",
        f"Largest hour {settled.peak:,.4g}, {settled.peak / before - 1:+.1%} against nobody "
        f"waiting; cost {settled.cost:,.6g} USD a day, {found.gap:,.3g} above the joint optimum's "
        f"bound (its tangents explain {found.gap_bound:,.3g}).",
        f"Who does not wait {now} than under one flat price of {found.flat:.4g} USD: "
        f"{found.worse_off:.1%} of the work.",
    ]


def as_json(found: TariffAnswer) -> dict[str, object]:
    """All answers as plain data."""
    told: dict[str, object] = {"tariff": found.file.tariff}
    if found.comparison is not None:
        rows = [row._asdict() | {"welfare": row.welfare} for row in found.comparison.rows]
        told["comparison"] = asdict(found.comparison) | {"rows": rows}
    if found.public is not None:
        told["public"] = {
            "sets": [
                {"tariff": s.tariff.name, "low_usd": s.low, "high_usd": s.high}
                for s in found.public.sets
            ],
            "sentences": list(found.public.sentences),
            "width_if_known_usd": found.public.widths,
        }
    if found.experiment is not None:
        told["experiment"] = asdict(found.experiment)
    if found.off_peak is not None:
        off = found.off_peak
        told["off_peak"] = {
            "settled": off.settled.settled,
            "days": off.settled.days,
            "residual_usd": off.settled.residual,
            "waits": off.settled.waits.tolist(),
            "discounts_usd": off.settled.discounts.tolist(),
            "peak": off.settled.peak,
            "peak_before": float(off.day.wanted.max()),
            "cost_usd": off.settled.cost,
            "joint_lower_bound_usd": off.joint,
            "joint_gap_bound_usd": off.gap_bound,
            "worse_off": off.worse_off,
            "flat_price_usd": off.flat,
        }
    return told
