"""A plan on futures it never saw: its orders of this month held, everything later by its own rule.

years      years that may come: days of the weather in another order, outages drawn unit by unit
paths      futures around the branches of the tree
policies   the plan, and the plan of somebody who believes in the mean
operate    what a policy earns on a path, what it breaks, and what foresight would have earned
replay     all of it side by side; judge: means, confidence, and what is not shown
"""
