"""What to buy for so many requests a second: whole replicas, power, and USD a million tokens, of
each accelerator that was asked about, the cheapest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from headrace.compute.accelerator import Accelerator
from headrace.core.errors import HeadraceError, Infeasible, InputError
from headrace.core.quantities import month_text
from headrace.core.study import Measured
from headrace.core.study import Promise as Written
from headrace.finance.token_cost import AcceleratorHour, TokenCost, owned_hour, token_cost
from headrace.models.architecture import LanguageModel
from headrace.models.fleet.deployment import deployed, requests
from headrace.models.fleet.simulator import replay
from headrace.models.serving import percentile_promises
from headrace.models.serving.frontier import corrected, frontier
from headrace.models.serving.layout_limits import ANY_LAYOUT, LayoutLimits
from headrace.models.serving.operating_point import Frontier, ServicePromise, ServingPoint
from headrace.models.serving.whole_fleet import FILL, WholeFleet, fewest_whole, whole_fleet
from headrace.models.step_time.roofline import Format
from headrace.models.step_time.speculation import Speculation

HOUR = 3600.0


@dataclass(frozen=True)
class HourPrice:
    """What an accelerator-hour costs: `flat` [USD/accelerator-h] with everything (0: the
    catalogue's price at the real `discount` [1/year], or with `rented` its rent); electricity
    [USD/MWh]; pue [1].
    """

    flat: float = 0.0
    rented: bool = False
    electricity: float = 66.0
    pue: float = 1.25
    discount: float = 0.08

    def of(self, part: Accelerator, watts: float) -> AcceleratorHour:
        """An hour of `part` that draws `watts` [W] on average."""
        if self.flat:
            return AcceleratorHour(self.flat, 0.0)
        energy = watts / 1e6 * self.pue * self.electricity
        if self.rented:
            return AcceleratorHour(part.rent.to("USD/accelerator-h"), 0.0)
        price, fixed = part.price.to("USD/accelerator"), part.fixed_cost.to("USD/accelerator-year")
        return AcceleratorHour(
            owned_hour(price, fixed, part.life.to("year"), self.discount), energy
        )


@dataclass(frozen=True)
class SizeQuestion:
    """rate [requests/s] of `isl` input tokens, `cached` of them held by a prefix cache, and `osl`
    output tokens, promised as `promise` says, by `model` in `precision` on one of `parts` (by
    name, with what own measurements say of it); speculation: decoding with drafts.
    """

    model: LanguageModel
    precision: Format
    rate: float
    isl: int
    osl: int
    parts: Mapping[str, Accelerator]
    promise: Written = field(default_factory=Written)
    cached: int = 0
    measured: Mapping[str, Measured] = field(default_factory=dict)
    limits: LayoutLimits = ANY_LAYOUT
    price: HourPrice = HourPrice()
    speculation: Speculation | None = None

    @property
    def percentiles(self) -> bool:
        """Whether percentiles are promised, so that a fleet must leave room for them."""
        return self.promise.ttft_p95 is not None or self.promise.tpot_p95 is not None

    def ways(self, name: str, limits: LayoutLimits | None = None) -> Frontier:
        """Every way to serve on the accelerator `name`."""
        asked = percentile_promises.mean_promise(self.promise, self.isl, self.osl, self.cached)
        parts, within = (self.model, self.parts[name], self.precision), limits or self.limits
        found = frontier(*parts, asked, limits=within, speculation=self.speculation)
        return corrected(found, self.measured[name]) if name in self.measured else found

    @property
    def words(self) -> str:
        """The question in a sentence."""
        held = f" ({self.cached:,} cached)" if self.cached else ""
        how = self.speculation
        drafts = f", drafts of {how.proposed} yield {how.accepted:g} a step" if how else ""
        return (
            f"{self.rate:,.4g} requests/s of {self.isl:,} tokens in{held} and {self.osl:,} out, "
            f"{self.model.title} in {self.precision}{drafts}"
        )


@dataclass(frozen=True)
class SizeOption:
    """One accelerator's answer: the fleet, its cost an hour [USD] and a million tokens; the band of
    the output's cost; the same layout with one replica fewer (None: there is but one) and one more.
    """

    name: str
    fleet: WholeFleet
    hour: AcceleratorHour
    cost: TokenCost
    cost_low: float
    cost_high: float
    smaller: WholeFleet | None
    larger: WholeFleet | None
    remarks: tuple[str, ...]


def options(question: SizeQuestion) -> tuple[SizeOption, ...]:
    """An option for each accelerator that can serve, cheapest output first.

    Raises InputError or Infeasible, that of the last, where none can.
    """
    found, refused = [], []
    for name in question.parts:
        try:
            found.append(option_of(question, name))
        except (InputError, Infeasible) as error:
            refused.append(error)
    if not found:
        raise all_refused(refused)
    return tuple(sorted(found, key=lambda option: option.cost.output))


def all_refused(refused: list[InputError | Infeasible]) -> HeadraceError:
    """One error for accelerators of which none can serve."""
    late = [error for error in refused if isinstance(error, Infeasible)]
    if late:
        words = " ".join(str(error) for error in late)
        return Infeasible(words, late[0].clashes, late[0].cheapest)
    return InputError(
        [p for error in refused if isinstance(error, InputError) for p in error.problems]
    )


def option_of(question: SizeQuestion, name: str) -> SizeOption:
    """The answer of one accelerator. Raises InputError or Infeasible."""
    ways = question.ways(name)
    found = fewest_whole(ways, question.rate, percentiles=question.percentiles)
    index = index_of(ways, found)
    smaller, larger = (
        whole_fleet(ways, index, question.rate, percentiles=question.percentiles, replicas=n)
        if n
        else None
        for n in (found.replicas - 1, found.replicas + 1)
    )
    hour = question.price.of(ways.chip, 1e3 * found.power / found.accelerators)
    cost, low, high = (
        _cost(question, ways, found, count * hour.total)
        for count in (found.accelerators, found.accelerators_low, found.accelerators_high)
    )
    told = remarks(question, name, found)
    ends = (low.output, high.output)
    return SizeOption(name, found, hour, cost, *ends, smaller, larger, told)


def index_of(ways: Frontier, found: WholeFleet) -> int:
    """Where the chosen way stands in its frontier."""
    point = found.point
    same = (ways.tp == point.layout.tp) & (ways.dp == point.layout.dp)
    same &= (ways.apart == point.disaggregated) & (ways.batch == point.batch)
    return int(np.argmax(same))


def _cost(question: SizeQuestion, ways: Frontier, found: WholeFleet, hour: float) -> TokenCost:
    new, held = float(question.isl - question.cached), float(question.cached)
    over_held = ways.model.attention_flop(new, held) if held else 0.0
    work = 2.0 * ways.model.active * new + ways.model.attention_flop(new, new / 2.0) + over_held
    tokens = (new, held, float(question.osl))
    return token_cost(hour, question.rate * HOUR, tokens, found.prompt_share, over_held / work)


def remarks(question: SizeQuestion, name: str, found: WholeFleet) -> tuple[str, ...]:
    """What has to be known of the answer: replicas spread over servers, the best within one, and
    how old the law is.
    """
    point, part = found.point, question.parts[name]
    told, server = [], part.server.value
    widest = max(point.accelerators, point.reading.layout.accelerators if point.reading else 0)
    if widest > server:
        spread = f"A replica of {name} spreads over {widest / server:.0f} servers"
        try:
            inside = question.ways(name, replace(question.limits, one_server=True))
            other = fewest_whole(inside, question.rate, percentiles=question.percentiles)
            words = f"within one server (`--one-server`) it takes {other.accelerators:,} of them"
        except HeadraceError:
            words = "within one server nothing keeps this"
        told.append(f"{spread}, hardly measured outside large services; {words}.")
    if point.disaggregated:
        told.append(
            "Prompts are read apart; together (`--no-disaggregation`) is what most published "
            "single-server results are."
        )
    if question.speculation is not None:
        told.append(
            "What a step of drafts yields is yours: measure it under load, where it falls; the "
            "band holds what it may miss."
        )
    told.append(
        f"Answered for the software of {month_text(point.date)}; newer is faster (by how "
        "much is a belief of a study, `about: software`)."
    )
    return tuple(told)


@dataclass(frozen=True)
class FrontierRow:
    """A point of the Pareto frontier: time per token [s], tokens a second of one user, output
    tokens a second and accelerator with their 80 % band, mean TTFT [s], the layout, batch.
    """

    tpot: float
    user: float
    tokens: float
    low: float
    high: float
    ttft: float
    layout: str
    batch: int


def frontier_rows(question: SizeQuestion, name: str) -> tuple[FrontierRow, ...]:
    """Ways that keep TTFT and that no other beats in both time per token and tokens a second, by
    rising time per token.
    """
    ways = question.ways(name)
    allowed = (ways.ttft <= ways.promise.ttft) & (ways.fill <= FILL)
    allowed &= ~(ways.apart & ways.together)
    best, rows = 0.0, []
    for i in np.lexsort((-ways.tokens, np.where(allowed, ways.tpot, np.inf))):
        if not allowed[i]:
            break
        if ways.tokens[i] > best * 1.0001:
            best = float(ways.tokens[i])
            point = ways.point(int(i))
            band = (point.band.low, point.band.high)
            speed = (point.tpot, 1.0 / point.tpot, point.tokens_per_second)
            rows.append(FrontierRow(*speed, *band, point.ttft, layout_words(point), point.batch))
    return tuple(rows)


def layout_words(point: ServingPoint) -> str:
    """A layout as it is written, with the readers beside it."""
    own = f"tp{point.layout.tp}" + (f"dp{point.layout.dp}" if point.layout.dp > 1 else "")
    if point.reading is None:
        return own
    at = point.reading.layout
    return f"{own} + readers tp{at.tp}" + (f"dp{at.dp}" if at.dp > 1 else "")


@dataclass(frozen=True)
class ServedFleet:
    """A replay of the sized fleet: 95th percentiles [s], share finished [1], and a sentence."""

    ttft_p95: float
    tpot_p95: float
    finished: float
    words: str


def replayed(question: SizeQuestion, option: SizeOption, seed: int = 0) -> ServedFleet:
    """The sized fleet under Poisson arrivals, exponential lengths, request by request; the second
    half, which is steady, is judged.
    """
    written, point = question.promise, option.fleet.point
    ttft = written.ttft_p95 or written.ttft or np.inf
    tpot = written.tpot_p95 or written.tpot or np.inf
    promise = ServicePromise(question.isl - question.cached, question.osl, ttft, tpot)
    seconds = max(60.0, min(1800.0, 20_000 / question.rate), 4.0 * question.osl * point.tpot)
    load = requests(question.rate, seconds, promise, seed=seed)
    fleet = deployed(point, promise, float(option.fleet.accelerators))
    counts = (
        (option.fleet.replicas,)
        if point.reading is None
        else (
            option.fleet.readers * point.reading.layout.dp,
            option.fleet.replicas,
        )
    )
    fleet = replace(
        fleet,
        pools=tuple(replace(pool, replicas=n) for pool, n in zip(fleet.pools, counts)),
    )
    found = replay(load, fleet)
    late = found.arrived > seconds / 2
    slow = float(np.nanpercentile(found.ttft[late], 95))
    each = float(np.nanpercentile(found.tpot[late & (load.output > 1)], 95))
    words = (
        f"Replayed: {len(load):,} requests, p95 {slow:.3g} s to the first token, "
        f"{1e3 * each:.3g} ms a token."
    )
    return ServedFleet(slow, each, float(found.finished.mean()), words)


def flat(option: SizeOption) -> dict[str, object]:
    """An option as plain data."""
    fleet, point = option.fleet, option.fleet.point

    def counted(other: WholeFleet | None) -> dict[str, object] | None:
        if other is None:
            return None
        names = ("replicas", "readers", "accelerators", "servers", "carried", "busy")
        return {name: getattr(other, name) for name in names}

    return {
        "accelerator": option.name,
        **(counted(fleet) or {}),
        "layout": layout_words(point),
        "batch": point.batch,
        "disaggregated": point.disaggregated,
        "accelerators_low": fleet.accelerators_low,
        "accelerators_high": fleet.accelerators_high,
        "power_kw": fleet.power,
        "ttft_s": point.ttft,
        "tpot_s": point.tpot,
        "tokens_per_second": point.tokens_per_second,
        "band": asdict(point.band),
        "usd_per_accelerator_hour": option.hour.total,
        "usd_per_mtok": asdict(option.cost),
        "usd_per_mtok_output_band": [option.cost_low, option.cost_high],
        "smaller": counted(option.smaller),
        "larger": counted(option.larger),
        "provider": point.provider,
        "date": month_text(point.date),
        "remarks": list(option.remarks),
    }
