"""A step of a solution in words: as cells of a table, and as one plain line."""

from __future__ import annotations

from headrace.core.run_folder import Event
from headrace.show.format import text


def cells(event: Event) -> tuple[str, ...]:
    """An event as cells: time, stage, step, lower and upper bound, gap, what is kept.

    The app shows the same.
    """
    step = event.message or (f"step {event.iteration}" if event.iteration else "")
    done = f" {event.done:.0%}" if event.done is not None and event.done < 1 else ""
    bounds = [
        text.money(value) if value is not None else ""
        for value in (event.lower_usd, event.upper_usd)
    ]
    gap = text.percent(event.gap) if event.gap is not None else ""
    return f"{event.seconds:.1f} s", event.stage, step + done, *bounds, gap, event.plan or ""


def line(event: Event) -> str:
    """An event as one plain line."""
    step = event.message or (f"step {event.iteration}" if event.iteration else "")
    parts = [f"{event.seconds:7.1f} s", f"{event.stage:<10}", step]
    if event.lower_usd is not None or event.upper_usd is not None:
        told = text.interval(event.lower_usd, event.upper_usd, join=" and ")
        parts.append(f"between {told}" if " and " in told else told)
    if event.gap is not None:
        parts.append(f"gap {text.percent(event.gap)}")
    if event.plan:
        parts.append(f"kept: {event.plan}")
    return "  ".join(part for part in parts if part)
