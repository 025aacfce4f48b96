"""Identities: what a thing of a study *is*, made once when the study is expanded.

An identity is compared and hashed, never taken apart, and never put together from text. Its parts
are the keys as the study writes them - any letters, digits, spaces, dots, dashes - so that no name
can meet another one by chance. Text made of an identity (`str`) is for people: two identities may
read alike.

    AssetId        what is ordered or stands: a place, the part of the study that names it, its key
    CarrierId      what flows: electricity, the accelerator-hours of an asset, a product
    ProductId      what is sold
    ConverterId    what turns carriers into carriers: what it does, with which asset, for whom
    StoreId        what keeps a carrier: named after the asset that gives its power
    Uncertainty    what nobody can know yet: FuelPrice, Capex, DemandGrowth (`core/uncertainty.py`)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AssetRole(StrEnum):
    """The part of a study in which an asset is written; an asset's key is unique within it."""

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
        return f"{self.name} at {self.site}"


@dataclass(frozen=True, order=True)
class ProductId:
    """A product of the study."""

    key: str

    def __str__(self) -> str:
        return self.key


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
        return self.kind if self.of is None else str(self.of)

    def __str__(self) -> str:
        return self.name


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


@dataclass(frozen=True)
class ConverterId:
    """A converter: what it does, with which asset (None where none bounds it), for which product."""

    role: ConverterRole
    asset: AssetId | None = None
    product: ProductId | None = None

    @property
    def name(self) -> str:
        """What people call it at its site."""
        asset = "" if self.asset is None else self.asset.name
        words = {
            ConverterRole.PLANT: asset,
            ConverterRole.STANDING: f"{asset}, standing",
            ConverterRole.OFF: f"{asset}, switched off",
            ConverterRole.WORK: f"{self.product} on {asset}",
            ConverterRole.DELIVERY: f"{self.product}, delivered",
        }
        return words[self.role]

    def __str__(self) -> str:
        return f"{self.name} at {self.asset.site}" if self.asset else self.name


@dataclass(frozen=True)
class StoreId:
    """A store, named after the asset that gives its power."""

    power: AssetId

    @property
    def name(self) -> str:
        """What people call it at its site."""
        return self.power.name

    def __str__(self) -> str:
        return str(self.power)
