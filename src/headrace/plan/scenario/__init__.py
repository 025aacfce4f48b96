"""What may come: the tree of scenarios, what holds at its nodes, and when.

tree           nodes, probabilities, and the path to the root; from beliefs or as written
parameters     what holds at one node: fuel prices, capex factors, levels of demand
time_slices    the hours that a node simulates, and how often each counts
discounting    when an order arrives, how long it stands, what it costs today, what is left of it
"""
