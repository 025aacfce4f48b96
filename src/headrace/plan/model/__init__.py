"""Nouns become rows and columns: a study on a tree as one sparse problem, with labels to read it.

build_system     a study becomes assets, converters, stores and demands on a scenario tree
investment       the master's columns and rows: orders, what stands when, limits
reservations     rows that tie an order to an earlier one: slots, rents kept on
constraints/     what each noun means in the hours of a node, one family a file
block_builder    writes a node's hours down, one entry at a time
formulate        all of it as one problem
column_money     from an hourly column back to the money that it moves
two_stage        problems of one decision and many futures, for outside cases
"""
