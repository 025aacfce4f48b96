"""The bet: what the plan is worth against other ways of deciding, on each branch, at other prices
and dates.

context.py          what all questions stand on: the study with its best plan
questions.py        the questions, one after another, each answer streamed
regret.py           regret against wait, grid only, cloud only, and the rival
rival.py            a public campus copied, date by date, at the study's size
switching_price.py  the price at which an order is no longer placed
lead_time.py        what a month less lead time is worth
terminal_value.py   the plan without its terminal value, and with all of it
without_year.py     the plan without the year of weather that binds
to_json.py          all of it in plan.json
"""

from headrace.plan.analysis.deep.context import AnalysisContext
from headrace.plan.analysis.deep.questions import DeepState, deepen
from headrace.plan.analysis.deep.to_json import with_deep

__all__ = ["AnalysisContext", "DeepState", "deepen", "with_deep"]
