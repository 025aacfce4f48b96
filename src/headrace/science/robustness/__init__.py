"""Many plans instead of one: where an outcome occurs, what drives it, and how sure a band is.

prim          boxes in which cases of interest are dense, told in sentences
sensitivity   what drives an outcome: Morris to screen, Sobol to share variance
vary          one study in many cases
conformal     a band that holds for a stated share of new points
"""
