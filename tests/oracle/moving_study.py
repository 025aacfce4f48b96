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
        for fuel in found["fuels"].values():
            if self._chance(0.6):
                fuel["price"] = self._path(1, 12, "USD/MMBtu")
        if self._chance(0.5):
            found["carbon"] = self._path(5, 90, "USD/t")
        self._contracts()
        for site in found["sites"].values():
            if "grid" in site:
                self._grid(site["grid"])
                self._tariff(site["grid"])
            for name, build in site["build"].items():
                self._build(site["build"], name, build)
        for product in found["products"].values():
            if product.get("kind") == "electricity" and self.hourly and self._chance(0.5):
                product["demand"] = self._column("load")
                product.pop("shape", None)
        if len(found["horizon"]["stages"]) > 1 and not found.get("tree"):
            self._believe()
        return found

    def _believe(self) -> None:
        """One belief more, about a price that moves or about a queue."""
        found, stages = self.found, len(self.found["horizon"]["stages"])
        subjects = ["carbon"] if "carbon" in found else []
        for name, site in found["sites"].items():
            if "grid" in site:
                subjects += [f"grid:{name}", f"queue:{name}"]
                subjects += [f"export:{name}"] if "export" in site["grid"] else []
        if not subjects or not self._chance(0.7):
            return
        about = self.random.choice(subjects)
        shares = self.random.choice([["100 %"], ["30 %", "70 %"]])
        cases = {
            f"case {n}": {"probability": share, "value": self._value(about)}
            for n, share in enumerate(shares)
        }
        found.setdefault("beliefs", {})["moving"] = {
            "about": about,
            "before": self._value(about),
            "reveal": self.random.randint(2, stages),
            "cases": cases,
        }

    def _value(self, about: str) -> Any:
        if about.startswith("queue"):
            return f"{self.random.choice([0, 1, 2, 6, 12, 14, 24])} months"
        low, high, unit = (5, 90, "USD/t") if about == "carbon" else (5, 80, "USD/MWh")
        if self._chance(0.4):
            return self._path(low, high, unit)
        return f"{self.random.uniform(low, high):.4g} {unit}"

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

    def _contracts(self) -> None:
        """A fuel of which some is paid for in any case, an agreement, a payment for capacity."""
        found = self.found
        for name, fuel in found["fuels"].items():
            if any(t.get("fuel") == name for t in found["technologies"].values()):
                if self._chance(0.4):
                    fuel["take_or_pay"] = {"least": f"{self.random.uniform(1e4, 8e5):.4g} MMBtu/a"}
                if "take_or_pay" in fuel and self._chance(0.4):
                    year, month = (int(part) for part in found["horizon"]["start"].split("-"))
                    fuel["take_or_pay"]["until"] = f"{year + 1}-{month:02d}"
        site = next(iter(found["sites"].values()))
        if self._chance(0.5):
            found["technologies"]["deal"] = {
                "kind": "ppa",
                "variable": f"{self.random.uniform(15, 70):.4g} USD/MWh",
                "take_or_pay": f"{self.random.choice([0, 60, 80, 100])} %",
                "lead": f"{self.random.choice([0, 1])} months",
                "life": "5 years",
            }
            site["build"]["agreed"] = {"use": "deal", "at_most": "12 MW"}
            if self._chance(0.5):
                site["build"]["agreed"]["stands"] = "4 MW"
        for name, build in site["build"].items():
            if self._chance(0.2):
                whole = {"use": build, "at_most": "30 MW"} if isinstance(build, str) else build
                paid = f"{self.random.uniform(1, 12):.4g} USD/kW-year"
                site["build"][name] = {"at_most": "30 MW"} | whole | {"capacity_payment": paid}

    def _tariff(self, grid: Written) -> None:
        """Tiers, further demand charges, a ratchet, and what is given back."""
        if self._chance(0.4):
            amounts = sorted(self.random.sample([300, 1200, 2500, 5000], self.random.randint(1, 2)))
            grid["tiers"] = [
                {"above": f"{one} MWh", "adds": f"{self.random.uniform(1, 30):.4g} USD/MWh"}
                for one in amounts
            ]
        if grid.get("billing") == "month" and self._chance(0.6):
            grid["ratchet"] = f"{self.random.choice([40, 80, 100])} %"
        if self._chance(0.4):
            grid["demands"] = [self._demand() for _ in range(self.random.randint(1, 2))]
        if self._chance(0.3):
            grid["capacity"] = f"{self.random.uniform(1, 20):.4g} USD/kW-year"
        if self._chance(0.6):
            grid["export"] = self._export()

    def _demand(self) -> Written:
        found: Written = {"charge": f"{self.random.uniform(0.5, 6):.4g} USD/kW-month"}
        if self.hourly and self._chance(0.8):
            found |= {"begin": self.random.randint(0, 23), "end": self.random.randint(0, 24)}
            if self._chance(0.4):
                found["months"] = sorted(self.random.sample(range(1, 13), 6))
            if self._chance(0.4):
                found["weekdays"] = True
        if self._chance(0.4):
            found["ratchet"] = f"{self.random.choice([50, 75, 100])} %"
        return found

    def _export(self) -> Written:
        found: Written = {"price": f"{self.random.uniform(5, 80):.4g} USD/MWh"}
        if self.hourly and self._chance(0.6):
            found["price"] = self._column("sale")
        elif self._chance(0.4):
            found["price"] = self._path(5, 80, "USD/MWh")
        if self._chance(0.4):
            found["limit"] = f"{self.random.choice([2, 10, 30])} MW"
        if self.hourly and self._chance(0.2):
            found["hourly_limit"] = self._column("cap")
        kind = self.random.choice(["net", "net", "generation", "month", "year"])
        if kind == "generation":
            found["meter"] = kind
        elif kind != "net":
            found["net_metering"] = kind
        return found

    def _build(self, builds: Written, name: str, build: Any) -> None:
        use = build if isinstance(build, str) else build["use"]
        battery = self.found["technologies"][use].get("kind") == "battery"
        if self.hourly and not battery and self._chance(0.4):
            whole = {"use": build} if isinstance(build, str) else build
            builds[name] = whole | {"profile": self._column("share")} | self._untaken(whole)

    def _untaken(self, build: Written) -> Written:
        """What is offered and not taken is paid for, limited, or both; what stands has no limit
        that it might not keep."""
        found: Written = {}
        draw = Random(f"untaken {self.found['study']} {build['use']}")
        if self.found["technologies"][build["use"]].get("kind") == "ppa":
            return found
        if draw.random() < 0.3:
            found["curtailment"] = f"{draw.uniform(1, 20):.4g} USD/MWh"
        if draw.random() < 0.4 and "stands" not in build:
            found["curtailment_limit"] = f"{draw.choice([0, 2, 5, 10, 30])} %"
        return found

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
