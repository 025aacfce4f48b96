"""Orders and revenue -> price, cash and tax; usable without a plan.

branch_facts    what a branch of a plan earns, pays and owns, in money of the day
choices         whether, when and by whom: options, games, suppliers that answer, regret
contracts       what was signed beside a plan, by kind, with used and unused rows
levelised       annuity, depreciation, tax and levelised cost (the formulas of NREL's ATB)
project         levered pro forma of a project: who pays what in which year
returns         present values and every rate of return, by period and by date
statements      a stored plan as income, balance sheet and cash flow, by branch and node
tax_law         US tax credits by law and date of construction
offgrid         a campus that feeds itself: from sizes and a solar share to a level price
offgrid_sweep   its cheapest sizes for each solar share
time_to_power   what a year without power costs
"""
