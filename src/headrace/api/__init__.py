"""The library behind `import headrace as hr`: few names, each a thin shell over the rooms.

study.py        `read`, and the study as one holds it: `but`, `diff`, `check`, `solve`
changes.py      the place in a study that a key such as "sites.greensboro.grid.limit" names
text.py         a study's data written as YAML again
plan.py         `open`, and a stored plan: orders, tree, capacity, cash, prices, hours
node_tables.py  what is served and sold at its nodes, row by row
charts.py       the pictures of a plan as SVG
varied.py       one study in many cases, and where an outcome occurs
sweep.py        `sweep`: one price from end to end
comparison.py   `compare`: two plans beside each other
table.py        what everything is told in: columns with units, rows, CSV, pandas
reference.py    `examples`, `catalogue`, `schema`, `explain`, `verify`
asking.py       `ask`, `discover`: plans that answer with proofs, laws that were tested
beliefs.py      `forecast`, `score`, `tree`: what may come, how well it was said, and branches
rooms.py        rooms alone: `fleet`, `size`, `settle`, `audit`, `tariff`

`headrace/__init__.py` holds the list of public names.
"""

import os
import sys

if "numpy" not in sys.modules:
    # As the command line does, before numpy is loaded: our threads work on nodes, those of BLAS
    # would only wait for one another, and sum in another order.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
