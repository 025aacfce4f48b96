"""Identities: what a thing of a study *is*, made once when the study is expanded.

An identity is compared and hashed, never taken apart, and never put together from text. Its parts
are the keys as the study writes them - any letters, digits, spaces, dots, dashes - so that no name
can meet another one by chance. `name` is what people call it, and two things may be called alike;
`str` quotes every key, so that different identities read differently in a log.

    AssetId        what is ordered or stands: a place, the part of the study that names it, its key
    CarrierId      what flows: electricity, the accelerator-hours of an asset, a product
    ProductId      what is sold
    OfferId        one way to sell a product, at one posted price a stage
    ConverterId    what turns carriers into carriers: what it does, with which asset, for whom
    StoreId        what keeps a carrier: named after the asset that gives its power
    Uncertainty    what nobody can know yet: FuelPrice, Capex, ... (`core/uncertainty.py`)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AssetRole(StrEnum):
    """The part of a study in which an asset is written; its key is unique there, site by site."""

    BUILD = "build"
    BUILD_ENERGY = "build_energy"
    """The stored energy of what `build` names."""
    GRID = "grid"
    HALL = "hall"
    ACCELERATOR = "may_buy"
    RENTAL = "may_rent"
    SLOT = "slot"
    """A place in the queue for what `build` names."""
    SLOT_GIVEN_UP = "slot_given_up"
    FROM_SLOT = "from_slot"
    """What `build` names, ordered with a slot."""

    @property
    def family(self) -> AssetRole:
        """The part of the study that is paid for: of a store's energy and a slot, `build`."""
        mine = (self.BUILD_ENERGY, self.SLOT, self.SLOT_GIVEN_UP, self.FROM_SLOT)
        return AssetRole.BUILD if self in mine else self


class AssetKind(StrEnum):
    """What kind of thing an asset is, whatever it is called."""

    ACCELERATOR = "accelerator"
    RENTED_ACCELERATOR = "rented accelerator"
    HALL = "hall"
    GRID = "grid right"
    GAS = "gas on site"
    SUPPLY = "supply"
    """Any other source or store of electricity."""
    SLOT = "slot"
    """A right to order, which gives no capacity."""


@dataclass(frozen=True, order=True)
class AssetId:
    """An asset: its site, the part of the study that names it, and its key there ("" for the one
    grid right or hall of a site).
    """

    site: str
    role: AssetRole
    key: str = ""

    @property
    def name(self) -> str:
        """What people call it at its site."""
        words = {
            AssetRole.GRID: "grid",
            AssetRole.HALL: "hall",
            AssetRole.BUILD_ENERGY: f"{self.key}, energy",
            AssetRole.SLOT: f"{self.key}, slot",
            AssetRole.SLOT_GIVEN_UP: f"{self.key}, slot given up",
            AssetRole.FROM_SLOT: f"{self.key}, from the slot",
        }
        return words.get(self.role, self.key)

    def __str__(self) -> str:
        key = f" {self.key!r}" if self.key else ""
        return f"{self.role}{key} at {self.site!r}"


@dataclass(frozen=True, order=True)
class MoneyLineId:
    """Money that may be drawn, by its key under `limits.cash.lines`; "": what is missing."""

    key: str


@dataclass(frozen=True, order=True)
class ProductId:
    """A product of the study."""

    key: str

    def __str__(self) -> str:
        return f"product {self.key!r}"


@dataclass(frozen=True, order=True)
class OfferId:
    """A way to sell a product: a tier, seats, metered use."""

    product: ProductId
    key: str

    def __str__(self) -> str:
        return f"offer {self.key!r} of {self.product}"


class CarrierKind(StrEnum):
    """The kinds of what flows."""

    ELECTRICITY = "electricity"
    ACCELERATOR_HOURS = "accelerator-hours"
    PRODUCT = "product"


@dataclass(frozen=True)
class CarrierId:
    """What flows at a bus. of: the asset whose hours they are, or the product; None for
    electricity.
    """

    kind: CarrierKind
    of: AssetId | ProductId | None = None

    @property
    def name(self) -> str:
        """What people call it: "electricity", "accelerator-hours b200", "chat"."""
        if isinstance(self.of, AssetId):
            return f"{self.kind} {self.of.name}"
        return str(self.kind) if self.of is None else self.of.key

    def __str__(self) -> str:
        return str(self.kind) if self.of is None else f"{self.kind} of {self.of}"


ELECTRICITY = CarrierId(CarrierKind.ELECTRICITY)
"""The one carrier that needs no further name."""


class ConverterRole(StrEnum):
    """What a converter does."""

    PLANT = "plant"
    """Gives electricity, or draws it from the grid."""
    STANDING = "standing"
    """Accelerators that stand: they draw idle power and offer their hours."""
    OFF = "switched off"
    """Accelerators switched off: they take idle power and hours back."""
    WORK = "work"
    """Accelerators that make a product."""
    DELIVERY = "delivery"
    """Electricity sold as a product."""
    EXPORT = "export"
    """Electricity given back to the grid."""


@dataclass(frozen=True)
class ConverterId:
    """A converter: what it does, with which asset (None: none bounds it), for which product."""

    role: ConverterRole
    asset: AssetId | None = None
    product: ProductId | None = None

    @property
    def name(self) -> str:
        """What people call it at its site."""
        asset = "" if self.asset is None else self.asset.name
        product = "" if self.product is None else self.product.key
        words = {
            ConverterRole.PLANT: asset,
            ConverterRole.STANDING: f"{asset}, standing",
            ConverterRole.OFF: f"{asset}, switched off",
            ConverterRole.WORK: f"{product} on {asset}",
            ConverterRole.DELIVERY: f"{product}, delivered",
            ConverterRole.EXPORT: f"{asset}, export",
        }
        return words[self.role]

    def __str__(self) -> str:
        parts = (self.role, *(str(part) for part in (self.asset, self.product) if part is not None))
        return " ".join(parts)


@dataclass(frozen=True)
class StoreId:
    """A store, named after the asset that gives its power."""

    power: AssetId

    @property
    def name(self) -> str:
        """What people call it at its site."""
        return self.power.name

    def __str__(self) -> str:
        return f"store {self.power}"
