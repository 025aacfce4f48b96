"""A random study whose prices move by date, and that takes its hours from tables of its own."""

from __future__ import annotations

from random import Random
from typing import Any

Written = dict[str, Any]


def moved(found: Written, random: Random, kind: str) -> Written:
    """The study with some of its numbers replaced by paths, and by columns of tables where it has
    hours."""
    return _Moved(found, random, kind not in ("blocks", "tokens")).study()


class _Moved:
    def __init__(self, found: Written, random: Random, hourly: bool) -> None:
        self.found, self.random, self.hourly = found, random, hourly
        self.table = random.randint(0, 30)

    def study(self) -> Written:
        found = self.found
        if not self.hourly:  # a long stage of blocks is not yet operated year by year
            found["horizon"]["stages"] = [
                one if int(one.split()[0]) <= 12 else "12 months"
                for one in found["horizon"]["stages"]
            ]
        for fuel in found["fuels"].values():
            if self._chance(0.6):
                fuel["price"] = self._path(1, 12, "USD/MMBtu")
        if self._chance(0.5):
            found["carbon"] = self._path(5, 90, "USD/t")
        for site in found["sites"].values():
            if "grid" in site:
                self._grid(site["grid"])
            for name, build in site["build"].items():
                self._build(site["build"], name, build)
        for product in found["products"].values():
            if product.get("kind") == "electricity" and self.hourly and self._chance(0.5):
                product["demand"] = self._column("load")
                product.pop("shape", None)
        return found

    def _grid(self, grid: Written) -> None:
        drawn = self.random.random()
        if drawn < 0.3:
            grid["energy"] = self._path(15, 70, "USD/MWh")
        elif self.hourly and drawn < 0.8:
            grid["energy"] = self._column("price")
        if self.hourly and self._chance(0.4):
            grid["hourly_limit"] = self._column("cap")
        if self._chance(0.5):
            grid["co2"] = self._column("co2") if self.hourly and self._chance(0.5) else "350 kg/MWh"

    def _build(self, builds: Written, name: str, build: Any) -> None:
        use = build if isinstance(build, str) else build["use"]
        battery = self.found["technologies"][use].get("kind") == "battery"
        if self.hourly and not battery and self._chance(0.4):
            whole = {"use": build} if isinstance(build, str) else build
            builds[name] = whole | {"profile": self._column("share")}

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _column(self, name: str) -> str:
        return f"table{self.table}.csv#{name}"

    def _path(self, low: float, high: float, unit: str) -> Written:
        """One to four dates, some before the study and some within it."""
        year, month = (int(part) for part in self.found["horizon"]["start"].split("-"))
        dates = sorted(self.random.sample(range(-12, 36), self.random.randint(1, 4)))
        found = {}
        for after in dates:
            at = 12 * year + month - 1 + after
            date = f"{at // 12}-{at % 12 + 1:02d}"
            found[date[:4] if date.endswith("-01") else date] = (
                f"{self.random.uniform(low, high):.4g} {unit}"
            )
        return found
