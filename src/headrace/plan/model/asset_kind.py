"""What kind of thing an asset is, for the baselines that allow one kind only."""

from __future__ import annotations

from typing import Literal

from headrace.core.components import Asset

Kind = Literal["rented", "chip", "hall", "grid", "gas", "supply"]


def kind(asset: Asset) -> Kind:
    """Rented or bought accelerators, halls, grid rights, gas on site, or any other supply or store
    of electricity.
    """
    if asset.unit == "kaccelerator":
        return "rented" if asset.catalogue_key.endswith(".cloud") else "chip"
    family = asset.catalogue_key.partition(".")[0]
    known: dict[str, Kind] = {"hall": "hall", "grid": "grid", "gas": "gas"}
    return known.get(family, "supply")
