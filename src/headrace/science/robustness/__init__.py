"""Many plans instead of one: where an outcome occurs, what drives it, what else is nearly as good.

prim    boxes in which cases of interest are dense, told in sentences
"""
