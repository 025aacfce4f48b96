"""Checks of money, and the checker of statements that shares no code with what writes them.

statement_checker    every rule of the three ledgers, from plain data and the plan's own cash
mutations            one posting dropped, doubled, flipped or shifted by a year
money_checks         rows of `headrace verify --only finance`: returns, debt, suppliers, options
choice_checks        more of them: games, contracts, regret, tails
integration_checks   more of them: what making what a supplier sells is worth
slipped_statements   a small plan's statements, slipped, and what the checker finds
engine_problems      small decisions with a known answer, written for the plan's engine
"""
