"""Change a grid limit, solve, and read the decision: orders, cash, the chain, what differs.

python docs/tutorials/a_decision_in_ten_lines.py        writes runs/campus and runs/more-grid
"""

from pathlib import Path

import headrace as hr

study = hr.read(Path(__file__).with_name("campus.yaml"))
grid = study.but({"sites.greensboro.grid.limit": "80 MW"}, name="more-grid")
plan, other = study.solve(minutes=5), grid.solve(minutes=5)
print(plan.orders)  # cost, first payment, worth between two bounds, gain by branch
print(plan.charts.cash())  # in a notebook the picture itself
plan.charts.cash().save("cash.svg")
plan.charts.chain().save("chain.svg")
print(hr.compare(plan, other))
