"""Checks of money, and the checker of statements that shares no code with what writes them.

statement_checker    every rule of the three ledgers, from plain data and the plan's own cash
mutations            one posting dropped, doubled, flipped or shifted by a year
money_checks         the rows of `headrace verify --only finance` on returns, debt, contracts, games
"""
