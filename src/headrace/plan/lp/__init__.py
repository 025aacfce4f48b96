"""The problem as numbers, and what is true of it: knows no turbine and trusts no solver.

problem          a plan as a tree of hourly blocks: the border between formulating and solving
scaling          units of the problem; gap: the one definition of the optimality gap
options          how a plan is solved: every tuning constant with its meaning and source
extensive_form   one sparse matrix of all nodes; highs: the only importer of HiGHS
residuals        what a point costs and violates; statistics: sizes and ranges of coefficients
dual_bound       what any prices prove; cut_pool: many proofs blended into one
risk_measure     CVaR of the leaves, and what cuts prove of it
fix_orders       a plan with some orders held; infeasibility: which limits clash, by name
"""
