"""A stored plan as income statement, balance sheet and cash flow, by branch and by tree node.

terms       tax, inflation, debt, depreciation and working capital, read from a file
plan_lines  what the plan draws of its own lines, in its real money and in money of the day
facts       what a plan earns, pays and owns on each branch, in money of the day
depreciation  what is written off each year, in the books and for tax
debt        how much a lender lends against the branches below, and when it comes back
schedules   tax, interest and the owners' money of one branch, year by year
ledgers     cash, position and earnings: three ledgers, each written from the facts on its own
lives       net income by the useful life of accelerators
funding     which financing keeps owners within their cash
statements  the ledgers added up, with ratios and returns
"""

from headrace.finance.statements.statements import (
    PlanStatements,
    statements_of,
    statements_of_files,
)

__all__ = ["PlanStatements", "statements_of", "statements_of_files"]
