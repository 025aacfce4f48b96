"""Choose: which orders to place, by whom they are certified, and what they are worth.

run.py              a study file in, a run folder out: the steps in their order
run_in_progress.py  one run while it goes on, and the plan that is kept for the case of a stop
scenario/           what may come: the tree, what holds at its nodes, its hours, its discounting
model/              nouns become rows and columns
lp/                 the problem as numbers, and what is true of it
interior_point/     the structured solver
solve/              which method answers, and what is certified about its answer
results/            numbers become meaning: dispatch, cash, unit costs, values of orders
analysis/           questions about a plan
pypsa/              plans to PyPSA and back
catalogue/          the dated timeline of a public campus
"""
