"""How well a vendor's serving software uses its accelerators, against the law calibrated on NVIDIA
parts.
"""

from __future__ import annotations

from headrace.core.catalogue import Figure, entries


def software_factor(vendor: str) -> Figure:
    """Throughput factor [1] of a vendor's software with its range; a vendor of which nothing is
    known has the widest.
    """
    rows = {
        key: row for key, row in entries("models", "software").items() if row.kind == "software"
    }
    return rows.get(vendor, rows["other"]).figure("factor")
