"""The bet: what the plan is worth against other ways of deciding, on each branch, at other prices
and dates.

ground.py     what all questions stand on
ask.py        the questions, one after another, each answer streamed
baselines.py  regret against wait, grid only, cloud only, and `rival.py`
flips.py      the price at which an order is no longer placed
lead.py       what a month less lead time is worth
ending.py     the plan without its terminal value, and with all of it
kinds.py      what kind of thing an asset is
tell.py       all of it in plan.json
"""

from headrace.plan.analysis.deep.context import AnalysisContext
from headrace.plan.analysis.deep.questions import DeepState, deepen
from headrace.plan.analysis.deep.to_json import with_deep

__all__ = ["AnalysisContext", "DeepState", "deepen", "with_deep"]
