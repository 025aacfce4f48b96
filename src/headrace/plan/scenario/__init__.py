"""What may come: the tree of scenarios, what holds at its nodes, and when.

tree           nodes, probabilities, and the path to the root; from beliefs or as written
parameters     what holds at one node: fuel prices, capex factors, levels of demand
time_slices    the hours that a node simulates, and how often each counts
billed_months  every month of a node, with its share of the hours that snapshots stand for
discounting    when an order arrives, how long it stands, what it costs today, what is left of it
"""
