"""Which method answers, and what is certified about its answer.

solve              a problem in, a certified plan out; small: HiGHS on the whole problem
strategy           large plans: mean or CVaR, with or without whole orders
branch_and_bound   whole orders over a pool of cuts; rounding: which of them to try next
cvar               CVaR inside the interior point; cvar_epigraph: the problem it iterates on
checkpoint         what a stopped run leaves for the next; interrupt: work that may be left
"""
