"""A settled period in pictures: where the pool went, who earns under each rule, how unequally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Ints
from headrace.rights.money import MICRO, written
from headrace.rights.royalties.period import Period
from headrace.rights.royalties.settlement import Settlement
from headrace.rights.usage.fraud import BotGain, bot_gains
from headrace.show.format import plot
from headrace.show.format.chart import Chart, table

COLOURS = {
    "pro_rata": "#d55e00",
    "user_centric": "#0072b2",
    "equal_split": "#009e73",
    "per_use": "#8c5a2b",
}
WORDS = {
    "pro_rata": "pro rata",
    "user_centric": "user-centric",
    "equal_split": "equal split (Shapley)",
    "per_use": "per use",
}
MOST_BARS = 25


def charts(done: Period) -> tuple[Chart, ...]:
    """Pool, rules and spread; what a bot could move, where users pay fees; refused rows."""
    found = [pool(done.all_rules), rules(done), spread(done)]
    if done.fees is not None and done.chosen.uses and int(done.chosen.earned.max(initial=0)) > 0:
        found.append(bot(typical_bot(done, done.fees), done.chosen.currency))
    if done.refused:
        found.append(refused(done))
    return tuple(found)


def pool(every: Sequence[Settlement]) -> Chart:
    """Clear, held, reserved, kept and undistributed, stacked, by rule [main units]."""
    names, currency = [WORDS[each.rule] for each in every], every[0].currency
    parts = (
        (
            "clear",
            "#0072b2",
            [int((each.earned - each.reserved - each.held).sum()) for each in every],
        ),
        (
            "held: refused, or nobody's yet",
            "#cc79a7",
            [int(each.held.sum()) + each.unmatched for each in every],
        ),
        ("reserved for disputes", "#e69f00", [int(each.reserved.sum()) for each in every]),
        ("kept by the licensee", "#56b4e9", [each.retained for each in every]),
        (
            "undistributed: users without a use",
            "#b9b2a6",
            [each.undistributed for each in every],
        ),
    )
    traces = [
        plot.flat(plot.bars(name, names, [amount / MICRO for amount in amounts], colour))
        for name, colour, amounts in parts
    ]
    figure = plot.figure(
        traces, currency, "", 260, barmode="stack", yaxis={"autorange": "reversed", **plot.NAMED}
    )
    columns = ("rule", *(f"{name} [{currency}]" for name, _, _ in parts))
    rows = zip(names, *([written(amount) for amount in amounts] for _, _, amounts in parts))
    about = "Every micro-unit is in one of these."
    return Chart("pool", "Where the pool went", table(columns, list(rows)), figure, about)


def rules(done: Period) -> Chart:
    """Grouped bars: the top holders of the chosen rule under every rule [main units]."""
    chosen = done.chosen
    top = np.argsort(-chosen.earned, kind="stable")[:MOST_BARS]
    bars = [
        plot.bars(
            WORDS[each.rule],
            [each.holders[i] for i in top],
            each.earned[top] / MICRO,
            COLOURS[each.rule],
        )
        for each in done.all_rules
    ]
    columns = ("holder", *(f"{WORDS[each.rule]} [{chosen.currency}]" for each in done.all_rules))
    rows = [
        (chosen.holders[i], *(written(int(each.earned[i])) for each in done.all_rules)) for i in top
    ]
    return Chart(
        "rules",
        "The same month under each rule",
        table(columns, rows),
        plot.figure(bars, "", chosen.currency, 380, xaxis=plot.NAMED),
        f"The {MOST_BARS} holders who earn most under {WORDS[chosen.rule]}.",
    )


def spread(done: Period) -> Chart:
    """Cumulative share of money by share of holders, richest first, one line a rule."""
    lines, rows = [], []
    for each in done.all_rules:
        money = np.sort(each.earned)[::-1].astype(float)
        if money.sum() > 0:
            share = np.concatenate(([0.0], np.cumsum(money) / money.sum()))
            at = np.unique(np.rint(np.linspace(0, len(money), 101)).astype(int))
            x, y = at / len(money), share[at]
            lines.append(plot.line(WORDS[each.rule], x, y, COLOURS[each.rule]))
            rows += [(WORDS[each.rule], *point) for point in zip(x.tolist(), y.tolist())]
    figure = plot.figure(
        lines,
        "share of holders, richest first",
        "share of the money",
        340,
        xaxis={"tickformat": ".0%"},
        yaxis={"tickformat": ".0%"},
    )
    about = (
        "Share of the money that the top holders earn; the lower the curve, the wider it is spread."
    )
    told = table(("rule", "share of holders [1]", "share of the money [1]"), rows)
    return Chart("spread", "How unequal", told, figure, about)


def bot(gains: Sequence[BotGain], currency: str) -> Chart:
    """The accomplice's gain as a multiple of the bot's fee, one bar a rule; the line is the fee."""
    names = [WORDS[gain.rule] for gain in gains]
    colours = [COLOURS[gain.rule] for gain in gains]
    times = [gain.times_fee for gain in gains]
    about = (
        f"One account pays {gains[0].fee / MICRO:,.2f} {currency} and generates"
        f" {gains[0].uses:,} uses of one accomplice's work."
    )
    bars = [plot.bars("gain", names, times, colours)]
    shapes = [plot.level(1.0, dash="dot")]
    return Chart(
        "bot",
        "What a bot could move",
        table(("rule", "gain / fee [1]"), list(zip(names, plot.finite(times)))),
        plot.figure(bars, "", "gain / fee", 300, shapes=shapes, showlegend=False),
        about,
    )


def typical_bot(done: Period, fees: Ints) -> tuple[BotGain, ...]:
    """A bot that pays the median fee and generates 1 % of all uses (at least 100), of a work in the
    middle of the list.
    """
    chosen, uses = done.chosen, done.uses
    paying, earning = fees[fees > 0], np.flatnonzero(chosen.pair_earned > 0)
    middle = int(earning[len(earning) // 2]) if earning.size else 0
    return bot_gains(
        uses,
        fees,
        work=chosen.works[int(chosen.pair_work[middle])],
        fee=int(np.median(paying)) if paying.size else MICRO,
        count=max(100, chosen.uses // 100),
        price=int(np.median(uses.price)) if uses.count else 0,
    )


def refused(done: Period) -> Chart:
    """Refused rows by kind of reason."""
    kinds = Counter(row.kind for row in done.refused).most_common()
    names, counts = [kind for kind, _ in kinds], [float(count) for _, count in kinds]
    figure = plot.figure(
        [plot.flat(plot.bars("rows", names, counts, "#d0021b"))],
        "rows",
        "",
        120 + 28 * len(kinds),
        showlegend=False,
        yaxis={"autorange": "reversed", **plot.NAMED},
    )
    about = "By kind of reason; no row is dropped silently."
    return Chart("refused", "Refused rows", table(("reason", "rows"), kinds), figure, about)
