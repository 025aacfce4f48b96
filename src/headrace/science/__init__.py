"""Doubt the plan: many cases instead of one, and laws that must survive attempts to refute them.

replay/       a plan on futures that it never saw
robustness/   where an outcome occurs and what drives it
world_model/  a library of solved plans that answers with proofs
laws/         formulas: found, fitted, checked for units, told
discovery/    the scientist: from a question file to a law, or to "no law"
child_process work that can see nothing but what it is told

The word `world` means the study's own plans, solved; no neural network stands behind it.
"""
