"""The certified interior point: every node, every hour and every order of a plan at once, with
bounds that trust nobody.

    driver                the loop from start to certified gap, with its safeguards
    predictor_corrector   one iteration over the tree (Mehrotra 1992); kernels/: one node's part
    master_system         orders, their rows, and the dense system that ties nodes together
    objective             what a plan is judged by; certify: bounds of an iterate; repair
    certified_solution    what it answers; last_resort: HiGHS, for small plans
    presolve              a node as arrays; fixed_zeros, window_classes, symbolic: parts of it
    cold_start            where it begins; coarse_start, warm_start: better places
    starting_point        values there; typical_sizes: sizes propagated from the data
    node                  one node inside the iteration; compile_kernels: before the first one
"""

from headrace.plan.interior_point.certified_solution import CertifiedSolution, SolverProgress
from headrace.plan.interior_point.driver import solve

__all__ = ["CertifiedSolution", "SolverProgress", "solve"]
