"""Random changes of small studies, one or two keys at a time, for what a what-if promises."""

from __future__ import annotations

from tests.builders.studies import BELIEFS, CAMPUS, MIDDLING

WEEK = MIDDLING.replace("24 months]}", "24 months], hours: {weeks: 1, extreme_days: 1}}")
"""The middling study on a week and its hardest day: the same nouns, a tenth of the hours."""


def _between(low, high, unit):
    return lambda rng: f"{rng.uniform(low, high):.4g} {unit}"


def _months(low, high):
    return lambda rng: f"{int(rng.integers(low, high))} months"


MOVES = {
    CAMPUS: {
        "sites.here.grid.limit": _between(80, 120, "MW"),
        "sites.here.grid.energy": _between(54, 66, "USD/MWh"),
        "sites.here.grid.queue": _months(21, 28),
        "sites.here.grid.price": _between(220, 280, "USD/kW"),
        "sites.here.hall.lead": _months(16, 21),
        "technologies.t.capex": _between(800, 1000, "USD/kW"),
        "technologies.t.variable": _between(4, 6, "USD/MWh"),
        "products.chat.demand": _between(190, 210, "Gtok/h"),
        "products.chat.price": _between(2.0, 2.4, "USD/Mtok"),
        "money.discount": _between(7.5, 8.5, "%/a real"),
    },
    BELIEFS: {
        "products.power.price": _between(45, 55, "USD/MWh"),
        "products.power.demand": _between(9, 11, "MW"),
        "technologies.t.capex": _between(90, 110, "USD/kW"),
        "beliefs.gas.before": _between(4.1, 4.9, "USD/MMBtu"),
        "beliefs.growth.before": _between(36, 44, "%/a"),
        "sites.here.build.plant.at_most": _between(7, 9, "MW"),
    },
    WEEK: {
        "sites.greensboro.grid.limit": _between(250, 350, "MW"),
        "sites.greensboro.grid.energy": _between(60, 72, "USD/MWh"),
        "sites.greensboro.grid.queue": _months(45, 54),
        "products.campus.demand": _between(114, 126, "MW"),
        "products.campus.price": _between(165, 195, "USD/MWh"),
        "beliefs.gas.before": _between(4.1, 4.9, "USD/MMBtu"),
        "sites.greensboro.build.smr": lambda rng: None,
    },
}
"""By study: what may be moved, and to what."""


def changes(text, rng):
    """One or two random moves of a study."""
    keys = rng.choice(sorted(MOVES[text]), size=int(rng.integers(1, 3)), replace=False)
    return {str(key): MOVES[text][key](rng) for key in keys}
