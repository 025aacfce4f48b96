"""The way back from columns to money: what a unit of any hourly column moves, by its label.

Each constraint family states its dollar rule once (`rates` beside its `add`); the objective is
written with it and the cash flow is read with it.
"""

from __future__ import annotations

from headrace.core.components import System
from headrace.plan.model.constraints import (
    contract_terms,
    conversion,
    demand,
    storage,
    surplus,
    unit_commitment,
)
from headrace.plan.model.constraints.context import ColumnLabel, Cut, Rate
from headrace.plan.scenario.parameters import NodeParameters


def rates(
    system: System, parameters: NodeParameters, cut: Cut, label: ColumnLabel
) -> tuple[Rate, ...]:
    """What a unit of the noun behind a column moves in an hour [USD]; nothing for levels and
    ramps.
    """
    match label.kind:
        case "activity":
            converter = parameters.converter(system.converters[label.number])
            return conversion.rates(converter, parameters, system.sold_at, cut)
        case "running":
            converter = parameters.converter(system.converters[label.number])
            return unit_commitment.running_rates(converter, parameters, cut)
        case "start":
            converter = parameters.converter(system.converters[label.number])
            return unit_commitment.start_rates(converter, parameters, cut)
        case "discharge" | "lacking":
            return (storage.rate(system.stores[label.number], label.kind),)
        case "wasted":
            bus = surplus.bus_of(system.converters[label.number])
            return (surplus.waste_rate(system, parameters, cut, bus),)
        case "spilled":
            return (surplus.waste_rate(system, parameters, cut, system.stores[label.number].bus),)
        case "short":
            return (demand.short_rate(system.demands[label.number]),)
        case "billed":
            return (demand.billed_rate(system, parameters, label.number),)
        case "beyond" | "credited" | "unused" | "unburnt" | "excess":
            return contract_terms.rates(system, label, parameters, cut)
    return ()
