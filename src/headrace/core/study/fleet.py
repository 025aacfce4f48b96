"""Which accelerators may be bought, or rented in somebody else's hall."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from headrace.core.quantities import (
    AcceleratorHourPrice,
    AcceleratorPrice,
    Accelerators,
    Month,
    Months,
    Name,
    Years,
    read_order_unit,
)
from headrace.core.study.part import CatalogueReference, StudyPart

CLOUD = "cloud"
"""The place of rented accelerators, beside the study's sites."""


class Chip(CatalogueReference):
    """An accelerator that may be bought."""

    use: Name = Field(description="Catalogue key of the accelerator, or a name of `accelerators`.")
    supply: Accelerators = Field(1e9, description="Accelerators that can be had in a year.")
    stands: dict[str, Accelerators] = Field(
        {}, description="Accelerators that stand already, by site."
    )
    stands_for: Years = Field(4.0, description="How much longer those will stand.")
    price: AcceleratorPrice | None = Field(None, description="Installed price here, if it differs.")
    available_from: Month | None = Field(
        None, description="First month in which it may be ordered."
    )
    unit: Annotated[
        Literal["server", "rack", "replica"] | float | None, BeforeValidator(read_order_unit)
    ] = Field(
        None,
        description=(
            "Order whole ones only: `server` or `rack` as the catalogue counts them, `replica`: "
            "the largest that serves a product, or a number of accelerators."
        ),
    )


class Rental(CatalogueReference):
    """An accelerator that may be rented by the hour in somebody else's hall; power and hall are in
    the rent.
    """

    use: Name = Field(description="Catalogue key of the rental, for example `h100.cloud`.")
    supply: Accelerators = Field(1e9, description="Accelerators that can be had in a year.")
    price: AcceleratorHourPrice | None = Field(
        None, description="Rent of an accelerator-hour here, if it differs."
    )
    lead: Months | None = Field(
        None, description="From the order to the first hour, if it differs."
    )
    term: Months | None = Field(
        None, gt=0, description="Months of a commitment, after which they go back, if it differs."
    )


class FleetChoices(StudyPart):
    """Which accelerators may be bought or rented."""

    may_buy: dict[str, Chip] = Field(
        {}, description="Name -> accelerator of the catalogue, with overrides."
    )
    may_rent: dict[str, Rental] = Field(
        {}, description="Name -> rental of the catalogue, with overrides."
    )

    def parts(self) -> tuple[str, ...]:
        """Every name an accelerator goes by."""
        return (*self.may_buy, *self.may_rent)
