"""Figures as SVG text, drawn once in Python for report, app, notebook and docs (decision 0116).

scale.py     where a value stands: linear, logarithmic or named, with round ticks
marks.py     lines, dots, bars, whiskers, shades and notes of a figure
figure.py    `svg`: a figure described as plain values (plot of format) with its axes and legend
stack.py     what feeds a balance and what it feeds, slot by slot
ribbons.py   a Sankey: vertices in columns, ribbons between them

Every figure has a viewBox, a name, a sentence that describes it, and a <title> on each mark; ink
and lines are classes of the page's style, so that it prints, needs no script, follows dark mode.
"""

from headrace.show.draw.figure import svg

__all__ = ["svg"]
