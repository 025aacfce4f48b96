"""A study with its long stages cut, so that more may be ordered in them.

Orders are placed at the starts of stages. What stages of twenty years leave out is ordering later,
at the price of later: the same study with every stage cut asks for it.
"""

from __future__ import annotations

from itertools import accumulate

from headrace.core.study import Study

LONGEST = 60.0
"""Months of a stage beyond which ordering inside it is asked about."""


def finer_stages(study: Study, longest: float = LONGEST) -> Study | None:
    """The study with no stage longer than `longest` [month]; what is known in a stage is known at
    its first part, and no year is operated otherwise. None where no stage is longer, or where
    something is written for each stage (a tree, `limits.spend`, offers), which has no cut.
    """
    stages = study.horizon.stages
    each = study.tree or study.limits.spend or any(p.offers for p in study.products.values())
    if each or max(stages) <= longest:
        return None
    whole = [int(-(-months // longest)) for months in stages]
    parts = [
        min(longest, months - n * longest)
        for months, count in zip(stages, whole, strict=True)
        for n in range(count)
    ]
    first = [1, *accumulate(whole, initial=1)]  # the new number of stage 1, 2, ... at its number
    return study.model_copy(
        update={
            "horizon": study.horizon.model_copy(update={"stages": parts}),
            "beliefs": {
                name: one.model_copy(update={"reveal": first[one.reveal]})
                for name, one in study.beliefs.items()
            },
            "products": {
                name: one.model_copy(update={"served_from": first[one.served_from]})
                for name, one in study.products.items()
            },
        }
    )
