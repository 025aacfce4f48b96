"""Statements for people: a page, a workbook with live formulas, words for the terminal.

tables      the lines of a statement as tables, in the order in which accountants read them
page        one HTML file
workbook    one sheet a branch: facts as numbers, everything else as formulas with cached values
row_book    the rows of a sheet while they are written
sheet_rows  which rows a sheet has, and the formula of each; statement_rows those of the statements
"""
