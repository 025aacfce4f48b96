"""Change a grid limit, solve both studies, and compare: what would a larger right be worth?

python docs/tutorials/change_a_grid_limit.py        writes runs/campus and runs/more-grid
"""

from pathlib import Path

import headrace as hr

study = hr.read(Path(__file__).with_name("campus.yaml"))  # or hr.read("piedmont"), an example
more = study.but({"sites.greensboro.grid.limit": "80 MW"}, name="more-grid")
print(more.diff(study))

plan, larger = study.solve(), more.solve()
print(plan)  # the orders of this month, each between two bounds of its worth
print(hr.compare(plan, larger))
print(plan.worth("greensboro.grid.limit"))  # what one more MW would be worth, for small changes
