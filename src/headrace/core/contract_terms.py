"""What contracts ask over hours and months, beside a price for each hour: nouns that only `plan`
turns into rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headrace.core.arrays import Hourly
from headrace.core.ids import ConverterId

Billing = Literal["month", "year"]


@dataclass(frozen=True)
class EnergyTier:
    """What passes a meter within a month beyond `above` [MWh] costs `usd` more [USD/MWh]; hours: of
    the tier, 1 or 0 [1]. usd is not negative: a price that falls with what is bought is no tier.
    """

    meter: ConverterId
    above: float
    usd: float
    hours: Hourly = 1.0


@dataclass(frozen=True)
class NetMetering:
    """What is given back through a meter is taken off what is bought, up to all that is bought in a
    billing period.
    """

    bought: ConverterId
    given: ConverterId
    period: Billing


@dataclass(frozen=True)
class GenerationMeter:
    """What is given to the grid is at most what the plants of the site give in the same hour;
    with_stores: and what its stores give.
    """

    given: ConverterId
    site: str
    with_stores: bool = False


@dataclass(frozen=True)
class TakeOrPay:
    """What a source could give in a year, or in each month, is paid for, used or not, but for a
    share 1 - `least` of it [1], at the source's running cost. Where all is paid for, the source has
    no activity.
    """

    source: ConverterId
    least: float
    period: Billing = "year"


@dataclass(frozen=True)
class FuelTakeOrPay:
    """At least so much of a fuel is paid for in a year, burnt or not [MMBtu/year], until the month
    `until` after the horizon's start; without the price of carbon for what is not burnt. period:
    over which it is counted; a month owes its share of the year's hours.
    """

    fuel: str
    least: float
    until: float
    period: Billing = "year"


@dataclass(frozen=True)
class CurtailmentPrice:
    """What weather offers a source and nobody takes costs `usd` [USD/MWh]; of what it offers in a
    year at most the share `most` goes untaken [1].
    """

    source: ConverterId
    usd: float
    most: float = 1.0


ContractTerm = (
    EnergyTier | NetMetering | GenerationMeter | TakeOrPay | FuelTakeOrPay | CurtailmentPrice
)
