"""A settled month on one page: pictures first, then the statements, in one HTML file that loads
nothing from outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from headrace.rights.allocation import EXPOSURE_IS_NOT_USE
from headrace.rights.dues import Due
from headrace.rights.fraud import BotGain, bot_gains
from headrace.rights.law import NOT_ADVICE, legal_facts
from headrace.rights.money import MICRO, written
from headrace.rights.period import Period
from headrace.rights.settlement import Settlement
from headrace.show.format.colours import HAIR, INK, PAPER, QUIET
from headrace.show.format.html import Markup, join, tag

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
MOST_ROWS, MOST_BARS = 200, 25
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {INK}; background: {PAPER} }}
body {{ max-width: 64rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ margin: 0 }} h2 {{ font-size: 1.05rem; margin: 2rem 0 0 }} p {{ margin: .4rem 0 }} .quiet {{ color: {QUIET} }}
.said {{ border-left: 4px solid #a66a00; padding-left: .6rem }}
table {{ border-collapse: collapse; font-size: .9rem; width: 100% }}
td, th {{ border-bottom: 1px solid {HAIR}; padding: .25rem .5rem; text-align: left }}
td.num, th.num {{ text-align: right; font-variant-numeric: tabular-nums }}
"""


def report(done: Period, rows: Sequence[Due]) -> str:
    """The page as text. The same period gives the same bytes."""
    s = done.chosen
    refused = (
        f"{len(done.refused):,} refused (refused.csv names each row and reason)"
        if done.refused
        else "none refused"
    )
    counted = f"{done.read:,} records read, {s.uses:,} accepted, {done.repeated:,} sent twice and counted once, {refused}."
    parts = [
        tag("p", f"{done.name}, {WORDS[s.rule]}", class_="quiet"),
        tag(
            "h1", f"{_main(s.pool)} {s.currency} shared among {int((s.earned > 0).sum()):,} holders"
        ),
        tag("p", counted),
    ]
    if done.note:
        parts.append(tag("p", done.note, class_="said"))
    for number, (heading, words, figure) in enumerate(pictures(done)):
        parts += [
            tag("h2", heading),
            tag("p", words, class_="quiet"),
            _drawn(figure, f"picture-{number}"),
        ]
    parts += [
        tag("h2", "Statements"),
        _statements(rows),
        tag("h2", "The law so far"),
        tag("p", NOT_ADVICE, class_="quiet"),
        _law(),
    ]
    parts.append(tag("p", EXPOSURE_IS_NOT_USE, class_="quiet"))
    head = join(
        tag("meta", charset="utf-8"),
        tag("title", f"Settlement {done.name}"),
        Markup(f"<style>{STYLE}</style><script>{get_plotlyjs()}</script>"),
    )
    return "<!doctype html>\n" + tag("html", tag("head", head), tag("body", *parts), lang="en")


def pictures(done: Period) -> list[tuple[str, str, go.Figure]]:
    """Heading, one sentence, figure."""
    s = done.chosen
    out = [
        (
            "Where the pool went",
            "Every micro-unit is in one of these.",
            pool_figure(done.all_rules),
        ),
        (
            "The same month under each rule",
            f"The {MOST_BARS} holders who earn most under {WORDS[s.rule]}.",
            rules_figure(done),
        ),
        (
            "How unequal",
            "Share of the money that the top holders earn; the lower the curve, the wider it is spread.",
            spread_figure(done),
        ),
    ]
    if done.fees is not None and s.uses and int(s.earned.max()) > 0:
        gains = _bot(done)
        words = f"One account pays {_main(gains[0].fee)} {s.currency} and generates {gains[0].uses:,} uses of one accomplice's work."
        out.append(("What a bot could move", words, bot_figure(gains)))
    if done.refused:
        out.append(
            ("Refused rows", "By kind of reason; no row is dropped silently.", refused_figure(done))
        )
    return out


def pool_figure(every: Sequence[Settlement]) -> go.Figure:
    """Paid clear, reserved for disputes, and undistributed, stacked, by rule [main units]."""
    names = [WORDS[s.rule] for s in every]
    parts = (
        ("clear", "#0072b2", [int((s.earned - s.reserved).sum()) / MICRO for s in every]),
        ("reserved for disputes", "#e69f00", [int(s.reserved.sum()) / MICRO for s in every]),
        ("undistributed: users without a use", "#b9b2a6", [s.undistributed / MICRO for s in every]),
    )
    bars = [
        go.Bar(y=names, x=values, name=name, orientation="h", marker_color=colour)
        for name, colour, values in parts
    ]
    figure = _dressed(go.Figure(bars), every[0].currency, "", 260)
    return figure.update_layout(barmode="stack", legend={"orientation": "h"})


def rules_figure(done: Period) -> go.Figure:
    """Grouped bars: the top holders of the chosen rule under every rule [main units]."""
    top = np.argsort(-done.chosen.earned, kind="stable")[:MOST_BARS]
    bars = [
        go.Bar(
            x=[s.holders[i] for i in top],
            y=(s.earned[top] / MICRO).tolist(),
            name=WORDS[s.rule],
            marker_color=COLOURS[s.rule],
        )
        for s in done.all_rules
    ]
    return _dressed(go.Figure(bars), "", done.chosen.currency, 380).update_layout(
        legend={"orientation": "h"}
    )


def spread_figure(done: Period) -> go.Figure:
    """Cumulative share of money by share of holders, richest first, one line a rule."""
    lines = []
    for s in done.all_rules:
        money = np.sort(s.earned)[::-1].astype(float)
        if money.sum() > 0:
            share = np.concatenate(([0.0], np.cumsum(money) / money.sum()))
            at = np.unique(np.rint(np.linspace(0, len(money), 101)).astype(int))
            x, y = (at / len(money)).tolist(), share[at].tolist()
            lines.append(
                go.Scatter(
                    x=x, y=y, mode="lines", name=WORDS[s.rule], line={"color": COLOURS[s.rule]}
                )
            )
    figure = _dressed(
        go.Figure(lines), "share of holders, richest first", "share of the money", 340
    )
    return figure.update_xaxes(tickformat=".0%").update_yaxes(tickformat=".0%")


def bot_figure(gains: Sequence[BotGain]) -> go.Figure:
    """The accomplice's gain as a multiple of the bot's fee, one bar a rule; the line is the fee."""
    names = [WORDS[g.rule] for g in gains]
    bars = go.Bar(
        x=names, y=[g.times_fee for g in gains], marker_color=[COLOURS[g.rule] for g in gains]
    )
    return _dressed(go.Figure([bars]), "", "gain / fee", 300).add_hline(
        y=1.0, line_dash="dot", line_color=QUIET
    )


def refused_figure(done: Period) -> go.Figure:
    """Refused rows by kind of reason."""
    kinds = Counter(r.kind for r in done.refused).most_common()
    bars = go.Bar(
        y=[k for k, _ in kinds], x=[n for _, n in kinds], orientation="h", marker_color="#d0021b"
    )
    return _dressed(go.Figure([bars]), "rows", "", 120 + 28 * len(kinds))


def _bot(done: Period) -> tuple[BotGain, ...]:
    """A bot that pays the median fee and generates 1 % of all uses (at least 100), of a work in the
    middle of the list.
    """
    s, uses = done.chosen, done.uses
    assert done.fees is not None
    paying = done.fees[done.fees > 0]
    fee = int(np.median(paying)) if paying.size else MICRO
    middle = (
        int(np.flatnonzero(s.pair_earned > 0)[(s.pair_earned > 0).sum() // 2])
        if (s.pair_earned > 0).any()
        else 0
    )
    price = int(np.median(uses.price)) if uses.count else 0
    return bot_gains(
        uses,
        done.fees,
        work=s.works[int(s.pair_work[middle])],
        fee=fee,
        count=max(100, s.uses // 100),
        price=price,
    )


def _statements(rows: Sequence[Due]) -> Markup:
    head = (
        "holder",
        "earned",
        "reserved",
        "guarantee top-up",
        "recouped",
        "payable",
        "advance left",
    )
    shown = sorted(rows, key=lambda d: (-d.payable, d.holder))[:MOST_ROWS]
    body = [
        tag("tr", tag("td", d.holder), *(tag("td", written(v), class_="num") for v in (d.earned, d.reserved, d.top_up, d.recouped)),
            *(tag("td", written(v), class_="num") for v in (d.payable, d.advance_left)))
        for d in shown
    ]  # fmt: skip
    rest = len(rows) - len(shown)
    more = tag(
        "p",
        f"{rest:,} more holders in dues.csv and dues.parquet; works by holder in works.csv.",
        class_="quiet",
    )
    titles = tag("tr", *(tag("th", h, class_="num" if i else None) for i, h in enumerate(head)))
    return join(
        tag("table", tag("thead", titles), tag("tbody", *body)), more if rest else Markup("")
    )


def _law() -> Markup:
    head = tag(
        "tr",
        *(tag("th", h) for h in ("case", "instance", "decided", "held", "open", "as of", "kind")),
    )
    body = (
        tag(
            "tr",
            *(
                tag("td", text)
                for text in (
                    f.title,
                    f.instance,
                    f.decided,
                    f.holding,
                    f.still_open,
                    f.as_of,
                    f.kind,
                )
            ),
        )
        for f in legal_facts()
    )
    return tag("table", tag("thead", head), tag("tbody", *body))


def _main(amount: int) -> str:
    return f"{amount / MICRO:,.2f}"


def _dressed(figure: go.Figure, x: str, y: str, height: int) -> go.Figure:
    figure.update_layout(
        template="plotly_white",
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 45},
        font={"color": INK},
    )
    figure.update_layout(paper_bgcolor=PAPER, plot_bgcolor=PAPER, xaxis_title=x, yaxis_title=y)
    return figure.update_yaxes(automargin=True)


def _drawn(figure: go.Figure, name: str) -> Markup:
    config = {"displaylogo": False, "responsive": True}
    return Markup(
        figure.to_html(full_html=False, include_plotlyjs=False, config=config, div_id=name)
    )
