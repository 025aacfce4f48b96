"""Statements for people: a page, a workbook with live formulas, words for the terminal.

tables.py      the lines of a statement as tables, in the order in which accountants read them
page.py        one HTML file
workbook.py    one sheet a branch: facts as numbers, everything else as formulas with cached values
row_book.py    the rows of a sheet while they are written
sheet_rows.py  which rows a sheet has, and the formula of each; statement_rows.py those of the
               statements
"""
