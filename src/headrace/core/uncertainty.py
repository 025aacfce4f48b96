"""What nobody can know yet, by type: prices, what a technology costs, how demand grows, when
something arrives, which series or weather comes.

A study writes it as `fuel:gas`, `capex:nuclear.smr`, `demand` or `demand:chat`, `carbon`,
`grid:SITE`, `export:SITE`, `queue:SITE`, `lead:TECHNOLOGY`, `series:FILE#COLUMN`, `weather:SITE`,
`rivals:PRODUCT`, `royalty:PRODUCT`, `rent`, `rent:NAME` or `software`; that text is read once, by
`uncertainty`, and everything behind it holds one of the types here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class FuelPrice:
    """The price of a fuel of the study [USD/MMBtu]."""

    fuel: str

    def __str__(self) -> str:
        return f"fuel:{self.fuel}"


@dataclass(frozen=True)
class Capex:
    """The overnight price of a technology, of the catalogue or the study's own [USD/kW]."""

    technology: str

    def __str__(self) -> str:
        return f"capex:{self.technology}"


@dataclass(frozen=True)
class DemandGrowth:
    """Growth of the demand for a product a year [1/year]; None: of every product that has no belief
    of its own.
    """

    product: str | None = None

    def __str__(self) -> str:
        return "demand" if self.product is None else f"demand:{self.product}"


@dataclass(frozen=True)
class SoftwareGain:
    """Growth a year of what an accelerator serves in tokens, by better software [1/year]."""

    def __str__(self) -> str:
        return "software"


@dataclass(frozen=True)
class CarbonTax:
    """The price of CO2 [USD/t]."""

    def __str__(self) -> str:
        return "carbon"


@dataclass(frozen=True)
class GridEnergy:
    """The price of energy from a site's grid [USD/MWh]."""

    site: str

    def __str__(self) -> str:
        return f"grid:{self.site}"


@dataclass(frozen=True)
class ExportOffer:
    """What is paid for energy given back to a site's grid [USD/MWh]."""

    site: str

    def __str__(self) -> str:
        return f"export:{self.site}"


@dataclass(frozen=True)
class QueueLength:
    """From the application for a site's grid right to power [month]."""

    site: str

    def __str__(self) -> str:
        return f"queue:{self.site}"


@dataclass(frozen=True)
class LeadLength:
    """From order to operation of a technology, with its licensing [month]."""

    technology: str

    def __str__(self) -> str:
        return f"lead:{self.technology}"


@dataclass(frozen=True)
class OwnColumn:
    """Which column of a table comes true, where a study names this one."""

    column: str

    def __str__(self) -> str:
        return f"series:{self.column}"


@dataclass(frozen=True)
class WeatherYear:
    """The weather of a site: which file, or which year of one."""

    site: str

    def __str__(self) -> str:
        return f"weather:{self.site}"


@dataclass(frozen=True)
class RivalPriceCut:
    """How far those who sell what a product is have cut their price [1]."""

    product: str

    def __str__(self) -> str:
        return f"rivals:{self.product}"


@dataclass(frozen=True)
class RoyaltyFactor:
    """The royalty of a product over that which the study writes [1]: which law will hold."""

    product: str

    def __str__(self) -> str:
        return f"royalty:{self.product}"


@dataclass(frozen=True)
class AcceleratorRent:
    """The rent of what may be rented under a name, where it is ordered [USD/accelerator-h]."""

    rental: str

    def __str__(self) -> str:
        return f"rent:{self.rental}"


@dataclass(frozen=True)
class RentFactor:
    """The rent over that which is written [1], of every rental that has no belief of its own: an
    index of rents, relative to the start.
    """

    def __str__(self) -> str:
        return "rent"


Moving = FuelPrice | CarbonTax | GridEnergy | ExportOffer
"""Prices whose cases may be paths and tables."""
Arriving = QueueLength | LeadLength
Named = OwnColumn | WeatherYear
"""What is believed as the name of a table or a file."""
Growing = DemandGrowth | SoftwareGain
"""What is believed as a growth a year; a tree written by hand holds its factor [1] at a node."""
Rents = AcceleratorRent | RentFactor
Uncertainty = Moving | Arriving | Named | Capex | Growing | RivalPriceCut | RoyaltyFactor | Rents

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "demand": "1/year",
        "fuel": "USD/MMBtu",
        "capex": "USD/kW",
        "carbon": "USD/t",
        "grid": "USD/MWh",
        "export": "USD/MWh",
        "queue": "month",
        "lead": "month",
        "rivals": "1",
        "royalty": "1",
        "rent": "USD/accelerator-h",
        "software": "1/year",
        "series": "",
        "weather": "",
    }
)
"""Unit of a belief's values, by the word it begins with in a study; "" for names."""

_TYPES: Mapping[str, Callable[[str], Uncertainty]] = MappingProxyType(
    {
        "fuel": FuelPrice,
        "capex": Capex,
        "grid": GridEnergy,
        "export": ExportOffer,
        "queue": QueueLength,
        "lead": LeadLength,
        "rivals": RivalPriceCut,
        "royalty": RoyaltyFactor,
        "series": OwnColumn,
        "weather": WeatherYear,
    }
)


def uncertainty(text: str) -> Uncertainty | None:
    """What the text of a study is about; None where it begins with no word of `UNITS`."""
    word, colon, name = text.partition(":")
    if word == "demand":
        return DemandGrowth(name if colon and name else None)
    if word == "carbon":
        return CarbonTax()
    if word == "software":
        return None if colon else SoftwareGain()
    if word == "rent":
        return AcceleratorRent(name) if colon else RentFactor()
    return _TYPES[word](name) if word in _TYPES else None


def unit_of(about: Uncertainty) -> str:
    """Unit in which a study writes its values; "" for names."""
    if isinstance(about, RentFactor):
        return "1"
    return UNITS[str(about).partition(":")[0]]


def unit_at_node(about: Uncertainty) -> str:
    """Unit of what a node of a tree holds: that of a study, or 1 for the factor of what grows."""
    return "1" if isinstance(about, Growing) else unit_of(about)
