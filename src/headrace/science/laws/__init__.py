"""Laws: formulas in one form, found, fitted, checked for units, and told.

expression    sums of products of powers; fit: their numbers, and shorter forms
unit_check    what may be added to what, and a law in words; file: a law as JSON
search        candidates by pyoperon, in a process that sees training points alone
"""
