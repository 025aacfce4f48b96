"""A small hand-written plan for tests of the views: 13 nodes, 2 sites, invented numbers that
balance. Never shipped.

Energy per year at every node: hall takes 1000 GWh scaled by the node's growth; 8 % of it cools, the
rest feeds the chips.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from headrace.core import hourly_store, run_folder

HOURS = 8760
SITES = ("greensboro", "miami")


def tree() -> list[dict]:
    nodes = [_node(0, None, 1.0, "2027-01", 6, "now", 1.0)]
    for i, (demand, share) in enumerate((("low", 0.25), ("middle", 0.5), ("high", 0.25))):
        nodes.append(
            _node(
                1 + i,
                0,
                share,
                "2027-07",
                18,
                f"demand {demand}",
                (0.7, 1.3, 2.2)[i],
                {"demand": demand},
            )
        )
    for i in range(9):
        parent, gas = 1 + i // 3, ("low", "middle", "high")[i % 3]
        prob = nodes[parent]["probability"] * (0.3, 0.4, 0.3)[i % 3]
        growth = (0.8, 2.0, 4.5)[i // 3] * (1.1, 1.0, 0.9)[i % 3]
        nodes.append(
            _node(4 + i, parent, prob, "2029-01", 60, f"gas {gas}", growth, {"gas price": gas})
        )
    return nodes


def _node(id, parent, probability, start, months, label, growth, beliefs=None):
    orders = [
        {
            "site": "greensboro",
            "asset": "engines",
            "title": "gas engines",
            "quantity": 40.0 * growth,
            "unit": "MW",
            "order_by": start,
            "arrives": "2028-06",
            "cost_usd": 6e7 * growth,
            "why": "toy",
        },
    ]
    old = 0.0 if parent is None else 1.0
    power = {
        "solar": 300 * growth * old,
        "battery": 80 * growth * old,
        "engines": 90 * growth,
        "grid": 60.0,
        "reactor": 77.0 * (growth > 3),
    }
    capacity = [
        {"site": s, "asset": a, "quantity": q * w, "unit": "MW"}
        for s, w in zip(SITES, (0.6, 0.4))
        for a, q in power.items()
    ]
    capacity += [
        {"site": s, "asset": "b200", "quantity": 42000 * growth * w, "unit": "accelerators"}
        for s, w in zip(SITES, (0.6, 0.4))
    ]
    return {
        "id": id,
        "parent": parent,
        "probability": probability,
        "start": start,
        "months": months,
        "label": label,
        "beliefs": {k: {"value": v, "unit": ""} for k, v in (beliefs or {}).items()},
        "orders": orders,
        "capacity": capacity,
        "demand": [
            {"product": "chat", "quantity": 9e6 * growth, "unit": "Mtok", "served": 8.9e6 * growth},
            {
                "product": "clips",
                "quantity": 4e7 * growth,
                "unit": "s of video",
                "served": 3.1e7 * growth,
            },
        ],
        "cash": [
            {"item": "revenue", "usd": 9e8 * growth},
            {"item": "energy", "usd": -8e7 * growth},
            {"item": "orders", "usd": -4e8 * growth},
        ],
        "years": [
            {"year": int(start[:4]), "kind": "payments", "usd": -6e7 * growth},
            {"year": int(start[:4]) + 1, "kind": "payments", "usd": -4e8 * growth},
            {"year": int(start[:4]), "kind": "revenue", "product": "chat", "usd": 9e8 * growth},
        ],
    }


def flows(node: dict) -> list[dict]:
    growth, rows = node["demand"][0]["quantity"] / 9e6, []

    def flow(source, target, carrier, quantity, unit, site=""):
        rows.append(
            {
                "node": node["id"],
                "source": source,
                "target": target,
                "carrier": carrier,
                "quantity": quantity,
                "unit": unit,
                "site": site,
            }
        )

    chips = 0.0
    for site, weight in zip(SITES, (0.6, 0.4)):
        name, all_ = site.title(), 1e6 * growth * weight
        bus = f"{name} electricity"
        for source, share in (("sun", 0.33), ("engines", 0.47), ("grid", 0.22)):
            flow(f"{name} {source}", bus, "electricity", all_ * share, "MWh", site)
        flow(bus, f"{name} battery", "electricity", all_ * 0.15, "MWh", site)
        flow(f"{name} battery", bus, "electricity", all_ * 0.13, "MWh", site)
        flow(bus, f"{name} hall", "electricity", all_, "MWh", site)
        flow(f"{name} hall", "Cooling and losses", "electricity", all_ * 0.08, "MWh", site)
        flow(f"{name} hall", "B200", "electricity", all_ * 0.92, "MWh", site)
        chips += all_ * 0.92
    hours = chips / 1.5e-3
    for model, share in (
        ("Large model", 0.55),
        ("Video model", 0.25),
        ("Training", 0.12),
        ("Idle", 0.08),
    ):
        flow("B200", model, "accelerator-hours", hours * share, "accelerator-hours")
    flow("Large model", "Chat", "tokens", 8.9e6 * growth, "Mtok")
    flow("Large model", "Agents", "tokens", 3.1e6 * growth, "Mtok")
    flow("Video model", "Clips", "video", 3.1e7 * growth, "s of video")
    flow("Training", "Next model", "flop", 4e26 * growth, "FLOP")
    paid = {"Chat": 6e8 * growth, "Agents": 2e8 * growth, "Clips": 1e8 * growth}
    for product, usd in paid.items():
        flow(product, "Revenue", "money", usd, "USD")
    total = sum(paid.values())
    for item, share in (("Energy", 0.1), ("Halls", 0.15), ("Accelerators", 0.45), ("Margin", 0.3)):
        flow("Revenue", item, "money", total * share, "USD")
    return rows


def plan() -> dict:
    nodes = tree()
    orders = [
        _order(
            "greensboro",
            "engines",
            "gas engines",
            120.4,
            "MW",
            "2027-03",
            "2028-06",
            1.9e8,
            41e6,
            48.2e6,
            True,
            "the grid right comes in 2031 and the first halls stand in 2028",
        ),
        _order(
            "miami",
            "solar",
            "solar with tracking",
            310.0,
            "MW",
            "2027-01",
            "2028-03",
            3.4e8,
            112e6,
            118e6,
            True,
            "each MWh displaces 62 USD of gas",
        ),
        _order(
            "greensboro",
            "b200",
            "B200 servers",
            24000,
            "accelerators",
            "2027-06",
            "2028-01",
            9.1e8,
            410e6,
            433e6,
            True,
            "chat demand",
        ),
        _order(
            "miami",
            "battery",
            "battery energy",
            640,
            "MWh",
            "2027-03",
            "2028-03",
            1.3e8,
            -2.2e6,
            5.9e6,
            False,
            "evening peaks",
        ),
        _order(
            "greensboro",
            "reactor",
            "SMR slot reservation",
            77,
            "MW",
            "2027-01",
            "2034-06",
            2.1e7,
            None,
            None,
            None,
            "",
        ),
    ]
    return {
        "schema_version": 1,
        "status": {
            "state": "finished",
            "why": "",
            "after_seconds": 81.5,
            "holds": "certified plan",
            "hours_kept": "every hour",
            "weather": "typical",
            "gap_of": "full hours",
        },
        "study": "toy",
        "title": "Toy: two sites, <b>invented</b> numbers",
        "objective_usd": 1.234e9,
        "lower_bound_usd": 1.234e9,
        "upper_bound_usd": 1.252e9,
        "gap": 0.0146,
        "nodes": len(nodes),
        "hours_per_node": HOURS,
        "solve_seconds": 81.5,
        "terminal_value_usd": 3.1e8,
        "money": {"unit": "USD", "year": 2026, "discount_real": 0.08},
        "orders": orders,
        "decision": {
            "committed_usd": 1.591e9,
            "due_now_usd": 3.61e8,
            "waiting": {
                "worth": {"low_usd": 7.34e8, "high_usd": 7.5e8},
                "loses": {"low_usd": 4.84e8, "high_usd": 5.18e8},
                "branches": [{"node": 4 + i, "usd": 1e8 * (i - 2)} for i in range(9)],
            },
            "nothing": {
                "worth": {"low_usd": 0.0, "high_usd": 1e6},
                "loses": {"low_usd": 1.233e9, "high_usd": 1.252e9},
            },
            "seconds": 21.0,
            "limit_seconds": 60.0,
        },
        "tree": nodes,
        "flows": [flow for node in nodes for flow in flows(node)],
        "costs": [
            {
                "product": "chat",
                "unit": "Mtok",
                "price": 2.1,
                "levelised_price": 1.84,
                "stages": [
                    {"start": "2027-01", "months": 6, "sold": 0.4, "price": 2.1, "cost": 1.54},
                    {"start": "2029-01", "months": 60, "sold": 0.6, "price": 1.67, "cost": 1.46},
                ],
                "parts": _parts(0.21, 0.16, 0.83, 0.05, 0.02, 0.22),
            },
            {
                "product": "agents",
                "unit": "Mtok",
                "price": 1.4,
                "parts": _parts(0.18, 0.15, 0.8, 0.05, 0.0, 0.2),
            },
            {
                "product": "clips",
                "unit": "s of video",
                "price": 0.03,
                "parts": _parts(0.004, 0.003, 0.02, 0.001, 0.006, 0.004),
            },
        ],
        "certificate": {
            "max_balance_residual": 3.1e-9,
            "max_chain_residual": 2.2e-8,
            "max_money_residual": 0.0,
            "lower_bound_usd": 1.234e9,
            "upper_bound_usd": 1.252e9,
            "gap": 0.0146,
            "notes": ["The bound tiles the prices of two weeks over the year."],
        },
        "sources": [
            {
                "key": "gas.engine",
                "attribute": "capex",
                "value": 1600,
                "unit": "USD/kW",
                "source": "a vendor's price list",
                "date": "2025-11",
                "status": "estimate",
                "low": 1300,
                "high": 1900,
            },
            {
                "key": "b200",
                "attribute": "power",
                "value": 1.43,
                "unit": "kW",
                "source": "a data sheet",
                "date": "2025-03",
                "status": "fact",
            },
            {
                "key": "b200",
                "attribute": "resale",
                "value": "none",
                "unit": "",
                "source": "nobody knows",
                "date": "2026-01",
                "status": "assumption",
            },
        ],
        "weather": [
            {"site": "greensboro", "key": "tmy3:723170", "label": "Greensboro NC", "typical": True}
        ],
        "assumptions": ["Prices are real.", "Weather is a typical year: extremes are understated."],
        "prices": [
            {
                "site": "greensboro",
                "name": "grid limit",
                "usd": 91000,
                "unit": "MW a",
                "words": "one more MW of grid right",
            }
        ],
    }


def _order(site, asset, title, quantity, unit, order_by, arrives, cost, low, high, decided, why):
    gains = None if low is None else [low * (1 + place / 4) for place in range(-6, 3)]
    return {
        "payments": [{"due": order_by, "usd": 0.3 * cost}, {"due": arrives, "usd": 0.7 * cost}],
        "worth_per_usd": None if low is None else {"low": low / cost, "high": high / cost},
        "branches": [{"node": 4 + i, "usd": usd} for i, usd in enumerate(gains or ())],
        "site": site,
        "asset": asset,
        "title": title,
        "quantity": quantity,
        "unit": unit,
        "order_by": order_by,
        "arrives": arrives,
        "cost_usd": cost,
        "value_low_usd": low,
        "value_high_usd": high,
        "decided": decided,
        "flips_at": None,
        "why": why,
    }


def _parts(*usd):
    return [
        {"name": n, "usd_per_unit": u}
        for n, u in zip(("Electrons", "Hall", "Chips", "Model", "Rights", "Capital"), usd)
    ]


def hours(node: dict) -> hourly_store.NodeHours:
    """A year of invented dispatch that balances at both sites in every hour."""
    rng, growth = np.random.default_rng(node["id"]), node["demand"][0]["quantity"] / 9e6
    t, series = np.arange(HOURS), []
    for site, weight in zip(SITES, (0.6, 0.4)):
        load = (
            114
            * growth
            * weight
            * (1 + 0.06 * np.sin(2 * np.pi * (t - 15) / 24) + 0.03 * rng.standard_normal(HOURS))
        )
        season = 1 + 0.3 * np.sin(2 * np.pi * (t / 24 - 80) / 365)
        cloud = np.repeat(rng.uniform(0.25, 1.0, 365), 24)
        sun = (
            np.maximum(0, np.sin(np.pi * ((t % 24) - 6) / 12))
            * season
            * cloud
            * 130
            * growth
            * weight
        )
        to_store = np.minimum(np.maximum(sun - 0.9 * load, 0), 20 * growth)
        back = np.zeros(HOURS)
        back[20::24] = back[21::24] = back[22::24] = to_store.reshape(365, 24).sum(1) * 0.88 / 3
        rest = load + to_store - back - sun
        grid, engines = np.clip(rest, 0, 60 * weight), np.maximum(rest - 60 * weight, 0)
        spill = np.maximum(-rest, 0)
        for item, values in (
            ("solar", sun),
            ("grid", grid),
            ("engines", engines),
            ("battery", back),
        ):
            series.append(hourly_store.FlowSeries(site, "electricity", item, "MW", values))
        for item, values in (("hall", load), ("battery charging", to_store), ("not used", spill)):
            series.append(hourly_store.FlowSeries(site, "electricity", item, "MW", -values))
        series.append(
            hourly_store.FlowSeries(site, "accelerator-hours", "b200", "accelerators", load * 600)
        )
        series.append(
            hourly_store.FlowSeries(site, "accelerator-hours", "chat", "accelerators", -load * 450)
        )
        series.append(
            hourly_store.FlowSeries(
                site, "accelerator-hours", "training", "accelerators", -load * 150
            )
        )
    return hourly_store.NodeHours(node["id"], np.ones(HOURS), tuple(series))


def write(root: Path, nodes: int = 13) -> run_folder.RunFolder:
    """A run folder with the toy plan, and hours for its first `nodes` nodes."""
    folder = run_folder.create(root, "study: toy\n")
    whole = plan()
    folder.write(run_folder.PLAN, json.dumps(whole))
    for node in whole["tree"][:nodes]:
        hourly_store.write_hourly(folder, hours(node))
    return folder
