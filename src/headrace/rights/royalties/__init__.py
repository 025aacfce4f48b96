"""From a checked log to what is paid and what is told.

settlement.py  four rules, exact to the micro-unit (shapley.py: the value they are checked against)
dues.py        guarantees, recoupment, reserves
statements.py  what each holder is told (ddex.py relates its columns to DSR)
period.py      a month of a folder
"""
