"""A study of one hour, and questions about its prices; for tests."""

from __future__ import annotations

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.breakeven import BreakevenQuestion, breakeven_question

ONE_HOUR = """
study: algebra
money: {{discount: 0 %/a real}}
horizon:
  {{start: 2027-01, stages: [12 months], terminal_value: false,
    hours: {{blocks: [{hours} h, {rest} h]}}}}
technologies:
  reactor: {{capex: 100 USD/kW, fixed: {fixed} USD/kW-year, variable: {v} USD/MWh}}
  plant: {{capex: {c} USD/kW, variable: {w} USD/MWh}}
sites: {{here: {{build: {{reactor: {{use: reactor, at_most: 6 MW}}, plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}}}
{tree}
"""
"""A reactor of at most 6 MW against a plant, for 10 MW in some hours and nothing in the rest."""


CERTAIN = "tree: [{node: now, demand: {power: [10 MW, 0 MW]}}]"
"""What is wanted in some hours and in the rest, as one certain future."""


def one_hour(hours: int, tree: str = CERTAIN, **numbers: float) -> str:
    """The study of `hours` in which 10 MW are wanted [h], with its prices."""
    return ONE_HOUR.format(hours=hours, rest=8760 - hours, tree=tree, **numbers)


TWO_LEVELS = (
    one_hour(hours=2000, fixed=0, v=10, c=300, w=40)
    .replace("[10 MW, 0 MW]", "[10 MW, 6 MW]")
    .replace(", at_most: 6 MW", "")
)
"""10 MW for 2,000 h and 6 MW for 6,760 h. The first 6 MW of a reactor save 300 + 8,760 x 30 / 1,000
= 562.8 USD/kW, the last 4 only 300 + 2,000 x 30 / 1,000 = 360.
"""


def question_of(text: str, about: str = "capex:reactor") -> BreakevenQuestion:
    """The question about one price of the study of a text."""
    return breakeven_question(study_of(parse_text(text)), about)
