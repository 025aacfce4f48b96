"""Read a plan that is stored: nothing is solved, every table is what its run folder holds.

python docs/tutorials/read_a_stored_plan.py runs/campus        after the other tutorial
"""

import sys

import headrace as hr

plan = hr.open(sys.argv[1] if len(sys.argv) > 1 else "runs/campus")
print(plan.status.state, "-", plan.status.hours_kept)  # an unfinished plan gives no advice
print(plan.orders["order"], plan.orders["cost"])  # a column
for row in plan.served:  # a row, as a dict
    print(row["node"], row["product"], f"{row['share']:.1%}")
print(plan.cash(by="year"))
print(plan.unit_costs)
print(plan.hours(node=0, site="greensboro", carrier="electricity"))
plan.orders.csv("orders.csv")  # or plan.orders.df() where pandas is installed
print("report:", plan.report("campus.html"))
