"""The certified interior point: every node, every hour and every order of a plan at once, with
bounds that trust nobody.
"""

from headrace.plan.interior_point.driver import CertifiedSolution, SolverProgress, solve

__all__ = ["CertifiedSolution", "SolverProgress", "solve"]
