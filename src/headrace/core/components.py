"""The few nouns the optimiser knows. Physics rooms produce them; only `plan` turns them into rows
and columns.

A turbine, a panel, a hall's power path, a chip and a serving deployment are all converters; a
battery is a store; what gives a capacity is an asset, ordered at a tree node and absent until its
lead time has passed. Sign convention everywhere: into a bus is positive, out of it is negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.contract_terms import ContractTerm
from headrace.core.ids import AssetId, AssetKind, CarrierId, ConverterId, ProductId, StoreId
from headrace.core.sold import SoldOffer
from headrace.core.uncertainty import LeadLength, QueueLength

Deadline = Literal["now", "hours", "day", "year"]


@dataclass(frozen=True)
class Bus:
    """The balance of one carrier at one site; `site` is "" where the carrier has no place (tokens
    of a product).
    """

    carrier: CarrierId
    site: str
    unit: str

    def __str__(self) -> str:
        return f"{self.carrier} at {self.site}" if self.site else str(self.carrier)


@dataclass(frozen=True)
class Port:
    """A converter's flow at a bus per unit of its activity (or of its capacity): positive into the
    bus.
    """

    bus: Bus
    ratio: Hourly


@dataclass(frozen=True)
class Payment:
    """Money due `month` months after the order [USD per unit of the asset]."""

    month: float
    usd: float


@dataclass(frozen=True)
class Asset:
    """What gives a capacity once its lead time has passed.

    id: what it is; kind: what kind of thing, a field and never guessed from a name.
    unit: of the capacity (MW, MWh, accelerator). fixed_cost: USD per unit and year while it stands.
    stands: quantity there from the start, gone after stands_until months. at_most: most that may
        stand at once.
    supply: most that may be ordered per year of a stage (inf: no limit). unit_size: 0 for any
        quantity.
    fade: share of capacity lost each year of age. resale: share of the price that a sale brings at
        the horizon's end per year of age, as (first year's share, yearly factor); None where only
        the unexpired annuity counts.
    available_from: first month of the horizon in which it may be ordered.
    into: the asset to whose capacity it adds, where that is not its own (a slot turned into a
        plant).
    belief: the technology whose price it follows (`capex:...` of a study); catalogue_key: its row.
    credit: paid before and taken off on the day of the order, whatever the price has become [USD
        per unit].
    waits: the belief that its lead time follows, where there is one.
    rented: fixed_cost is a rent and life_months the shortest one; it goes on to the end of the
        stage in which it was ordered, and may be kept on, stage by stage.
    """

    id: AssetId
    kind: AssetKind
    title: str
    unit: str
    payments: tuple[Payment, ...]
    fixed_cost: float
    lead_months: float
    life_months: float
    at_most: float = np.inf
    supply: float = np.inf
    unit_size: float = 0.0
    stands: float = 0.0
    stands_until: float = np.inf
    fade: float = 0.0
    resale: tuple[float, float] | None = None
    available_from: float = 0.0
    belief: str = ""
    catalogue_key: str = ""
    into: AssetId | None = None
    credit: float = 0.0
    rented: bool = False
    waits: QueueLength | LeadLength | None = None

    @property
    def site(self) -> str:
        """Where it stands."""
        return self.id.site

    @property
    def price(self) -> float:
        """All payments together, undiscounted [USD per unit of the asset]."""
        return sum(payment.usd for payment in self.payments)

    @property
    def adds_to(self) -> AssetId:
        """The asset to whose capacity it adds: its own, or that of the plant behind a slot."""
        return self.into or self.id


@dataclass(frozen=True)
class Commitment:
    """Units on line as a quantity (relaxed commitment): what running capacity costs and may do, per
    MW of it.

    minimum: least output [1]. no_load: share of the full-load fuel burnt without output [1];
        no_load_cost: what else that costs [USD/h]. start_cost [USD] and start_fuel [MMBtu]: of
        bringing it on line.
    least_up, least_down: hours that a unit stays on line or off, start_hours: in which it gives
        nothing after it came on line [h].
    """

    minimum: float = 0.0
    no_load: float = 0.0
    no_load_cost: float = 0.0
    start_cost: float = 0.0
    start_fuel: float = 0.0
    least_up: int = 0
    least_down: int = 0
    start_hours: int = 0

    @property
    def has_times(self) -> bool:
        """Whether hours hang together by more than the cost of a start."""
        return self.least_up > 1 or self.least_down > 1 or self.start_hours > 0


@dataclass(frozen=True)
class UnitOutages:
    """How the units of a plant fail and are serviced.

    size: of one unit [MW]. forced: share of the hours outside service in which a unit is broken
        [1]; repair: mean time to repair [h]. planned: share of the year in service [1]; months:
        in which service may fall, 1 to 12; none means all.
    """

    size: float
    forced: float
    repair: float
    planned: float = 0.0
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Converter:
    """Carriers in, carriers out, at fixed ratios per unit of activity.

    asset: whose capacity, times `availability`, bounds the activity (None with a fixed `upper`).
    standing: flows per unit of capacity that need no activity: the sun on a panel, the idle power
        of a chip.
    has_activity: False where only the standing flows matter (a panel: what is not used is thrown
        away).
    cost: USD per unit of activity and hour, without fuel; fuel_rate: MMBtu per unit of activity and
        hour.
    upper: most activity in an hour where no asset bounds it, or inf.
    commitment: how units on line bound it; None: they do not. With one, `cost` is that of output
        alone.
    ramp: most change of activity from hour to hour, as a share of the capacity. unit_size: of one
        unit, 0 where none can be lost. at_most: most activity in each hour, whatever stands.
    outages: of its units, whose mean is in `availability`; None where no unit is known to fail.
    """

    id: ConverterId
    title: str
    ports: tuple[Port, ...]
    asset: AssetId | None = None
    availability: Hourly = 1.0
    standing: tuple[Port, ...] = ()
    has_activity: bool = True
    cost: Hourly = 0.0
    fuel: str = ""
    fuel_rate: float = 0.0
    upper: Hourly = np.inf
    commitment: Commitment | None = None
    ramp: float = np.inf
    unit_size: float = 0.0
    at_most: Hourly = np.inf
    outages: UnitOutages | None = None

    @property
    def site(self) -> str:
        """Where it stands; of a delivery, where it takes what it delivers."""
        if self.id.asset is not None:
            return self.id.asset.site
        return next((port.bus.site for port in self.ports if port.bus.site), "")


@dataclass(frozen=True)
class Store:
    """A store with power and energy sized apart; what it holds at the end of a segment it held at
    its start, or more.

    keep: share of the level kept from hour to hour. wear: USD per unit that comes out.
    availability: share of power and of energy that is there, neither broken nor in service, spread
        evenly over the hours.
    at_start, at_end: share of its energy that it may hold as hours open that nothing came before,
        and that it holds at least as they close [1].
    """

    id: StoreId
    title: str
    bus: Bus
    power_asset: AssetId
    energy_asset: AssetId
    efficiency_in: float
    efficiency_out: float
    keep: float = 1.0
    wear: float = 0.0
    availability: float = 1.0
    at_start: float = 0.0
    at_end: float = 0.0

    @property
    def site(self) -> str:
        """Where it stands."""
        return self.id.power.site


@dataclass(frozen=True)
class Demand:
    """What customers would take at a price: served up to `quantity`, by the deadline; what is not
    served is lost.

    quantity: shape of one year, unit of the bus per hour; a node multiplies it by its own level.
    price: USD per unit served; with `offers`, what a unit brings at the reference.
    window_hours: length of the window in which work may wait (deadline "hours").
    least: share of the year's demand that must be served from stage `least_from` on (0: all may be
        shed).
    offers: ways in which it is sold. With them `quantity` is what all of them take at the
        reference, and what is taken follows what is sold; refund: paid back for a unit that is sold
        and not served [USD]. billed: nothing is; only what is served is billed, at the price that
        is posted.
    royalty: owed to holders of rights for a unit that is served [USD].
    """

    product: ProductId
    title: str
    bus: Bus
    quantity: Hourly
    price: float
    deadline: Deadline = "now"
    window_hours: float = 1.0
    least: float = 0.0
    least_from: int = 1
    offers: tuple[SoldOffer, ...] = ()
    refund: float = 0.0
    billed: bool = False
    royalty: float = 0.0

    @property
    def reference(self) -> float:
        """What all offers take at their reference [unit of the bus per hour, mean]."""
        return sum(offer.work for offer in self.offers)


@dataclass(frozen=True)
class PeakCharge:
    """A charge on the highest activity of a converter within each billing period [USD per unit and
    month].

    ratchet: of the year's highest peak, the share that every month is charged for at least [1]; 1
        is the year's peak in every month. hours: in which the activity counts, 1 or 0 [1]; months
        without such an hour are not charged.
    """

    converter: ConverterId
    usd: float
    ratchet: float = 0.0
    hours: Hourly = 1.0


@dataclass(frozen=True)
class Limit:
    """A limit over quantities of standing assets: sum of weight x capacity <= limit, at every tree
    node.
    """

    name: str
    weights: tuple[tuple[AssetId, float], ...]
    limit: float
    words: str


@dataclass(frozen=True)
class Reservation:
    """A right, not a duty: a unit of `slot` allows a unit of one of `uses`, later but within
    `window_months` of its order.

    slot: the asset that is the reservation (it never stands: it gives no capacity). uses: what it
        may become: the plant at a shorter lead time, or its sale, an asset with a negative price.
    """

    slot: AssetId
    uses: tuple[AssetId, ...]
    window_months: float


@dataclass(frozen=True)
class SpinningReserve:
    """Headroom kept at a bus in every hour, enough for an hour without any one unit that is on line
    there.
    """

    bus: Bus


@dataclass(frozen=True)
class System:
    """Everything a study's world holds, the same at every tree node; a node changes prices, levels
    and costs.

    Raises ValueError for an identity that is made twice.
    """

    assets: tuple[Asset, ...]
    converters: tuple[Converter, ...]
    stores: tuple[Store, ...]
    demands: tuple[Demand, ...]
    peaks: tuple[PeakCharge, ...] = ()
    limits: tuple[Limit, ...] = field(default=())
    reservations: tuple[Reservation, ...] = ()
    spinning: tuple[SpinningReserve, ...] = ()
    terms: tuple[ContractTerm, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two things with one identity: each would count for the other."""
        made: list[AssetId | ConverterId | StoreId | ProductId] = [
            *(asset.id for asset in self.assets),
            *(converter.id for converter in self.converters),
            *(store.id for store in self.stores),
            *self.products,
        ]
        twice = [one for one, count in Counter(made).items() if count > 1]
        if twice:
            raise ValueError(f"made twice: {', '.join(map(str, twice))}")

    @property
    def products(self) -> tuple[ProductId, ...]:
        """What is sold, in the order of the demands."""
        return tuple(demand.product for demand in self.demands)

    @cached_property
    def asset_numbers(self) -> Mapping[AssetId, int]:
        """Position of each asset."""
        return {asset.id: number for number, asset in enumerate(self.assets)}

    @cached_property
    def converter_numbers(self) -> Mapping[ConverterId, int]:
        """Position of each converter."""
        return {converter.id: number for number, converter in enumerate(self.converters)}

    @cached_property
    def posted(self) -> tuple[tuple[Demand, int, int], ...]:
        """Every price that may be posted for use billed as it is served: its demand, and the
        numbers of its offer and of the price.
        """
        return tuple(
            (demand, o, j)
            for demand in self.demands
            if demand.billed
            for o, offer in enumerate(demand.offers)
            for j in range(len(offer.menu))
        )

    @cached_property
    def sold_at(self) -> Mapping[Bus, Demand]:
        """The demand at each bus that is one."""
        return {demand.bus: demand for demand in self.demands}

    def asset(self, wanted: AssetId) -> Asset:
        """The asset of that identity. Raises KeyError where there is none."""
        return self.assets[self.asset_numbers[wanted]]
