"""The certified interior point: every node, every hour and every order of a plan at once, with bounds that trust nobody."""

from headrace.plan.interior.solve import Certified, Progress, solve

__all__ = ["Certified", "Progress", "solve"]
