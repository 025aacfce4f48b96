"""Random small studies with hostile names: the same seed gives the same study.

Prices and costs are drawn near the margin, so that orders are worth placing in some studies, at
some nodes, and not in others. Most studies have load blocks, some every hour of a few months,
some kept weeks, some sell tokens.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from tests.oracle.moving_study import moved

Written = dict[str, Any]
Kind = Literal["blocks", "hours", "weeks", "tokens"]

NAMES = (
    "hall", "grid", "electricity", "b200", "sold", "kept", "served", "cash", "root", "n000", "pv",
    "a.b", "gas.engine", "deepseek-ai/DeepSeek-V3", "über.plant 2", "Größe", "日本", "yes", "null",
    "~", "1", "1e3", "[x]", "x: y", "# c", "it's", "two  spaces", "a", "energy", "power", "capex",
    "demand", "electricity grid", "idle b200", "here.plant", "fuel:gas", "%", "peak", "terminal",
)  # fmt: skip
"""Names that mean something elsewhere, or that a careless reader of text would take apart."""

KINDS: tuple[Kind, ...] = (
    "blocks", "blocks", "hours", "blocks", "weeks", "blocks", "tokens", "blocks", "hours", "blocks",
)  # fmt: skip
LEADS = (0, 0, 3, 6, 10, 12, 14, 18, 24, 36, 48, 60)
SHAPES = ("flat", "chat", "office")


FIRST_MOVING = 200
"""Seeds from which on studies have prices that move, and tables of the planner's own."""


def study(seed: int) -> Written:
    """The random study of a seed, as the mapping that a YAML file would hold."""
    kind = KINDS[seed % len(KINDS)]
    found = _Draw(Random(seed), kind, f"random{seed}").study()
    return moved(found, Random(f"moving {seed}"), kind) if seed >= FIRST_MOVING else found


@dataclass
class _Draw:
    random: Random
    kind: Kind
    name: str
    names: list[str] = field(default_factory=list)
    months: int = 0

    def study(self) -> Written:
        self.names = self.random.sample(NAMES, len(NAMES))
        months = self._stages()
        self.months = sum(months)
        fuels = {self._name(): self._fuel() for _ in range(self.random.randint(0, 2))}
        technologies = {
            self._name(): self._generator(list(fuels)) for _ in range(self.random.randint(1, 3))
        }
        if self.kind in ("hours", "weeks") and self.random.random() < 0.7:
            technologies[self._name()] = self._battery()
        sites = self._sites(technologies)
        found: Written = {
            "study": self.name,
            "money": {"discount": f"{self.random.choice([0, 3, 5, 8, 12])} %/a real"},
            "horizon": {
                "start": f"20{self.random.randint(26, 31)}-{self.random.randint(1, 12):02d}",
                "stages": [f"{one} months" for one in months],
                "terminal_value": self.random.random() < 0.8,
                "hours": self._hours(),
            },
            "fuels": fuels,
            "technologies": technologies,
            "sites": sites,
            "products": {
                self._name(): self._electricity(list(sites))
                for _ in range(self.random.randint(1, 2 if self.kind == "hours" else 4))
            },
        }
        if fuels and self.random.random() < 0.4:
            found["carbon"] = self._number(10, 120, "USD/t")
        if self.kind == "tokens":
            self._computing(found)
        if len(months) > 1:
            self._uncertainty(found, months)
        if self.random.random() < 0.3:
            alpha, omega = self.random.choice([50, 80, 90, 100]), self.random.choice([10, 30, 100])
            found["goal"] = {"risk": {"alpha": f"{alpha} %", "omega": f"{omega} %"}}
        if self.random.random() < 0.15:
            spend = [self._number(0, 60, "MUSD") for _ in months]
            found["limits"] = {"spend": spend}
        return found

    def _name(self) -> str:
        """A name that nothing of its kind has yet; things of different kinds may share one."""
        return self.names.pop()

    def _number(self, low: float, high: float, unit: str) -> str:
        return f"{float(f'{self.random.uniform(low, high):.4g}')} {unit}"

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _stages(self) -> list[int]:
        if self.kind == "hours":
            return self.random.choice([[1], [1], [2], [1, 1]])
        if self.kind == "weeks":
            return [self.random.choice([1, 3, 6, 12, 24]) for _ in range(self.random.randint(1, 2))]
        return [
            self.random.choice([3, 6, 12, 12, 12, 18, 24, 36, 48])
            for _ in range(self.random.randint(1, 4))
        ]

    def _hours(self) -> Any:
        if self.kind == "hours":
            return "all"
        if self.kind == "weeks":
            return {"weeks": self.random.randint(1, 2), "extreme_days": self.random.randint(0, 1)}
        cuts = sorted(self.random.sample(range(200, 8600), self.random.randint(0, 3)))
        edges = [0, *cuts, 8760]
        blocks = [b - a for a, b in itertools.pairwise(edges)]
        if self._chance(0.1):
            blocks = [part for one in blocks for part in (one // 2, one - one // 2) if part]
        return {"blocks": [f"{one} h" for one in blocks]}

    def _lead(self) -> str:
        """0 to 60 months; what could never arrive is drawn once more, so that it is rare."""
        choices = [0, 0, 1, 2, 3] if self.kind == "hours" else LEADS
        lead = self.random.choice(choices)
        return f"{lead if lead < self.months else self.random.choice(choices)} months"

    def _life(self) -> str:
        if self.kind == "hours":
            return f"{self.random.choice([1, 2, 4, 36, 120])} months"
        return f"{self.random.choice([1, 3, 3, 5, 7, 10, 20, 30])} years"

    def _scale(self) -> float:
        """Part of a year that the horizon of this kind lets a plant earn in, roughly."""
        return 0.08 if self.kind == "hours" else 1.0

    def _fuel(self) -> Written:
        found = {"price": self._number(2, 9, "USD/MMBtu")}
        if self._chance(0.6):
            found["co2"] = "53.06 kg/MMBtu"
        return found

    def _generator(self, fuels: list[str]) -> Written:
        scale = self._scale()
        found: Written = {"capex": self._number(80 * scale, 1600 * scale, "USD/kW")}
        if self._chance(0.8):
            found["lead"] = self._lead()
        if self._chance(0.9):
            found["life"] = self._life()
        if self._chance(0.6):
            found["variable"] = self._number(0, 25, "USD/MWh")
        if self._chance(0.6):
            found["fixed"] = self._number(2, 60, "USD/kW-year")
        if fuels and self._chance(0.7):
            found |= {"fuel": self.random.choice(fuels)}
            found["heat_rate"] = self._number(5, 10, "MMBtu/MWh")
        if self._chance(0.3):
            found["availability"] = f"{self.random.choice([50, 80, 97.5])} %"
        return found

    def _battery(self) -> Written:
        scale = self._scale() * 0.3
        return {
            "kind": "battery",
            "capex": self._number(20 * scale, 100 * scale, "USD/kW"),
            "energy_capex": self._number(10 * scale, 60 * scale, "USD/kWh"),
            "efficiency": f"{self.random.choice([100, 90, 81, 64])} %",
            "lead": self._lead(),
            "life": self._life(),
            **({"variable": self._number(0.5, 8, "USD/MWh")} if self._chance(0.5) else {}),
            **({"fixed": self._number(1, 10, "USD/kW-year")} if self._chance(0.5) else {}),
        }

    def _sites(self, technologies: Written) -> Written:
        found: Written = {}
        shared = self._name()
        for _ in range(1 if self.kind == "hours" else self.random.randint(1, 2)):
            chosen = self.random.sample(
                list(technologies), self.random.randint(1, len(technologies))
            )
            build: Written = {}
            for number, use in enumerate(chosen):
                name = shared if number == 0 else self._name()
                build[name] = self._build(use, technologies[use])
            site: Written = {"build": build}
            if self._chance(0.85):
                site["grid"] = self._grid()
            found[self._name()] = site
        return found

    def _build(self, use: str, technology: Written) -> Any:
        battery = technology.get("kind") == "battery"
        found: Written = {"use": use}
        if self._chance(0.2) and not battery:
            return use
        found["at_most"] = f"{self.random.choice([5, 20, 50, 100])} MW"
        if battery:
            found["at_most_energy"] = f"{self.random.choice([40, 200])} MWh"
        if self._chance(0.3):
            found["stands"] = f"{self.random.choice([1, 3, 5])} MW"
            if battery:
                found["stands_energy"] = f"{self.random.choice([4, 20])} MWh"
            if self._chance(0.5) and self.kind != "hours":
                found["stands_for"] = f"{self.random.choice([6, 12, 20, 36])} months"
        if self._chance(0.2):
            found["lead"] = self._lead()
        if self._chance(0.2):
            found["life"] = self._life()
        if self._chance(0.2) and not battery:
            found["capex"] = self._number(80 * self._scale(), 1600 * self._scale(), "USD/kW")
        return found

    def _grid(self) -> Written:
        found: Written = {
            "limit": f"{self.random.choice([5, 20, 60])} MW",
            "energy": self._number(15, 70, "USD/MWh"),
        }
        if self._chance(0.6):
            found["stands"] = f"{self.random.choice([1, 4, 5])} MW"
        if self._chance(0.5):
            found["queue"] = self._lead()
        if self._chance(0.6):
            found["price"] = self._number(10, 500 * self._scale(), "USD/kW")
        if self._chance(0.6):
            found["demand"] = self._number(0.5, 12, "USD/kW-month")
            found["billing"] = self.random.choice(["month", "year"])
        if self._chance(0.3):
            found["loss"] = f"{self.random.choice([2, 5])} %"
        if self.kind in ("hours", "weeks") and self._chance(0.5):
            found["times"] = [self._time_of_use() for _ in range(self.random.randint(1, 2))]
        return found

    def _time_of_use(self) -> Written:
        found: Written = {
            "energy": self._number(*self.random.choice([(5, 150), (-60, -5)]), "USD/MWh"),
            "begin": self.random.randint(0, 23),
            "end": self.random.randint(0, 24),
        }
        if self._chance(0.3):
            found["months"] = sorted(self.random.sample(range(1, 13), 6))
        if self._chance(0.3):
            found["weekdays"] = True
        return found

    def _electricity(self, sites: list[str]) -> Written:
        found: Written = {
            "kind": "electricity",
            "site": self.random.choice(sites),
            "demand": f"{self.random.choice([2, 10, 25])} MW",
            "price": self._number(40, 160, "USD/MWh"),
        }
        if self._chance(0.4):
            found["price_change"] = f"{self.random.choice([-10, -3, 4, 10])} %/a"
        if self.kind in ("hours", "weeks"):
            found["shape"] = self.random.choice(SHAPES)
        if self._chance(0.5):
            hours = ["4 h", "8 h", "day"] if self.kind in ("hours", "weeks") else []
            found["deadline"] = self.random.choice(["now", "year", *hours])
        return found

    def _computing(self, found: Written) -> None:
        """Halls, accelerators and a token product, beside the electricity products."""
        site = next(iter(found["sites"].values()))
        site["hall"] = {
            "stands": f"{self.random.choice([0, 3, 5])} MW",
            "at_most": f"{self.random.choice([5, 10, 40])} MW",
            "lead": f"{self.random.choice([0, 6, 12, 18])} months",
        }
        if "grid" not in site:
            site["grid"] = self._grid()
        chips = self.random.sample(["b200", "h100"], self.random.randint(1, 2))
        found["fleet"] = {"may_buy": {self._name(): self._chip(use, found) for use in chips}}
        model = self._name()
        found["models"] = {model: {"shape": "deepseek-ai/DeepSeek-V3", "precision": "fp8"}}
        found["products"][self._name()] = {
            "model": model,
            "isl": 1000,
            "osl": 300,
            "promise": {"ttft": "2 s", "tpot": "50 ms"},
            "demand": self._number(1, 40, "Gtok/h"),
            "price": self._number(0.1, 1.2, "USD/Mtok"),
            "price_change": f"{self.random.choice([-20, -5, 0])} %/a",
        }
        if self._chance(0.5):
            found["products"][self._name()] = {
                "kind": "training",
                "model": model,
                "demand": self._number(1e24, 3e25, "FLOP/a").replace("e+", "e"),
                "price": self._number(0.3, 2, "USD/EFLOP"),
                "deadline": "year",
            }

    def _chip(self, use: str, found: Written) -> Written:
        chip: Written = {"use": use, "supply": self.random.choice([500, 5000, 50000])}
        if self._chance(0.4):
            chip["stands"] = {next(iter(found["sites"])): self.random.choice([100, 1000])}
            chip["stands_for"] = f"{self.random.choice([12, 30])} months"
        if self._chance(0.4):
            chip["price"] = self._number(8000, 60000, "USD/accelerator")
        return chip

    def _uncertainty(self, found: Written, months: list[int]) -> None:
        if self._chance(0.15) and self.kind in ("blocks", "tokens"):
            found["tree"] = self._tree(found, len(months))
        elif self._chance(0.85):
            beliefs = [self._belief(found, len(months)) for _ in range(self._beliefs())]
            about = {one["about"]: one for one in beliefs}
            found["beliefs"] = {self._name(): one for one in about.values()}

    def _beliefs(self) -> int:
        return 1 if self.kind == "hours" else self.random.randint(1, 3)

    def _belief(self, found: Written, stages: int) -> Written:
        used = {
            one if isinstance(one, str) else one["use"]
            for site in found["sites"].values()
            for one in site["build"].values()
        }
        subjects = ["demand", f"demand:{self.random.choice(list(found['products']))}"]
        subjects += [f"fuel:{name}" for name in found["fuels"]]
        subjects += [f"capex:{name}" for name in sorted(used)]
        about = self.random.choice(subjects)
        few = stages > 3 or self.kind == "hours"
        count = self.random.randint(1, 2 if few else 3)
        shares = {1: [100], 2: [self.random.choice([20, 50, 75])], 3: [20, 30]}[count]
        shares = [*shares, 100 - sum(shares)] if count > 1 else shares
        return {
            "about": about,
            "before": self._value(about),
            "reveal": self.random.randint(2, stages),
            "cases": {
                f"case {number}": {"probability": f"{share} %", "value": self._value(about)}
                for number, share in enumerate(shares)
            },
        }

    def _value(self, about: str) -> str:
        if about.startswith("fuel"):
            return self._number(1, 12, "USD/MMBtu")
        if about.startswith("capex"):
            return self._number(60 * self._scale(), 1600 * self._scale(), "USD/kW")
        return f"{self.random.choice([-20, 0, 10, 30, 60])} %/a"

    def _tree(self, found: Written, stages: int) -> list[Written]:
        """A tree by hand: one root, each node with one or two children down to the last stage."""
        nodes: list[Written] = [{"node": "root"}]
        level = ["root"]
        for _ in range(stages - 1):
            below = []
            for parent in level:
                shares = self.random.choice([["100 %"], ["40 %", "60 %"]])
                for share in shares:
                    name = f"{parent}.{len(below)}"
                    below.append(name)
                    nodes.append({"node": name, "parent": parent, "probability": share})
            level = below
        electric = [n for n, one in found["products"].items() if one.get("kind") == "electricity"]
        blocks = len(found["horizon"]["hours"]["blocks"])
        for node in nodes:
            values = {}
            if self._chance(0.5):
                values["demand"] = f"{self.random.choice([0.5, 1, 1.5, 2])}"
            if found["fuels"] and self._chance(0.4):
                fuel = self.random.choice(list(found["fuels"]))
                values[f"fuel:{fuel}"] = self._number(1, 12, "USD/MMBtu")
            if values:
                node["values"] = values
            if self._chance(0.4):
                demand = [self._number(1, 40, "MW") for _ in range(blocks)]
                node["demand"] = {self.random.choice(electric): demand}
        return nodes
