"""What is sold of a product: levels that are chosen once a stage, each at one posted price.

An offer has a reference: so many users or so much use at the price that the study writes. Its level
is a share of that, and its price falls with the level along a curve through the reference. Revenue
is concave in the level, so a plan holds it by straight pieces between points of the curve: never
more than the offer would bring, and short of it by at most `Pieces.error`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.ids import OfferId

OfferKind = Literal["tier", "seats", "agents", "api", "credits", "results"]


@dataclass(frozen=True)
class PriceCurve:
    """Posted price over the reference price [1] at a level over the reference level [1].

    kind: `posted` (one price up to the reference level), `linear` through the reference, or `logit`
    of a market with other choices. slope: of a line, the elasticity's inverse [1]; of a logit,
    utility lost by the reference price [1]. share: of the market at the reference [1], logit only.
    outside: weight of all other choices over that at the reference [1]; a rival's cut raises it.
    """

    kind: Literal["posted", "linear", "logit"]
    slope: float = 0.0
    share: float = 0.0
    outside: float = 1.0

    def price(self, level: Floats) -> Floats:
        """Price over the reference price [1] at which that level is sold. level: [1] > 0."""
        x = np.asarray(level, dtype=np.float64)
        if self.kind == "posted":
            return np.ones_like(x)
        if self.kind == "linear":
            return np.asarray(1.0 + self.slope * (1.0 - x))
        sold = np.maximum(self.share * x, 1e-300)
        odds = np.log1p(-sold) - np.log(sold) - math.log(1.0 / self.share - 1.0)
        return np.asarray(1.0 + (odds - math.log(self.outside)) / self.slope)

    def level(self, price: float) -> float:
        """Level over the reference [1] that is sold at a price over the reference price [1]."""
        if self.kind == "posted":
            return 1.0 if price <= 1.0 else 0.0
        if self.kind == "linear":
            return max(0.0, 1.0 - (price - 1.0) / self.slope)
        odds = math.exp(-self.slope * (price - 1.0)) * self.share / (1.0 - self.share)
        return odds / (self.outside + odds) / self.share


class Pieces(NamedTuple):
    """Revenue as straight pieces: widths [1] and slopes [USD/h] of each, and the most by which the
    revenue lies above them [USD/h].
    """

    widths: Floats
    slopes: Floats
    error: float


class Subscribers(NamedTuple):
    """How many are there: survival by month of age [1], shape (month,), beginning with 1; joins:
    new ones a month [user/month]; lost: of a user-year unserved, who leave for it [1].

    trust: at the start of each month of the horizon [1]; pressure: factor on the hazard of leaving
    in it [1], of which `covariates` is the part that trust is not; failed: share of use that was
    taken to fail in it [1]. All shape (month,), empty where they are not told. shape: exponent of
    age [1] of beta discrete Weibull survival, else 1.
    """

    survival: tuple[float, ...]
    joins: float
    lost: float
    trust: tuple[float, ...] = ()
    pressure: tuple[float, ...] = ()
    failed: tuple[float, ...] = ()
    shape: float = 1.0
    covariates: tuple[float, ...] = ()

    def there(self, joined: Floats, month: float) -> Floats:
        """Share of those who joined that is still there at `month` of the horizon [1], shape of
        `joined` [month].

        Between two months of age a cohort shrinks at one rate. What presses in a month of the
        horizon multiplies the hazard of each person (market/cohorts.py), so a cohort has lived
        the sum of pressure x (age^shape at the month's end - at its begin).
        """
        stay = np.log(np.maximum(np.asarray(self.survival), 1e-300))
        ages, joined = np.arange(len(stay), dtype=np.float64), np.asarray(joined, np.float64)
        if not self.pressure:
            return np.asarray(np.exp(np.interp(month - joined, ages, stay)))
        begin = np.arange(math.ceil(month))
        first = np.maximum(begin - joined[..., None], 0.0)
        last = np.maximum(np.minimum(begin + 1.0, month) - joined[..., None], 0.0)
        pressed = np.asarray(self.pressure)[np.minimum(begin, len(self.pressure) - 1)]
        lived = (last**self.shape - first**self.shape) @ pressed
        return np.asarray(np.exp(np.interp(lived, ages**self.shape, stay)))


class MenuPrice(NamedTuple):
    """A posted price that may be chosen: in words, over the reference price [1], and the level that
    is sold at it [1].
    """

    words: str
    price: float
    level: float


@dataclass(frozen=True)
class SoldOffer:
    """One way to sell a product.

    amount: at the reference, in `unit` (user, or the product's own unit an hour). work: what that
        takes of the product [unit of its bus per hour, mean]. price: in `price_unit`, at the
        reference.
    usd: what the reference brings at its price, net of partners [USD/h]; advertising: what it
        brings whatever the price [USD/h]; gross: the price over what is left of it [1]; creators:
        share of both that is paid to those who made what is used [1]. usd and advertising are net
        of it.
    metered: whether it earns by use, with the shape of its hours; else by heads, alike in all.
    curve: how its price falls. most: largest level over the reference [1]. number: of pieces.
    growth: of the reference, beside the product's own [1/year]. menu: prices of which one is posted
        a stage; empty: any price of the curve.
    rivals: share of the market that rivals hold at the reference [1]; cut: of their price, from
        `cut_from` [month of the horizon] on [1].
    largest: shares of the largest customers [1].
    """

    id: OfferId
    kind: OfferKind
    title: str
    amount: float
    unit: str
    work: float
    price: float
    price_unit: str
    usd: float
    advertising: float = 0.0
    gross: float = 1.0
    creators: float = 0.0
    metered: bool = True
    curve: PriceCurve = PriceCurve("posted")
    most: float = 1.0
    number: int = 1
    growth: float = 0.0
    menu: tuple[MenuPrice, ...] = ()
    subscribers: Subscribers | None = None
    rivals: float = 0.0
    cut: float = 0.0
    cut_from: float = math.inf
    largest: tuple[float, ...] = ()

    def revenue(self, level: Floats) -> Floats:
        """What a level over the reference brings [USD/h]. level: [1]."""
        x = np.asarray(level, dtype=np.float64)
        at = self.curve.price(np.maximum(x, 1e-12))
        return np.asarray(np.where(x > 0, x * (at * self.usd + self.advertising), 0.0))

    def billed(self, level: float) -> float:
        """What users and advertisers pay at a level over the reference [USD/h]: revenue before
        partners and creators. level: [1].
        """
        if level <= 0:
            return 0.0
        at = float(self.curve.price(np.asarray(level)))
        return level * (at * self.usd * self.gross + self.advertising / (1.0 - self.creators))

    def usd_of_use(self, price: float) -> float:
        """What a unit of use brings at a price over the reference price [1], of an offer that is
        metered [USD per unit of its work].
        """
        return price * self.usd / self.work if self.work > 0 else 0.0

    def pieces(self) -> Pieces:
        """Its revenue [USD/h] as straight pieces of one width in the level [1]."""
        ends = np.linspace(0.0, self.most, self.number + 1)
        at = self.revenue(ends)
        fine = np.linspace(0.0, self.most, 40 * self.number + 1)
        error = float((self.revenue(fine) - np.interp(fine, ends, at)).max())
        return Pieces(np.diff(ends), np.diff(at) / np.diff(ends), max(error, 0.0))
