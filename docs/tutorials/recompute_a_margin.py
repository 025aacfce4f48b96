"""Recompute what a product brings from plan.json alone: revenue over units, both discounted.

python docs/tutorials/recompute_a_margin.py runs/campus power        after another tutorial
"""

import json
import sys
from pathlib import Path

run, product = Path(sys.argv[1]), sys.argv[2]
plan = json.loads((run / "plan.json").read_text())
earned = sum(c["usd"] for n in plan["tree"] for c in n["cash"] if c["product"] == product)
sold = sum(d["discounted"] for n in plan["tree"] for d in n["demand"] if d["product"] == product)
costs = next(c for c in plan["costs"] if c["product"] == product)
cost = sum(part["usd_per_unit"] for part in costs["parts"])
print(f"brings {earned / sold:.6g}, costs {cost:.6g}, left {earned / sold - cost:.6g} USD")
assert abs(earned / sold - costs["levelised_price"]) < 1e-9 * abs(costs["levelised_price"])
