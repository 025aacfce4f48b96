"""Logs of uses: rows in, every one accounted for.

rows.py       files of records into one table
screening.py  the checks, in SQL
metering.py   a log of one period, read and checked
fees.py       what users paid
uses.py       the checked log as columns
fraud.py      what one bot account could move
"""
