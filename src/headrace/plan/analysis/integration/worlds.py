"""Every set of layers made, solved between bounds: 2^n plans, streamed and resumed.

A world is the study in which these layers are made and the others bought, at the prices their
suppliers picked. Each world that is solved is handed out at once; those known before are not solved
again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from headrace.core.errors import StoppedEarly
from headrace.core.study_changes import changed_study
from headrace.finance.choices.coalitions import coalitions
from headrace.plan.analysis.integration.layer_prices import LayerPrice, layer_prices
from headrace.plan.analysis.integration.layers_file import LayersQuestion
from headrace.plan.analysis.integration.supplier_response import SupplierResponse, response
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import Stop, solve


@dataclass(frozen=True)
class LayerWorld:
    """The layers made, and the best plan's worth between bounds before fixed costs [USD]; prices:
    what each layer would charge the next in that plan.
    """

    made: frozenset[str]
    low: float
    high: float
    seconds: float
    prices: tuple[LayerPrice, ...] = ()


OnWorld = Callable[[LayerWorld], None]
OnResponse = Callable[[SupplierResponse], None]


def responses(
    question: LayersQuestion,
    known: Mapping[str, SupplierResponse],
    on_response: OnResponse,
    stop: Stop | None = None,
) -> dict[str, SupplierResponse]:
    """The price of every layer that has a supplier: each answers to a plan that buys this layer and
    makes the others. Raises StoppedEarly.
    """
    found = dict(known)
    for name, layer in question.file.layers.items():
        if layer.supplier is not None and name not in found:
            if stop is not None and stop():
                raise StoppedEarly("stopped while suppliers answered")
            found[name] = response(question, name, stop)
            on_response(found[name])
    return found


def worlds(
    question: LayersQuestion,
    prices: Mapping[str, float],
    known: Mapping[frozenset[str], LayerWorld],
    on_world: OnWorld,
    stop: Stop | None = None,
) -> dict[frozenset[str], LayerWorld]:
    """All sets of layers, the smaller ones first. prices: of suppliers [their own units]; known: of
    an earlier run. What was not reached when `stop` said so is missing.
    """
    found = dict(known)
    options = SolverOptions(gap=question.file.gap)
    for made in coalitions(question.players):
        if made in found:
            continue
        if stop is not None and stop():
            break
        began = time.perf_counter()
        study = changed_study(question.text, question.changes(made, prices))
        problem = formulate(expand(study, question.folder))
        try:
            plan = solve(problem.problem, options, stop=stop)
        except StoppedEarly:
            break
        if not plan.finished:
            break
        told = layer_prices(question.file, problem, plan.solution)
        one = LayerWorld(made, plan.low, plan.high, round(time.perf_counter() - began, 3), told)
        found[made] = one
        on_world(one)
    return found
